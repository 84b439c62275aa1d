"""A year's database has in it what it says: the same first rows however many follow, and texts, runs and totals."""

from pathlib import Path

import pytest

from bench.scale import year
from bench.scale.year import ALONE, BUSY_CHANNEL, OF_CHANNEL, OF_DAY, OF_PERSON, PERSON, PROVIDER
from bot.domain.conversation_key import ConversationKey
from bot.store.open import open_store
from tests.databases import execute

_ROWS = ALONE + 3000
_OLD = 365 * 24 * 60 * 60

_FIRST = (
    "SELECT id, provider, channel, kind, person, server, asker, conversation_id, question, answer FROM turns"
    f" WHERE id <= {ALONE} ORDER BY id"
)


@pytest.fixture
async def urls(tmp_path: Path) -> list[str]:
    """Give the URLs of a database with the first rows alone, and of one with more."""
    found = []
    for rows in (ALONE, _ROWS):
        found.append(f"sqlite:///{tmp_path / f'{rows}.db'}")
        await year.make(found[-1], rows=rows, bot=7)
    return found


async def test_what_is_held_against_each_other_is_the_same_in_both(urls: list[str]) -> None:
    alone, more = (execute(url, _FIRST) for url in urls)
    assert alone == more
    assert len(alone) == ALONE
    for url in urls:
        assert execute(url, f"SELECT count(*) FROM turns WHERE asker = {PERSON}") == [(OF_PERSON,)]
        assert execute(url, f"SELECT count(*) FROM turns WHERE channel = {BUSY_CHANNEL}") == [(OF_CHANNEL,)]
        old = f"recorded_at < strftime('%s', 'now') - {_OLD}"
        assert execute(url, f"SELECT count(*), count(DISTINCT server) FROM turns WHERE {old}") == [(OF_DAY, 100)]


async def test_each_turn_has_its_answer_as_the_bot_would_have_left_it(urls: list[str]) -> None:
    whole = """SELECT count(*) FROM turns JOIN runs ON runs.turn = turns.id JOIN answers ON answers.id = runs.answer
        JOIN texts ON texts.answer = answers.id JOIN answer_messages ON answer_messages.answer = answers.id
        WHERE answers.question = turns.position AND answers.asker = turns.asker AND answers.channel = turns.channel"""
    links = "SELECT count(*) FROM pragma_foreign_key_check"
    for url, rows in zip(urls, (ALONE, _ROWS), strict=True):
        assert execute(url, whole) == [(rows,)]
        assert execute(url, links) == [(0,)]
        async with open_store(url) as stores:
            conversation = await stores.conversations.conversation(PROVIDER, ConversationKey(BUSY_CHANNEL), most=21)
            assert len(conversation.turns) == 21
