"""The retention job: runs whatever happens, and finishes what a failing database interrupted."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.conversation.chatbots import Chatbots
from bot.conversation.kept_settings import KeptSettings
from bot.conversation.server_settings import ServerSettings
from bot.domain.cluster.duty import ALWAYS_ON_DUTY, Duty
from bot.domain.fair_use.usage import KEPT_DAYS, Usage, UsageKey
from bot.domain.settings.server_settings import Scope
from bot.privacy.retention import RetentionJob
from tests.fakes.personal_data_store import FakePersonalDataStore
from tests.fakes.providers_and_stores import FakeProvider, FakeServerSettingsStore
from tests.fakes.usage_store import FakeUsageStore
from tests.virtual_time import virtual_loop

DAY = 24 * 60 * 60
NOW = 1_800_000_000
BOT, SERVER = 1, 7


def make_job(
    personal_data: FakePersonalDataStore,
    store: FakeServerSettingsStore | None = None,
    usage: FakeUsageStore | None = None,
    duty: Duty = ALWAYS_ON_DUTY,
) -> RetentionJob:
    """Return a job without jitter, whose clock is the loop's."""
    store = store or FakeServerSettingsStore()
    server_settings = ServerSettings(
        store, Chatbots({"chatbase": FakeProvider()}, "chatbase"), lambda: None, KeptSettings(store, {})
    )
    return RetentionJob(
        personal_data,
        server_settings,
        usage or FakeUsageStore(),
        duty,
        clock=lambda: NOW + virtual_loop().time(),
        spread=lambda least, most: (least + most) / 2,
    )


@asynccontextmanager
async def running_job(personal_data: FakePersonalDataStore) -> AsyncIterator[RetentionJob]:
    async with make_job(personal_data) as job:
        yield job


async def test_it_runs_every_hour_and_not_at_once() -> None:
    personal_data = FakePersonalDataStore()
    async with running_job(personal_data):
        await asyncio.sleep(119)
        assert personal_data.swept == 0
        await asyncio.sleep(2)
        assert personal_data.swept == 1
        await asyncio.sleep(2 * 3600)
        assert personal_data.swept == 3
        assert personal_data.counts_expired == 3
    await asyncio.sleep(2 * 3600)
    assert personal_data.swept == 3


async def test_another_process_does_it_unless_this_one_is_on_duty() -> None:
    personal_data, duty = FakePersonalDataStore(inside={BOT: {SERVER}}), SimpleNamespace(is_here=False)
    async with make_job(personal_data, duty=cast("Any", duty)) as job:
        personal_data.down = True
        await job.left(BOT, SERVER)
        personal_data.down = False
        await asyncio.sleep(121)
        assert personal_data.swept == 0
        assert list(await personal_data.left()) == [SERVER], "it is another's to erase"
        duty.is_here = True
        await asyncio.sleep(3600)
        assert personal_data.swept == 1


async def test_each_server_has_its_own_retention_time() -> None:
    personal_data = FakePersonalDataStore()
    store = FakeServerSettingsStore({("server", 7): {"retention": "7"}, ("server", 8): {"retention": "9999"}})
    store.values["server", 9] = {"retention": "soon", "prefix": "?"}
    assert await make_job(personal_data, store).run_once()
    now = NOW + int(virtual_loop().time())
    assert personal_data.expired == [({7: now - 7 * DAY, 8: now - 365 * DAY, 9: now - 30 * DAY}, now - 30 * DAY)]


@pytest.mark.parametrize("fault", ["down", "broken"])
async def test_a_failed_run_is_followed_by_the_next_one_soon(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    personal_data = FakePersonalDataStore(down=fault == "down", broken=fault == "broken")
    async with running_job(personal_data):
        await asyncio.sleep(130)
        personal_data.down = personal_data.broken = False
        await asyncio.sleep(280)
        assert personal_data.swept == 0
        await asyncio.sleep(20)
        assert personal_data.swept == 1
    assert "erasing what is too old failed" in caplog.text


async def test_one_step_that_fails_does_not_keep_the_others_from_running(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError

    personal_data = FakePersonalDataStore()
    monkeypatch.setattr(personal_data, "expire", broken)
    assert not await make_job(personal_data).run_once()
    assert personal_data.swept == 1


@pytest.mark.parametrize("retention", ["1", "365"])
async def test_totals_are_kept_for_ninety_days_whatever_the_retention(retention: str) -> None:
    today = int(NOW + virtual_loop().time()) // DAY
    usage = FakeUsageStore()
    for day in range(today - 100, today + 1):
        usage.kept[UsageKey(SERVER, "tamako", day)] = Usage(1)
    settings = FakeServerSettingsStore({("server", SERVER): {"retention": retention}})
    assert await make_job(FakePersonalDataStore(), settings, usage).run_once()
    assert [key.day for key in usage.kept] == list(range(today - KEPT_DAYS, today + 1))


async def test_a_server_that_was_left_is_erased_at_once_and_for_an_hour() -> None:
    personal_data = FakePersonalDataStore(inside={BOT: {SERVER}}, now=NOW + int(virtual_loop().time()))
    job = make_job(personal_data)
    await job.left(BOT, SERVER)
    assert personal_data.erased == [SERVER]
    await asyncio.sleep(3500)
    await job.run_once()
    assert personal_data.erased == [SERVER] * 2
    await asyncio.sleep(200)
    await job.run_once()
    await job.run_once()
    assert personal_data.erased == [SERVER] * 3


async def test_the_settings_of_an_erased_server_leave_memory() -> None:
    store = FakeServerSettingsStore({("server", SERVER): {"prefix": "?"}, ("server", 8): {"prefix": "+"}})
    server_settings = await ServerSettings.load(store, Chatbots({"chatbase": FakeProvider()}, "chatbase"))
    job = RetentionJob(FakePersonalDataStore(), server_settings, FakeUsageStore())
    del store.values["server", SERVER]  # as the store does
    await job.left(BOT, SERVER)
    assert (server_settings.prefix(SERVER), server_settings.prefix(8)) == ("!", "+")


class _CountedReads(FakeServerSettingsStore):
    reads = 0

    async def list_values(self, name: str, scope: Scope = "server") -> Mapping[int, str]:
        self.reads += 1
        return await super().list_values(name, scope)


@pytest.mark.parametrize("left", [0, 1, 40])
async def test_the_settings_in_memory_are_read_once_however_many_servers_are_erased(left: int) -> None:
    servers = range(100, 100 + left)
    personal_data, store = FakePersonalDataStore(inside={BOT: {SERVER, *servers}}, down=True), _CountedReads()
    job = make_job(personal_data, store)
    for server in servers:
        await job.left(BOT, server)
    personal_data.down = False
    await job.run_once()
    assert sorted(personal_data.erased) == list(servers)
    one_reading = _CountedReads()
    await KeptSettings.load(one_reading)
    retentions = 1
    assert store.reads == retentions + (one_reading.reads if left else 0)


async def test_a_removal_that_the_database_did_not_take_is_tried_again() -> None:
    personal_data = FakePersonalDataStore(inside={BOT: {SERVER, 8}}, down=True)
    job = make_job(personal_data)
    await job.left(BOT, SERVER)
    personal_data.down = False
    assert personal_data.erased == []
    await job.run_once()
    assert personal_data.erased == [SERVER]
    assert personal_data.inside == {BOT: {8}}


async def test_a_server_that_was_joined_again_is_left_alone() -> None:
    personal_data = FakePersonalDataStore(inside={BOT: {SERVER}}, down=True)
    job = make_job(personal_data)
    await job.left(BOT, SERVER)
    personal_data.down = False
    job.joined(BOT, SERVER)
    await job.run_once()
    assert personal_data.erased == []


async def test_the_servers_of_a_connection_that_are_new_and_those_that_are_missing() -> None:
    personal_data = FakePersonalDataStore(inside={BOT: {5, 6, 7}, 2: {9}})
    job = make_job(personal_data)
    assert await job.missing_guilds(BOT, [6, 10]) == [5, 7]
    assert await job.unknown_guilds(BOT, [6, 10]) == {10}
    await job.note_guilds(BOT, [10])
    assert personal_data.inside == {BOT: {5, 6, 7, 10}, 2: {9}}


async def test_nothing_is_logged_if_nothing_was_done(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    personal_data = FakePersonalDataStore()
    personal_data.sweep = lambda: asyncio.sleep(0, 0)  # type: ignore[method-assign]
    await make_job(personal_data).run_once()
    assert not caplog.records
