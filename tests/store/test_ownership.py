"""Ownership of runs: what a process left behind is taken over once, and that process can no longer change it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from bot.domain.answer import Answer, SaveResult
from bot.domain.conversation_key import ConversationKey
from bot.domain.leases import Owner
from bot.store.open import open_store
from bot.store.ports.base import Stores
from tests.store.samples import CHANNEL, FIGURES, make_asked, make_ended, make_turn

BOT, OTHER_BOT = 2**62 + 7, 2**62 + 8
GONE, FIRST, SECOND = "a" * 15, "b" * 15, "c" * 15


@pytest.fixture
async def three(url: str) -> AsyncIterator[Sequence[Stores]]:
    """Give the stores of three processes of one bot, on one database."""
    async with AsyncExitStack() as stack:
        owners = [Owner(owner, lambda: BOT) for owner in (GONE, FIRST, SECOND)]
        yield [await stack.enter_async_context(open_store(url, owner=owner)) for owner in owners]


def runs(answers: Sequence[Answer]) -> list[tuple[str, list[int]]]:
    return [(answer.id, [run.number for run in answer.runs]) for answer in answers]


async def test_the_owners_of_unfinished_runs_are_known_but_for_oneself(three: Sequence[Stores]) -> None:
    gone, first, second = (stores.answers for stores in three)
    for store, asked in ((gone, make_asked()), (first, make_asked("answer-2", question=2))):
        await store.begin(asked)
    assert await first.unfinished_owners() == {GONE}
    assert await second.unfinished_owners() == {GONE, FIRST}
    await gone.mark_done("answer-1", 1, [], FIGURES, ())
    assert await first.unfinished_owners() == set()


async def test_what_a_process_still_writes_in_a_channel_is_known(three: Sequence[Stores]) -> None:
    gone, first, second = (stores.answers for stores in three)
    for store, name, question in ((gone, "later", 3), (gone, "earlier", 2), (first, "elsewhere", 1), (gone, "over", 4)):
        await store.begin(make_asked(name, question=question))
    asked = make_asked("in another channel", question=5, channel=CHANNEL - 1)
    await gone.begin(asked)
    await gone.begin(make_asked("of another asker", question=6, asker=asked.asker - 1))
    await gone.end("over", 1, make_ended(), None)
    still_shown = [("earlier", 2), ("later", 3), ("over", 4)]
    assert await second.open_answers(CHANNEL, asked.asker, [GONE]) == still_shown
    await gone.mark_done("over", 1, [], FIGURES, ())
    assert await second.open_answers(CHANNEL, asked.asker, [GONE]) == still_shown[:2]
    assert await second.open_answers(CHANNEL, None, [GONE, FIRST]) == [
        ("elsewhere", 1),
        ("earlier", 2),
        ("later", 3),
        ("of another asker", 6),
    ]
    assert await second.open_answers(CHANNEL, None, []) == []
    known = await second.answer("earlier")
    assert known is not None
    assert known.runs[0].owner == GONE


async def test_each_run_is_taken_by_one_of_many(three: Sequence[Stores]) -> None:
    gone, first, second = (stores.answers for stores in three)
    for number in range(30):
        await gone.begin(make_asked(f"{number}", question=number))
    taken = await asyncio.gather(*(store.take_over([GONE]) for store in (first, second) * 5))
    names = [answer.id for answers in taken for answer in answers]
    assert len(names) == 30
    assert set(names) == {f"{number}" for number in range(30)}
    assert await first.take_over([GONE]) == []


async def test_only_the_runs_of_those_who_ended_are_taken(three: Sequence[Stores]) -> None:
    gone, first, second = (stores.answers for stores in three)
    await gone.begin(make_asked())
    await gone.begin(make_asked(number=2))
    await gone.mark_done("answer-1", 2, [], FIGURES, ())
    await second.begin(make_asked(number=3))
    assert runs(await first.take_over([GONE, "d" * 15])) == [("answer-1", [1])]
    assert runs(await first.take_over([SECOND])) == [("answer-1", [3])]


async def test_who_lost_a_run_stores_nothing_of_it(three: Sequence[Stores]) -> None:
    gone, first, _ = (stores.answers for stores in three)
    await gone.begin(make_asked())
    await first.take_over([GONE])
    before = await first.answer("answer-1")
    await gone.change_question("answer-1", 1, "changed")
    assert await gone.end("answer-1", 1, make_ended(), make_turn()) == SaveResult(False, None, is_taken_over=True)
    assert not await gone.begin(replace(make_asked(), provider="tamako"))
    await gone.mark_done("answer-1", 1, [], FIGURES, ())
    await gone.mark_lost("answer-1", 1)
    assert await first.answer("answer-1") == before
    wording = await first.wording("answer-1", 1)
    assert wording is not None
    assert wording.question == "asked answer-1/1"
    assert (await three[0].conversations.conversation("chatbase", ConversationKey(CHANNEL), most=9)).turns == ()
    assert (await first.end("answer-1", 1, make_ended(), make_turn())).is_stored


async def test_a_version_that_was_taken_over_is_not_shown_by_who_lost_it(three: Sequence[Stores]) -> None:
    gone, first, _ = (stores.answers for stores in three)
    await gone.begin(make_asked())
    await gone.end("answer-1", 1, make_ended(), make_turn())
    await gone.mark_done("answer-1", 1, [], FIGURES, ())
    await gone.begin(make_asked(number=2))
    await first.take_over([GONE])
    assert not (await gone.end("answer-1", 2, make_ended(2), make_turn(2))).is_stored
    answer = await first.answer("answer-1")
    assert answer is not None
    assert answer.shown == 1


async def test_another_bots_runs_are_its_own(url: str, three: Sequence[Stores]) -> None:
    gone = three[0].answers
    await gone.begin(make_asked())
    async with open_store(url, owner=Owner(SECOND, lambda: OTHER_BOT)) as other:
        assert await other.answers.unfinished_owners() == set()
        assert await other.answers.take_over([GONE]) == []
