"""Waiting for things to happen, the feed, ids and the clock."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.discord import Change, Discord
from sandbox.discord.model.clock import Clock
from sandbox.discord.model.snowflakes import Snowflakes, moment_of
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home


def test_ids_look_real_and_grow() -> None:
    clock = Clock()
    ids = Snowflakes(clock)
    minted = [ids.mint() for _ in range(10_000)]
    assert minted == sorted(set(minted))
    assert {len(str(key)) for key in minted} <= {18, 19}
    assert abs(moment_of(minted[0]) - datetime.now(UTC)) < timedelta(seconds=5)
    clock.advance(60)
    assert moment_of(ids.mint()) - moment_of(minted[-1]) > timedelta(seconds=59)


def test_the_clock_never_goes_back() -> None:
    with pytest.raises(ValueError, match="-1"):
        Clock().advance(-1)


async def test_waiting_for_a_condition(discord: Discord, home: Home) -> None:
    waiting = asyncio.create_task(discord.wait_for(lambda: [m.content for m in home.general.messages.values()]))
    await home.alice.say(home.general, "hello")
    assert await waiting == ["hello"]
    assert await discord.wait_for(lambda: "at once") == "at once"
    with pytest.raises(TimeoutError):
        await discord.wait_for(lambda: False, timeout=0.01)


async def test_a_condition_that_breaks_is_told(discord: Discord, home: Home) -> None:
    def broken() -> bool:
        if home.general.messages:
            raise LookupError
        return False

    waiting = asyncio.create_task(discord.wait_for(broken))
    await asyncio.sleep(0)
    await home.alice.say(home.general, "hello")
    with pytest.raises(LookupError):
        await waiting


async def test_the_next_message(discord: Discord, home: Home) -> None:
    first = await home.alice.say(home.general, "one")
    assert await home.general.next_message() is first
    waiting = asyncio.create_task(home.general.next_message(by=home.bob, after=first))
    await home.alice.say(home.general, "two")
    three = await home.bob.say(home.general, "three")
    assert await waiting is three
    with pytest.raises(TimeoutError):
        await home.general.next_message(after=three, timeout=0.01)


async def test_frames(home: Home) -> None:
    message = await home.alice.say(home.general, "one")
    waiting = asyncio.create_task(message.wait_until(shows="three"))
    settling = asyncio.create_task(message.settled(quiet=0.05))
    await asyncio.sleep(0)
    for text in ("two", "three", "four"):
        await home.alice.edit(message, text)
    assert (await waiting).content == "three"
    assert (await settling).content == "four"
    assert [frame.content for frame in message.frames] == ["one", "two", "three", "four"]
    with pytest.raises(TimeoutError):
        await message.settled(quiet=10, timeout=0.01)


async def test_the_feed_tells_everything_in_order(discord: Discord, home: Home, rest: Rest) -> None:
    seen: list[Change] = []
    async with discord.subscribe() as changes:
        message = await home.alice.say(home.general, "one")
        await home.alice.edit(message, "two")
        await home.alice.delete(message)
        await rest("GET", "/users/@me")
        async for change in changes:
            seen.append(change)
            if change.kind == "request.answered":
                break
    requests = ["request.received", "request.answered"]
    assert [change.kind for change in seen] == ["message.create", "message.edit", "message.delete", *requests]
    assert seen[0].subject is message
    assert [change.at for change in seen] == sorted(change.at for change in seen)
