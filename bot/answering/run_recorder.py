"""Keeps the journal of one run: in the background and in order, so that no answer waits for the database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from bot.domain.answer import RunMetrics, RunResult, RunStart, SaveResult
from bot.domain.conversation import NewTurn
from bot.domain.errors import DatabaseUnavailable
from bot.domain.stores import AnswerStore

_log = logging.getLogger(__name__)


class RunRecorder:
    """What the journal has of one run. Its end alone is waited for; `close` waits until everything is written.

    `shown` are the messages that show the answer already, where it is asked again. A journal that did not take the
    beginning is told it once more at the end; where it takes neither, the answer can be read, but not steered any more.
    """

    def __init__(self, answer_store: AnswerStore, asked: RunStart, shown: Sequence[int] = ()) -> None:
        self._answer_store = answer_store
        self._asked = asked
        self._answer, self._number = asked.answer, asked.number
        self._shown, self._in_line = tuple(shown), tuple[int, ...]()
        self._stored = tuple(shown)
        self._begun = self._is_version = False
        self._last = asyncio.create_task(self._begin())

    def update_question(self, wording: str) -> None:
        """Note that the question was changed before its turn came."""
        self._asked = replace(self._asked, wording=wording)
        self._append(partial(self._answer_store.begin, self._asked))

    def set_messages(self, messages: Sequence[int]) -> None:
        """Note which messages show the answer, now that its turn has come."""
        self._shown, self._in_line = tuple(messages), ()
        self._note()

    def set_queue_message(self, messages: Sequence[int]) -> None:
        """Note which messages tell that the question waits its turn; they stand below what shows the answer."""
        self._in_line = tuple(messages)
        self._note()

    async def end(self, ended: RunResult, turn: NewTurn | None) -> SaveResult:
        """Note how the run ended, with the turn to be recorded; raises `DatabaseUnavailable`."""
        await self._last
        if not self._begun:
            await self._begin()
        if self._begun:
            return await self._end(ended, turn)
        if turn is not None:
            raise DatabaseUnavailable
        return SaveResult(journalled=False, turn=None)

    def mark_done(self, messages: Sequence[int], figures: RunMetrics) -> None:
        """Note that the run is done, and what shows it."""
        self._append(partial(self._mark_done, tuple(messages), figures))

    def defer_to_restart(self) -> None:
        """Leave the run to the next start, which shows what is stored; until then the history keeps nothing of it."""
        if self._is_version:
            self._append(partial(self._answer_store.show, self._answer, self._number, None))

    def mark_lost(self) -> None:
        """Note that the run could not be shown."""
        self._append(partial(self._answer_store.mark_lost, self._answer, self._number))

    def erase(self) -> None:
        """Delete all that is kept of the answer."""
        self._append(partial(self._answer_store.erase, self._answer))

    async def flush(self) -> None:
        """Wait until all that was noted so far is written, or was given up; also for who does not own this."""
        await asyncio.wait({self._last})

    async def close(self) -> None:
        """Wait until everything is written, or was given up."""
        await self._last

    def _note(self) -> None:
        self._append(partial(self._set_messages, (*self._shown, *self._in_line)))

    async def _set_messages(self, messages: tuple[int, ...]) -> None:
        await self._answer_store.set_messages(self._answer, messages, self._stored)
        self._stored = messages

    async def _mark_done(self, messages: tuple[int, ...], figures: RunMetrics) -> None:
        await self._answer_store.mark_done(self._answer, self._number, messages, figures, self._stored)

    async def _begin(self) -> None:
        self._begun = await _attempt(partial(self._answer_store.begin, self._asked))

    async def _end(self, ended: RunResult, turn: NewTurn | None) -> SaveResult:
        try:
            kept = await self._answer_store.end(self._answer, self._number, ended, turn)
        except DatabaseUnavailable:
            raise
        except Exception:  # noqa: BLE001 - whatever it was, the answer is to be shown to its end
            _log.exception("recording an answer failed")
            raise DatabaseUnavailable from None
        self._is_version = kept.journalled and ended.wording is not None
        return kept

    def _append(self, work: Callable[[], Awaitable[None]]) -> None:
        self._last = asyncio.create_task(self._after(self._last, work))

    async def _after(self, before: asyncio.Task[None], work: Callable[[], Awaitable[None]]) -> None:
        await before
        if self._begun:
            await _attempt(work)


async def _attempt(work: Callable[[], Awaitable[None]]) -> bool:
    try:
        await work()
    except DatabaseUnavailable:
        return False  # the store has said so in the log
    except Exception:  # noqa: BLE001 - nobody waits for this, and the answer itself is not in danger
        _log.exception("writing the journal failed")
        return False
    return True
