"""The answers that processes write which have handed their shards over, as the process that hears of them sees them."""

import asyncio
from collections.abc import Collection
from contextlib import suppress

from bot.answering.elsewhere.changes import CHANGE, OVER, Change
from bot.domain.answer import Answer
from bot.domain.cluster.predecessors import Predecessors
from bot.domain.cluster.signals import Payload, Signals

LOOK_SECONDS = 1.0
"""Between two looks at the database, unless a signal says sooner that a run is over."""


class RunsElsewhere:
    """Tells the processes that write such answers what people do, and waits for them."""

    def __init__(self, signals: Signals, predecessors: Predecessors) -> None:
        self._signals = signals
        self._predecessors = predecessors
        self._over: dict[str, asyncio.Event] = {}
        """Set when the run of an answer that somebody waits for is over."""
        signals.listen(OVER, self._note_over, self._look_at_all)

    @property
    def can_tell(self) -> bool:
        """Whether the processes that write such answers can be told anything."""
        return self._signals.is_instant

    def writers(self, server: int | None) -> Collection[str]:
        """Return the processes that still write answers in a server, or in direct messages, and hear of nothing."""
        return self._predecessors.finishing(server)

    def older(self, server: int | None) -> Collection[str]:
        """Return the processes that may answer earlier questions there: these, and who is about to leave the server."""
        return self._predecessors.older(server)

    def are_hearing(self, server: int | None) -> bool:
        """Return whether one of those may still hear of the questions there, as this process does."""
        return self._predecessors.are_hearing(server)

    def is_written(self, answer: Answer) -> bool:
        """Return whether one of them still writes an answer."""
        writers = self.writers(answer.location.server)
        return any(run.state != "done" and run.owner in writers for run in answer.runs)

    async def tell(self, change: Change, answer: Answer) -> None:
        """Tell them what happened to an answer."""
        if self.writers(answer.location.server):
            await self._tell(change, answer.id, answer.question_id)

    async def look_again(self, change: Change, answer: str, question: int) -> None:
        """Tell them what happened to an answer, and return when it is time to look whether it is still written."""
        over = self._over.setdefault(answer, asyncio.Event())
        try:
            await self._tell(change, answer, question)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await over.wait()
        finally:
            self._over.pop(answer, None)

    async def _tell(self, change: Change, answer: str, question: int) -> None:
        await self._signals.send(CHANGE, {"change": change, "answer": answer, "question": question})

    def _note_over(self, payload: Payload) -> None:
        over = self._over.get(str(payload["answer"]))
        if over is not None:
            over.set()

    def _look_at_all(self) -> None:
        for over in self._over.values():
            over.set()
