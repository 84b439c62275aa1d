"""Claims: each bot answers a question once, whichever process begins to and however often the event comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from alembic import command
from sqlalchemy import Connection, text

from bot.domain.answer import RunStart
from bot.domain.errors import AlreadyClaimed
from bot.domain.leases import Owner
from bot.domain.opening import Opening
from bot.store.addresses.urls import parse_url
from bot.store.engine import open_engine
from bot.store.open import open_store
from bot.store.ports.base import Stores
from bot.store.upgrade import alembic_config
from tests.store.samples import make_asked, make_ended, make_turn

BOT, OTHER_BOT = 2**62 + 7, 2**62 + 8
OWNER, OTHER_OWNER = "a" * 15, "b" * 15


@pytest.fixture
async def two(url: str) -> AsyncIterator[tuple[Stores, Stores]]:
    """Give the stores of two processes of one bot, on one database."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(open_store(url, owner=Owner(OWNER, lambda: BOT)))
        yield first, await stack.enter_async_context(open_store(url, owner=Owner(OTHER_OWNER, lambda: BOT)))


async def take(stores: Stores, asked: RunStart) -> bool:
    """Claim a question as a run that opens does, and say whether it is this process's."""
    try:
        opened = await stores.run_opener.open(None, lambda _: Opening(asked, None))
    except AlreadyClaimed:
        return False
    return opened.is_begun or await stores.answers.begin(asked)


async def test_a_question_is_claimed_once_however_many_want_it_at_once(two: tuple[Stores, Stores]) -> None:
    for question in range(20):
        wanted = [make_asked(f"{question}/{number}", question=question) for number in range(6)]
        won = await asyncio.gather(*(take(two[number % 2], asked) for number, asked in enumerate(wanted)))
        assert won.count(True) == 1
        answer = await two[0].answers.answer_to(question)
        assert answer is not None
        assert answer.id == wanted[won.index(True)].answer
        assert [run.number for run in answer.runs] == [1]


async def test_it_stays_claimed_when_the_answer_is_over_and_as_another_kind_of_event(
    two: tuple[Stores, Stores],
) -> None:
    assert await take(two[0], make_asked())
    await two[0].answers.end("answer-1", 1, make_ended(), make_turn())
    assert not await take(two[1], make_asked("answer-2"))
    assert not await take(two[1], make_asked("answer-2", token="aToken"))
    assert await two[1].answers.answer("answer-2") is None


async def test_what_begins_twice_is_its_own(two: tuple[Stores, Stores]) -> None:
    for asked in (make_asked(), make_asked(), make_asked(number=2), make_asked(number=2)):
        assert await two[0].answers.begin(asked)
    await two[0].answers.end("answer-1", 1, make_ended(), make_turn())
    assert await two[0].answers.begin(make_asked())


async def test_one_process_asks_again_not_two(two: tuple[Stores, Stores]) -> None:
    await take(two[0], make_asked())
    won = await asyncio.gather(*(stores.answers.begin(make_asked(number=2)) for stores in two))
    assert sorted(won) == [False, True]
    assert not await two[won.index(False)].answers.begin(make_asked(number=2, provider="tamako"))
    answer = await two[0].answers.answer("answer-1")
    assert answer is not None
    assert [run.provider for run in answer.runs] == ["chatbase", "chatbase"]


async def test_another_bot_answers_for_itself(url: str, two: tuple[Stores, Stores]) -> None:
    async with open_store(url, owner=Owner("c" * 15, lambda: OTHER_BOT)) as other:
        assert await take(two[0], make_asked())
        assert await take(other, make_asked("answer-2"))
        found = [await stores.answers.answer_to(1000) for stores in (two[0], other)]
    assert [answer and answer.id for answer in found] == ["answer-1", "answer-2"]


async def test_an_erased_answer_leaves_no_claim(two: tuple[Stores, Stores]) -> None:
    await take(two[0], make_asked())
    await two[0].answers.erase("answer-1")
    assert await take(two[1], make_asked("answer-2"))


INSERT_ANSWER = (
    "INSERT INTO answers (id, question, by_message, asker, channel, settings_channel, asked_at, shown)"
    " VALUES (:id, :question, 1, 5, 6, 6, :asked_at, 1)"
)
ROWS = [("z", 1, 10), ("a", 1, 30), ("m", 1, 20), ("only", 2, 10)]
"""Answers from before, three of them to one question: by id, question and time."""


def insert_rows(connection: Connection) -> None:
    connection.execute(
        text(INSERT_ANSWER), [dict(zip(("id", "question", "asked_at"), row, strict=True)) for row in ROWS]
    )


async def test_answers_from_before_keep_their_questions_and_duplicates_stay(empty_url: str) -> None:
    async with open_engine(parse_url(empty_url), max_wait=5, enforce_links=False) as engine:
        await engine.run(lambda db: command.upgrade(alembic_config(db), "0004"), writes=True)
        await engine.run(insert_rows, writes=True)
        async with open_store(empty_url, owner=Owner(OWNER, lambda: BOT)) as stores:
            assert not await take(stores, make_asked("new", question=1))
            assert not await take(stores, make_asked("new", question=2))
            newest = await stores.answers.answer_to(1)
            assert newest is not None
            assert newest.id == "a"
            assert all([await stores.answers.answer(row[0]) for row in ROWS])
        await engine.run(lambda db: command.downgrade(alembic_config(db), "0004"), writes=True)
        kept = await engine.run(lambda db: db.scalar(text("SELECT count(*) FROM answers")), writes=False)
        assert kept == len(ROWS)
