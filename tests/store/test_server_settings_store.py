"""Settings by server and channel, and the program's own facts."""

import asyncio

import pytest

from bot.domain.settings.server_settings import StoredSettings
from bot.store.open import open_store
from bot.store.ports.base import Stores
from tests.databases import execute
from tests.loop_meter import measure_steps, slowness

SERVER, OTHER_SERVER = 2**63 - 1, 11
CHANNEL, OTHER_CHANNEL = 2**63 - 2, 22


async def test_server_and_channel_are_told_apart(store: Stores) -> None:
    await store.server_settings.save("server", SERVER, SERVER, "provider", "tamako")
    await store.server_settings.save("server", SERVER, SERVER, "prefix", "?")
    await store.server_settings.save("channel", SERVER, CHANNEL, "provider", "chatbase")
    assert await store.server_settings.load(SERVER, CHANNEL) == StoredSettings(
        {"provider": "tamako", "prefix": "?"}, {"provider": "chatbase"}
    )
    assert await store.server_settings.load(SERVER, OTHER_CHANNEL) == StoredSettings(
        {"provider": "tamako", "prefix": "?"}, {}
    )
    assert await store.server_settings.load(OTHER_SERVER, OTHER_CHANNEL) == StoredSettings({}, {})


async def test_a_server_and_a_channel_may_share_a_number(store: Stores) -> None:
    # Discord's first channel once had its server's id; some still do.
    await store.server_settings.save("server", SERVER, SERVER, "provider", "tamako")
    await store.server_settings.save("channel", SERVER, SERVER, "provider", "stammer")
    assert await store.server_settings.load(SERVER, SERVER) == StoredSettings(
        {"provider": "tamako"}, {"provider": "stammer"}
    )


async def test_a_direct_message_has_no_server(store: Stores) -> None:
    await store.server_settings.save("channel", SERVER, CHANNEL, "provider", "tamako")
    assert await store.server_settings.load(None, CHANNEL) == StoredSettings({}, {"provider": "tamako"})


async def test_a_value_is_overwritten_and_taken_away(store: Stores) -> None:
    await store.server_settings.save("server", SERVER, SERVER, "name", "Ann")
    await store.server_settings.save("server", SERVER, SERVER, "name", "Bo 🙂")
    await store.server_settings.save("server", SERVER, SERVER, "gender", "")
    assert await store.server_settings.load(SERVER, CHANNEL) == StoredSettings({"name": "Bo 🙂", "gender": ""}, {})
    await store.server_settings.save("server", SERVER, SERVER, "name", None)
    await store.server_settings.save("server", SERVER, SERVER, "developer", None)
    assert await store.server_settings.load(SERVER, CHANNEL) == StoredSettings({"gender": ""}, {})


async def test_one_value_is_read_alone(store: Stores) -> None:
    await store.server_settings.save("person", 0, SERVER, "opt-out", "on")
    assert await store.server_settings.value("person", SERVER, "opt-out") == "on"
    assert await store.server_settings.value("server", SERVER, "opt-out") is None
    assert await store.server_settings.value("person", OTHER_SERVER, "opt-out") is None


@pytest.mark.parametrize("servers", [1_999, 2_000, 2_001, 5_000])
async def test_the_settings_of_thousands_of_servers_are_read_in_slices(store: Stores, url: str, servers: int) -> None:
    rows = ",".join(f"('server', {number}, 'prefix', {number}, '{number}')" for number in range(servers))
    execute(url, f"INSERT INTO preferences (scope, target, name, server, value) VALUES {rows}")
    with measure_steps() as meter:
        values = await store.server_settings.list_values("prefix")
    assert values == {number: str(number) for number in range(servers)}
    assert meter.seconds < 0.02 * slowness(), meter.what


async def test_one_setting_is_listed_over_all_servers(store: Stores) -> None:
    await store.server_settings.save("server", SERVER, SERVER, "prefix", "?")
    await store.server_settings.save("server", OTHER_SERVER, OTHER_SERVER, "prefix", "$")
    await store.server_settings.save("server", OTHER_SERVER, OTHER_SERVER, "name", "Bo")
    await store.server_settings.save("channel", SERVER, CHANNEL, "prefix", "%")
    assert await store.server_settings.list_values("prefix") == {SERVER: "?", OTHER_SERVER: "$"}
    assert await store.server_settings.list_values("prefix", "channel") == {CHANNEL: "%"}
    assert await store.server_settings.list_values("gender") == {}


async def test_two_admins_at_once_leave_one_of_their_values(store: Stores) -> None:
    names = [f"name {number}" for number in range(20)]
    await asyncio.gather(*(store.server_settings.save("server", SERVER, SERVER, "name", name) for name in names))
    assert (await store.server_settings.load(SERVER, CHANNEL)).server["name"] in names


async def test_facts_are_remembered_over_a_restart(url: str) -> None:
    async with open_store(url) as store:
        assert await store.metadata.get("commands") is None
        await store.metadata.set("commands", "one")
        await store.metadata.set("commands", "two")
    async with open_store(url) as store:
        assert await store.metadata.get("commands") == "two"
        assert await store.metadata.get("others") is None


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_what_is_no_text_is_not_set_and_leaves_other_servers_alone(url: str, store: Stores) -> None:
    await store.server_settings.save("server", OTHER_SERVER, OTHER_SERVER, "retention", "7")
    for name in ("retention", "prefix", "name", "limit-member"):
        execute(
            url,
            f"INSERT INTO preferences (scope, server, target, name, value) VALUES ('server', 5, 5, '{name}', X'37')",
        )
    for field in ("api_key", "chatbot_id"):
        execute(
            url,
            "INSERT INTO credentials (server, provider, field, value, saved_at, saved_by) "
            f"VALUES (5, 'chatbase', '{field}', X'37', 1, 1)",
        )
    stored = await store.server_settings.load(5, CHANNEL)
    assert (stored.server, stored.channel) == ({}, {})
    assert all(isinstance(value, str) for value in stored.credentials["chatbase"].fields.values())
    assert await store.server_settings.list_values("retention") == {OTHER_SERVER: "7"}
