"""Answers in threads, in simcord's Discord."""

import discord
import pytest
import simcord

from tests.simcord.world import World

INTENT = pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")


async def switch(world: World) -> None:
    """Have each answer in `general` get a thread."""
    told = await world.use(world.admin, "settings threads", channel=world.general, on=True)
    said = f"I now start a thread for each answer in {world.general.mention}, named after the question. "
    assert told.content.startswith(said)


async def only_thread(world: World) -> simcord.ChannelHandle:
    """Return the only thread of `general`, once the bot is done with it."""
    await world.env.settle()
    (thread,) = world.general.threads
    return thread


async def test_an_answer_stays_where_it_is_and_its_thread_begins_with_it(world: World) -> None:
    await switch(world)
    world.apis.chatbase.answers("noted")
    answer = await world.ask(world.alice, f"who is {world.bob.mention}?")
    thread = await only_thread(world)
    assert (answer.channel.id, thread.id, thread.name) == (world.general.id, answer.id, "who is @bob?")
    await world.ask(world.bob, "and then?", thread)
    assert world.history_sent()[-1] == ["alice: who is @bob?", "noted", "bob: and then?"]
    await world.ask(world.bob, "anything here?")
    assert world.history_sent()[-1] == ["alice: who is @bob?", "noted", "bob: anything here?"]


async def test_the_answer_to_a_command_gets_one_too_and_a_private_one_does_not(world: World) -> None:
    await switch(world)
    await world.use(world.alice, "ask", question="between us", private=True)
    await world.env.settle()
    assert not world.general.threads
    await world.use(world.alice, "ask", question="y" * 150)
    assert (await only_thread(world)).name == "y" * 99 + "…"


@INTENT
async def test_with_the_intent_what_is_written_there_needs_no_mention(world: World) -> None:
    await switch(world)
    world.apis.chatbase.answers("noted")
    await world.ask(world.alice, "what is it?")
    thread = await only_thread(world)
    await world.bob.send(thread, "and then?")
    assert world.history_sent()[-1] == ["alice: what is it?", "noted", "bob: and then?"]
    await world.bob.send(world.general, "not here")
    await world.bob.send(thread, f"{world.alice.mention} lunch?")
    assert len(world.apis.chatbase.received) == 2


async def test_without_the_permission_the_admin_is_told_and_the_answer_has_none(world: World) -> None:
    denied = discord.PermissionOverwrite(create_public_threads=False)
    quiet = world.guild.create_text_channel("quiet", overwrites={world.me: denied})
    told = await world.use(world.admin, "settings threads", channel=quiet, on=True)
    assert told.content.endswith("⚠️ I can't do that yet: I'm missing **Create Public Threads** there.")
    await world.ask(world.alice, "what is it?", quiet)
    await world.env.settle()
    assert not quiet.threads
