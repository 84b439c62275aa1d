"""A process that has handed its shards over, and the next one, which hears of all that people do."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.answering.elsewhere.requests import RequestsElsewhere
from bot.answering.elsewhere.runs_elsewhere import RunsElsewhere
from bot.domain.cluster.predecessors import Predecessors
from bot.domain.cluster.signals import NO_SIGNALS
from tests.fakes.harness import CrashedState, Harness, running_harness
from tests.fakes.providers_and_stores import Script
from tests.fakes.signals import Air, FakeSignals

OLD, NEW = "1", "2"


class FakePredecessors(Predecessors):
    """The older of two, which `has_left` everything, until it `is_gone`."""

    has_left, is_gone = True, False

    def finishing(self, server: int | None) -> Collection[str]:
        """Return its id if it has left."""
        return self.older(server) if self.has_left else ()

    def older(self, server: int | None) -> Collection[str]:
        """Return its id."""
        return () if self.is_gone else (OLD,)

    def are_hearing(self, server: int | None) -> bool:
        """Return whether it has left nothing yet."""
        return not (self.has_left or self.is_gone)


@dataclass(frozen=True)
class TwoProcesses:
    """Both, over one database; what is sent between them goes through `air`."""

    old: Harness
    new: Harness
    predecessors: FakePredecessors
    air: Air
    mine: FakeSignals
    """The newer one's, if there are signals."""


@asynccontextmanager
async def two_processes(
    *scripts: Script, then: Collection[Script] = (["A new answer."],), signals: bool = True
) -> AsyncIterator[TwoProcesses]:
    """Yield both, whose first chat APIs play `scripts`, and `then` the other ones; with or without `signals`."""
    air, predecessors = Air(), FakePredecessors()
    mine = air.process()
    async with running_harness(*scripts) as old:
        told = air.process() if signals else NO_SIGNALS
        seen = CrashedState(old.conversations, old.answer_store.seen_by(NEW), {})
        async with (
            RequestsElsewhere(told, old.service.active_runs, old.service.call_backs),
            running_harness(
                *then, after=seen, elsewhere=RunsElsewhere(mine if signals else NO_SIGNALS, predecessors)
            ) as new,
        ):
            yield TwoProcesses(old, new, predecessors, air, mine)
