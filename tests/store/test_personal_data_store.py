"""What is kept about people: counted, handed over whole, and erased for good, without the others' words."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path

import pytest

from bot.domain.answer import RunMetrics, SaveResult
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import DatabaseUnavailable
from bot.domain.personal_data import Erased, Holdings, PersonalDataStore, StoredRun, StoredTurn, Tally
from bot.domain.provider import Receipt
from bot.store.open import open_store
from bot.store.ports import personal_data_store
from bot.store.ports.base import Stores
from bot.store.queries import bulk_deletion
from bot.store.tables import answers, runs, texts, turns
from tests.store.conftest import HandClock
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

REMEMBERING = ("stammer", "tamako")


async def answer(store: Stores, name: str, question: int, **location: int | None) -> None:
    """Have a question be asked and answered, with a turn in its channel's conversation."""
    asked = make_asked(name, question=question, **location)  # type: ignore[arg-type]
    await store.answers.begin(asked)
    turn = make_turn(question, channel=asked.location.channel, server=asked.location.server, asker=asked.asker)
    await store.answers.end(name, 1, make_ended(), turn)
    await store.answers.mark_done(name, 1, [question + 1], FIGURES, ())


async def said(store: Stores, channel: int = CHANNEL) -> list[str]:
    """Return the questions that the channel's conversation has."""
    return [
        turn.question
        for turn in (await store.conversations.conversation("chatbase", ConversationKey(channel), most=999)).turns
    ]


async def current_id(store: Stores, channel: int = CHANNEL) -> str | None:
    return (await store.conversations.conversation("chatbase", ConversationKey(channel), most=1)).id


async def test_is_the_port_that_the_program_asks_for(store: Stores) -> None:
    async def use(personal_data: PersonalDataStore) -> Holdings:
        return await personal_data.holdings(PERSON, SERVER)

    assert await use(store.personal_data) == Holdings(Tally(), Tally())


async def test_what_is_kept_is_counted_here_and_everywhere(store: Stores, clock: HandClock) -> None:
    began = int(clock.now)
    await answer(store, "in private", 10, server=None, channel=1)
    clock.now += 100
    await answer(store, "in the server", 20)
    clock.now += 100
    await record(store, make_turn(30, server=7, channel=OTHER_CHANNEL))
    await answer(store, "by another", 40, asker=OTHER_PERSON)
    everywhere = Tally(answers=2, turns=3, oldest=began)
    assert await store.personal_data.holdings(PERSON, SERVER) == Holdings(Tally(1, 1, began + 100), everywhere)
    assert await store.personal_data.holdings(PERSON, None) == Holdings(Tally(1, 1, began), everywhere)
    assert await store.personal_data.holdings(PERSON, 7) == Holdings(Tally(0, 1, began + 200), everywhere)
    assert await store.personal_data.holdings(PERSON, 8) == Holdings(Tally(), everywhere)


async def test_keys_are_told_for_those_asked_for_and_those_once_renewed(store: Stores) -> None:
    await store.conversations.renew_user_key("tamako", PERSON)
    await store.conversations.renew_user_key("gone", PERSON)
    await store.conversations.renew_user_key("stammer", OTHER_PERSON)
    keys = await store.personal_data.keys(PERSON, REMEMBERING)
    assert keys == {"gone": f"{PERSON}.1", "stammer": f"{PERSON}", "tamako": f"{PERSON}.1"}


async def test_everything_of_a_person_is_handed_over_newest_first(
    store: Stores, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal_data_store, "TURNS_AT_ONCE", 2)
    monkeypatch.setattr(personal_data_store, "RUNS_AT_ONCE", 2)
    for number in range(5):
        await answer(store, f"answer-{number}", 10 * number)
        await answer(store, f"foreign-{number}", 10 * number + 5, asker=OTHER_PERSON)
    await store.answers.begin(make_asked("answer-2", 2, question=20, token="aToken"))
    spoken = [turn async for turn in all_turns(store)]
    assert [turn.question for turn in spoken] == [f"question {10 * number}" for number in (4, 3, 2, 1, 0)]
    assert spoken[0] == StoredTurn(
        id=spoken[0].id,
        provider="chatbase",
        server=SERVER,
        channel=CHANNEL,
        kind="shared",
        conversation="first",
        recorded_at=int(clock.now),
        question="question 40",
        answer="answer 40",
        hidden=False,
        name="",
    )
    asked = [run async for run in all_runs(store)]
    assert [(run.answer, run.number) for run in asked] == [
        ("answer-4", 1),
        ("answer-3", 1),
        ("answer-2", 2),
        ("answer-2", 1),
        ("answer-1", 1),
        ("answer-0", 1),
    ]
    assert asked[3] == StoredRun(
        answer="answer-2",
        number=1,
        question_id=20,
        by_message=True,
        server=SERVER,
        channel=CHANNEL,
        kind="shared",
        asked_at=int(clock.now),
        messages=(21,),
        shown=True,
        provider="chatbase",
        state="done",
        outcome="whole",
        began_at=int(clock.now),
        metrics=FIGURES,
        error=None,
        question="asked answer-2/1",
        wording="wording 1",
        notices=NOTICES,
        receipt=Receipt(),
    )
    assert (asked[2].state, asked[2].shown, asked[2].wording, asked[2].metrics) == ("open", False, None, RunMetrics())
    assert "aToken" not in str(asked)


async def all_turns(store: Stores) -> AsyncIterator[StoredTurn]:
    """Yield a person's turns as an export reads them."""
    before = None
    while page := await store.personal_data.turns(PERSON, before):
        for turn in page:
            yield turn
        before = page[-1].id


async def all_runs(store: Stores) -> AsyncIterator[StoredRun]:
    """Yield a person's runs as an export reads them."""
    before = None
    while page := await store.personal_data.runs(PERSON, before):
        for run in page:
            yield run
        before = (page[-1].question_id, page[-1].answer, page[-1].number)


async def test_who_is_forgotten_leaves_nothing_and_takes_nobody_elses_words(store: Stores) -> None:
    await answer(store, "one", 10)
    await answer(store, "foreign", 20, asker=OTHER_PERSON)
    await answer(store, "two", 30)
    await answer(store, "private", 40, server=None, channel=1)
    await answer(store, "elsewhere", 50, asker=OTHER_PERSON, channel=OTHER_CHANNEL)
    erased = await store.personal_data.erase_person(PERSON, REMEMBERING)
    assert erased == Erased(answers=3, turns=3, conversations=2)
    assert await store.personal_data.holdings(PERSON, SERVER) == Holdings(Tally(), Tally())
    assert [await store.personal_data.turns(PERSON, None), await store.personal_data.runs(PERSON, None)] == [[], []]
    assert await said(store) == ["question 20"]
    assert await store.answers.answer("foreign") is not None
    assert await store.answers.wording("one", 1) is None
    assert await current_id(store) not in {"first", None}
    assert await current_id(store, 1) not in {"first", None, await current_id(store)}
    assert await current_id(store, OTHER_CHANNEL) == "first"


async def test_a_conversation_goes_on_without_who_was_forgotten(store: Stores) -> None:
    for number, asker in enumerate((PERSON, OTHER_PERSON, PERSON, OTHER_PERSON)):
        await record(store, make_turn(number, asker=asker))
    await store.personal_data.erase_person(PERSON, REMEMBERING)
    fresh = await current_id(store)
    assert fresh is not None
    assert await record(store, make_turn(9, conversation_id=fresh, asker=OTHER_PERSON, renewals=1))
    assert await said(store) == ["question 1", "question 3", "question 9"]


@pytest.mark.parametrize("before", [False, True], ids=["first questions", "later ones"])
async def test_what_others_asked_meanwhile_is_part_of_it(store: Stores, *, before: bool) -> None:
    if before:
        await record(store, make_turn(1))
    await store.answers.begin(make_asked(question=2))
    sent_before = make_turn(3, asker=OTHER_PERSON, renewals=0 if before else None)
    await store.personal_data.erase_person(PERSON, REMEMBERING)
    assert await record(store, sent_before)
    assert not (await store.answers.end("answer-1", 1, make_ended(), make_turn(2))).is_stored
    assert await said(store) == ["question 3"]
    assert await current_id(store) not in {"first", None}


async def test_a_conversation_that_was_left_behind_keeps_its_id(store: Stores) -> None:
    await record(store, make_turn(1))
    await record(store, make_turn(2, asker=OTHER_PERSON, conversation_id="second", replaces="first"))
    assert await store.personal_data.erase_person(PERSON, ()) == Erased(turns=1)
    assert await current_id(store) == "second"


async def test_keys_are_counted_up_with_every_forgetting_and_never_come_back(store: Stores) -> None:
    await store.conversations.renew_user_key("tamako", PERSON)
    await store.conversations.renew_user_key("gone", PERSON)
    for _ in range(2):
        await store.personal_data.erase_person(PERSON, REMEMBERING)
    assert await store.conversations.user_key("tamako", PERSON) == f"{PERSON}.3"
    assert await store.conversations.user_key("gone", PERSON) == f"{PERSON}.3"
    assert await store.conversations.user_key("stammer", PERSON) == f"{PERSON}.2"
    assert await store.conversations.user_key("stammer", OTHER_PERSON) == f"{OTHER_PERSON}"


@pytest.mark.parametrize("before", [None, PERSON, OTHER_PERSON], ids=["new", "one's own", "another's"])
async def test_an_answer_under_way_while_its_asker_is_forgotten_leaves_nothing(store: Stores, before: int) -> None:
    if before is not None:
        await record(store, make_turn(1, asker=before))
    await store.answers.begin(make_asked())
    await store.personal_data.erase_person(PERSON, ())
    await store.answers.change_question("answer-1", 1, "with the files that were loaded meanwhile")
    assert await store.answers.end("answer-1", 1, make_ended(), make_turn(2)) == SaveResult(is_stored=False, turn=None)
    await store.answers.mark_done("answer-1", 1, [5], FIGURES, ())
    assert await said(store) == (["question 1"] if before == OTHER_PERSON else [])
    assert await current_id(store) != "first", "the conversation was sent what its asker had forgotten"
    assert await store.personal_data.holdings(PERSON, SERVER) == Holdings(Tally(), Tally())


async def test_an_answer_under_way_renews_no_conversation_where_the_provider_remembers(store: Stores) -> None:
    await store.answers.begin(make_asked(provider="tamako"))
    assert await store.personal_data.erase_person(PERSON, REMEMBERING) == Erased(answers=1)
    assert (await store.conversations.conversation("tamako", ConversationKey(CHANNEL), most=1)).id is None


async def test_a_forgetting_and_answers_that_meet_leave_nothing(store: Stores) -> None:
    names = [f"answer-{number}" for number in range(20)]
    for number, name in enumerate(names):
        await store.answers.begin(make_asked(name, question=number, channel=1000 + number % 5))

    async def end(number: int, name: str) -> None:
        await store.answers.end(name, 1, make_ended(), make_turn(channel=1000 + number % 5))

    await asyncio.gather(
        *(end(*one) for one in enumerate(names)), *(store.personal_data.erase_person(PERSON, ()) for _ in "ab")
    )
    assert await store.personal_data.holdings(PERSON, SERVER) == Holdings(Tally(), Tally())


async def test_much_is_forgotten_in_bounded_batches(store: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_deletion, "AT_ONCE", 3)
    for number in range(7):
        await answer(store, f"answer-{number}", 10 * number, channel=1000 + number % 2)
        await record(store, make_turn(number, asker=OTHER_PERSON, channel=1000 + number % 2))
    assert await store.personal_data.erase_person(PERSON, ()) == Erased(answers=7, turns=7, conversations=2)
    assert [len(await said(store, channel)) for channel in (1000, 1001)] == [4, 3]


async def test_a_database_that_fails_midway_leaves_the_rest_to_the_next_time(
    store: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answer(store, "one", 10)
    await record(store, make_turn(1, asker=OTHER_PERSON))
    with monkeypatch.context() as patched:
        patched.setattr("bot.store.queries.bulk_deletion.begin_over", broken)
        with pytest.raises(DatabaseUnavailable):
            await store.personal_data.erase_person(PERSON, REMEMBERING)
    assert await store.personal_data.holdings(PERSON, SERVER) != Holdings(Tally(), Tally())
    assert await said(store) == ["question 1", "question 10"], "a batch is done or not at all"
    assert await store.personal_data.erase_person(PERSON, REMEMBERING) == Erased(turns=1, conversations=1)
    assert await said(store) == ["question 1"]


def broken(*_: object) -> None:
    raise OSError


async def test_what_was_erased_is_nowhere_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "switchboard.db"
    async with open_store(f"sqlite:///{file}") as store:
        for number in range(100, 150):
            await answer(store, f"answer-{number}", number)
        await answer(store, "foreign", 999, asker=OTHER_PERSON)
        await store.personal_data.erase_person(PERSON, ())
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"question 999" in left
    assert not [number for number in range(100, 150) if f"question {number}".encode() in left]
    assert b"asked answer-" not in left


def test_nothing_that_is_kept_of_a_run_is_left_out_but_the_token() -> None:
    told = {field.name for kept in (StoredRun, RunMetrics, Receipt) for field in fields(kept)}
    columns = {column.name.removesuffix("_ms") for table in (answers, runs, texts) for column in table.columns}
    other_names = {"id": "answer", "question": "question_id", "content": "wording"}
    other_names |= {"remote_id": "conversation_id", "remote_answer": "answer_id"}
    not_told = {"asker", "settings_channel", "token", "turn", "follows", "bot", "owner"}
    assert {other_names.get(column, column) for column in columns} - not_told <= told
    in_turns = {"id", "conversation_id", "asker", "person", "position", "copied_for", "remote_answer"}
    in_turns |= {"quoted"}  # ids of others
    assert {column.name for column in turns.columns} - in_turns <= {field.name for field in fields(StoredTurn)}
