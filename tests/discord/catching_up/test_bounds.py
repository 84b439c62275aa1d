"""How much catching up may cost: requests, servers that do not come, sessions that end one after another."""

import asyncio

import discord
import pytest

from bot.discord.catching_up.background_reader import MAX_REQUESTS, PAGE
from bot.discord.catching_up.catch_up import MAX_SECONDS, MIN_DIRECT
from bot.domain.cluster.shard_states import ShardStatus
from bot.domain.errors import DatabaseUnavailable
from tests.discord.catching_up.conftest import World


async def test_at_most_a_hundred_requests_are_made_for_the_newest_channels(world: World) -> None:
    channels = [world.guild.add_text_channel(f"channel-{number}") for number in range(MAX_REQUESTS + 50)]
    for channel in channels:
        await world.ask(channel.name, channel)
    found = await world.caught_up()
    assert found == [channel.name for channel in reversed(channels[50:])]
    assert len(world.read) == MAX_REQUESTS


async def test_direct_messages_get_a_quarter_of_the_requests_however_many_channels_there_are(world: World) -> None:
    for number in range(MAX_REQUESTS):
        await world.alice.say(world.guild.add_text_channel(f"channel-{number}"), "talk")
    people = [world.sandbox.create_user(f"person-{number}") for number in range(MIN_DIRECT + 5)]
    for person in people:
        dm = person.dm(world.app)
        await world.store(await person.say(dm, "hello"))
        await person.say(dm, person.name)
    assert await world.caught_up() == [person.name for person in reversed(people[5:])]
    assert len(world.read) == MAX_REQUESTS


async def test_a_busy_channel_is_read_further_back(world: World) -> None:
    await world.ask("early", person=world.bob)
    for _ in range(3 * PAGE):
        await world.alice.say(world.general, "talk")
    assert await world.caught_up() == ["early"]
    assert len(world.read) == 4


async def test_a_channel_of_endless_talk_does_not_use_all_requests_up(world: World) -> None:
    for _ in range(20 * PAGE):
        await world.alice.say(world.general, "talk")
    await world.ask("elsewhere", world.guild.add_text_channel("other"))
    assert await world.caught_up() == ["elsewhere"]
    assert world.read.count(world.general.id) == 8


async def test_a_second_page_takes_no_channels_first_one(world: World) -> None:
    channels = [world.guild.add_text_channel(f"channel-{number}") for number in range(MAX_REQUESTS)]
    for channel in channels:
        await world.ask(channel.name, channel)
    for _ in range(2 * PAGE):
        await world.alice.say(channels[-1], "talk")
    assert len(await world.caught_up()) == MAX_REQUESTS - 1
    assert len(set(world.read)) == MAX_REQUESTS


@pytest.mark.parametrize(
    "fault",
    [discord.RateLimited(60.0), TimeoutError(), OSError(), DatabaseUnavailable(), KeyError("a secret")],
    ids=lambda each: repr(each),
)
async def test_a_channel_that_fails_is_left_out(
    world: World, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    other = world.guild.add_text_channel("other")
    await world.ask("readable", other)
    await world.ask("unreadable")
    world.faults[world.general.id] = fault
    assert await world.caught_up() == ["readable"]
    assert world.read == [world.general.id, other.id]
    assert [record.getMessage() for record in caplog.records if "catching_up" in record.name] == [
        "1 missed questions found in 2 channels; 1 could not be read"
    ]


async def test_a_message_that_discord_py_cannot_read_keeps_no_other_channel_from_being_read(world: World) -> None:
    other = world.guild.add_text_channel("other")
    await world.ask("readable", other)
    await world.ask("unreadable")
    world.broken.add(world.general.id)
    assert await world.caught_up() == ["readable"]


async def test_questions_are_handed_on_one_in_each_step_of_the_loop(world: World) -> None:
    for number in range(PAGE):
        await world.ask(str(number))
    await world.caught_up()
    assert len(set(world.steps)) == PAGE


async def test_a_bot_that_stops_meanwhile_says_what_it_read(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await world.ask("unread", world.guild.add_text_channel("other"))
    await world.ask("read")
    world.stops_after = 1
    assert await world.caught_up() == ["read"]
    assert caplog.messages == ["1 missed questions found in 1 channels; 0 could not be read"]


async def test_requests_that_hang_end_it_after_two_minutes(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(20):
        await world.ask("missed", world.guild.add_text_channel(f"channel-{number}"))
    world.hangs = True
    began = asyncio.get_running_loop().time()
    assert await world.caught_up() == []
    assert asyncio.get_running_loop().time() - began == MAX_SECONDS
    assert len(world.read) == 12
    assert caplog.messages[-1] == "catching up with missed questions ended early: TimeoutError"


async def test_it_rests_before_each_request(world: World) -> None:
    await world.ask("here")
    await world.ask("there", world.guild.add_text_channel("other"))
    await world.caught_up()
    assert world.pauses == [0.1, 0.1]


async def test_a_bot_that_is_stopping_looks_for_nothing(world: World) -> None:
    await world.ask("missed")
    world.takes_questions = False
    assert await world.caught_up() == []
    assert world.read == []


async def test_servers_that_come_late_are_waited_for(world: World) -> None:
    await world.ask("missed")
    world.arrive()
    world.guilds[0].unavailable = True
    catch_up = world.catch_up()
    catch_up.begin(0)
    while len(world.pauses) < 3:
        await asyncio.sleep(0)
    assert not world.read
    world.guilds[0].unavailable = False
    await catch_up.done()
    assert world.found == ["missed"]


async def test_a_server_with_an_outage_holds_nothing_up_for_long(world: World) -> None:
    dm = world.alice.dm(world.app)
    await world.store(await world.alice.say(dm, "hello"))
    await world.alice.say(dm, "directly")
    world.arrive()
    world.guilds[0].unavailable = True
    catch_up = world.catch_up()
    catch_up.begin(0)
    await catch_up.done()
    assert world.found == ["directly"]
    assert 5 <= sum(world.pauses) < 6


async def test_a_shard_catches_up_with_its_own_servers(world: World) -> None:
    await world.ask("missed")
    dm = world.alice.dm(world.app)
    await world.store(await world.alice.say(dm, "hello"))
    await world.alice.say(dm, "directly")
    world.client._connection.shard_count = 2
    own = (world.guild.id >> 22) % 2
    found = {}
    for shard in (own, 1 - own):
        world.found = []
        found[shard] = await world.caught_up(shard)
    assert found[own] == ["missed", *(["directly"] if own == 0 else [])]
    assert found[1 - own] == (["directly"] if own == 1 else [])


async def test_another_lost_session_begins_over_and_loses_no_shard(world: World) -> None:
    await world.ask("missed")
    world.client._connection.shard_count = 2
    world.arrive()
    own = (world.guild.id >> 22) % 2
    catch_up = world.catch_up()
    for shard in (own, 1 - own, 1 - own):
        catch_up.begin(shard)
        await asyncio.sleep(0)
    await catch_up.done()
    assert world.found == ["missed"]


async def test_another_shard_waits_and_what_was_read_is_not_read_again(world: World) -> None:
    world.client._connection.shard_count = 2
    own = (world.guild.id >> 22) % 2
    for number in range(5):
        await world.ask(f"missed {number}", channel=world.guild.add_text_channel(f"place-{number}"))
    world.arrive()
    catch_up = world.catch_up()
    world.on_found = lambda: catch_up.begin(1 - own)
    catch_up.begin(own)
    await catch_up.done()
    assert len(world.found) == 5
    assert len(world.read) == 5


@pytest.mark.parametrize("direct", [False, True])
async def test_a_shard_that_was_handed_over_is_left_to_its_successor(world: World, *, direct: bool) -> None:
    await world.ask("missed")
    dm = world.alice.dm(world.app)
    await world.store(await world.alice.say(dm, "hello"))
    await world.alice.say(dm, "directly")
    world.left[None if direct else world.guild.id] = ShardStatus(0, "left")
    assert await world.caught_up() == ["missed" if direct else "directly"]


@pytest.mark.parametrize("late", [False, True])
async def test_what_is_deleted_while_it_is_read_is_not_asked(world: World, late: bool) -> None:
    deleted = await world.ask("deleted")
    await world.ask("missed", person=world.bob)
    world.arrive()
    catch_up = world.catch_up()
    if late:
        world.on_found = lambda: catch_up.forget([later.id])
        later = await world.ask("deleted later", person=world.bob)
    catch_up.forget([deleted.id])  # before it began, this cannot be what is read
    catch_up.begin(0)
    catch_up.forget([deleted.id])
    await catch_up.done()
    assert world.found == ["missed"]
    world.found = []
    catch_up.begin(0)
    await catch_up.done()
    assert world.found[:2] == ["deleted", "missed"], "nothing is remembered longer"


async def test_a_closed_bot_looks_no_further(world: World) -> None:
    await world.ask("missed")
    world.arrive()
    catch_up = world.catch_up()
    catch_up.begin(0)
    await catch_up.close()
    assert world.found == []


async def test_what_is_found_when_the_bot_has_left_the_gateway_is_left_to_the_next(world: World) -> None:
    for _ in range(3):
        await world.ask("missed")
    world.stops_after = 1
    assert await world.caught_up() == ["missed"]
    world.takes_questions, world.stops_after = True, None

    def leave() -> None:
        world.left[world.guild.id] = ShardStatus(0, "left")

    world.on_found = leave
    world.found.clear()
    await world.ask("missed", person=world.bob)
    assert await world.caught_up() == ["missed"]
