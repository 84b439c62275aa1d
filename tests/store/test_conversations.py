"""Conversations: what is recorded comes back, bounded and to its own channel; a clear beats an answer in flight."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.conversation_key import ConversationKey
from bot.store.open import open_store
from bot.store.ports.base import Stores
from tests.store.samples import CHANNEL, OTHER_CHANNEL, make_turn, record


async def questions(store: Stores, *, provider: str = "chatbase", channel: int = CHANNEL, most: int = 100) -> list[str]:
    conversation = await store.conversations.conversation(provider, ConversationKey(channel), most=most)
    return [turn.question for turn in conversation.turns]


async def current_id(store: Stores, *, provider: str = "chatbase", channel: int = CHANNEL) -> str | None:
    return (await store.conversations.conversation(provider, ConversationKey(channel), most=1)).id


async def turn_ids(store: Stores) -> list[int]:
    return [
        turn.id
        for turn in (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=100)).turns
    ]


async def test_a_channel_begins_with_nothing(store: Stores) -> None:
    conversation = await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=10)
    assert conversation.id is None
    assert conversation.turns == ()


async def test_turns_come_back_as_they_were_oldest_first(store: Stores) -> None:
    for number in (1, 2, 3):
        assert await record(store, make_turn(number))
    conversation = await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=10)
    assert conversation.id == "first"
    assert [(turn.question, turn.answer) for turn in conversation.turns] == [
        ("question 1", "answer 1"),
        ("question 2", "answer 2"),
        ("question 3", "answer 3"),
    ]
    assert [turn.id for turn in conversation.turns] == sorted({turn.id for turn in conversation.turns})


@pytest.mark.parametrize(("most", "expected"), [(0, []), (1, ["question 5"]), (2, ["question 4", "question 5"])])
async def test_only_the_latest_turns_are_read(store: Stores, most: int, expected: list[str]) -> None:
    for number in range(1, 6):
        await record(store, make_turn(number))
    assert await questions(store, most=most) == expected
    assert (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=most)).id == "first"


async def test_channels_and_providers_do_not_see_each_other(store: Stores) -> None:
    # The same conversation id everywhere: nothing may depend on its being unique.
    await record(store, make_turn(1))
    await record(store, make_turn(2, channel=OTHER_CHANNEL))
    await record(store, make_turn(3, provider="tamako"))
    assert await questions(store) == ["question 1"]
    assert await questions(store, channel=OTHER_CHANNEL) == ["question 2"]
    assert await questions(store, provider="tamako") == ["question 3"]

    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    assert await questions(store) == []
    assert await questions(store, channel=OTHER_CHANNEL) == ["question 2"]
    assert await questions(store, provider="tamako") == ["question 3"]


async def test_everything_is_there_after_a_restart(url: str) -> None:
    async with open_store(url) as store:
        await record(store, make_turn(1))
    async with open_store(url) as store:
        await record(store, make_turn(2))
        assert await questions(store) == ["question 1", "question 2"]


async def test_a_conversation_rolls_over_with_the_turns_it_keeps(store: Stores) -> None:
    for number in (1, 2, 3, 4):
        await record(store, make_turn(number))
    kept = (await turn_ids(store))[-2:]
    rolled = make_turn(5, conversation_id="second", replaces="first", kept=tuple(kept))
    assert await record(store, rolled)
    assert await current_id(store) == "second"
    assert await questions(store) == ["question 3", "question 4", "question 5"]
    assert (await turn_ids(store))[:2] == kept

    assert await record(store, make_turn(6, conversation_id="second"))
    assert await questions(store) == ["question 3", "question 4", "question 5", "question 6"]


@pytest.mark.parametrize("keeps", [False, True])
async def test_a_rollover_takes_along_what_was_stored_since_its_question_was_sent(store: Stores, keeps: bool) -> None:
    for number in (1, 2, 5):
        await record(store, make_turn(number))
    read = await turn_ids(store)
    await record(store, make_turn(3, renewals=0))
    await record(store, make_turn(4, channel=OTHER_CHANNEL))
    moving: dict[str, Any] = {"replaces": "first", "kept": tuple(read[-1:] if keeps else ()), "newest_seen": max(read)}
    await record(store, make_turn(6, conversation_id="second", renewals=0, **moving))
    assert await record(store, make_turn(7, renewals=0)), "sent before that, and stored after it"
    kept = ["question 5"] if keeps else []
    assert await questions(store) == ["question 3", *kept, "question 6", "question 7"]
    assert await questions(store, channel=OTHER_CHANNEL) == ["question 4"]


async def test_a_rollover_that_keeps_nothing_begins_with_its_own_turn(store: Stores) -> None:
    await record(store, make_turn(1))
    assert await record(store, make_turn(2, conversation_id="second", replaces="first"))
    assert await questions(store) == ["question 2"]


@pytest.mark.parametrize("keeps", [0, 1])
async def test_what_came_to_a_conversation_while_another_was_on_its_way_goes_along(store: Stores, keeps: int) -> None:
    for number in (1, 2):
        await record(store, make_turn(number))
    seen = await turn_ids(store)
    await record(store, make_turn(3))
    await record(store, make_turn(3, channel=OTHER_CHANNEL))
    kept = tuple(seen[-keeps:]) if keeps else ()
    rolled = make_turn(4, conversation_id="second", replaces="first", kept=kept)
    await record(store, replace(rolled, newest_seen=max(seen)))
    assert await questions(store) == ["question 2", "question 3", "question 4"][1 - keeps :]
    assert await questions(store, channel=OTHER_CHANNEL) == ["question 3"]


async def test_turns_are_only_kept_out_of_the_conversation_that_is_replaced(store: Stores) -> None:
    await record(store, make_turn(1))
    await record(store, make_turn(2, channel=OTHER_CHANNEL))
    foreign = (await store.conversations.conversation("chatbase", ConversationKey(OTHER_CHANNEL), most=1)).turns[0].id
    await record(store, make_turn(3, conversation_id="second", replaces="first", kept=(foreign,)))
    assert await questions(store) == ["question 3"]
    assert await questions(store, channel=OTHER_CHANNEL) == ["question 2"]


async def test_a_turn_of_a_conversation_that_moved_on_goes_along(store: Stores) -> None:
    await record(store, make_turn(1))
    await record(store, make_turn(4, conversation_id="second", replaces="first", renewals=0))
    assert await record(store, make_turn(3, conversation_id="first", renewals=0)), "sent before that"
    assert await record(store, make_turn(5, conversation_id="third", replaces="first", renewals=0)), "moved on too"
    assert await record(store, make_turn(2, conversation_id="fourth")), "a channel's first"
    assert await current_id(store) == "second"
    assert await questions(store) == ["question 2", "question 3", "question 4", "question 5"]


async def test_a_turn_of_a_conversation_that_is_gone_is_dropped(store: Stores) -> None:
    assert not await record(store, make_turn(1, renewals=0))
    assert await current_id(store) is None


@pytest.mark.parametrize("bound", [False, True], ids=["first questions", "across the bound"])
async def test_three_at_once_are_one_conversation_with_three_turns(url: str, *, bound: bool) -> None:
    async with open_store(url) as one, open_store(url) as other:
        for number in range(1, 4) if bound else ():
            await record(one, make_turn(number))
        kept = tuple(await turn_ids(one))[-1:]
        moving: dict[str, Any] = {"replaces": "first", "kept": kept, "renewals": 0} if bound else {}
        ids = ("b", "a", "b") if bound else ("b", "a", "c")
        at_once = [make_turn(number, conversation_id=id_, **moving) for number, id_ in zip((6, 4, 5), ids, strict=True)]
        stored = await asyncio.gather(
            *(record(store, turn) for store, turn in zip((one, other, one), at_once, strict=True))
        )
        assert all(stored)
        assert await current_id(one) == await current_id(other)
        assert await current_id(one) in ids
        expected = ["question 3"] if bound else []
        assert await questions(other) == [*expected, "question 4", "question 5", "question 6"]


async def test_nothing_replaces_a_conversation_that_was_never_there(store: Stores) -> None:
    assert not await record(store, make_turn(1, conversation_id="second", replaces="first"))
    assert await current_id(store) is None


async def test_a_clear_gives_a_new_id_each_time(store: Stores) -> None:
    await record(store, make_turn(1))
    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    fresh = await current_id(store)
    assert fresh not in {None, "first"}
    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    assert await current_id(store) not in {None, "first", fresh}


async def test_a_cleared_conversation_goes_on_under_its_new_id(store: Stores) -> None:
    await record(store, make_turn(1))
    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    fresh = await current_id(store)
    assert fresh is not None
    assert await record(store, make_turn(2, conversation_id=fresh, renewals=1))
    assert await questions(store) == ["question 2"]


@pytest.mark.parametrize("before", [0, 1], ids=["first question", "later question"])
async def test_an_answer_in_flight_during_a_clear_leaves_nothing_behind(store: Stores, before: int) -> None:
    for number in range(before):
        await record(store, make_turn(number))
    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    fresh = await current_id(store)
    assert not await record(store, make_turn(7))
    assert not await record(store, make_turn(8, conversation_id="second", replaces="first"))
    assert await questions(store) == []
    assert await current_id(store) == fresh


async def test_ids_of_turns_are_not_given_twice(store: Stores) -> None:
    await record(store, make_turn(1))
    deleted = await turn_ids(store)
    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    fresh = await current_id(store)
    assert fresh is not None
    await record(store, make_turn(2, conversation_id=fresh, renewals=1))
    assert (await turn_ids(store))[0] > deleted[0]


async def test_a_clear_and_an_answer_that_meet_leave_one_of_two_orders(store: Stores) -> None:
    for number in range(20):
        channel = 1000 + number
        await record(store, make_turn(1, channel=channel))
        await asyncio.gather(
            record(store, make_turn(2, channel=channel)),
            store.conversations.clear_conversation("chatbase", ConversationKey(channel)),
        )
        # Recorded first and deleted by the clear, or refused after it: either way the new conversation is empty.
        assert await questions(store, channel=channel) == []
        assert await current_id(store, channel=channel) != "first"


async def test_many_answers_finish_at_once_in_one_place_and_in_many(store: Stores) -> None:
    turns = [make_turn(number, channel=0 if number % 2 else number) for number in range(1, 201)]
    assert all(await asyncio.gather(*(record(store, turn) for turn in turns)))
    assert len(await questions(store, channel=0, most=500)) == 100
    for channel in range(2, 201, 2):
        assert len(await questions(store, channel=channel)) == 1


async def test_texts_that_no_database_can_hold_are_stored_with_replacement_characters(store: Stores) -> None:
    turn = make_turn(conversation_id="with \0 inside")
    awkward = type(turn)(
        **{name: getattr(turn, name) for name in turn.__slots__}
        | {"question": "nul \0, lone \ud83d and \ude00", "answer": "🙂 é \ufffe \r\n \x01 end"}
    )
    assert await record(store, awkward)
    (stored,) = (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=1)).turns
    assert stored.question == "nul \ufffd, lone \ufffd and \ufffd"
    assert stored.answer == "🙂 é \ufffe \r\n \x01 end"
    assert await record(store, awkward), "its conversation is found again under the mended id"


async def test_a_megabyte_is_stored_whole(store: Stores) -> None:
    turn = make_turn()
    long = replace(turn, answer="€" * 1_000_000)
    assert await record(store, long)
    (stored,) = (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=1)).turns
    assert stored.answer == "€" * 1_000_000
