"""Conversations: what is recorded comes back, bounded and to its own channel; a clear beats an answer in flight."""

import asyncio

import pytest

from bot.domain.stores import ConversationStore
from bot.store.open import open_store
from bot.store.store import Store
from tests.store.samples import CHANNEL, OTHER_CHANNEL, make_turn


async def questions(store: Store, *, provider: str = "chatbase", channel: int = CHANNEL, most: int = 100) -> list[str]:
    conversation = await store.conversation(provider, channel, most=most)
    return [turn.question for turn in conversation.turns]


async def current_id(store: Store, *, provider: str = "chatbase", channel: int = CHANNEL) -> str | None:
    return (await store.conversation(provider, channel, most=1)).id


async def turn_ids(store: Store) -> list[int]:
    return [turn.id for turn in (await store.conversation("chatbase", CHANNEL, most=100)).turns]


async def test_is_the_port_that_the_program_asks_for(store: Store) -> None:
    async def use(memory: ConversationStore) -> str | None:
        return (await memory.conversation("chatbase", CHANNEL, most=1)).id

    assert await use(store) is None


async def test_a_channel_begins_with_nothing(store: Store) -> None:
    conversation = await store.conversation("chatbase", CHANNEL, most=10)
    assert conversation.id is None
    assert conversation.turns == ()


async def test_turns_come_back_as_they_were_oldest_first(store: Store) -> None:
    for number in (1, 2, 3):
        assert await store.record(make_turn(number))
    conversation = await store.conversation("chatbase", CHANNEL, most=10)
    assert conversation.id == "first"
    assert [(turn.question, turn.answer) for turn in conversation.turns] == [
        ("question 1", "answer 1"),
        ("question 2", "answer 2"),
        ("question 3", "answer 3"),
    ]
    assert [turn.id for turn in conversation.turns] == sorted({turn.id for turn in conversation.turns})


@pytest.mark.parametrize(("most", "expected"), [(0, []), (1, ["question 5"]), (2, ["question 4", "question 5"])])
async def test_only_the_latest_turns_are_read(store: Store, most: int, expected: list[str]) -> None:
    for number in range(1, 6):
        await store.record(make_turn(number))
    assert await questions(store, most=most) == expected
    assert (await store.conversation("chatbase", CHANNEL, most=most)).id == "first"


async def test_channels_and_providers_do_not_see_each_other(store: Store) -> None:
    # The same conversation id everywhere: nothing may depend on its being unique.
    await store.record(make_turn(1))
    await store.record(make_turn(2, channel=OTHER_CHANNEL))
    await store.record(make_turn(3, provider="tamako"))
    assert await questions(store) == ["question 1"]
    assert await questions(store, channel=OTHER_CHANNEL) == ["question 2"]
    assert await questions(store, provider="tamako") == ["question 3"]

    await store.clear_conversation("chatbase", CHANNEL)
    assert await questions(store) == []
    assert await questions(store, channel=OTHER_CHANNEL) == ["question 2"]
    assert await questions(store, provider="tamako") == ["question 3"]


async def test_everything_is_there_after_a_restart(url: str) -> None:
    async with open_store(url) as store:
        await store.record(make_turn(1))
    async with open_store(url) as store:
        await store.record(make_turn(2))
        assert await questions(store) == ["question 1", "question 2"]


async def test_a_conversation_rolls_over_with_the_turns_it_keeps(store: Store) -> None:
    for number in (1, 2, 3, 4):
        await store.record(make_turn(number))
    kept = (await turn_ids(store))[-2:]
    rolled = make_turn(5, conversation_id="second", replaces="first", kept=tuple(kept))
    assert await store.record(rolled)
    assert await current_id(store) == "second"
    assert await questions(store) == ["question 3", "question 4", "question 5"]
    assert (await turn_ids(store))[:2] == kept

    assert await store.record(make_turn(6, conversation_id="second"))
    assert await questions(store) == ["question 3", "question 4", "question 5", "question 6"]


async def test_a_turn_is_taken_back(store: Store) -> None:
    first, second = await store.record(make_turn(1)), await store.record(make_turn(2))
    other = await store.record(make_turn(3, channel=OTHER_CHANNEL))
    assert first is not None
    assert second is not None
    await store.withdraw(second)
    await store.withdraw(second)
    assert await turn_ids(store) == [first]
    assert [turn.id for turn in (await store.conversation("chatbase", OTHER_CHANNEL, most=9)).turns] == [other]
    assert await store.record(make_turn(4))
    assert await questions(store) == ["question 1", "question 4"]


async def test_a_rollover_that_keeps_nothing_begins_with_its_own_turn(store: Store) -> None:
    await store.record(make_turn(1))
    assert await store.record(make_turn(2, conversation_id="second", replaces="first"))
    assert await questions(store) == ["question 2"]


async def test_turns_are_only_kept_out_of_the_conversation_that_is_replaced(store: Store) -> None:
    await store.record(make_turn(1))
    await store.record(make_turn(2, channel=OTHER_CHANNEL))
    foreign = (await store.conversation("chatbase", OTHER_CHANNEL, most=1)).turns[0].id
    await store.record(make_turn(3, conversation_id="second", replaces="first", kept=(foreign,)))
    assert await questions(store) == ["question 3"]
    assert await questions(store, channel=OTHER_CHANNEL) == ["question 2"]


async def test_a_turn_of_a_conversation_that_was_replaced_is_not_stored(store: Store) -> None:
    await store.record(make_turn(1))
    await store.record(make_turn(2, conversation_id="second", replaces="first"))
    assert not await store.record(make_turn(3, conversation_id="first"))
    assert not await store.record(make_turn(4, conversation_id="third", replaces="first"))
    assert not await store.record(make_turn(5, conversation_id="fourth"))
    assert await current_id(store) == "second"
    assert await questions(store) == ["question 2"]


async def test_nothing_replaces_a_conversation_that_was_never_there(store: Store) -> None:
    assert not await store.record(make_turn(1, conversation_id="second", replaces="first"))
    assert await current_id(store) is None


async def test_a_clear_gives_a_new_id_each_time(store: Store) -> None:
    await store.record(make_turn(1))
    await store.clear_conversation("chatbase", CHANNEL)
    fresh = await current_id(store)
    assert fresh not in {None, "first"}
    await store.clear_conversation("chatbase", CHANNEL)
    assert await current_id(store) not in {None, "first", fresh}


async def test_a_cleared_conversation_goes_on_under_its_new_id(store: Store) -> None:
    await store.record(make_turn(1))
    await store.clear_conversation("chatbase", CHANNEL)
    fresh = await current_id(store)
    assert fresh is not None
    assert await store.record(make_turn(2, conversation_id=fresh))
    assert await questions(store) == ["question 2"]


@pytest.mark.parametrize("before", [0, 1], ids=["first question", "later question"])
async def test_an_answer_in_flight_during_a_clear_leaves_nothing_behind(store: Store, before: int) -> None:
    for number in range(before):
        await store.record(make_turn(number))
    await store.clear_conversation("chatbase", CHANNEL)
    fresh = await current_id(store)
    assert not await store.record(make_turn(7))
    assert not await store.record(make_turn(8, conversation_id="second", replaces="first"))
    assert await questions(store) == []
    assert await current_id(store) == fresh


async def test_ids_of_turns_are_not_given_twice(store: Store) -> None:
    await store.record(make_turn(1))
    deleted = await turn_ids(store)
    await store.clear_conversation("chatbase", CHANNEL)
    fresh = await current_id(store)
    assert fresh is not None
    await store.record(make_turn(2, conversation_id=fresh))
    assert (await turn_ids(store))[0] > deleted[0]


async def test_a_clear_and_an_answer_that_meet_leave_one_of_two_orders(store: Store) -> None:
    for number in range(20):
        channel = 1000 + number
        await store.record(make_turn(1, channel=channel))
        await asyncio.gather(store.record(make_turn(2, channel=channel)), store.clear_conversation("chatbase", channel))
        # Recorded first and deleted by the clear, or refused after it: either way the new conversation is empty.
        assert await questions(store, channel=channel) == []
        assert await current_id(store, channel=channel) != "first"


@pytest.mark.parametrize("channels", [1, 200])
async def test_many_answers_finish_at_once(store: Store, channels: int) -> None:
    turns = [make_turn(number, channel=number % channels) for number in range(200)]
    assert all(await asyncio.gather(*(store.record(turn) for turn in turns)))
    found = [len(await questions(store, channel=channel, most=500)) for channel in range(channels)]
    assert found == [200 // channels] * channels


async def test_texts_that_no_database_can_hold_are_stored_with_replacement_characters(store: Store) -> None:
    turn = make_turn(conversation_id="with \0 inside")
    awkward = type(turn)(
        **{name: getattr(turn, name) for name in turn.__slots__}
        | {"question": "nul \0, lone \ud83d and \ude00", "answer": "🙂 é \ufffe \r\n \x01 end"}
    )
    assert await store.record(awkward)
    (stored,) = (await store.conversation("chatbase", CHANNEL, most=1)).turns
    assert stored.question == "nul \ufffd, lone \ufffd and \ufffd"
    assert stored.answer == "🙂 é \ufffe \r\n \x01 end"
    assert await store.record(awkward), "its conversation is found again under the mended id"


async def test_a_megabyte_is_stored_whole(store: Store) -> None:
    turn = make_turn()
    long = type(turn)("chatbase", None, CHANNEL, 1, "q", "€" * 1_000_000, "first")
    assert await store.record(long)
    (stored,) = (await store.conversation("chatbase", CHANNEL, most=1)).turns
    assert stored.answer == "€" * 1_000_000
