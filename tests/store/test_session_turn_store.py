"""Who has the turn to begin a session, by the database's own clock, on both databases."""

import asyncio

from bot.domain.cluster.session_turns import HeldTurn
from bot.store.open import open_store
from bot.store.ports.base import Stores
from tests.databases import execute

BOT = 2**62


def about(held: HeldTurn | None) -> tuple[str, int] | None:
    """Return who has a turn, and for how long in tens of seconds, rounded up."""
    return None if held is None else (held.holder, -int(-held.seconds // 10))


async def test_a_turn_is_one_processes_until_it_ends_it(store: Stores) -> None:
    turns = store.session_turns
    assert await turns.take(BOT, 0, "a", 30) is None
    assert about(await turns.take(BOT, 0, "b", 30)) == ("a", 3)
    assert await turns.take(BOT, 1, "b", 30) is None, "another bucket"
    assert await turns.take(1, 0, "b", 30) is None, "another bot"
    await turns.end(BOT, 0, "b", 0)
    assert about(await turns.take(BOT, 0, "b", 30)) == ("a", 3), "it was not b's to end"
    await turns.end(BOT, 0, "a", 20)
    assert about(await turns.take(BOT, 0, "b", 30)) == ("", 2)
    await turns.end(BOT, 0, "a", 0)
    assert about(await turns.take(BOT, 0, "b", 30)) == ("", 2), "it has ended already"


async def test_a_turn_that_is_over_is_the_next_ones(store: Stores) -> None:
    turns = store.session_turns
    for holder in "abc":
        assert await turns.take(BOT, 0, holder, 30) is None
        await turns.end(BOT, 0, holder, 0)
    assert await turns.take(BOT, 0, "a", -1) is None, "as if it had been taken half a minute ago"
    assert await turns.take(BOT, 0, "b", 30) is None
    assert await turns.take(BOT, 0, "b", 30) is None, "what it has, it keeps"


async def test_of_several_processes_one_gets_the_turn(url: str) -> None:
    async with open_store(url) as one, open_store(url) as other:
        for bucket in range(5):
            takes = [store.session_turns.take(BOT, bucket, name, 30) for name, store in (("a", one), ("b", other))]
            assert sorted([held is None for held in await asyncio.gather(*takes)]) == [False, True]


async def test_a_clock_that_was_set_back_keeps_nobody_waiting_for_long(url: str) -> None:
    async with open_store(url) as store:
        assert await store.session_turns.take(BOT, 0, "a", 30) is None
        execute(url, "UPDATE session_turns SET ends_at = ends_at + 86400")
        assert await store.session_turns.take(BOT, 0, "b", 30) is None
