"""Records one run in the database: in the background and in order, so that no answer waits for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from bot.domain.answer import RunMetrics, RunResult, RunStart, SaveResult
from bot.domain.conversation import NewTurn
from bot.domain.errors import AlreadyClaimed, DatabaseUnavailable
from bot.domain.stores import AnswerStore

_log = logging.getLogger(__name__)


def _ignore() -> None:
    """Do nothing."""


class RunRecorder:
    """Records one run. Only its end is waited for; call `flush` when all is recorded.

    `shown` are the messages that show the answer already, if it is asked again. With `is_begun`, `start` is written
    already. If the database did not take it, it is written once more at the end, unless it was tried until then. If
    that fails too, the answer can be read, but its buttons do nothing. `on_refused` is called if the run turns out to
    be another process's.
    """

    def __init__(
        self,
        answer_store: AnswerStore,
        start: RunStart,
        shown: Sequence[int] = (),
        *,
        is_begun: bool = False,
        on_refused: Callable[[], None] = _ignore,
    ) -> None:
        self._answer_store = answer_store
        self._start = start
        self._on_refused = on_refused
        self._answer, self._number = start.answer, start.number
        self._shown, self._queue_messages = tuple(shown), tuple[int, ...]()
        self._stored = tuple(shown)
        self._is_recorded, self._is_refused, self._is_version = is_begun, False, False
        self._last: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if is_begun:
            self._last.set_result(None)
        else:
            self._last = asyncio.create_task(self._begin())

    async def claim(self, seconds: float) -> None:
        """Wait until the run is recorded, but for no longer than `seconds`.

        Raises `AlreadyClaimed` if it must not be; if the database does not say so in time, nobody waits for it.
        """
        await asyncio.wait({self._last}, timeout=seconds)
        if self._is_refused:
            raise AlreadyClaimed

    def update_question(self, wording: str) -> None:
        """Record a question that was edited before its turn came, or whose files were loaded."""
        self._start = replace(self._start, wording=wording)
        self._append(partial(self._answer_store.change_question, self._answer, self._number, wording))

    def change_provider(self, provider: str, wording: str) -> None:
        """Record that another provider is asked from now on, and how the question is put to it."""
        self._start = replace(self._start, provider=provider, wording=wording)
        self._append(self._begin_again)

    def set_messages(self, messages: Sequence[int]) -> None:
        """Record which messages show the answer, now that its turn has come."""
        self._shown, self._queue_messages = tuple(messages), ()
        self._record_messages()

    def set_queue_message(self, messages: Sequence[int]) -> None:
        """Record which messages say that the question waits its turn; they are below those that show the answer."""
        self._queue_messages = tuple(messages)
        self._record_messages()

    async def end(self, result: RunResult, turn: NewTurn | None) -> SaveResult:
        """Record how the run ended, and its turn; raises `DatabaseUnavailable`."""
        is_being_tried = not self._last.done()
        await self._last
        if not (self._is_recorded or is_being_tried):
            await self._begin()
        if self._is_recorded:
            return await self._end(result, turn)
        if turn is not None:
            raise DatabaseUnavailable
        return SaveResult(is_stored=False, turn=None)

    def mark_done(self, messages: Sequence[int], metrics: RunMetrics) -> None:
        """Record that the run is done, and which messages show it."""
        self._append(partial(self._mark_done, tuple(messages), metrics))

    def defer_to_restart(self) -> None:
        """Leave the run to another process or the next start; until one shows it, it is not in the history."""
        if self._is_version:
            self._append(partial(self._answer_store.show, self._answer, self._number, None))

    def mark_lost(self) -> None:
        """Record that the run could not be shown."""
        self._append(partial(self._answer_store.mark_lost, self._answer, self._number))

    def erase(self) -> None:
        """Erase the answer."""
        self._append(partial(self._answer_store.erase, self._answer))

    async def flush(self) -> None:
        """Wait until everything so far is written, or given up; the caller may be cancelled."""
        await asyncio.wait({self._last})

    def _record_messages(self) -> None:
        self._append(partial(self._set_messages, (*self._shown, *self._queue_messages)))

    async def _set_messages(self, messages: tuple[int, ...]) -> None:
        await self._answer_store.set_messages(self._answer, messages, self._stored)
        self._stored = messages

    async def _mark_done(self, messages: tuple[int, ...], metrics: RunMetrics) -> None:
        await self._answer_store.mark_done(self._answer, self._number, messages, metrics, self._stored)

    async def _begin(self) -> None:
        async def begin() -> None:
            self._is_recorded = await self._answer_store.begin(self._start)
            if not (self._is_recorded or self._is_refused):
                self._is_refused = True
                self._on_refused()

        await _try(begin)

    async def _end(self, result: RunResult, turn: NewTurn | None) -> SaveResult:
        try:
            saved = await self._answer_store.end(self._answer, self._number, result, turn)
        except DatabaseUnavailable:
            raise
        except Exception:  # noqa: BLE001 - the answer is shown to its end, whatever it was
            _log.exception("recording an answer failed")
            raise DatabaseUnavailable from None
        self._is_version = saved.is_stored and result.wording is not None
        return saved

    async def _begin_again(self) -> None:
        await self._answer_store.begin(self._start)  # if another process took the run over, its end says so

    def _append(self, work: Callable[[], Awaitable[None]]) -> None:
        self._last = asyncio.create_task(self._after(self._last, work))

    async def _after(self, previous: asyncio.Future[None], work: Callable[[], Awaitable[None]]) -> None:
        await previous
        if self._is_recorded:
            await _try(work)


async def _try(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except DatabaseUnavailable:
        return  # the store has said so in the log
    except Exception:  # noqa: BLE001 - nobody waits for this, and the answer itself is not in danger
        _log.exception("recording a run failed")
