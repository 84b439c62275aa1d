"""Copies of turns: a thread's conversation begins with its answer, and follows what becomes of it."""

from bot.domain.answer import TurnUpdate
from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.store.ports.base import Stores
from tests.store.conftest import HandClock
from tests.store.samples import CHANNEL, FIGURES, OTHER_PERSON, PERSON, make_asked, make_ended, make_turn, record

THREAD = 42
KEY = ConversationKey(THREAD)


async def said(store: Stores, key: ConversationKey = KEY) -> list[str]:
    """Return the answers that a conversation has."""
    return [turn.answer for turn in (await store.conversations.conversation("chatbase", key, most=99)).turns]


async def started(store: Stores, turn: NewTurn | None = None) -> int:
    """Have an answer's first version be shown, and a thread begin with it; return the turn's id."""
    await store.answers.begin(make_asked())
    kept = await store.answers.end("answer-1", 1, make_ended(), turn or make_turn())
    await store.answers.mark_done("answer-1", 1, [THREAD], FIGURES, ())
    assert await store.conversations.begin_with(THREAD, "answer-1")
    assert kept.turn is not None
    return kept.turn


async def asked_again(store: Stores, number: int, turn: NewTurn | None) -> None:
    """Have another version be shown."""
    await store.answers.begin(make_asked(number=number))
    await store.answers.end("answer-1", number, make_ended(number), turn)
    await store.answers.mark_done("answer-1", number, [THREAD], FIGURES, [THREAD])


async def test_there_is_one_however_often_it_begins_and_it_is_the_first(store: Stores) -> None:
    await record(store, make_turn(5, channel=THREAD, conversation_id="there"))
    await started(store)
    assert await store.conversations.begin_with(THREAD, "answer-1")
    assert await said(store) == ["answer 1", "answer 5"]
    assert await said(store, ConversationKey(CHANNEL)) == ["answer 1"]


async def test_it_is_of_the_same_kind(store: Stores) -> None:
    await started(store, make_turn(kind="personal"))
    assert await said(store, ConversationKey.of(THREAD, "personal", PERSON)) == ["answer 1"]
    assert await said(store) == await said(store, ConversationKey.of(THREAD, "personal", OTHER_PERSON)) == []


async def test_it_says_what_the_answer_shows(store: Stores) -> None:
    turn = await started(store)
    await asked_again(store, 2, make_turn(2, takes=turn))
    assert await said(store) == ["answer 2"]
    await store.answers.show("answer-1", 1, TurnUpdate(turn, "question 1", "answer 1"))
    assert await said(store) == ["answer 1"]
    await asked_again(store, 3, None)
    assert await said(store) == [], "another provider's answers are not this one's"
    await store.answers.show("answer-1", 2, TurnUpdate(turn, "question 2", "answer 2"))
    assert await said(store) == ["answer 2"]


async def test_so_it_does_after_the_turn_itself_is_gone(store: Stores) -> None:
    turn = await started(store)
    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    assert await said(store) == ["answer 1"]
    await asked_again(store, 2, make_turn(2, takes=turn))
    assert await said(store) == ["answer 2"]
    await store.answers.show("answer-1", 1, TurnUpdate(turn, "question 1", "answer 1"))
    assert await said(store) == ["answer 1"]
    assert await said(store, ConversationKey(CHANNEL)) == []


async def test_a_clear_in_the_thread_holds(store: Stores) -> None:
    turn = await started(store)
    await store.conversations.clear_conversation("chatbase", KEY)
    await asked_again(store, 2, make_turn(2, takes=turn))
    assert not await store.conversations.begin_with(THREAD, "answer-1")
    assert await said(store) == []
    assert await said(store, ConversationKey(CHANNEL)) == ["answer 2"]


async def test_it_goes_with_its_asker_who_alone_has_it_exported(store: Stores) -> None:
    await started(store)
    await record(store, make_turn(5, channel=THREAD, asker=OTHER_PERSON, renewals=0))
    begun = await store.conversations.conversation("chatbase", KEY, most=9)
    assert [turn.channel for turn in await store.personal_data.turns(PERSON, None)] == [THREAD, CHANNEL]
    await store.personal_data.erase_person(PERSON, [])
    assert await said(store) == ["answer 5"]
    assert (await store.conversations.conversation("chatbase", KEY, most=9)).id != begun.id


async def test_it_goes_with_the_answer_and_in_time(store: Stores, clock: HandClock) -> None:
    await started(store)
    await record(store, make_turn(5, channel=THREAD, asker=OTHER_PERSON, renewals=0))
    await store.answers.erase("answer-1")
    assert await said(store) == ["answer 5"]
    await started(store)
    assert await said(store) == ["answer 1", "answer 5"]
    clock.now += 10
    await store.personal_data.expire({}, int(clock.now))
    assert await said(store) == []


async def test_without_a_turn_there_is_nothing_to_begin_with(store: Stores) -> None:
    await store.answers.begin(make_asked())
    assert not await store.conversations.begin_with(THREAD, "answer-1")
    await store.answers.end("answer-1", 1, make_ended(), None)
    assert not await store.conversations.begin_with(THREAD, "answer-1")
    assert not await store.conversations.begin_with(THREAD, "unknown")
    assert (await store.conversations.conversation("chatbase", KEY, most=9)).id is None


async def test_it_can_be_taken_back(store: Stores) -> None:
    await started(store)
    await store.conversations.take_back(THREAD + 1, "answer-1")
    assert await said(store) == ["answer 1"]
    await store.conversations.take_back(THREAD, "answer-1")
    assert await said(store) == []
    assert await said(store, ConversationKey(CHANNEL)) == ["answer 1"]
    assert await store.conversations.begin_with(THREAD, "answer-1")
    assert await said(store) == ["answer 1"]
