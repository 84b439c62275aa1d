"""Keeps the journal of one run: in the background and in order, so that no answer waits for the database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from bot.chat.errors import MemoryUnavailable
from bot.chat.journal import Asked, Ended, Figures, Journal, Kept
from bot.chat.memory import Turn

_log = logging.getLogger(__name__)


class Record:
    """What the journal has of one run. Its end alone is waited for; `close` waits until everything is written.

    A journal that did not take the beginning is told the turn, and nothing else: such an answer can be read, but not
    steered once it is over.
    """

    def __init__(self, journal: Journal, asked: Asked) -> None:
        self._journal = journal
        self._asked = asked
        self._answer, self._number = asked.answer, asked.number
        self._begun = False
        self._last = asyncio.create_task(self._begin(asked))

    def reword(self, wording: str) -> None:
        """Note that the question was changed before its turn came."""
        self._append(partial(self._journal.begin, replace(self._asked, wording=wording)))

    def note(self, messages: Sequence[int]) -> None:
        """Note which messages show the answer."""
        self._append(partial(self._journal.note_messages, self._answer, tuple(messages)))

    async def end(self, ended: Ended, turn: Turn | None) -> Kept:
        """Note how the run ended, with the turn to be recorded; raises `MemoryUnavailable`."""
        await self._last
        if not self._begun and turn is None:
            return Kept(journalled=False, turn=None)
        return await self._journal.end(self._answer, self._number, ended, turn)

    def settle(self, messages: Sequence[int], figures: Figures) -> None:
        """Note that the run is done, and what shows it."""
        self._append(partial(self._journal.settle, self._answer, self._number, tuple(messages), figures))

    def lose(self) -> None:
        """Note that the run could not be shown."""
        self._append(partial(self._journal.lose, self._answer, self._number))

    def erase(self) -> None:
        """Delete all that is kept of the answer."""
        self._append(partial(self._journal.erase, self._answer))

    async def close(self) -> None:
        """Wait until everything is written, or was given up."""
        await self._last

    async def _begin(self, asked: Asked) -> None:
        self._begun = await _attempt(partial(self._journal.begin, asked))

    def _append(self, work: Callable[[], Awaitable[None]]) -> None:
        self._last = asyncio.create_task(self._after(self._last, work))

    async def _after(self, before: asyncio.Task[None], work: Callable[[], Awaitable[None]]) -> None:
        await before
        if self._begun:
            await _attempt(work)


async def _attempt(work: Callable[[], Awaitable[None]]) -> bool:
    try:
        await work()
    except MemoryUnavailable:
        return False  # the store has said so in the log
    except Exception:  # noqa: BLE001 - nobody waits for this, and the answer itself is not in danger
        _log.exception("writing the journal failed")
        return False
    return True
