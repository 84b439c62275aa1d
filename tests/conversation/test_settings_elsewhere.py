"""Settings that another process changes: each is read alone, and all of them if that may have gone unheard."""

import asyncio
from collections.abc import Mapping

import pytest

from bot.conversation.kept_settings import DEAF_SECONDS, READINGS_SECONDS, KeptSettings
from bot.domain.settings.server_settings import AUTO_REPLY, CHANNELS, LISTED, ONLY, OPT_OUT, ROLES, Scope
from tests.fakes.providers_and_stores import FakeServerSettingsStore
from tests.fakes.signals import Air

SERVER, PERSON = 7, 70


class CountingStore(FakeServerSettingsStore):
    """Counts how often all values of a setting are read."""

    lists = 0

    async def list_values(self, name: str, scope: Scope = "server") -> Mapping[int, str]:
        """Count, and read."""
        self.lists += 1
        return await super().list_values(name, scope)


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


@pytest.fixture
def air() -> Air:
    return Air()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("scope", "target", "name", "value"),
    [
        ("server", SERVER, "prefix", "?"),
        ("server", SERVER, CHANNELS, ONLY),
        ("server", SERVER, ROLES, "1,2"),
        ("channel", 9, AUTO_REPLY, "on"),
        ("channel", 9, LISTED, "on"),
        ("person", PERSON, OPT_OUT, "on"),
    ],
)
async def test_a_change_is_seen_at_once_and_read_alone(
    store: CountingStore, air: Air, scope: Scope, target: int, name: str, value: str
) -> None:
    here, there = [await KeptSettings.load(store, air.process(bot)) for bot in (1, 2)]  # bots share settings
    async with there.following():
        before = store.lists
        await here.save(scope, SERVER, target, name, value)
        await settle()
        assert there.get(name, target) == value
        await here.save(scope, SERVER, target, name, None)
        await settle()
        assert there.get(name, target) is None
        assert store.lists == before
    assert all(value not in map(str, payload.values()) for _, payload in air.sent)


async def test_a_setting_that_nobody_keeps_is_not_told(store: CountingStore, air: Air) -> None:
    here = await KeptSettings.load(store, air.process())
    await here.save("server", SERVER, SERVER, "name", "Sky")
    await here.save("channel", SERVER, 9, "prefix", "?")
    assert air.sent == []


async def test_what_is_changed_between_listening_and_reading_is_seen(store: CountingStore, air: Air) -> None:
    here = await KeptSettings.load(store, air.process())
    reading = asyncio.create_task(KeptSettings.load(store, air.process()))
    await asyncio.sleep(0)
    await here.save("server", SERVER, SERVER, "prefix", "?")
    there = await reading
    async with there.following():
        await settle()
        assert there.get("prefix", SERVER) == "?"


async def test_all_are_read_if_signals_were_lost_or_anything_may_have_changed(store: CountingStore, air: Air) -> None:
    signals = air.process()
    here, there = await KeptSettings.load(store, air.process()), await KeptSettings.load(store, signals)
    async with there.following():
        store.values["server", SERVER] = {"prefix": "?"}
        signals.lose()
        await settle()
        assert there.get("prefix", SERVER) == "?"
        store.values["server", SERVER] = {}
        await here.reload_everywhere()
        await settle()
        assert there.get("prefix", SERVER) is None


async def test_a_storm_of_lost_signals_is_no_storm_of_readings(store: CountingStore, air: Air) -> None:
    signals = air.process()
    there = await KeptSettings.load(store, signals)
    async with there.following():
        each, before = store.lists, store.lists
        for _ in range(10_000):
            signals.lose()
            await asyncio.sleep(0.01)
        assert (store.lists - before) / each <= 33  # in 100 s, of which ten take three
        store.values["server", SERVER] = {"prefix": "?"}
        signals.lose()
        await asyncio.sleep(READINGS_SECONDS)
        assert there.get("prefix", SERVER) == "?"


async def test_what_a_process_saved_that_was_killed_before_it_told_is_seen(store: CountingStore, air: Air) -> None:
    others = ["a", "b"]
    there = await KeptSettings.load(store, air.process())
    async with there.following(lambda: others):
        await asyncio.sleep(DEAF_SECONDS + 0.1)
        store.values["person", PERSON] = {OPT_OUT: "on"}
        others[:] = ["b", "c"]
        await asyncio.sleep(DEAF_SECONDS)
        assert there.get(OPT_OUT, PERSON) == "on"
        before = store.lists
        await asyncio.sleep(600)
        assert store.lists == before


async def test_a_flood_of_changes_is_one_reading(store: CountingStore, air: Air) -> None:
    sender = air.process()
    there = await KeptSettings.load(store, air.process())
    async with there.following():
        before = store.lists
        for number in range(10_000):
            await sender.send("settings", {"scope": "server", "target": number, "name": "prefix"})
        store.values["server", 9_999] = {"prefix": "?"}
        await settle()
        assert there.get("prefix", 9_999) == "?"
        assert store.lists - before <= 7


@pytest.mark.parametrize(
    "payload",
    [
        {"scope": "galaxy", "target": 1, "name": "prefix"},
        {"scope": "server", "target": "1", "name": "prefix"},
        {"scope": "server", "target": 1, "name": 1},
        {"scope": "server", "target": 1, "name": "unheard of"},
        {"scope": "channel", "target": 1, "name": "prefix"},
        {"scope": "server"},
    ],
)
async def test_what_makes_no_sense_is_ignored(
    store: CountingStore, air: Air, payload: Mapping[str, str | int | None]
) -> None:
    sender = air.process()
    there = await KeptSettings.load(store, air.process())
    async with there.following():
        before = store.lists
        await sender.send("settings", payload)
        await settle()
        await sender.send("settings", {"scope": "server", "target": SERVER, "name": "prefix"})
        store.values["server", SERVER] = {"prefix": "?"}
        await settle()
        assert there.get("prefix", SERVER) == "?"
        assert store.lists == before


async def test_a_database_that_is_away_is_asked_until_it_answers(store: CountingStore, air: Air) -> None:
    here, there = [await KeptSettings.load(store, air.process()) for _ in range(2)]
    async with there.following():
        await here.save("server", SERVER, SERVER, "prefix", "?")
        store.down = True
        await asyncio.sleep(300)
        assert there.get("prefix", SERVER) is None
        store.down = False
        await asyncio.sleep(120)
        assert there.get("prefix", SERVER) == "?"


async def test_without_signals_all_are_read_while_there_are_others_and_once_more_after_that(
    store: CountingStore,
) -> None:
    others = ["a predecessor"]
    kept = await KeptSettings.load(store)
    async with kept.following(lambda: others):
        store.values["person", PERSON] = {OPT_OUT: "on"}
        await asyncio.sleep(DEAF_SECONDS + 0.1)
        assert kept.get(OPT_OUT, PERSON) == "on"
        others.clear()
        store.values["person", PERSON] = {}
        await asyncio.sleep(DEAF_SECONDS)
        assert kept.get(OPT_OUT, PERSON) is None
        before = store.lists
        await asyncio.sleep(600)
        assert store.lists == before


async def test_with_signals_others_cost_nothing(store: CountingStore, air: Air) -> None:
    kept = await KeptSettings.load(store, air.process())
    before = store.lists
    async with kept.following(lambda: ["a neighbour"]):
        await asyncio.sleep(600)
    assert store.lists == before
