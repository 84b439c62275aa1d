"""`python -m bot copy-database`: both ways, complete, and resumable at any moment."""

import asyncio
import itertools
import shutil
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import insert, text

from bot.commands.copy_database import copy
from bot.crypto.keys import new_key
from bot.crypto.opening import open_cipher
from bot.domain.conversation_key import ConversationKey
from bot.domain.leases import new_owner_id
from bot.store.addresses.urls import parse_url
from bot.store.errors import DatabaseOpenError
from bot.store.maintenance.copying import copy_database
from bot.store.open import examine_store, open_lease, open_store
from bot.store.tables import metadata
from bot.store.upgrade import Schema
from tests.commands.copies import ROWS, Killed, do, dump, fill, run_copy, small_pages
from tests.store.samples import CHANNEL, make_turn, record

ROOT = Path(__file__).resolve().parents[2]


async def test_every_table_is_copied_and_the_bot_goes_on(urls: tuple[str, str]) -> None:
    await do(urls[0], fill, writes=True)
    with small_pages():
        assert await run_copy(urls) == ROWS * len(metadata.tables)
    content = await do(urls[1], dump)
    assert content == await do(urls[0], dump)
    assert all(len(rows) == ROWS for rows in content.values()), "no table is left out"
    assert await examine_store(urls[1]) is Schema.CURRENT
    async with open_store(urls[1]) as store, open_lease(urls[1], new_owner_id()):
        await store.metadata.set("after", "1")


async def test_what_a_killed_process_left_to_show_that_it_lives_is_no_content(urls: tuple[str, str]) -> None:
    leftover = {"name": f"lease {new_owner_id()}", "value": "1.5"}
    for url in urls:
        async with open_store(url):
            pass
        await do(url, lambda db: db.execute(insert(metadata.tables["facts"]), leftover), writes=True)
    await do(urls[0], lambda db: db.execute(insert(metadata.tables["facts"]), {"name": "a", "value": "1"}), writes=True)
    assert await run_copy(urls) == 1
    assert (await do(urls[1], dump))["facts"] == [("a", "1")]


async def test_numbers_of_deleted_turns_are_not_given_again(urls: tuple[str, str]) -> None:
    async with open_store(urls[0]) as store:
        for number in range(3):
            await record(store, make_turn(number))
    await do(
        urls[0],
        lambda connection: connection.execute(text("DELETE FROM turns WHERE id > (SELECT min(id) FROM turns)")),
        writes=True,
    )
    await run_copy(urls)
    async with open_store(urls[1]) as store:
        await record(store, make_turn(9))
        turns = (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=9)).turns
    assert [turn.question for turn in turns] == ["question 0", "question 9"]
    ids = await do(urls[1], lambda connection: list(connection.scalars(text("SELECT id FROM turns ORDER BY id"))))
    assert ids == [ids[0], ids[0] + 3]


async def test_what_is_encrypted_stays_so_and_is_read_with_the_same_key(urls: tuple[str, str]) -> None:
    key = new_key()
    async with open_store(urls[0], cipher=open_cipher(key)) as store:
        await record(store, make_turn(1, name="Somebody"))
        await store.server_settings.save("server", 7, 7, "prefix", "?")
    await run_copy(urls)
    assert await do(urls[1], dump) == await do(urls[0], dump)
    for cipher, seen in ((open_cipher(key), ["question 1"]), (open_cipher(new_key()), [])):
        async with open_store(urls[1], cipher=cipher) as store:
            found = await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=9)
            assert [turn.question for turn in found.turns] == seen
            assert len(await store.server_settings.list_values("prefix")) == len(seen)


async def test_a_copy_that_is_cut_off_at_any_transaction_is_resumed(urls: tuple[str, str]) -> None:
    await do(urls[0], fill, writes=True)
    is_sqlite = urls[1].startswith("sqlite")
    engine = "bot.store.engine.sqlite.SqliteEngine" if is_sqlite else "bot.store.engine.postgres.PostgresEngine"
    module, _, name = engine.rpartition(".")
    kind = getattr(__import__(module, fromlist=[name]), name)
    real_run, runs = kind.run, 0
    with small_pages():
        for cut_at in itertools.count(2, 3):
            left = itertools.count()

            async def run(self: Any, work: Any, _left: Any = left, _cut: int = cut_at, **options: Any) -> Any:  # noqa: ANN401
                if options["writes"] and next(_left) == _cut:
                    raise Killed
                return await real_run(self, work, **options)

            runs += 1
            try:
                with patch.object(kind, "run", run):
                    await run_copy(urls)
                break
            except Killed:
                with pytest.raises(DatabaseOpenError, match="not finished"):
                    async with open_store(urls[1]):
                        pass
    assert runs > 3
    assert await do(urls[1], dump) == await do(urls[0], dump)
    assert await examine_store(urls[1]) is Schema.CURRENT


async def test_a_killed_process_leaves_no_lock(urls: tuple[str, str]) -> None:
    await do(urls[0], fill, writes=True)

    def stop(what: str, done: int, _total: int) -> None:
        if done > ROWS:
            raise Killed(what)

    with small_pages(), pytest.raises(Killed):
        await copy_database(parse_url(urls[0]), parse_url(urls[1]), stop)
    await run_copy(urls)
    assert await do(urls[1], dump) == await do(urls[0], dump)


async def test_a_process_that_is_killed_is_resumed_by_another(urls: tuple[str, str]) -> None:
    facts = [{"name": f"fact {number}", "value": "x" * 100} for number in range(20_000)]
    await do(urls[0], lambda connection: connection.execute(insert(metadata.tables["facts"]), facts), writes=True)
    arguments = [sys.executable, "-m", "bot", "copy-database", *urls]
    with subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert [process.stderr.readline()[:9] for _ in range(3)] == ["copying: "] * 3
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(DatabaseOpenError, match="not finished"):
        await examine_store(urls[1])
    done = await asyncio.to_thread(subprocess.run, arguments, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "copying: 0 %" not in done.stderr, "it goes on where it was"
    assert done.stdout.startswith("Copied 20000 rows")
    assert await do(urls[1], dump) == await do(urls[0], dump)


async def test_lines_and_a_bar_show_how_far_it_is(sqlite_template: Path, tmp_path: Path, postgres_url: str) -> None:
    source = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'source.db')}"
    await do(source, fill, writes=True)
    out, err = StringIO(), StringIO()
    assert await asyncio.to_thread(copy, source, postgres_url, out, err) == 0
    assert "copying: 100 %" in err.getvalue()
    assert err.getvalue().splitlines()[-1].startswith("comparing: 100 %")
    assert out.getvalue().startswith(f"Copied {ROWS * len(metadata.tables)} rows from ")
