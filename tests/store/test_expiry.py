"""A time for everything: each server's own, batch by batch; and what stands for nothing goes too."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.conversation_key import ConversationKey
from bot.domain.personal_data import Erased, Tally
from bot.domain.settings.server_settings import StoredSettings
from bot.store.open import open_store
from bot.store.ports import personal_data_store
from bot.store.ports.base import Stores
from bot.store.queries import bulk_deletion
from tests.databases import find_text
from tests.store.conftest import HandClock
from tests.store.samples import CHANNEL, FIGURES, SERVER, make_asked, make_ended, make_turn, record

DAY = 24 * 60 * 60
OTHER_SERVER = 7


async def answer(store: Stores, number: int, server: int | None = SERVER, channel: int = CHANNEL) -> None:
    """Have a question be asked and answered, with a turn of the same number."""
    await store.answers.begin(make_asked(f"answer-{number}", question=number, server=server, channel=channel))
    turn = make_turn(number, server=server, channel=channel)
    await store.answers.end(f"answer-{number}", 1, make_ended(), turn)
    await store.answers.mark_done(f"answer-{number}", 1, [number], FIGURES, ())


async def kept(store: Stores, *numbers: int) -> list[int]:
    """Return which of these answers are there."""
    return [number for number in numbers if await store.answers.answer(f"answer-{number}") is not None]


async def said(store: Stores, channel: int = CHANNEL) -> list[str]:
    """Return the questions that the channel's conversation has."""
    return [
        turn.question
        for turn in (await store.conversations.conversation("chatbase", ConversationKey(channel), most=999)).turns
    ]


async def test_what_is_older_than_its_time_is_erased_and_nothing_else(store: Stores, clock: HandClock) -> None:
    await answer(store, 1)
    clock.now += 10
    await answer(store, 2)
    assert await store.personal_data.expire({}, int(clock.now)) == Erased(answers=1, turns=1)
    assert await kept(store, 1, 2) == [2]
    assert await said(store) == ["question 2"]
    assert await store.personal_data.expire({}, int(clock.now)) == Erased()


async def test_each_server_has_its_own_time_and_direct_messages_the_other(store: Stores, clock: HandClock) -> None:
    for number, server in enumerate((SERVER, OTHER_SERVER, 8, None), 1):
        await answer(store, number, server, channel=1000 + number)
    clock.now += 10
    now = int(clock.now)
    assert await store.personal_data.expire({SERVER: now - 20, OTHER_SERVER: now}, now - 10) == Erased(1, 1)
    assert await kept(store, 1, 2, 3, 4) == [1, 3, 4]
    assert await store.personal_data.expire({SERVER: now - 20, 9: now}, now) == Erased(2, 2)
    assert await kept(store, 1, 2, 3, 4) == [1]
    assert [await said(store, 1000 + number) for number in (1, 2, 3, 4)] == [["question 1"], [], [], []]


async def test_how_much_is_older_is_counted_for_one_server(store: Stores, clock: HandClock) -> None:
    start = int(clock.now)
    for number, server in enumerate((SERVER, SERVER, OTHER_SERVER, None), 1):
        await answer(store, number, server, channel=1000 + number)
        clock.now += 10
    older = store.personal_data.older_than
    assert await older(SERVER, start) == Tally()
    assert await older(SERVER, start + 1) == Tally(1, 1, start)
    assert await older(SERVER, start + 100) == Tally(2, 2, start)
    assert await older(9, start + 100) == Tally()


async def test_much_is_erased_in_batches_over_many_servers(
    store: Stores, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_deletion, "AT_ONCE", 3)
    monkeypatch.setattr(bulk_deletion, "SERVERS_AT_ONCE", 2)
    for number in range(21):
        await answer(store, number, server=1 + number % 3, channel=1000 + number % 3)
    clock.now += 10
    assert await store.personal_data.expire({2: 0}, int(clock.now)) == Erased(14, 14)
    assert await kept(store, *range(21)) == [1, 4, 7, 10, 13, 16, 19]


async def test_the_turn_of_an_answer_that_was_asked_again_late_goes_with_the_answer(
    store: Stores, clock: HandClock, url: str
) -> None:
    """Another provider's history has the question only from then on, and would keep it once more for as long."""
    await answer(store, 1)
    clock.now += 29 * DAY
    await store.answers.begin(make_asked(number=2, provider="another"))
    again = await store.answers.end("answer-1", 2, make_ended(), make_turn(2, provider="another"))
    assert again.turn is not None
    await answer(store, 3, channel=1002)
    clock.now += 2 * DAY
    assert await store.personal_data.expire({SERVER: int(clock.now - 30 * DAY)}, 0) == Erased(answers=1, turns=2)
    assert await find_text(url, "question 2") == set()
    assert await kept(store, 1, 3) == [3]
    assert await said(store, 1002) == ["question 3"]


async def test_an_answer_whose_turn_somebody_else_holds_is_left_with_it(prepared_postgres_url: str) -> None:
    async with open_store(prepared_postgres_url) as store:
        await answer(store, 1)
        await answer(store, 2)
        other = create_async_engine(prepared_postgres_url.replace("postgresql:", "postgresql+asyncpg:"))
        async with other.begin() as connection:
            await connection.execute(text("SELECT id FROM turns WHERE question = 'question 1' FOR UPDATE"))
            assert await store.personal_data.expire({}, 2**40) == Erased(1, 1)
            assert (await kept(store, 1, 2), await said(store)) == ([1], ["question 1"])
        await other.dispose()
        assert await store.personal_data.expire({}, 2**40) == Erased(1, 1)


async def test_a_conversation_goes_on_after_its_old_turns_went(store: Stores, clock: HandClock) -> None:
    await answer(store, 1)
    clock.now += 10
    await store.personal_data.expire({}, int(clock.now))
    assert await record(store, make_turn(2))
    assert await said(store) == ["question 2"]


async def test_a_conversation_without_turns_is_swept_after_a_day(store: Stores, clock: HandClock) -> None:
    await answer(store, 1)
    await answer(store, 2, channel=1002)
    await store.conversations.clear_conversation("chatbase", ConversationKey(CHANNEL))
    clock.now += DAY - 10
    await store.conversations.clear_conversation("chatbase", ConversationKey(1003))
    clock.now += 11
    assert await store.personal_data.sweep() == 1
    ids = [
        (await store.conversations.conversation("chatbase", ConversationKey(channel), most=1)).id
        for channel in (CHANNEL, 1002, 1003)
    ]
    assert ids[0] is None
    assert ids[1] == "first"
    assert ids[2] is not None
    assert await store.personal_data.sweep() == 0


async def test_a_sweep_goes_on_where_the_one_before_stopped(
    store: Stores, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_deletion, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(personal_data_store, "_SWEPT_READS", 2)
    await answer(store, 1, channel=1001)
    for channel in (*range(1002, 1007), *range(2001, 2004)):
        await store.conversations.clear_conversation("chatbase", ConversationKey(channel))
    await store.conversations.clear_conversation("tamako", ConversationKey(1001))
    await store.conversations.clear_conversation("chatbase", ConversationKey(1001, "private", 5))
    clock.now += DAY + 1
    assert [await store.personal_data.sweep() for _ in range(4)] == [3, 4, 3, 0]
    assert await said(store, 1001) == ["question 1"]


async def test_everything_of_a_server_is_erased_and_nothing_of_another(
    store: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_deletion, "AT_ONCE", 3)
    for number in range(8):
        await answer(store, number, channel=1000 + number % 2)
    await answer(store, 10, OTHER_SERVER, channel=2000)
    await answer(store, 11, None, channel=3000)
    for server, channel in ((SERVER, 1000), (OTHER_SERVER, 2000)):
        await store.server_settings.save("server", server, server, "prefix", "?")
        await store.server_settings.save("channel", server, channel, "provider", "tamako")
    assert await store.personal_data.erase_server(SERVER) == Erased(answers=8, turns=8)
    assert await kept(store, *range(12)) == [10, 11]
    ids = [
        (await store.conversations.conversation("chatbase", ConversationKey(channel), most=1)).id
        for channel in (1000, 1001, 2000, 3000)
    ]
    assert ids == [None, None, "first", "first"]
    assert await store.server_settings.load(SERVER, 1000) == StoredSettings({}, {})
    assert await store.server_settings.load(OTHER_SERVER, 2000) == StoredSettings(
        {"prefix": "?"}, {"provider": "tamako"}
    )
    assert await store.personal_data.erase_server(SERVER) == Erased()


async def test_an_answer_under_way_in_an_erased_server_leaves_nothing(store: Stores) -> None:
    await store.answers.begin(make_asked())
    await store.personal_data.erase_server(SERVER)
    assert not (await store.answers.end("answer-1", 1, make_ended(), make_turn())).is_stored
    assert await said(store) == []


async def test_a_bot_knows_the_servers_it_is_in_and_those_it_left(store: Stores, clock: HandClock) -> None:
    personal_data, now = store.personal_data, int(clock.now)
    await personal_data.join(1, range(10, 1300))
    await personal_data.join(1, [10, 11])
    await personal_data.join(2, [50])
    await personal_data.leave(1, 11)
    clock.now += 5
    await personal_data.leave(1, 11)
    await personal_data.leave(1, 9999)
    assert await personal_data.joined(1) == set(range(10, 1300)) - {11}
    assert await personal_data.joined(2) == {50}
    assert await personal_data.left() == {11: now, 9999: now + 5}
    await personal_data.join(1, [11])
    await personal_data.close(9999)
    assert await personal_data.left() == {}
    assert await personal_data.joined(1) == set(range(10, 1300))


async def test_a_server_that_another_bot_is_in_is_not_to_be_erased(store: Stores) -> None:
    await store.personal_data.join(1, [10, 11])
    await store.personal_data.join(2, [10])
    await store.personal_data.leave(1, 10)
    await store.personal_data.leave(1, 11)
    assert list(await store.personal_data.left()) == [11]
    await store.personal_data.close(11)
    assert await store.personal_data.joined(2) == {10}
