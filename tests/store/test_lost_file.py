"""A SQLite file that is lost while the bot runs: nothing goes into a ghost, and the bot recovers by itself."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import DatabaseUnavailable
from bot.store.open import open_store

Lose = Callable[[Path], None]


def delete(file: Path) -> None:
    file.unlink()


def rename(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))


def delete_folder(file: Path) -> None:
    shutil.rmtree(file.parent)


def delete_changes(file: Path) -> None:
    file.with_name(f"{file.name}-wal").unlink()


def replace(file: Path) -> None:
    other = file.with_name("other.db")
    other.write_bytes(b"")
    other.replace(file)


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    """Give a database's file in a folder of its own."""
    (tmp_path / "data").mkdir()
    return Path(shutil.copy(sqlite_template, tmp_path / "data" / "switchboard.db"))


def facts(file: Path) -> dict[str, str]:
    with closing(sqlite3.connect(file)) as connection:
        return dict(connection.execute("SELECT name, value FROM facts"))


@pytest.mark.parametrize("lose", [delete, rename, delete_folder, replace])
async def test_a_lost_file_is_noticed_and_none_is_made(file: Path, lose: Lose) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        await store.metadata.set("before", "1")
        lose(file)
        for _ in range(3):
            with pytest.raises(DatabaseUnavailable, match="FileLost"):
                await store.metadata.set("after", "1")
            with pytest.raises(DatabaseUnavailable):
                await store.metadata.get("before")
        assert file.exists() == (lose is replace)
        assert not file.exists() or file.stat().st_size == 0


async def test_a_file_that_is_lost_before_the_first_call_is_not_made(file: Path) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        delete(file)
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="FileLost"):
                await store.metadata.get("before")
        assert not file.exists()


async def test_a_renamed_file_is_complete_and_is_used_again_when_it_is_back(file: Path) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        await store.metadata.set("before", "1")
        rename(file)
        with pytest.raises(DatabaseUnavailable):
            await store.metadata.set("lost", "1")
        shutil.copy(file.with_name("elsewhere.db"), file.with_name("copy.db"))
        assert facts(file.with_name("copy.db"))["before"] == "1"
        file.with_name("elsewhere.db").rename(file)
        await store.metadata.set("after", "1")
        assert await store.metadata.get("before") == "1"
    assert facts(file).keys() >= {"before", "after"}
    assert "lost" not in facts(file)


async def test_a_backup_in_its_place_is_used(file: Path, tmp_path: Path) -> None:
    backup = Path(shutil.copy(file, tmp_path / "backup.db"))
    async with open_store(f"sqlite:///{file}") as store:
        await store.metadata.set("before", "1")
        delete(file)
        with pytest.raises(DatabaseUnavailable):
            await store.metadata.get("before")
        shutil.copy(backup, file)
        await store.metadata.set("after", "1")
        assert await store.metadata.get("before") is None
    assert facts(file)["after"] == "1"
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_backup_that_is_moved_over_it_is_used(file: Path, tmp_path: Path) -> None:
    backup = Path(shutil.copy(file, tmp_path / "backup.db"))
    async with open_store(f"sqlite:///{file}") as store:
        await store.metadata.set("before", "1")
        backup.replace(file)
        with pytest.raises(DatabaseUnavailable, match="FileLost"):
            await store.metadata.get("before")
        await store.metadata.set("after", "1")
        assert await store.metadata.get("before") is None
    assert facts(file)["after"] == "1"
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_what_is_no_database_of_this_version_is_left_alone(file: Path) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        await store.metadata.set("before", "1")
        delete(file)
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TABLE another (name TEXT)")
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable):
                await store.metadata.set("after", "1")


async def test_deleted_changes_are_noticed_and_nothing_stored_is_lost(file: Path) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        await store.metadata.set("before", "1")
        delete_changes(file)
        with pytest.raises(DatabaseUnavailable, match="FileLost"):
            await store.metadata.set("refused", "1")
        await store.metadata.set("after", "1")
    assert facts(file).keys() >= {"before", "after"}


async def test_deleted_changes_are_noticed_behind_a_link_too(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(file)
    async with open_store(f"sqlite:///{tmp_path}/link.db") as store:
        await store.metadata.set("before", "1")
        delete_changes(file)
        with pytest.raises(DatabaseUnavailable, match="FileLost"):
            await store.metadata.set("after", "1")
