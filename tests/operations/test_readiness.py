"""Whether a process can take questions, in virtual time: what it lacks, and what looking costs the database."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from bot.domain.cluster.shard_states import ShardState, ShardStates, ShardStatus
from bot.domain.errors import DatabaseUnavailable
from bot.operations.health.readiness import FRESH_SECONDS, LOOK_SECONDS, Conditions, DatabaseLook, look
from tests.virtual_time import virtual_loop


class Facts:
    """A database that answers after `seconds`, or fails."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.fails = False
        self.asked = self.at_once = self.most_at_once = 0

    async def get(self, name: str) -> str | None:
        self.asked += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.at_once -= 1
        if self.fails:
            raise DatabaseUnavailable("away")
        return None

    async def set(self, name: str, value: str) -> None:
        raise AssertionError("a look writes nothing")


class Shards(ShardStates):
    """Shards in these states, from 0 on."""

    shard_count = 16
    identifies_left = None

    def __init__(self, *states: ShardState) -> None:
        self.states = states

    @property
    def statuses(self) -> Sequence[ShardStatus]:
        return [ShardStatus(number, state) for number, state in enumerate(self.states)]

    def on_change(self, tell: Callable[[], None]) -> None: ...

    async def leave(self, shard: int) -> None: ...

    def take_back(self, shard: int) -> None: ...


def conditions(
    *states: ShardState, facts: Facts | None = None, commands: bool = True, takes: bool = True
) -> Conditions:
    found = DatabaseLook(facts or Facts(), asyncio.get_running_loop().time)
    return Conditions(Shards(*states), lambda: commands, lambda: takes, found)


async def lines(found: Conditions) -> list[str]:
    reasons = [each.line for each in await look(found)]
    await found.database.close()
    return reasons


async def test_nothing_is_missing() -> None:
    assert await lines(conditions("ready")) == []
    assert await lines(conditions("ready", "ready", "left")) == []


@pytest.mark.parametrize(
    ("states", "line"),
    [
        ((), "not logged in to Discord yet"),
        (("waiting",), "not connected to Discord: shard 0"),
        (("ready", "lost", "left", "waiting"), "not connected to Discord: shards 1, 3"),
        (("lost",) * 25, f"not connected to Discord: shards {', '.join(map(str, range(20)))} and 5 more"),
    ],
)
async def test_shards_that_are_missing_are_named(states: Sequence[ShardState], line: str) -> None:
    assert await lines(conditions(*states)) == [line]


async def test_a_process_is_ready_until_its_last_shard_is_handed_over() -> None:
    # Its successor is not ready before it has all shards: at each moment of a handover, one of the two is.
    assert await lines(conditions("ready", "left")) == []
    assert await lines(conditions("left", "left")) == ["another process has taken over from this one"]
    ends = "this process takes no more questions, since it ends"
    assert await lines(conditions("left", "left", takes=False)) == [ends]


async def test_each_reason_has_its_line() -> None:
    facts = Facts()
    facts.fails = True
    assert await lines(conditions("lost", facts=facts, commands=False, takes=False)) == [
        "this process takes no more questions, since it ends",
        "not connected to Discord: shard 0",
        "the commands are not registered with Discord yet",
        "the database does not answer",
    ]


async def test_a_database_that_hangs_is_waited_for_for_two_seconds_and_asked_once() -> None:
    facts, loop = Facts(), virtual_loop()
    facts.seconds = 60.0
    found = DatabaseLook(facts, loop.time)
    began = loop.time()
    assert await asyncio.gather(*(found.answers() for _ in range(50))) == [False] * 50
    assert loop.time() - began == LOOK_SECONDS
    for _ in range(50):
        assert not await found.answers()
        loop.leap(0.5)
    assert loop.time() - began < LOOK_SECONDS + 26  # those that came later waited for nothing
    assert (facts.asked, facts.most_at_once) == (1, 1)
    await found.close()
    assert facts.at_once == 0


async def test_a_database_that_is_back_is_seen() -> None:
    facts, loop = Facts(), virtual_loop()
    found = DatabaseLook(facts, loop.time)
    facts.fails = True
    assert not await found.answers()
    facts.fails = False
    loop.leap(FRESH_SECONDS)
    assert await found.answers()
    facts.seconds = 10.0
    loop.leap(FRESH_SECONDS)
    assert not await found.answers()
    await asyncio.sleep(10)
    facts.seconds = 0.0
    loop.leap(FRESH_SECONDS)
    assert await found.answers()
    await found.close()


async def test_many_probes_cost_one_statement_a_second() -> None:
    facts, loop = Facts(), virtual_loop()
    found = DatabaseLook(facts, loop.time)
    for _ in range(100):
        assert await found.answers()
        loop.leap(FRESH_SECONDS / 10)
    assert facts.asked == 10
    await found.close()
