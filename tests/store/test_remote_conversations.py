"""What providers keep of conversations: what lets the next question go on there, and what gives it up."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.answer import RunResult, TurnUpdate
from bot.domain.conversation import Conversation, NewTurn, RemoteConversation
from bot.domain.conversation_key import ConversationKey
from bot.domain.provider import Receipt
from bot.store.ports.base import Stores
from tests.store.samples import CHANNEL, FIGURES, OTHER_PERSON, PERSON, SERVER, make_asked, make_turn

KEEPER = "chatbase-v2"
PLACE = ConversationKey(CHANNEL)


async def found(store: Stores, key: ConversationKey = PLACE) -> Conversation:
    """Return a conversation as it is now."""
    return await store.conversations.conversation(KEEPER, key, most=9)


def remote(number: int, conversation: str = "c1", *, since: int = 0) -> RemoteConversation:
    """Return what the provider keeps after the answer with this number."""
    return RemoteConversation(conversation, f"a{number}", since)


async def answer(
    store: Stores,
    number: int,
    *,
    conversation: str = "c1",
    asker: int = PERSON,
    run: int = 1,
    told: str | None = None,
    key: ConversationKey = PLACE,
    takes: int | None = None,
    told_of_all: bool = True,
) -> int | None:
    """Have a question be answered in a conversation that the run held; return its turn."""
    name, holder = f"answer-{number}", f"answer-{number}/{run}"
    asked = make_asked(name, run, question=number, provider=KEEPER, asker=asker, channel=key.channel)
    await store.answers.begin(asked)
    held = await store.conversations.hold(KEEPER, key, holder, most=9)
    receipt = Receipt(conversation, told or f"a{number}", 1.5)
    turn = replace(
        make_turn(number, provider=KEEPER, asker=asker, takes=takes, conversation_id=held.id or "ours"),
        key=key,
        renewals=None if held.id is None else held.renewals,
        holder=holder,
        receipt=receipt,
        is_told_of_all=told_of_all,
    )
    saved = await store.answers.end(name, run, RunResult("whole", "[]", (), None, receipt), turn)
    await store.answers.mark_done(name, run, [], FIGURES, ())
    return saved.turn


async def test_a_conversation_goes_on_with_what_was_told_and_keeps_its_beginning(store: Stores) -> None:
    first = await found(store)
    assert (first.remote, first.is_in_step()) == (None, False)
    await answer(store, 1)
    begun = await found(store)
    assert begun.remote == remote(1, since=begun.remote.since if begun.remote else 0)
    assert begun.is_in_step()
    assert [turn.remote_answer for turn in begun.turns] == ["a1"]
    await answer(store, 2)
    later = await found(store)
    assert later.remote is not None
    assert begun.remote is not None
    assert (later.remote, later.is_in_step()) == (remote(2, since=begun.remote.since), True)
    run = (await store.answers.answer_to(2) or pytest.fail("it is there")).runs[0]
    assert run.receipt == Receipt("c1", "a2", 1.5)


async def test_who_holds_it_is_seen_by_others_and_loses_it_to_them(store: Stores) -> None:
    await answer(store, 1)
    held = await store.conversations.hold(KEEPER, PLACE, "a run", most=9)
    assert (held.is_held, held.is_in_step()) == (False, True)
    assert (await found(store)).is_held
    taken = await store.conversations.hold(KEEPER, PLACE, "another", most=9)
    assert (taken.is_held, taken.is_in_step(), taken.remote is not None) == (True, False, True)
    assert (await found(store)).remote is None, "what the first one asked may be there"


async def test_who_lets_go_leaves_it_as_it_was(store: Stores) -> None:
    await answer(store, 1)
    await store.conversations.hold(KEEPER, PLACE, "a run", most=9)
    await store.conversations.release(KEEPER, PLACE, "another")
    assert (await found(store)).is_held
    await store.conversations.release(KEEPER, PLACE, "a run")
    assert (await found(store)).is_in_step()


async def test_of_many_that_want_it_at_once_one_holds_it(store: Stores) -> None:
    await answer(store, 1)
    held = await asyncio.gather(
        *(store.conversations.hold(KEEPER, PLACE, f"run {number}", most=9) for number in range(8))
    )
    assert [each.is_held for each in held].count(False) == 1
    assert sum(each.is_in_step() for each in held) == 1


async def test_an_answer_that_lost_it_to_another_process_gives_it_up_for_both(store: Stores) -> None:
    await answer(store, 1)
    held = await store.conversations.hold(KEEPER, PLACE, "slow", most=9)
    await answer(store, 3, conversation="c2")
    assert (await found(store)).remote is not None
    late = make_turn(2, provider=KEEPER, conversation_id=held.id or "", renewals=0)
    await store.answers.begin(make_asked("late", question=2, provider=KEEPER))
    await store.answers.end("late", 1, RunResult("whole", "[]"), late)
    after = await found(store)
    assert (after.remote, after.is_held, len(after.turns)) == (None, False, 3)


async def test_a_clear_and_a_person_who_is_forgotten_give_it_up(store: Stores) -> None:
    await answer(store, 1, asker=OTHER_PERSON)
    await answer(store, 2)
    await store.personal_data.erase_person(OTHER_PERSON, ["tamako"])
    left = await found(store)
    assert (left.remote, [turn.remote_answer for turn in left.turns]) == (None, ["a2"])
    await answer(store, 3, conversation="c2")
    assert (await found(store)).is_in_step()
    await store.conversations.clear_conversation(KEEPER, PLACE)
    assert ((await found(store)).remote, (await found(store)).turns) == (None, ())


@pytest.mark.parametrize("change", ["clear", "forget", "delete", "expire"])
async def test_what_changes_it_while_it_is_held_keeps_the_holder_from_going_on(store: Stores, change: str) -> None:
    await answer(store, 1, asker=OTHER_PERSON)
    await answer(store, 2)
    held = await store.conversations.hold(KEEPER, PLACE, "answer-3/1", most=9)
    await store.answers.begin(make_asked("answer-3", question=3, provider=KEEPER))
    match change:
        case "clear":
            await store.conversations.clear_conversation(KEEPER, PLACE)
        case "forget":
            await store.personal_data.erase_person(OTHER_PERSON, ["tamako"])
        case "delete":
            await store.answers.erase("answer-1")
        case _:
            await store.personal_data.expire({}, 2**40)
    receipt = Receipt("c1", "a3")
    late = NewTurn(
        KEEPER, SERVER, PLACE, PERSON, "q", "a", held.id or "", 3, renewals=0, holder="answer-3/1", receipt=receipt
    )
    await store.answers.end("answer-3", 1, RunResult("whole", "[]", receipt=receipt), late)
    assert (await found(store)).remote is None


async def test_deleting_any_question_and_its_age_give_it_up(store: Stores) -> None:
    await answer(store, 1)
    await answer(store, 2)
    await store.answers.erase("answer-1")
    assert (await found(store)).remote is None
    await answer(store, 3, conversation="c2")
    await store.answers.erase("answer-3")
    assert (await found(store)).remote is None
    await answer(store, 4, conversation="c3")
    assert (await found(store)).is_in_step()
    await store.personal_data.expire({SERVER: 2**40}, 0)
    assert (await found(store)).remote is None


async def test_another_conversation_is_left_alone(store: Stores) -> None:
    other, own = ConversationKey(5), ConversationKey(CHANNEL, "personal", PERSON)
    for number, key in enumerate((PLACE, other, own), start=1):
        await answer(store, number, conversation=f"c{number}", key=key)
    await store.answers.erase("answer-1")
    await store.conversations.clear_conversation("chatbase", PLACE)
    assert (await found(store)).remote is None
    assert (await found(store, other)).is_in_step()
    assert (await found(store, own)).is_in_step()


async def test_the_last_answer_can_be_replaced_and_its_versions_shown(store: Stores) -> None:
    await answer(store, 1)
    turn = await answer(store, 2)
    assert turn is not None
    assert await answer(store, 2, run=2, takes=turn, told="a2b") == turn
    assert (await found(store)).is_in_step("a2b")
    await store.answers.show("answer-2", 1, TurnUpdate(turn, "question 2", "answer 2"))
    back = await found(store)
    assert (back.remote is not None, back.is_in_step(), back.is_in_step("a2")) == (True, False, False)
    await store.answers.show("answer-2", 2, TurnUpdate(turn, "question 2", "answer 2b"))
    assert (await found(store)).is_in_step()
    await store.answers.show("answer-2", 1, None)
    assert not (await found(store)).is_in_step()


async def test_another_version_of_an_earlier_answer_gives_it_up(store: Stores) -> None:
    turn = await answer(store, 1)
    await answer(store, 2)
    assert turn is not None
    earlier = await store.conversations.conversation(KEEPER, PLACE, most=9, before=turn)
    assert (earlier.has_later_turns, earlier.turns) == (True, ())
    await answer(store, 1, run=2, takes=turn, told="x1", conversation="c9", told_of_all=False)
    assert (await found(store)).remote is None
    await answer(store, 3, conversation="c3")
    await store.answers.show("answer-1", 1, TurnUpdate(turn, "question 1", "answer 1"))
    assert (await found(store)).remote is None


async def test_a_version_of_another_provider_gives_up_what_an_earlier_answer_was_part_of(store: Stores) -> None:
    await answer(store, 1)
    await answer(store, 2)
    for number, is_kept in ((2, True), (1, False)):
        await store.answers.begin(make_asked(f"answer-{number}", 2, question=number, provider="tamako"))
        await store.answers.end(f"answer-{number}", 2, RunResult("whole", "[]"), None)
        after = await found(store)
        assert ((after.remote is not None), after.is_in_step()) == (is_kept, False)


async def test_what_was_never_shown_is_not_gone_on_from(store: Stores) -> None:
    await answer(store, 1)
    await answer(store, 2)
    await store.answers.mark_lost("answer-2", 1)
    assert not (await found(store)).is_in_step()


async def test_a_thread_that_began_with_an_answer_gives_up_when_that_changes(store: Stores) -> None:
    turn = await answer(store, 1)
    assert turn is not None
    thread = ConversationKey(77)
    assert await store.conversations.begin_with(77, "answer-1")
    begun = await found(store, thread)
    assert (len(begun.turns), begun.remote) == (1, None)
    await answer(store, 2, conversation="c2", key=thread)
    assert (await found(store, thread)).is_in_step()
    await store.answers.erase("answer-1")
    assert (await found(store, thread)).remote is None


async def test_an_answer_without_ids_is_not_gone_on_from(store: Stores) -> None:
    await answer(store, 1, conversation="")
    assert (await found(store)).remote is None


async def test_asking_again_what_is_no_part_of_it_any_more_leaves_it_as_it_is(store: Stores) -> None:
    turn = await answer(store, 1)
    await store.conversations.clear_conversation(KEEPER, PLACE)
    await answer(store, 2, conversation="c2")
    assert await answer(store, 1, run=2, takes=turn, told="x1", conversation="c9") is None
    after = await found(store)
    assert (after.is_held, after.is_in_step()) == (False, True)


async def test_a_conversation_that_holds_turns_of_a_person_who_opted_out_is_given_up_though_it_is_held(
    store: Stores,
) -> None:
    theirs, others, own = ConversationKey(1), ConversationKey(2), ConversationKey(3, "personal", PERSON)
    for number, (key, asker) in enumerate(
        ((theirs, PERSON), (theirs, OTHER_PERSON), (others, OTHER_PERSON), (own, PERSON)), start=1
    ):
        await answer(store, number, conversation=f"c{key.channel}", asker=asker, key=key)
    await store.conversations.hold(KEEPER, theirs, "answer-9/1", most=9)
    await store.personal_data.withdraw(PERSON)
    left = await found(store, theirs)
    assert (left.remote, left.is_held, len(left.turns)) == (None, False, 2)
    assert [(await found(store, key)).is_in_step() for key in (others, own)] == [True, True]
    await answer(store, 5, conversation="c5", asker=OTHER_PERSON, key=theirs)
    assert (await found(store, theirs)).is_in_step(), "another one goes on"


async def test_all_of_a_persons_and_all_that_is_old_can_go_at_once(store: Stores) -> None:
    places = [ConversationKey(channel) for channel in range(1, 13)]
    for number, key in enumerate([*places, *places], start=1):
        await answer(
            store, number, conversation=f"c{key.channel}", key=key, asker=PERSON if number % 3 else OTHER_PERSON
        )
    await asyncio.gather(
        store.personal_data.expire({}, 2**40),
        store.personal_data.erase_person(PERSON, ["tamako"]),
        store.personal_data.expire({SERVER: 2**40}, 0),
        store.personal_data.erase_person(OTHER_PERSON, ["tamako"]),
    )
    assert [(await found(store, key)).remote for key in places] == [None] * 12
