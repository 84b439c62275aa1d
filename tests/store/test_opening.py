"""Opening: the file and the schema are made if they are missing; what cannot be opened is told in one clean line."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
import traceback
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.domain.conversation_key import ConversationKey
from bot.store.errors import DatabaseOpenError, DatabaseUrlError
from bot.store.leases.postgres import PostgresLease
from bot.store.open import open_store
from tests.postgres import PASSWORD, PostgresServer
from tests.store.samples import CHANNEL, make_turn, record

STARTER = """
import asyncio, sys
from bot.store.open import open_store
from tests.store.samples import make_turn, record

async def main(url):
    print("ready", flush=True)
    sys.stdin.readline()
    async with open_store(url) as store:
        print(await record(store, make_turn()) is not None)

asyncio.run(main(sys.argv[1]))
"""


async def refuse(url: str, max_wait: float = 5) -> DatabaseOpenError:
    """Return the error with which a URL is not opened, having checked that it is fit to be shown."""
    with pytest.raises(DatabaseOpenError) as caught:
        async with open_store(url, max_wait=max_wait):
            pass
    told = "".join(traceback.format_exception(caught.value, chain=True))
    assert PASSWORD not in told.partition("DatabaseOpenError")[2]
    assert "\n" not in str(caught.value)
    assert caught.value.__context__ is None
    return caught.value


async def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "with 100%" / "switchboard.db"
    async with open_store(f"sqlite:///{file}") as store:
        await record(store, make_turn())
        for part in file.parent.iterdir():
            assert stat.S_IMODE(part.stat().st_mode) == 0o600, part.name
    assert [part.name for part in file.parent.iterdir()] == ["switchboard.db"]


async def test_a_relative_path_counts_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_store("sqlite:///data/switchboard.db"):
        assert (tmp_path / "data" / "switchboard.db").exists()


async def test_postgres_is_another_name_of_postgresql(postgres_url: str) -> None:
    async with open_store(postgres_url.replace("postgresql://", "postgres://")) as store:
        assert await record(store, make_turn())


async def test_libpq_options_are_understood(postgres_url: str) -> None:
    async with open_store(f"{postgres_url}?sslmode=prefer&application_name=bot") as store:
        assert await record(store, make_turn())


async def test_a_malformed_url_opens_nothing() -> None:
    with pytest.raises(DatabaseUrlError):
        async with open_store("mysql://host/bot"):
            pass


def test_processes_that_start_at_once_do_not_collide(empty_url: str) -> None:
    with ExitStack() as stack:
        processes = [stack.enter_context(start_waiting(empty_url)) for _ in range(4)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        told = [process.communicate(timeout=45) for process in processes]
    assert [out for out, _ in told] == ["True\n"] * 4, told


def start_waiting(url: str) -> subprocess.Popen[str]:
    """Start a process that opens the store once it is told to."""
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", STARTER, url], stdin=pipe, stdout=pipe, stderr=pipe, text=True)


async def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    error = await refuse(f"sqlite:///{tmp_path}")
    assert "Is a directory" in error.reason


async def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    error = await refuse(f"sqlite:///{tmp_path}/file/switchboard.db")
    assert "switchboard.db" in error.where
    assert "file" in error.reason


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("buy milk\n" * 1000)
    error = await refuse(f"sqlite:///{tmp_path}/notes.txt")
    assert error.reason == "file is not a database"
    assert error.is_damaged
    assert (tmp_path / "notes.txt").read_text() == "buy milk\n" * 1000


async def test_a_database_whose_end_is_cut_off(sqlite_template: Path, tmp_path: Path) -> None:
    content = sqlite_template.read_bytes()
    (tmp_path / "cut.db").write_bytes(content[: len(content) // 2])
    error = await refuse(f"sqlite:///{tmp_path}/cut.db")
    assert "malformed" in error.reason
    assert error.is_damaged


async def test_a_file_that_another_process_keeps_locked(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "switchboard.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    error = await refuse(f"sqlite:///{tmp_path}/switchboard.db", max_wait=0.5)
    assert error.reason == "database is locked"
    other.close()


async def test_a_server_that_is_not_there(postgres: PostgresServer) -> None:
    error = await refuse(f"postgresql://me:{PASSWORD}@127.0.0.1:1/bot")
    assert error.where == "postgresql://127.0.0.1:1/bot"
    assert "Connect call failed" in error.reason


async def test_a_host_that_does_not_exist() -> None:
    error = await refuse(f"postgresql://me:{PASSWORD}@host.invalid/bot")
    assert error.where == "postgresql://host.invalid/bot"


async def test_a_server_that_says_nothing() -> None:
    callers: list[asyncio.StreamWriter] = []
    async with await asyncio.start_server(lambda _, writer: callers.append(writer), "127.0.0.1", 0) as mute:
        port = mute.sockets[0].getsockname()[1]
        error = await refuse(f"postgresql://me:{PASSWORD}@127.0.0.1:{port}/bot", max_wait=0.5)
        for writer in callers:
            writer.close()
            await writer.wait_closed()
    assert error.reason == "it did not answer in time"


async def test_a_wrong_password(postgres: PostgresServer) -> None:
    error = await refuse(f"postgresql://switchboard:{PASSWORD}-wrong@127.0.0.1:{postgres.port}/postgres")
    assert "password authentication failed" in error.reason


async def test_a_missing_database(postgres: PostgresServer) -> None:
    error = await refuse(f"postgresql://switchboard:{PASSWORD}@127.0.0.1:{postgres.port}/elsewhere")
    assert error.reason == 'database "elsewhere" does not exist'


async def test_an_option_that_postgresql_does_not_have(postgres_url: str) -> None:
    error = await refuse(f"{postgres_url}?colour=blue")
    assert error.reason == 'unrecognized configuration parameter "colour"'


async def test_a_role_that_may_not_make_tables(postgres: PostgresServer, postgres_url: str) -> None:
    name = postgres_url.rpartition("/")[2]
    role = f"guest_of_{name}"
    postgres.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
    error = await refuse(f"postgresql://{role}:{PASSWORD}@127.0.0.1:{postgres.port}/{name}")
    assert error.reason == "permission denied for schema public"


async def test_a_store_closes_what_it_opened(url: str, postgres: PostgresServer) -> None:
    async with open_store(url) as store:
        await asyncio.gather(
            *(store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=1) for _ in range(20))
        )
    if url.startswith("postgresql"):
        name = url.rpartition("/")[2]
        connected = postgres.execute(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'")
        assert connected == "0"
    else:
        assert not Path(url.removeprefix("sqlite:///") + "-wal").exists(), "SQLite removes it with the last connection"


async def test_a_lease_is_held_again_after_the_server_was_away(postgres: PostgresServer, postgres_url: str) -> None:
    now = [1000.0]
    lease = await PostgresLease.open(postgres_url, "a" * 15, max_wait=5, clock=lambda: now[0])
    now[0] += 3600
    assert await lease.find_ended(["b" * 15]) == ["b" * 15]
    postgres.stop()
    await asyncio.sleep(1)
    assert await lease.find_ended(["b" * 15]) == ()
    postgres.start()
    async with asyncio.timeout(30):
        while not await lease.find_ended(["b" * 15]):
            now[0] += 1
            await asyncio.sleep(0.1)
    other = await PostgresLease.open(postgres_url, "b" * 15, max_wait=5, clock=lambda: now[0])
    assert await other.find_ended(["a" * 15]) == (), "the server has just started"
    now[0] += 15
    assert await other.find_ended(["a" * 15]) == []
    await lease.close()
    await other.close()
