"""Answers and runs: what is under way, how each run ended, which version the history keeps; none comes back."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.answer import Answer, Run, RunMetrics, RunResult, SaveResult, StoredTexts, TurnUpdate
from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.domain.leases import Owner
from bot.domain.question import Location
from bot.domain.stores import AnswerStore
from bot.store.open import open_store
from bot.store.ports.base import Stores
from tests.store.samples import (
    CHANNEL,
    FIGURES,
    NOTICES,
    OTHER_CHANNEL,
    OTHER_PERSON,
    PERSON,
    SERVER,
    make_asked,
    make_ended,
    make_turn,
    record,
)

FAILED = RunResult("failed", None, ("-# it failed",), "Unreachable")


async def history(store: Stores) -> list[str]:
    """Return the answers that the channel's conversation has."""
    return [
        turn.answer
        for turn in (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=99)).turns
    ]


async def found(store: Stores, answer: str = "answer-1") -> Answer:
    """Return an answer that is there."""
    known = await store.answers.answer(answer)
    assert known is not None
    return known


async def answered(store: Stores, turn: NewTurn | None = None) -> int:
    """Have the first run of `answer-1` be shown, and return its turn's id."""
    await store.answers.begin(make_asked())
    kept = await store.answers.end("answer-1", 1, make_ended(), turn or make_turn())
    assert kept.turn is not None
    await store.answers.mark_done("answer-1", 1, [11], FIGURES, ())
    return kept.turn


async def asked_again(
    store: Stores, ended: RunResult, turn: NewTurn | None, *, provider: str = "chatbase"
) -> SaveResult:
    """Have the second run of `answer-1` end."""
    await store.answers.begin(make_asked(number=2, provider=provider))
    return await store.answers.end("answer-1", 2, ended, turn)


async def test_is_the_port_that_the_program_asks_for(store: Stores) -> None:
    async def use(answer_store: AnswerStore) -> Answer | None:
        return await answer_store.answer("unknown")

    assert await use(store.answers) is None


async def test_a_run_goes_from_its_beginning_to_its_end(store: Stores) -> None:
    await store.answers.begin(make_asked(token="aToken"))
    begun = Answer(
        id="answer-1",
        question_id=1000,
        by_message=False,
        location=Location(CHANNEL, CHANNEL, SERVER),
        asker=PERSON,
        shown=0,
        runs=(Run(1, "chatbase", "open", None, RunMetrics(), None, None, is_version=False),),
        token="aToken",
    )
    assert await found(store) == begun
    await store.answers.set_messages("answer-1", [12, 11], ())
    kept = await store.answers.end("answer-1", 1, make_ended(), make_turn())
    assert kept.is_stored
    run = Run(1, "chatbase", "recorded", "whole", RunMetrics(), None, kept.turn, is_version=True)
    recorded = replace(begun, shown=1, messages=(12, 11), runs=(run,))
    assert await found(store) == recorded
    assert await history(store) == ["answer 1"]
    await store.answers.mark_done("answer-1", 1, [11, 13], FIGURES, [12, 11])
    settled = replace(recorded, messages=(11, 13), runs=(replace(run, state="done", metrics=FIGURES),), token=None)
    assert await found(store) == settled


async def test_a_run_that_failed_is_no_version(store: Stores) -> None:
    await store.answers.begin(make_asked())
    assert await store.answers.end("answer-1", 1, FAILED, None) == SaveResult(is_stored=True, turn=None)
    answer = await found(store)
    assert answer.shown == 0
    assert answer.versions == ()
    assert answer.runs[0].error == "Unreachable"
    assert await store.answers.wording("answer-1", 1) == StoredTexts(
        "chatbase", "asked answer-1/1", None, ("-# it failed",)
    )


async def test_an_answer_is_found_by_what_asked_and_by_what_shows_it(store: Stores) -> None:
    await store.answers.begin(make_asked("one", question=7))
    await store.answers.begin(make_asked("two", question=8, server=None, channel=OTHER_CHANNEL))
    await store.answers.set_messages("two", [21, 22], ())
    two = await found(store, "two")
    assert two.location == Location(OTHER_CHANNEL, OTHER_CHANNEL, None)
    assert await store.answers.answer_to(8) == two
    assert await store.answers.answer_in(21) == await store.answers.answer_in(22) == two
    await store.answers.set_messages("two", [22], [21, 22])
    assert await store.answers.answer_in(21) is None
    assert await store.answers.answer_to(21) is None


async def test_texts_come_back_as_they_were(store: Stores) -> None:
    await store.answers.begin(make_asked())
    assert await store.answers.wording("answer-1", 1) == StoredTexts("chatbase", "asked answer-1/1", None, ())
    awkward = replace(make_ended(), wording="nul \0 🙂", notices=("a\nb", 'quote "', ""))
    await store.answers.end("answer-1", 1, awkward, None)
    assert await store.answers.wording("answer-1", 1) == StoredTexts(
        "chatbase", "asked answer-1/1", "nul \ufffd 🙂", ("a\nb", 'quote "', "")
    )
    assert await store.answers.wording("answer-1", 2) is None


async def test_the_unfinished_are_found_oldest_first_after_a_restart(url: str) -> None:
    async with open_store(url) as store:
        await answered(store)
        for name, question in (("younger", 30), ("older", 20), ("recorded", 40)):
            await store.answers.begin(make_asked(name, question=question, token=f"token of {name}"))
        await store.answers.end("recorded", 1, make_ended(), None)
    async with open_store(url, owner=Owner("b" * 15, lambda: 0)) as store:
        assert await store.answers.unfinished_owners() == {""}
        unfinished = await store.answers.take_over([""])
        assert [answer.id for answer in unfinished] == ["older", "younger", "recorded"]
        assert [answer.token for answer in unfinished] == ["token of older", "token of younger", "token of recorded"]
        for answer in unfinished:
            await store.answers.mark_done(answer.id, 1, [], FIGURES, ())
        assert await store.answers.take_over(["", "b" * 15]) == []


async def test_a_question_that_changes_while_it_waits_takes_the_old_ones_place(store: Stores) -> None:
    await store.answers.begin(make_asked(token="old"))
    await store.answers.begin(replace(make_asked(token="new", provider="tamako"), wording="changed"))
    answer = await found(store)
    assert [(run.provider, run.state) for run in answer.runs] == [("tamako", "open")]
    assert answer.token == "new"
    assert await store.answers.wording("answer-1", 1) == StoredTexts("tamako", "changed", None, ())


async def test_an_open_run_is_told_what_it_asks_now(store: Stores) -> None:
    await store.answers.begin(make_asked(token="old"))
    await store.answers.change_question("answer-1", 1, "changed")
    assert (await found(store)).token == "old"
    assert await store.answers.wording("answer-1", 1) == StoredTexts("chatbase", "changed", None, ())
    await store.answers.end("answer-1", 1, make_ended(), None)
    await store.answers.change_question("answer-1", 1, "late")
    wording = await store.answers.wording("answer-1", 1)
    assert wording is not None
    assert wording.question == "changed"


async def test_a_beginning_that_comes_late_changes_nothing(store: Stores) -> None:
    turn = await answered(store)
    await store.answers.begin(replace(make_asked(), wording="changed"))
    answer = await found(store)
    assert (answer.runs[0].state, answer.turn) == ("done", turn)
    assert await store.answers.wording("answer-1", 1) == StoredTexts(
        "chatbase", "asked answer-1/1", "wording 1", NOTICES
    )


async def test_a_turn_is_not_recorded_where_its_conversation_was_cleared(store: Stores) -> None:
    await store.answers.begin(make_asked())
    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    assert await store.answers.end("answer-1", 1, make_ended(), make_turn()) == SaveResult(is_stored=True, turn=None)
    assert (await found(store)).shown == 1
    assert await history(store) == []


async def test_asking_again_replaces_the_turn_in_its_place(store: Stores) -> None:
    first = await answered(store)
    await record(store, make_turn(5, asker=OTHER_PERSON))
    kept = await asked_again(store, make_ended(2), make_turn(2, takes=first))
    assert kept == SaveResult(is_stored=True, turn=first)
    assert await history(store) == ["answer 2", "answer 5"]
    answer = await found(store)
    assert (answer.shown, answer.versions, answer.turn) == (2, (1, 2), first)


async def test_a_turn_whose_place_is_gone_is_not_recorded(store: Stores) -> None:
    first = await answered(store)
    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    kept = await asked_again(store, make_ended(2), make_turn(2, takes=first))
    assert kept == SaveResult(is_stored=True, turn=None)
    assert await history(store) == []


async def test_a_version_without_a_turn_takes_the_answer_out_of_the_history(store: Stores) -> None:
    first = await answered(store)
    await asked_again(store, make_ended(2), None, provider="tamako")
    assert await history(store) == []
    await store.answers.show("answer-1", 1, TurnUpdate(first, "question 1", "answer 1"))
    assert await history(store) == ["answer 1"]
    assert (await found(store)).shown == 1
    await store.answers.show("answer-1", 2, None)
    assert await history(store) == []


async def test_a_failed_run_leaves_the_version_and_the_turn_before_it(store: Stores) -> None:
    await answered(store)
    await asked_again(store, FAILED, None)
    await store.answers.mark_done("answer-1", 2, [11], FIGURES, [11])
    assert await history(store) == ["answer 1"]
    answer = await found(store)
    assert (answer.shown, answer.versions) == (1, (1,))


async def test_a_second_turn_of_an_answer_hides_the_first(store: Stores) -> None:
    await answered(store)
    kept = await asked_again(store, make_ended(2), make_turn(2))
    assert await history(store) == ["answer 2"]
    await store.answers.mark_lost("answer-1", 2)
    assert await history(store) == [], "nobody can tell here what the first version said"
    assert kept.turn is not None


async def test_what_could_not_be_shown_is_taken_back(store: Stores) -> None:
    await store.answers.begin(make_asked(token="aToken"))
    await store.answers.end("answer-1", 1, make_ended(), make_turn())
    await store.answers.mark_lost("answer-1", 1)
    assert await history(store) == []
    answer = await found(store)
    assert (answer.shown, answer.versions, answer.turn, answer.token) == (0, (), None, None)
    assert (answer.runs[0].state, answer.runs[0].outcome) == ("done", "lost")
    assert await store.answers.take_over([""]) == []


async def test_a_lost_version_gives_way_to_the_one_before(store: Stores) -> None:
    first = await answered(store)
    await asked_again(store, make_ended(2), make_turn(2, takes=first))
    await store.answers.show("answer-1", 1, TurnUpdate(first, "question 1", "answer 1"))
    await store.answers.begin(make_asked(number=3))
    await store.answers.end("answer-1", 3, make_ended(3), make_turn(3, takes=first))
    await store.answers.mark_lost("answer-1", 3)
    answer = await found(store)
    assert (answer.shown, answer.versions, answer.turn) == (1, (1, 2), first)
    assert await history(store) == []
    await store.answers.show("answer-1", 1, TurnUpdate(first, "question 1", "answer 1"))
    assert await history(store) == ["answer 1"]


async def test_a_run_whose_turn_never_came_is_lost_without_a_trace_in_the_history(store: Stores) -> None:
    await answered(store)
    await store.answers.begin(make_asked(number=2, token="aToken"))
    await store.answers.mark_lost("answer-1", 2)
    await store.answers.mark_lost("answer-1", 3)
    answer = await found(store)
    assert (answer.shown, answer.versions, answer.token) == (1, (1,), None)
    assert await history(store) == ["answer 1"]


async def test_an_erased_answer_is_gone_with_its_turn(store: Stores) -> None:
    await answered(store)
    await record(store, make_turn(5, asker=OTHER_PERSON))
    await store.answers.begin(make_asked("answer-2", question=1001))
    await store.answers.erase("answer-1")
    await store.answers.erase("answer-1")
    assert await store.answers.answer("answer-1") is None
    assert await store.answers.answer_in(11) is None
    assert await store.answers.wording("answer-1", 1) is None
    assert await history(store) == ["answer 5"]
    assert await store.answers.answer("answer-2") is not None


@pytest.mark.parametrize("number", [1, 2])
async def test_an_erased_answer_is_not_brought_back(store: Stores, number: int) -> None:
    await answered(store)
    await store.answers.begin(make_asked(number=number))
    await store.answers.erase("answer-1")
    assert await store.answers.end("answer-1", number, make_ended(), make_turn(2)) == SaveResult(
        is_stored=False, turn=None
    )
    await store.answers.set_messages("answer-1", [31], ())
    await store.answers.mark_done("answer-1", number, [31], FIGURES, ())
    await store.answers.show("answer-1", number, None)
    await store.answers.mark_lost("answer-1", number)
    await store.answers.begin(make_asked(number=2))
    assert await store.answers.answer("answer-1") is None
    assert await store.answers.answer_in(31) is None
    assert await history(store) == []


async def test_an_end_without_a_beginning_records_nothing(store: Stores) -> None:
    await answered(store)
    assert await store.answers.end("answer-1", 2, make_ended(), make_turn(2)) == SaveResult(is_stored=False, turn=None)
    assert await history(store) == ["answer 1"]


async def test_ends_and_erasures_that_meet_leave_all_or_nothing(store: Stores) -> None:
    names = [f"answer-{number}" for number in range(20)]
    for number, name in enumerate(names):
        await store.answers.begin(make_asked(name, question=number, channel=1000 + number))

    async def end(number: int, name: str) -> None:
        await store.answers.end(name, 1, make_ended(), make_turn(channel=1000 + number))

    ends = [end(number, name) for number, name in enumerate(names)]
    await asyncio.gather(*ends, *(store.answers.erase(name) for name in reversed(names)))
    for number, name in enumerate(names):
        assert await store.answers.answer(name) is None
        assert (await store.conversations.conversation("chatbase", ConversationKey(1000 + number), most=5)).turns == ()


async def test_many_answers_end_at_once(store: Stores) -> None:
    names = [f"answer-{number}" for number in range(100)]
    await asyncio.gather(*(store.answers.begin(make_asked(name, question=n)) for n, name in enumerate(names)))
    kept = await asyncio.gather(*(store.answers.end(name, 1, make_ended(), make_turn()) for name in names))
    assert all(each.turn is not None for each in kept)
    assert len(await history(store)) == 99
