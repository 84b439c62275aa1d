"""Which messages are answered afterwards: those that asked the bot, are young, and were not answered since."""

import pytest

from bot.discord.catching_up.catch_up import MAX_AGE
from bot.domain.errors import DatabaseUnavailable
from sandbox.discord.operations.messaging import Draft, post
from tests.discord.catching_up.conftest import World

LATE = MAX_AGE.total_seconds() + 1


async def test_mentions_are_found_oldest_first(world: World) -> None:
    await world.ask("one")
    await world.ask("two", person=world.bob)
    await world.ask("three")
    assert await world.caught_up() == ["one", "two", "three"]


async def test_what_is_not_meant_for_the_bot_is_left_alone(world: World) -> None:
    await world.alice.say(world.general, "just talk")
    await world.alice.say(world.general, "!ask is a command only with the intent")
    post(world.general, world.sandbox.create_application("Other").bot, Draft(f"{world.app.bot.mention} a bot's"))
    assert await world.caught_up() == []


async def test_with_the_intent_text_commands_count_too(world: World) -> None:
    world.has_content = True
    await world.alice.say(world.general, "just talk")
    await world.alice.say(world.general, "!ask this")
    assert await world.caught_up() == ["this"]


async def test_what_is_older_than_ten_minutes_is_left_alone(world: World) -> None:
    await world.ask("old")
    other = world.guild.add_text_channel("other")
    await world.ask("elsewhere", other)
    world.sandbox.advance(LATE)
    await world.ask("young", person=world.bob)
    assert await world.caught_up() == ["young"]
    assert world.read == [world.general.id]


async def test_what_the_database_has_an_answer_to_is_left_alone(world: World) -> None:
    await world.store(await world.ask("answered"))
    await world.ask("missed", person=world.bob)
    assert await world.caught_up() == ["missed"]


async def test_what_the_bot_replied_to_is_left_alone(world: World) -> None:
    question = await world.ask("?")
    post(world.general, world.app.bot, Draft("help", answers=question))
    await world.ask("missed", person=world.bob)
    assert await world.caught_up() == ["missed"]


async def test_what_this_process_has_taken_is_left_alone(world: World) -> None:
    world.seen.first_time((await world.ask("taken")).id)
    assert await world.caught_up() == []
    assert "latest_questions" not in world.answers.log


@pytest.mark.parametrize("how", ["stored", "by command", "replied", "taken"])
async def test_an_asker_who_was_answered_there_since_is_not_answered_again(world: World, how: str) -> None:
    await world.ask("overtaken")
    await world.ask("missed", person=world.bob)
    later = await world.ask("later")
    match how:
        case "replied":
            post(world.general, world.app.bot, Draft("an answer", answers=later))
        case "taken":
            world.seen.first_time(later.id)
        case _:
            await world.store(later, by_message=how == "stored")
    await world.ask("last")
    assert await world.caught_up() == ["missed", "last"]


async def test_answers_elsewhere_or_before_do_not_count(world: World) -> None:
    await world.store(await world.ask("before"))
    await world.ask("missed")
    await world.store(await world.ask("elsewhere", world.guild.add_text_channel("other")))
    assert await world.caught_up() == ["missed"]


async def test_direct_messages_are_read_if_the_database_knows_them(world: World) -> None:
    dm = world.alice.dm(world.app)
    await world.store(await world.alice.say(dm, "hello"))
    await world.alice.say(dm, "directly")
    await world.bob.say(world.bob.dm(world.app), "unknown")
    assert await world.caught_up() == ["directly"]
    assert world.read == [dm.id]


async def test_without_the_database_nothing_is_answered_twice(world: World) -> None:
    await world.ask("perhaps")
    world.answers.faults = {"latest_questions": DatabaseUnavailable(), "direct_messages": DatabaseUnavailable()}
    assert await world.caught_up() == []


async def test_who_opted_out_in_another_process_is_left_alone(world: World) -> None:
    world.out_elsewhere.add(world.bob.id)
    await world.ask("one")
    await world.ask("two", person=world.bob)
    assert await world.caught_up() == ["one"]
