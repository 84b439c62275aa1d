"""What people wrote is encrypted on both databases, bound to its row, and out of reach with a wrong key only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.crypto.keys import new_key
from bot.crypto.opening import open_cipher
from bot.domain.answer import RunResult, RunStart, TurnUpdate
from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey, Kind
from bot.domain.question import Location
from bot.domain.secrets.cipher import MARKER, Cell
from bot.domain.settings.server_settings import OPT_OUT, RETENTION, option_setting
from bot.store.addresses.urls import parse_url
from bot.store.encrypted_columns import ENCRYPTED_COLUMNS
from bot.store.engine import open_engine
from bot.store.open import open_store
from bot.store.ports.base import Stores
from bot.store.tables import metadata
from tests.databases import execute, find_text

KEY, OTHER = open_cipher(new_key()), open_cipher(new_key())
CLEAR = open_cipher(None)
HERE, THERE, THREAD = 101, 202, 303
ADA, BEN = 11, 12
WORDS = {
    name: f"{name} wrote thus" for name in ("asking", "replying", "worded", "noticed", "named", "token", "prompting")
}


def place(channel: int) -> Location:
    """Return a channel in a server of its own."""
    return Location(channel, channel, channel + 1000)


def a_turn(channel: int, position: int, *, kind: Kind = "shared", takes: int | None = None, says: str = "") -> NewTurn:
    """Return a turn of Ada's."""
    key = ConversationKey.of(channel, kind, ADA)
    said = (WORDS["asking"] + says, WORDS["replying"] + says, "conversation", position)
    return NewTurn("chatbase", channel + 1000, key, ADA, *said, id=takes, name=WORDS["named"])


def a_start(channel: int, number: int = 1, *, kind: Kind = "shared") -> RunStart:
    """Return the start of a run whose answer has its channel's name."""
    asked = (f"of-{channel}", number, channel * 10, False, place(channel), ADA, "chatbase", WORDS["asking"])
    return RunStart(*asked, WORDS["token"], kind)


async def answer(stores: Stores, channel: int, *, kind: Kind = "shared", number: int = 1, says: str = "") -> int:
    """Store an answer in a channel, or another version of it, and return its turn."""
    assert await stores.answers.begin(a_start(channel, number, kind=kind))
    ended = RunResult("whole", WORDS["worded"] + says, (WORDS["noticed"],))
    stored = await stores.answers.answer(f"of-{channel}")
    assert stored is not None
    turn = a_turn(channel, channel * 10, kind=kind, takes=stored.turn, says=says)
    saved = await stores.answers.end(f"of-{channel}", number, ended, turn)
    assert saved.turn is not None
    return saved.turn


async def fill(stores: Stores) -> None:
    """Have something in each encrypted column, in two servers; the runs are not done, so that their tokens are kept."""
    for channel in (HERE, THERE):
        await answer(stores, channel)
        for name in ("prefix", option_setting("stammer", "system-prompt")):
            await stores.server_settings.save("server", channel + 1000, channel + 1000, name, WORDS["prompting"])


async def read(stores: Stores, channel: int, kind: Kind = "shared") -> list[tuple[str, str, str]]:
    """Return what the conversation in a channel says."""
    key = ConversationKey.of(channel, kind, ADA)
    found = await stores.conversations.conversation("chatbase", key, most=40)
    return [(turn.question, turn.answer, turn.name) for turn in found.turns]


WHOLE = [(WORDS["asking"], WORDS["replying"], WORDS["named"])]


@asynccontextmanager
async def filled(url: str) -> AsyncIterator[Stores]:
    """Give a store with a key, and something in it."""
    async with open_store(url, cipher=KEY) as stores:
        await fill(stores)
        if stores.credentials is not None:
            for channel in (HERE, THERE):
                await stores.credentials.save(channel + 1000, "chatbase", {"api_key": "k" * 20, "id": "i" * 20}, ADA)
        yield stores


async def stored_values(url: str) -> dict[Cell, str]:
    """Return every value of an encrypted column, by its cell."""

    def collect(connection: Connection) -> dict[Cell, str]:
        found = dict[Cell, str]()
        for column in ENCRYPTED_COLUMNS:
            table = metadata.tables[column.table]
            for row in connection.execute(select(table)).mappings():
                named: dict[str, Any] = {str(name): value for name, value in row.items()}
                if named[column.name] is not None and column.is_meant(named):
                    found[column.cell(named)] = named[column.name]
        return found

    async with open_engine(parse_url(url), max_wait=10) as engine:
        return await engine.run(collect, writes=False)


async def test_nobodys_words_are_in_the_database_with_a_key_and_all_are_without(url: str) -> None:
    async with open_store(url, cipher=KEY) as stores:
        await fill(stores)
    for words in WORDS.values():
        assert await find_text(url, words) == set()
    async with open_store(url) as stores:
        await answer(stores, THREAD)
        await stores.server_settings.save("server", 1, 1, "prefix", WORDS["prompting"])
    for words in WORDS.values():
        assert await find_text(url, words)


async def test_no_value_can_be_read_in_another_row_column_or_table(url: str) -> None:
    async with filled(url):
        values = await stored_values(url)
    assert {(cell.table, cell.column) for cell in values} >= {
        *(("turns", "question"), ("turns", "answer"), ("turns", "name"), ("runs", "token")),
        *(("texts", "question"), ("texts", "content"), ("texts", "notices")),
        *(("preferences", "value"), ("credentials", "api_key"), ("credentials", "id")),
    }
    assert all(value.startswith(MARKER) for value in values.values())
    assert all(KEY.decrypt(value, cell) for cell, value in values.items())
    for (_, value), (other, _) in permutations(values.items(), 2):
        assert KEY.decrypt(value, other) is None


@pytest.mark.parametrize("change", [f"channel = {THERE}", f"kind = 'private', person = {BEN}", "position = 1"])
async def test_a_turn_that_is_copied_elsewhere_is_not_read_there(url: str, change: str) -> None:
    async with filled(url) as stores:
        assert await read(stores, HERE) == WHOLE
        there = dict(part.split(" = ") for part in change.split(", "))
        columns = ("provider", "channel", "kind", "person", "position", "server", "asker", "question", "answer", "name")
        taken = ", ".join(there.get(name, name) for name in columns)
        place = "provider, channel, kind, person, id, used_at"
        moved = ", ".join(there.get(name, name) for name in place.split(", "))
        clash = "ON CONFLICT DO NOTHING"
        execute(url, f"INSERT INTO conversations ({place}) SELECT {moved} FROM conversations WHERE true {clash}")
        copy = f"SELECT {taken}, conversation_id, recorded_at FROM turns WHERE channel = {HERE}"
        execute(url, f"INSERT INTO turns ({', '.join(columns)}, conversation_id, recorded_at) {copy}")
        assert await read(stores, THERE) == WHOLE
        assert await read(stores, HERE) == WHOLE
        key = ConversationKey(HERE, "private", BEN)
        assert not (await stores.conversations.conversation("chatbase", key, most=40)).turns


async def test_what_is_copied_into_another_answer_is_not_read_there(url: str) -> None:
    async with filled(url) as stores:
        for table, column in (("texts", "content"), ("texts", "question"), ("texts", "notices"), ("runs", "token")):
            whole = await stores.answers.answer(f"of-{THERE}")
            assert await stores.answers.wording(f"of-{THERE}", 1)
            assert whole is not None
            assert whole.token == WORDS["token"]
            before = execute(url, f"SELECT {column} FROM {table} WHERE answer = 'of-{THERE}'")[0][0]
            execute(
                url,
                f"UPDATE {table} SET {column} = (SELECT {column} FROM {table} WHERE answer = 'of-{HERE}')"
                f" WHERE answer = 'of-{THERE}'",
            )
            changed = await stores.answers.answer(f"of-{THERE}")
            assert changed is not None
            is_token = column == "token"
            assert (changed.token is None) == is_token
            assert (await stores.answers.wording(f"of-{THERE}", 1) is None) == (not is_token)
            execute(url, f"UPDATE {table} SET {column} = '{before}' WHERE answer = 'of-{THERE}'")


async def test_a_setting_that_is_copied_to_another_server_or_name_is_not_set_there(url: str) -> None:
    async with filled(url) as stores:
        there = (THERE + 1000, THERE)
        assert set((await stores.server_settings.load(*there)).server) == {"prefix", "stammer_system-prompt"}
        of_here = f"SELECT value FROM preferences WHERE target = {HERE + 1000} AND name = 'prefix'"
        execute(url, f"UPDATE preferences SET value = ({of_here}) WHERE target = {THERE + 1000} AND name = 'prefix'")
        assert set((await stores.server_settings.load(*there)).server) == {"stammer_system-prompt"}
        assert await stores.server_settings.list_values("prefix") == {HERE + 1000: WORDS["prompting"]}
        execute(url, f"UPDATE preferences SET name = 'gender' WHERE target = {HERE + 1000} AND name = 'prefix'")
        assert "gender" not in (await stores.server_settings.load(HERE + 1000, HERE)).server


async def test_with_a_wrong_key_all_is_as_if_it_were_not_kept_and_with_the_right_one_it_is_back(url: str) -> None:
    async with filled(url) as stores:
        await stores.server_settings.save("person", 0, BEN, OPT_OUT, "on")
        await stores.server_settings.save("server", HERE + 1000, HERE + 1000, RETENTION, "7")
    values = await stored_values(url)
    for wrong in (OTHER, CLEAR):
        async with open_store(url, cipher=wrong) as stores:
            assert await read(stores, HERE) == []
            assert await stores.answers.wording(f"of-{HERE}", 1) is None
            found = await stores.answers.answer(f"of-{HERE}")
            assert found is not None
            assert found.token is None
            assert found.versions == (1,)
            assert (await stores.server_settings.load(HERE + 1000, HERE)).server == {RETENTION: "7"}
            assert await stores.server_settings.list_values(OPT_OUT, "person") == {BEN: "on"}
            assert not await stores.conversations.begin_with(THREAD, f"of-{HERE}")
    assert await stored_values(url) == values
    async with open_store(url, cipher=KEY) as stores:
        assert await read(stores, HERE) == WHOLE
        texts = await stores.answers.wording(f"of-{HERE}", 1)
        assert texts is not None
        assert (texts.question, texts.answer, texts.notices) == (WORDS["asking"], WORDS["worded"], (WORDS["noticed"],))
        assert (await stores.server_settings.load(HERE + 1000, HERE)).server["prefix"] == WORDS["prompting"]


async def test_turns_of_either_key_are_a_history_for_whom_both_are_set(url: str) -> None:
    first, second = new_key(), new_key()
    for position, key in enumerate((None, first, second), 1):
        async with open_store(url, cipher=open_cipher(key)) as stores:
            await stores.answers.begin(a_start(position))
            turn = a_turn(HERE, position, says=str(position))
            await stores.answers.end(f"of-{position}", 1, RunResult("whole", "{}"), turn)
    for keys, seen in ((f"{second},{first}", "123"), (first, "12"), (second, "13"), (None, "1"), (new_key(), "1")):
        async with open_store(url, cipher=open_cipher(keys)) as stores:
            assert [question[-1] for question, _, _ in await read(stores, HERE)] == list(seen)


async def test_a_turn_is_encrypted_again_for_the_thread_that_begins_with_it_and_is_reworded_there(url: str) -> None:
    async with open_store(url, cipher=KEY) as stores:
        turn = await answer(stores, HERE)
        assert await stores.conversations.begin_with(THREAD, f"of-{HERE}")
        assert await read(stores, THREAD) == WHOLE
        await answer(stores, HERE, number=2, says=" again")
        again = [(f"{WORDS['asking']} again", f"{WORDS['replying']} again", WORDS["named"])]
        assert (await read(stores, HERE), await read(stores, THREAD)) == (again, again)
        await stores.answers.show(f"of-{HERE}", 1, TurnUpdate(turn, WORDS["asking"], WORDS["replying"]))
        assert (await read(stores, HERE), await read(stores, THREAD)) == (WHOLE, WHOLE)
        copies = await stored_values(url)
        assert all(KEY.decrypt(value, cell) for cell, value in copies.items())


async def test_a_turn_from_before_turns_had_their_questions_id_can_be_reworded(url: str) -> None:
    async with open_store(url) as stores:
        turn = await answer(stores, HERE)
    execute(url, "UPDATE turns SET position = id")
    async with open_store(url, cipher=KEY) as stores:
        await stores.answers.show(f"of-{HERE}", 1, TurnUpdate(turn, "other words", "for it"))
        assert await read(stores, HERE) == [("other words", "for it", WORDS["named"])]
        await answer(stores, HERE, number=2, says=" again")
        assert (await read(stores, HERE))[0][0] == f"{WORDS['asking']} again"
    assert await find_text(url, WORDS["asking"]) == {"texts"}  # of the first run, which was stored without a key


async def test_what_only_one_person_sees_is_bound_to_that_person(url: str) -> None:
    async with open_store(url, cipher=KEY) as stores:
        await answer(stores, HERE, kind="private")
        assert await read(stores, HERE, "private") == WHOLE
        turn = (await stores.personal_data.turns(ADA, None))[0]
        assert (turn.question, turn.unreadable) == (WORDS["asking"], False)


async def test_what_cannot_be_read_is_handed_over_without_its_words(url: str) -> None:
    async with filled(url):
        pass
    async with open_store(url, cipher=OTHER) as stores:
        turns, runs = await stores.personal_data.turns(ADA, None), await stores.personal_data.runs(ADA, None)
    assert [(turn.question, turn.answer, turn.name) for turn in turns] == [(None, None, None)] * 2
    assert [(run.question, run.wording, run.notices) for run in runs] == [(None, None, ())] * 2
    assert all(turn.unreadable for turn in turns)
    assert all(run.unreadable for run in runs)


@pytest.mark.parametrize("text", ["", f"{MARKER}1 is no key", "nul \0 and half \ud83d of it", "x" * 300_000, "Ä€😀"])
async def test_any_text_is_kept_as_it_is_kept_without_a_key(url: str, text: str) -> None:
    found = []
    for channel, cipher in ((HERE, KEY), (THERE, CLEAR)):
        async with open_store(url, cipher=cipher) as stores:
            await stores.answers.begin(a_start(channel))
            await stores.answers.change_question(f"of-{channel}", 1, text)
            texts = await stores.answers.wording(f"of-{channel}", 1)
            assert texts is not None
            found.append(texts.question)
    encrypted, clear = found
    assert encrypted.lstrip(f"{MARKER}\N{REPLACEMENT CHARACTER}") == clear.lstrip("\N{REPLACEMENT CHARACTER}")
    assert len(encrypted) == len(text)
