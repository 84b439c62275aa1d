"""The credentials of servers in the database: encrypted, whole, and gone with the server."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.leases import Owner
from bot.domain.secrets.credentials import NoSecretKey, credential_cell
from bot.store.open import open_store
from bot.store.ports.base import Stores
from tests.fakes.ciphers import FakeCipher
from tests.store.conftest import HandClock

SERVER, OTHER, ADMIN = 100, 200, 7
CIPHER = FakeCipher()


@pytest.fixture
async def keyed(url: str, clock: HandClock) -> AsyncIterator[Stores]:
    """Open a store that has a key."""
    async with open_store(url, clock=clock, cipher=CIPHER) as opened:
        yield opened


async def test_what_is_saved_is_encrypted_for_its_cell_and_listed_with_its_age(keyed: Stores, clock: HandClock) -> None:
    await keyed.credentials.save(SERVER, "chatbase", {"api_key": "opal-77", "chatbot_id": "moss"}, ADMIN)
    found = (await keyed.credentials.list(SERVER))["chatbase"]
    assert (found.server, found.saved_at, found.saved_by) == (SERVER, int(clock.now), ADMIN)
    assert set(found.fields) == {"api_key", "chatbot_id"}
    assert not any(secret in str(found) for secret in ("opal-77", "moss"))
    assert CIPHER.decrypt(found.fields["api_key"], credential_cell(SERVER, "chatbase", "api_key")) == "opal-77"
    for elsewhere in (
        credential_cell(OTHER, "chatbase", "api_key"),
        credential_cell(SERVER, "stammer", "api_key"),
        credential_cell(SERVER, "chatbase", "chatbot_id"),
    ):
        assert CIPHER.decrypt(found.fields["api_key"], elsewhere) is None


async def test_saving_replaces_all_fields_of_that_provider_alone(keyed: Stores) -> None:
    await keyed.credentials.save(SERVER, "chatbot", {"client_token": "a", "developer_token": "b"}, ADMIN)
    await keyed.credentials.save(SERVER, "stammer", {"api_token": "c"}, ADMIN)
    await keyed.credentials.save(SERVER, "chatbot", {"client_token": "d"}, ADMIN)
    found = await keyed.credentials.list(SERVER)
    assert {name: set(each.fields) for name, each in found.items()} == {
        "chatbot": {"client_token"},
        "stammer": {"api_token"},
    }


async def test_of_two_admins_who_save_at_once_one_is_there_whole(keyed: Stores) -> None:
    sets = [{"client_token": "one", "developer_token": "one"}, {"client_token": "two"}, {"developer_token": "three"}]
    await asyncio.gather(*(keyed.credentials.save(SERVER, "chatbot", fields, ADMIN) for fields in sets * 4))
    found = (await keyed.credentials.list(SERVER))["chatbot"].fields
    clear = {name: CIPHER.decrypt(value, credential_cell(SERVER, "chatbot", name)) for name, value in found.items()}
    assert clear in sets


async def test_without_a_key_nothing_is_stored(store: Stores) -> None:
    with pytest.raises(NoSecretKey):
        await store.credentials.save(SERVER, "stammer", {"api_token": "c"}, ADMIN)
    assert await store.credentials.list(SERVER) == {}


async def test_what_is_removed_is_gone_and_nothing_else(keyed: Stores) -> None:
    for server in (SERVER, OTHER):
        for provider in ("stammer", "tamako"):
            await keyed.credentials.save(server, provider, {"x": "y"}, ADMIN)
    await keyed.credentials.remove(SERVER, "stammer")
    assert list(await keyed.credentials.list(SERVER)) == ["tamako"]
    assert set(await keyed.credentials.list(OTHER)) == {"stammer", "tamako"}
    assert await keyed.credentials.count_servers() == 2


async def test_they_go_with_the_server_that_the_bot_left(keyed: Stores) -> None:
    for server in (SERVER, OTHER):
        await keyed.credentials.save(server, "stammer", {"api_token": "c"}, ADMIN)
    await keyed.personal_data.erase_server(SERVER)
    assert await keyed.credentials.list(SERVER) == {}
    assert set(await keyed.credentials.list(OTHER)) == {"stammer"}


async def test_they_are_read_with_the_settings_of_their_server_and_no_other(keyed: Stores) -> None:
    await keyed.credentials.save(SERVER, "chatbase", {"api_key": "a", "chatbot_id": "b"}, ADMIN)
    await keyed.server_settings.save("server", SERVER, SERVER, "provider", "chatbase")
    await keyed.server_settings.save("channel", SERVER, 5, "threads", "on")
    stored = await keyed.server_settings.load(SERVER, 5)
    assert (stored.server, stored.channel) == ({"provider": "chatbase"}, {"threads": "on"})
    assert stored.credentials == await keyed.credentials.list(SERVER)
    assert (await keyed.server_settings.load(OTHER, 5)).credentials == {}
    assert (await keyed.server_settings.load(None, 5)).credentials == {}
    opened = await keyed.run_opener.open((SERVER, 6), lambda _: None)
    assert opened.settings.credentials == stored.credentials


async def test_another_process_sees_at_once_what_was_saved(keyed: Stores, url: str) -> None:
    async with open_store(url, owner=Owner("second", lambda: 0), cipher=CIPHER) as second:
        await second.credentials.save(SERVER, "stammer", {"api_token": "c"}, ADMIN)
        assert "stammer" in (await keyed.server_settings.load(SERVER, 1)).credentials
        await keyed.credentials.remove(SERVER, "stammer")
        assert (await second.server_settings.load(SERVER, 1)).credentials == {}


async def test_who_saved_them_is_told_that_person_and_forgotten_with_them(keyed: Stores) -> None:
    await keyed.credentials.save(SERVER, "stammer", {"api_token": "c", "chatbot_uuid": "d"}, ADMIN)
    await keyed.credentials.save(OTHER, "tamako", {"username": "e"}, ADMIN + 1)
    told = [(each.server, each.provider) for each in await keyed.personal_data.saved_credentials(ADMIN)]
    assert told == [(SERVER, "stammer")]
    await keyed.personal_data.erase_person(ADMIN, ())
    assert await keyed.personal_data.saved_credentials(ADMIN) == []
    kept = (await keyed.credentials.list(SERVER))["stammer"]
    assert (set(kept.fields), kept.saved_by) == ({"api_token", "chatbot_uuid"}, 0)
    assert (await keyed.credentials.list(OTHER))["tamako"].saved_by == ADMIN + 1
