"""`python -m bot encrypt-texts` and `rotate-keys`: every text, nobody's newer one, and on after a kill."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import asyncpg
import pytest
from sqlalchemy import func, insert, select

from bot.commands.encrypting import encrypt_texts
from bot.crypto.keys import new_key
from bot.crypto.opening import open_cipher
from bot.domain.leases import new_owner_id
from bot.store.addresses.urls import parse_url
from bot.store.encrypted_columns import ENCRYPTED_COLUMNS, EncryptedColumn
from bot.store.encryption.conditions import has_key, is_in_clear, value_of
from bot.store.maintenance import reencryption
from bot.store.maintenance.progress import Progress
from bot.store.maintenance.reencryption import encrypt_clear_texts, rotate_keys
from bot.store.open import open_lease, open_store
from bot.store.ports.base import Stores
from bot.store.tables import metadata
from tests.commands.copies import Killed, do, dump, run_copy
from tests.databases import execute
from tests.process.bot_runs import Ended, run_here
from tests.store.samples import PERSON, SERVER, make_asked, make_ended, make_turn, record

OLD, NEW, OTHER = new_key(), new_key(), new_key()
ROOT = Path(__file__).resolve().parents[2]
NAME, TOKEN, STYLE, SECRET = "Wren Hollow", "tok-kestrel-91", "Moss and Fern", "opal-secret-77"
WORDS = ["question 1", "answer 1", "asked answer-1/1", "wording 1", "a notice", NAME, TOKEN, STYLE]


@asynccontextmanager
async def opened(url: str, key: str | None, *, notes: bool = True) -> AsyncIterator[Stores]:
    """Open the store as a start does."""
    async with open_store(url, cipher=open_cipher(key)) as stores:
        if notes:
            await stores.encryption.begin()
        yield stores


async def fill(stores: Stores, turns: int = 2) -> None:
    """Store something in every column that is encrypted, but for credentials, which are never in clear."""
    for number in range(turns):
        await record(stores, make_turn(number, name=NAME))
    await stores.answers.begin(make_asked(token=TOKEN))
    await stores.answers.end("answer-1", 1, make_ended(), None)
    await stores.server_settings.save("server", SERVER, SERVER, "name", STYLE)
    await stores.server_settings.save("person", 0, PERSON, "opt-out", "on")


async def count(url: str, condition: Any, columns: Iterable[EncryptedColumn] = ENCRYPTED_COLUMNS) -> dict[str, int]:  # noqa: ANN401
    """Return how many values of each column meet a condition."""
    queries = {
        f"{each.table}.{each.name}": select(func.count(value_of(each))).where(condition(each)) for each in columns
    }
    found = await do(url, lambda connection: {name: connection.scalar(query) for name, query in queries.items()})
    return {name: number for name, number in found.items() if number}


async def command(url: str, folder: Path, name: str, key: str | None) -> Ended:
    """Run a command."""
    settings = {"DATABASE_URL": url} | ({} if key is None else {"SECRET_KEY": key})
    ended = await asyncio.to_thread(run_here, settings, folder, name)
    assert ended.holds_none_of([*([] if key is None else key.split(",")), *WORDS[2:]])
    return ended


def small_pages() -> Any:  # noqa: ANN401 - mock's
    """Have a run take several pages for each table."""
    return patch("bot.store.maintenance.rows.PAGE_ROWS", 1)


def raw_bytes(url: str) -> bytes:
    """Return what a SQLite database's files hold."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in path.parent.iterdir() if each.name.startswith(path.name))


def stop_after(pages: int) -> Progress:
    """Return what ends a run at one of its pages."""
    told = 0

    def stop(what: str, _done: int, _total: int) -> None:
        nonlocal told
        told += 1
        if told == pages:
            raise Killed(what)

    return stop


async def test_every_text_in_clear_is_encrypted_and_read_again(url: str, tmp_path: Path) -> None:
    async with opened(url, None) as stores:
        await fill(stores)
    clear = await count(url, is_in_clear)
    held = repr(await do(url, dump)).encode()
    assert all(words.encode() in held for words in WORDS)
    assert set(clear) == {f"{each.table}.{each.name}" for each in ENCRYPTED_COLUMNS} - {"credentials.value"}
    ended = await command(url, tmp_path, "encrypt-texts", NEW)
    assert (ended.code, ended.out[0]) == (0, f"Encrypted {sum(clear.values())} texts. None is in clear now.")
    assert "VACUUM" in ended.out[1]
    assert await count(url, has_key(open_cipher(NEW).key_ids[0])) == clear
    assert not await count(url, is_in_clear)
    held = repr(await do(url, dump)).encode() + (raw_bytes(url) if url.startswith("sqlite") else b"")
    assert not [words for words in WORDS if words.encode() in held]
    async with opened(url, NEW) as stores:
        assert not (await stores.encryption.state()).has_clear_texts
        assert await stores.server_settings.list_values("name") == {SERVER: STYLE}
        assert await stores.server_settings.list_values("opt-out", "person") == {PERSON: "on"}
        kept = await stores.answers.wording("answer-1", 1)
        assert kept is not None
        assert (kept.question, kept.answer) == ("asked answer-1/1", "wording 1")
    ended = await command(url, tmp_path, "encrypt-texts", NEW)
    assert (ended.code, ended.out[0]) == (0, "No text was in clear.")


async def test_rotation_leaves_nothing_under_the_old_key(url: str, tmp_path: Path) -> None:
    async with opened(url, OLD) as stores:
        await fill(stores)
        await stores.credentials.save(SERVER, "chatbase", {"api_key": SECRET, "chatbot_id": "fern"}, PERSON)
    old = await count(url, has_key(open_cipher(OLD).key_ids[0]))
    assert set(old) == {f"{each.table}.{each.name}" for each in ENCRYPTED_COLUMNS}
    ended = await command(url, tmp_path, "rotate-keys", f"{NEW},{OLD}")
    assert ended.code == 0
    assert ended.out[0].startswith(f"Encrypted {sum(old.values())} texts again. ")
    assert await count(url, has_key(open_cipher(NEW).key_ids[0])) == old
    async with opened(url, NEW) as stores:
        state = await stores.encryption.state()
        assert (state.missing_keys, state.has_clear_texts) == ({}, False)
        assert await stores.server_settings.list_values("name") == {SERVER: STYLE}
    async with opened(url, OLD, notes=False) as stores:
        assert len((await stores.encryption.state()).missing_keys) == 1
    ended = await command(url, tmp_path, "rotate-keys", NEW)
    assert ended.out[0].startswith("No text was encrypted with another key.")


async def test_what_cannot_be_read_is_counted_named_and_left_as_it_is(url: str, tmp_path: Path) -> None:
    for key, name in ((OTHER, "Moss"), (OLD, "Fern")):
        async with opened(url, key) as stores:
            await stores.server_settings.save("server", SERVER, len(name + key), f"{name} style", STYLE)
            await record(stores, make_turn(len(name), name=NAME if key == OTHER else ""))
            await stores.server_settings.save("server", SERVER, ord(name[0]), "name", STYLE)
    before = await do(url, dump)
    ended = await command(url, tmp_path, "rotate-keys", f"{NEW},{OLD}")
    lost = await count(url, has_key(open_cipher(OTHER).key_ids[0]))
    assert lost["turns.name"] == 1
    (line,) = (line for line in ended.err if "can't be read" in line)
    assert (ended.code, ended.out) == (1, [])
    assert all(f"{number} in {column}" in line for column, number in lost.items())
    kept = [row for row in (await do(url, dump))["turns"] if row in before["turns"]]
    assert len(kept) == lost["turns.name"]
    async with opened(url, NEW) as stores:
        assert len((await stores.encryption.state()).missing_keys) == 1
    assert (await command(url, tmp_path, "rotate-keys", f"{NEW},{OTHER}")).code == 0
    assert not await count(url, has_key(open_cipher(OTHER).key_ids[0]))


async def test_a_value_that_was_copied_elsewhere_is_found(url: str, tmp_path: Path) -> None:
    async with opened(url, NEW) as stores:
        await fill(stores)
    execute(url, "UPDATE turns SET answer = (SELECT min(question) FROM turns)")
    ended = await command(url, tmp_path, "rotate-keys", NEW)
    assert ended.code == 1
    assert "stay as they are: 2 in turns.answer. " in ended.err[-1]


async def test_what_is_written_meanwhile_is_not_overwritten(url: str) -> None:
    async with opened(url, None) as stores:
        await fill(stores)
        for server in range(3):
            await stores.server_settings.save("server", server, server, "name", STYLE)
    with_key = open_cipher(NEW)
    replaces = 0

    async with opened(url, NEW) as stores:
        newer = {number: f"Newer {number}" for number in range(3)}

        async def change() -> None:
            for server, name in newer.items():
                await stores.server_settings.save("server", server, server, "name", name)

        real = reencryption._Run._store

        async def slow(run: Any, table: Any, changes: Any) -> None:  # noqa: ANN401
            """Have the names changed between the reading of a page and its change."""
            nonlocal replaces
            if table.name == "preferences" and not replaces:
                replaces += 1
                await change()
            await real(run, table, changes)

        with patch.object(reencryption._Run, "_store", slow):
            result = await encrypt_clear_texts(parse_url(url), with_key)
        assert (replaces, result.is_complete) == (1, True)
        found = await stores.server_settings.list_values("name")
        assert {server: found[server] for server in newer} == newer
    assert not await count(url, is_in_clear)


async def test_rows_that_others_hold_are_waited_for_by_nobody(prepared_postgres_url: str) -> None:
    async with opened(prepared_postgres_url, None) as stores:
        await fill(stores)
    other: Any = await asyncpg.connect(prepared_postgres_url)
    transaction = other.transaction()
    await transaction.start()
    await other.fetch("SELECT * FROM turns FOR UPDATE")
    result = await encrypt_clear_texts(parse_url(prepared_postgres_url), open_cipher(NEW))
    assert not result.is_complete
    await transaction.rollback()
    await other.close()
    result = await encrypt_clear_texts(parse_url(prepared_postgres_url), open_cipher(NEW))
    assert result.is_complete
    assert not await count(prepared_postgres_url, is_in_clear)


@pytest.mark.parametrize("work", [encrypt_clear_texts, rotate_keys])
async def test_it_goes_on_after_a_kill_at_any_page(url: str, work: Any) -> None:  # noqa: ANN401
    key = None if work is encrypt_clear_texts else OLD
    async with opened(url, key) as stores:
        await fill(stores, turns=9)
    cipher, ends = open_cipher(f"{NEW},{OLD}"), 0
    with small_pages():
        for limit in range(1, 30):
            try:
                await work(parse_url(url), cipher, stop_after(limit))
            except Killed:
                ends = limit
            else:
                break
    assert 3 <= ends < 29, "there are several pages, and an end"
    assert not await count(url, is_in_clear)
    async with opened(url, NEW) as stores:
        assert await stores.server_settings.list_values("name") == {SERVER: STYLE}


@pytest.mark.parametrize("work", [encrypt_clear_texts, rotate_keys])
async def test_two_at_once_lose_nothing_and_say_what_is_true(url: str, work: Any) -> None:  # noqa: ANN401
    is_clear = work is encrypt_clear_texts
    async with opened(url, None if is_clear else OLD) as stores:
        await fill(stores, turns=9)
    cipher, old = open_cipher(f"{NEW},{OLD}"), has_key(open_cipher(OLD).key_ids[0])
    before = await count(url, is_in_clear if is_clear else old)
    with small_pages():
        results = await asyncio.gather(*(work(parse_url(url), cipher) for _ in range(2)))
    assert sum(result.encrypted for result in results) == sum(before.values())
    assert not any(result.unreadable for result in results)
    assert any(result.is_complete for result in results)  # the other may have found rows locked to the end
    assert not await count(url, is_in_clear)
    assert await count(url, has_key(cipher.key_ids[0])) == before
    async with opened(url, NEW) as stores:
        state = await stores.encryption.state()
        assert (state.missing_keys, state.has_clear_texts) == ({}, False)
        assert await stores.server_settings.list_values("name") == {SERVER: STYLE}


async def test_a_bot_without_the_key_keeps_it_from_beginning(url: str, tmp_path: Path) -> None:
    for key in (None, OLD):
        async with opened(url, key) as stores, open_lease(url, new_owner_id()):
            await fill(stores)
            before = await do(url, dump)
            for name in ("encrypt-texts", "rotate-keys"):
                ended = await command(url, tmp_path, name, f"{NEW},{OLD}")
                assert (ended.code, ended.out, len(ended.err)) == (1, [], 1)
                assert "restart it with this SECRET_KEY" in ended.err[0]
            assert await do(url, dump) == before
            execute(url, "DELETE FROM answers")


async def test_beside_a_bot_with_the_key_vacuum_is_left_out_and_named(url: str, tmp_path: Path) -> None:
    async with opened(url, None) as stores:
        await fill(stores)
    async with opened(url, NEW) as stores, open_lease(url, new_owner_id()):
        ended = await command(url, tmp_path, "encrypt-texts", NEW)
        assert ended.code == 0, ended
        assert "VACUUM" in ended.out[1]
        if url.startswith("sqlite"):
            assert "a bot runs on" in ended.out[1]
            assert Path(f"{url.removeprefix('sqlite:///')}-wal").stat().st_size == 0
        else:
            assert "VACUUM FULL turns, runs, texts, preferences, credentials;" in ended.out[1]
        assert await stores.server_settings.list_values("name") == {SERVER: STYLE}


async def test_without_a_key_or_a_database_it_says_what_to_do(tmp_path: Path) -> None:
    for name in ("encrypt-texts", "rotate-keys"):
        ended = await command(f"sqlite:///{tmp_path}/none.db", tmp_path, name, None)
        assert (ended.code, ended.out, len(ended.err)) == (1, [], 1)
        assert "python -m bot new-key" in ended.err[0]
        ended = await command(f"sqlite:///{tmp_path}/none.db", tmp_path, name, NEW)
        assert (ended.code, ended.err) == (1, [f"there is no database at {tmp_path}/none.db"])
        ended = await command(f"sqlite:///{tmp_path}/none.db", tmp_path, name, "short")
        assert ended.err[0].startswith("SECRET_KEY ")
    assert list(tmp_path.iterdir()) == []


async def test_a_copy_and_a_backup_keep_texts_encrypted(urls: tuple[str, str], tmp_path: Path) -> None:
    async with opened(urls[0], NEW) as stores:
        await fill(stores)
        await stores.credentials.save(SERVER, "chatbase", {"api_key": SECRET}, PERSON)
    await run_copy(urls)
    assert await do(urls[1], dump) == await do(urls[0], dump)
    assert not await count(urls[1], is_in_clear)
    async with opened(urls[1], NEW) as stores:
        assert await stores.server_settings.list_values("name") == {SERVER: STYLE}
    file = next(url for url in urls if url.startswith("sqlite"))
    ended = await asyncio.to_thread(run_here, {"DATABASE_URL": file}, tmp_path, "backup", str(tmp_path / "kept.db"))
    assert ended.code == 0
    kept = (tmp_path / "kept.db").read_bytes()
    assert not [words for words in (*WORDS, SECRET) if words.encode() in kept]
    async with opened(f"sqlite:///{tmp_path}/kept.db", NEW) as stores:
        assert await stores.server_settings.list_values("name") == {SERVER: STYLE}


@pytest.mark.slow
async def test_a_process_that_is_killed_is_resumed_by_another(sqlite_url: str) -> None:
    rows = [
        {"scope": "channel", "target": number, "name": "name", "server": 1, "value": f"{STYLE} {number}"}
        for number in range(20_000)
    ]
    await do(
        sqlite_url, lambda connection: connection.execute(insert(metadata.tables["preferences"]), rows), writes=True
    )
    arguments = [sys.executable, "-m", "bot", "encrypt-texts"]
    environment = {"DATABASE_URL": sqlite_url, "SECRET_KEY": NEW, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        arguments, cwd=Path(sqlite_url.removeprefix("sqlite:///")).parent, env=environment, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        assert [process.stderr.readline()[:12] for _ in range(3)] == [b"encrypting: "] * 3
        process.send_signal(signal.SIGKILL)
    left = sum((await count(sqlite_url, is_in_clear)).values())
    assert 0 < left < 20_000
    assert await asyncio.to_thread(encrypt_texts, sqlite_url, open_cipher(NEW)) == 0
    assert not await count(sqlite_url, is_in_clear)
    async with opened(sqlite_url, NEW) as stores:
        assert len(await stores.server_settings.list_values("name", "channel")) == 20_000
