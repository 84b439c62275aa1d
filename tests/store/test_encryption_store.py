"""What is known of the keys that texts are encrypted with: a missing one is told, and the right one is all it takes."""

import pytest

from bot.crypto.keys import new_key
from bot.crypto.opening import open_cipher
from bot.domain.secrets.encryption import EncryptionState
from bot.store.encryption.conditions import columns_by_table
from bot.store.open import open_store
from bot.store.ports.base import Stores
from bot.store.tables import metadata
from bot.strings.host.encryption import tell_at_start
from tests.databases import execute
from tests.store.conftest import HandClock

KEY, OTHER = new_key(), new_key()
_DAY = "2027-01-15"
"""That of the clock."""


class Database:
    """A database that is opened with one key after the other, as at so many starts."""

    def __init__(self, url: str, clock: HandClock) -> None:
        self.url = url
        self._clock = clock

    async def start(self, key: str | None, stores: str = "") -> EncryptionState:
        """Return what a start finds out, and have it store something afterwards."""
        async with open_store(self.url, clock=self._clock, cipher=open_cipher(key)) as opened:
            state = await opened.encryption.begin()
            assert await opened.encryption.state() == state
            if stores:
                await self._store(opened, stores)
            return state

    async def read(self, key: str | None) -> str | None:
        """Return the name that was stored last, None if it cannot be read."""
        async with open_store(self.url, cipher=open_cipher(key)) as opened:
            return (await opened.server_settings.list_values("name")).get(1)

    async def _store(self, opened: Stores, name: str) -> None:
        await opened.server_settings.save("server", 1, 1, "name", name)


@pytest.fixture
def database(url: str, clock: HandClock) -> Database:
    """Give a database without content."""
    return Database(url, clock)


def _is_well(state: EncryptionState) -> bool:
    return state.has_key and not state.missing_keys and not state.has_clear_texts and not tell_at_start(state)


async def test_without_a_key_there_is_nothing_to_tell_and_nothing_is_noted(database: Database) -> None:
    assert not tell_at_start(await database.start(None, stores="Moss"))
    assert not tell_at_start(await database.start(None))
    assert execute(database.url, "SELECT * FROM facts WHERE name = 'encryption'") == []


async def test_with_a_key_from_the_beginning_all_is_well(database: Database) -> None:
    for _ in range(2):
        assert _is_well(await database.start(KEY, stores="Moss"))
    assert _is_well(await database.start(f"{OTHER},{KEY}", stores="Fern"))
    assert _is_well(await database.start(f"{KEY},{OTHER}"))


async def test_texts_from_before_the_first_key_are_told_until_they_are_gone(database: Database) -> None:
    await database.start(None, stores="Moss")
    for _ in range(2):
        state = await database.start(KEY)
        assert state.has_clear_texts
        (line,) = tell_at_start(state)
        assert "`python -m bot encrypt-texts`" in line
    execute(database.url, "DELETE FROM preferences")
    assert _is_well(await database.start(KEY))


@pytest.mark.parametrize("wrong", [OTHER, None], ids=["another key", "no key"])
async def test_a_missing_key_is_told_in_one_line_and_put_back(database: Database, wrong: str | None) -> None:
    await database.start(KEY, stores="Moss")
    before = execute(database.url, "SELECT value FROM preferences")
    for _ in range(2):
        state = await database.start(wrong)
        assert list(state.missing_keys.values()) == [_DAY]
        (line,) = tell_at_start(state)
        assert _DAY in line
        assert "SECRET_KEY" in line
        assert "\n" not in line
        assert await database.read(wrong) is None
    assert execute(database.url, "SELECT value FROM preferences") == before
    assert not (await database.start(KEY)).missing_keys
    assert await database.read(KEY) == "Moss"


async def test_a_key_that_was_used_meanwhile_is_missed_as_well(database: Database) -> None:
    await database.start(KEY, stores="Moss")
    await database.start(OTHER, stores="Fern")
    assert len((await database.start(KEY)).missing_keys) == 1
    assert await database.read(KEY) is None
    assert _is_well(await database.start(f"{KEY},{OTHER}"))
    assert await database.read(f"{KEY},{OTHER}") == "Fern"


async def test_a_lost_key_is_forgotten_once_no_text_has_it(database: Database) -> None:
    await database.start(KEY, stores="Moss")
    assert (await database.start(OTHER)).missing_keys
    execute(database.url, "DELETE FROM preferences")
    assert _is_well(await database.start(OTHER))
    assert (await database.start(None)).missing_keys == {}


async def test_a_start_without_the_key_in_between_leaves_texts_in_clear(database: Database) -> None:
    await database.start(KEY)
    await database.start(None, stores="Moss")
    assert (await database.start(KEY)).has_clear_texts


def test_every_table_with_such_columns_is_looked_at_once() -> None:
    found = columns_by_table()
    assert len({table.name for table in found}) == len(found)
    assert all(column.name in metadata.tables[column.table].c for columns in found.values() for column in columns)
