"""The caretaker: does its rounds whatever happens, and finishes what a failing database interrupted."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.conversation.server_settings import ServerSettings
from bot.privacy.retention import RetentionJob
from tests.chat.archives import FakeArchive
from tests.chat.fakes import FakePreferences, FakeProvider
from tests.virtual_time import virtual_loop

DAY = 24 * 60 * 60
NOW = 1_800_000_000
BOT, SERVER = 1, 7


def hire(archive: FakeArchive, store: FakePreferences | None = None) -> RetentionJob:
    """Return a caretaker whose pauses are as long as they are meant, and whose clock is the loop's."""
    preferences = ServerSettings(store or FakePreferences(), {"chatbase": FakeProvider()}, "chatbase")
    return RetentionJob(
        archive,
        preferences,
        clock=lambda: NOW + virtual_loop().time(),
        spread=lambda least, most: (least + most) / 2,
    )


@asynccontextmanager
async def at_work(archive: FakeArchive) -> AsyncIterator[RetentionJob]:
    async with hire(archive) as caretaker:
        yield caretaker


async def test_rounds_are_done_every_hour_and_not_at_once() -> None:
    archive = FakeArchive()
    async with at_work(archive):
        await asyncio.sleep(119)
        assert archive.swept == 0
        await asyncio.sleep(2)
        assert archive.swept == 1
        await asyncio.sleep(2 * 3600)
        assert archive.swept == 3
    await asyncio.sleep(2 * 3600)
    assert archive.swept == 3


async def test_each_server_is_told_its_own_time() -> None:
    archive = FakeArchive()
    store = FakePreferences({("server", 7): {"retention": "7"}, ("server", 8): {"retention": "9999"}})
    store.values["server", 9] = {"retention": "soon", "prefix": "?"}
    assert await hire(archive, store).tidy()
    now = NOW + int(virtual_loop().time())
    assert archive.expired == [({7: now - 7 * DAY, 8: now - 365 * DAY, 9: now - 30 * DAY}, now - 30 * DAY)]


@pytest.mark.parametrize("fault", ["down", "broken"])
async def test_a_failed_round_is_followed_by_the_next_one_soon(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    archive = FakeArchive(down=fault == "down", broken=fault == "broken")
    async with at_work(archive):
        await asyncio.sleep(130)
        archive.down = archive.broken = False
        await asyncio.sleep(280)
        assert archive.swept == 0
        await asyncio.sleep(20)
        assert archive.swept == 1
    assert "erasing what is too old failed" in caplog.text


async def test_one_chore_that_fails_does_not_keep_back_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError

    archive = FakeArchive()
    monkeypatch.setattr(archive, "expire", broken)
    assert not await hire(archive).tidy()
    assert archive.swept == 1


async def test_a_server_that_was_left_is_erased_at_once_and_for_an_hour() -> None:
    archive = FakeArchive(inside={BOT: {SERVER}}, now=NOW + int(virtual_loop().time()))
    caretaker = hire(archive)
    await caretaker.left(BOT, SERVER)
    assert archive.erased == [SERVER]
    await asyncio.sleep(3500)
    await caretaker.tidy()
    assert archive.erased == [SERVER] * 2
    await asyncio.sleep(200)
    await caretaker.tidy()
    await caretaker.tidy()
    assert archive.erased == [SERVER] * 3


async def test_what_a_server_set_is_no_longer_known_by_heart() -> None:
    store = FakePreferences({("server", SERVER): {"prefix": "?"}, ("server", 8): {"prefix": "+"}})
    preferences = ServerSettings(store, {"chatbase": FakeProvider()}, "chatbase")
    await preferences.start()
    caretaker = RetentionJob(FakeArchive(), preferences)
    del store.values["server", SERVER]  # as the archive does
    await caretaker.left(BOT, SERVER)
    assert (preferences.prefix(SERVER), preferences.prefix(8)) == ("!", "+")


async def test_a_removal_that_the_database_did_not_take_is_made_up_for() -> None:
    archive = FakeArchive(inside={BOT: {SERVER, 8}}, down=True)
    caretaker = hire(archive)
    await caretaker.left(BOT, SERVER)
    archive.down = False
    assert archive.erased == []
    await caretaker.tidy()
    assert archive.erased == [SERVER]
    assert archive.inside == {BOT: {8}}


async def test_a_server_that_was_joined_again_is_left_alone() -> None:
    archive = FakeArchive(inside={BOT: {SERVER}}, down=True)
    caretaker = hire(archive)
    await caretaker.left(BOT, SERVER)
    archive.down = False
    await caretaker.joined(BOT, SERVER)
    await caretaker.tidy()
    assert archive.erased == []
    archive.down = True
    await caretaker.joined(BOT, 8)


async def test_the_servers_of_a_connection_are_noted_and_the_missing_ones_named() -> None:
    archive = FakeArchive(inside={BOT: {5, 6, 7}, 2: {9}})
    assert await hire(archive).absent(BOT, [6, 10]) == [5, 7]
    assert archive.inside == {BOT: {5, 6, 7, 10}, 2: {9}}


async def test_nothing_is_logged_where_nothing_was_done(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    archive = FakeArchive()
    archive.sweep = lambda: asyncio.sleep(0, 0)  # type: ignore[method-assign]
    await hire(archive).tidy()
    assert not caplog.records
