"""Turns for beginning sessions: one process after another, whatever becomes of the others or of the database."""

import asyncio
from itertools import pairwise
from typing import Any, cast

import pytest

from bot.domain.cluster.session_turns import HeldTurn, SessionTurnStore
from bot.domain.errors import DatabaseUnavailable
from bot.operations.cluster.session_turns import LOOK_SECONDS, MAX_AWAY, MAX_TURN, StoredTurns

BOT, SPACING = 1, 5.5


class FakeTurnStore(SessionTurnStore):
    """Keeps turns by the loop's time; while it is `away`, it fails, or if it `hangs`, never answers."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, int], tuple[str, float]] = {}
        self.is_away = self.hangs = False
        self.tries = 0

    async def take(self, bot: int, bucket: int, holder: str, seconds: float) -> HeldTurn | None:
        """Take a turn that is free, or the holder's own."""
        await self._be_asked()
        now = asyncio.get_running_loop().time()
        other, ends_at = self.rows.get((bot, bucket), ("", 0.0))
        if ends_at > now and other != holder:
            return HeldTurn(other, ends_at - now)
        self.rows[bot, bucket] = holder, now + seconds
        return None

    async def end(self, bot: int, bucket: int, holder: str, seconds: float) -> None:
        """End a turn that is the holder's."""
        await self._be_asked()
        if self.rows.get((bot, bucket), ("",))[0] == holder:
            self.rows[bot, bucket] = "", asyncio.get_running_loop().time() + seconds

    async def _be_asked(self) -> None:
        self.tries += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.is_away:
            raise DatabaseUnavailable("away")


class FakeLease:
    """Knows which processes have ended."""

    def __init__(self) -> None:
        self.ended = set[str]()

    async def find_ended(self, owners: list[str]) -> list[str]:
        """Return which of them have."""
        return [owner for owner in owners if owner in self.ended]


class Processes:
    """Some processes of one bot, and when each of them sent an IDENTIFY."""

    def __init__(self) -> None:
        self.store, self.lease = FakeTurnStore(), FakeLease()
        self.sent: list[tuple[float, str]] = []

    def turns(self, name: str) -> StoredTurns:
        """Return the turns of a process."""
        return StoredTurns(self.store, cast("Any", self.lease), name)

    async def identify(self, name: str, bucket: int = 0, takes: float = 0.2, bot: int = BOT) -> None:
        """Have a process identify in a bucket, which takes so many seconds."""
        async with self.turns(name) as turns, turns.turn(bot, bucket, SPACING):
            await asyncio.sleep(takes)
            self.sent.append((self.now, name))

    @property
    def now(self) -> float:
        """The virtual time."""
        return asyncio.get_running_loop().time()

    @property
    def pauses(self) -> list[float]:
        """The seconds between the IDENTIFYs."""
        return [later - sooner for (sooner, _), (later, _) in pairwise(self.sent)]


async def test_processes_identify_one_after_another() -> None:
    processes = Processes()
    await asyncio.gather(*(processes.identify(str(number)) for number in range(5)))
    assert sorted(name for _, name in processes.sent) == ["0", "1", "2", "3", "4"]
    assert all(SPACING <= pause < SPACING + 1 for pause in processes.pauses)


async def test_buckets_and_bots_do_not_wait_for_each_other() -> None:
    processes, begun = Processes(), asyncio.get_running_loop().time()
    await asyncio.gather(
        processes.identify("a", 0),
        processes.identify("b", 1),
        processes.identify("c", 15),
        processes.identify("d", bot=2),
    )
    assert [round(moment - begun, 3) for moment, _ in processes.sent] == [0.2] * 4


async def test_alone_a_turn_takes_one_statement_before_and_one_after() -> None:
    processes, begun = Processes(), asyncio.get_running_loop().time()
    await processes.identify("a", takes=0)
    assert processes.store.tries == 2
    assert processes.now == begun


async def test_one_that_fails_to_dial_leaves_its_turn_to_others_at_once() -> None:
    processes = Processes()
    async with processes.turns("a") as turns:
        with pytest.raises(OSError, match="dead"):
            async with turns.turn(BOT, 0, SPACING):
                raise OSError("dead")
    begun = processes.now
    await processes.identify("b")
    assert processes.now == begun + 0.2


async def test_one_that_is_stopped_while_dialling_may_have_sent_it() -> None:
    processes, begun = Processes(), asyncio.get_running_loop().time()
    dialling = asyncio.create_task(processes.identify("a", takes=10))
    await asyncio.sleep(1)
    dialling.cancel()
    await processes.identify("b")
    assert processes.now - begun >= 1 + SPACING


@pytest.mark.parametrize("bucket", [0, 3])
async def test_the_turn_of_a_process_that_was_killed_ends_once_others_have_noticed(bucket: int) -> None:
    processes = Processes()
    assert await processes.store.take(BOT, bucket, "killed", MAX_TURN) is None
    waiting = asyncio.create_task(processes.identify("b", bucket))
    await asyncio.sleep(4)
    assert not waiting.done()
    processes.lease.ended.add("killed")
    noticed = processes.now
    await waiting
    assert SPACING <= processes.now - noticed <= SPACING + LOOK_SECONDS + 0.2


async def test_a_process_that_hangs_keeps_the_others_away_for_half_a_minute() -> None:
    processes = Processes()
    begun = processes.now
    assert await processes.store.take(BOT, 0, "frozen", MAX_TURN) is None
    await processes.identify("b", takes=0)
    assert MAX_TURN <= processes.now - begun <= MAX_TURN + LOOK_SECONDS


@pytest.mark.parametrize("how", ["is_away", "hangs"])
async def test_a_database_that_is_away_is_waited_for_once(how: str) -> None:
    processes = Processes()
    setattr(processes.store, how, True)
    async with processes.turns("a") as turns:
        begun = processes.now
        async with turns.turn(BOT, 0, SPACING):
            assert MAX_AWAY <= processes.now - begun <= MAX_AWAY + 3
        begun = processes.now
        async with turns.turn(BOT, 0, SPACING):
            assert processes.now - begun <= 1, "it has been waited for"
        setattr(processes.store, how, False)
        async with turns.turn(BOT, 0, SPACING):
            assert processes.store.rows[BOT, 0][0] == "a"
        setattr(processes.store, how, True)
        begun = processes.now
        async with turns.turn(BOT, 1, SPACING):
            assert processes.now - begun >= MAX_AWAY, "it was there in between"
        setattr(processes.store, how, False)


async def test_a_database_that_comes_back_in_time_is_used() -> None:
    processes = Processes()
    processes.store.is_away = True
    identifying = asyncio.create_task(processes.identify("a"))
    await asyncio.sleep(20)
    assert not processes.sent
    processes.store.is_away = False
    await identifying
    await processes.identify("b")
    assert processes.pauses[0] >= SPACING


async def test_a_session_does_not_wait_for_the_end_of_its_turn_to_be_stored() -> None:
    processes = Processes()
    async with processes.turns("a") as turns:
        async with turns.turn(BOT, 0, SPACING):
            processes.store.hangs = True
        processes.store.hangs = False
