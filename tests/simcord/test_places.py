"""The message menu, and where every message is answered, in simcord's Discord."""

import pytest

from tests.simcord.world import World, response

INTENT = pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")


async def test_the_menus_form_asks_about_its_message(world: World) -> None:
    world.apis.chatbase.answers("It is not.")
    said = await world.alice.send(world.general, "The moon is made of cheese.")
    for question, sent in {
        "": "The moon is made of cheese.",
        "Is it?": "alice wrote:\n> The moon is made of cheese.\n\nIs it?",
    }.items():
        form = await world.bob.context_menu(world.general, "Ask about this", said)
        answer = response(await world.bob.submit_modal(form, {"question": question}))
        assert answer.content.startswith(f"-# bob asked about {said.jump_url}: ")
        assert not answer.ephemeral
        assert world.apis.chatbase.received[-1].question == sent


async def test_a_form_from_before_a_restart_is_explained(world: World) -> None:
    said = await world.alice.send(world.general, "The moon is made of cheese.")
    form = await world.bob.context_menu(world.general, "Ask about this", said)
    await world.restart()
    told = response(await world.bob.submit_modal(form, {"question": ""}))
    assert told.content.startswith("I no longer know which message this was about.")
    assert told.ephemeral


@INTENT
async def test_every_message_is_answered_where_that_was_chosen(world: World) -> None:
    lounge, talks = world.guild.create_voice_channel("lounge"), world.guild.create_stage_channel("talks")
    for location in (world.general, lounge, talks):
        await world.alice.send(location, "not yet")
        await world.use(world.admin, "settings auto-reply", channel=location, on=True)
        said = await world.alice.send(location, f"hello from {location.name}")
        answer = world.last(location)
        assert answer.reference is not None
        assert answer.reference.message_id == said.id
        await world.bob.send(location, "hello yourself", reply_to=said)
        await world.bob.send(location, f"{world.alice.mention} lunch?")
    await world.use(world.admin, "settings auto-reply", channel=lounge, on=False)
    await world.alice.send(lounge, "nor any more")
    asked = [received.question for received in world.apis.chatbase.received]
    assert asked == ["hello from general", "hello from lounge", "hello from talks"]


async def test_without_the_intent_no_channel_can_be_chosen(world: World) -> None:
    told = await world.use(world.admin, "settings auto-reply", channel=world.general, on=True)
    assert "**Message Content Intent**" in told.content
    assert told.ephemeral


async def test_a_mention_in_another_channel_is_ignored_and_a_command_told_so_privately(world: World) -> None:
    told = await world.use(world.admin, "settings channels", value="only", channel=world.other)
    assert told.content == f"I answer only in {world.other.mention}."
    for person in (world.alice, world.admin):
        await world.hold_ignored(person)
        told = await world.use(person, "ask", question="and here?")
        assert told.ephemeral
        assert told.content.startswith("I don't answer in this channel.")
    assert not world.apis.chatbase.received
    assert (await world.ask(world.alice, "and there?", world.other)).content
    told = await world.use(world.admin, "settings channels", value="except")
    assert told.content == f"I answer everywhere except in {world.other.mention}."
    assert (await world.ask(world.alice, "and here?")).content
    await world.hold_ignored(world.alice, world.other)
    await world.use(world.admin, "settings channels", value="all")
    assert (await world.ask(world.alice, "everywhere?", world.other)).content


async def test_people_without_a_chosen_role_are_ignored_and_told_so_by_commands(world: World) -> None:
    askers = world.guild.create_role("askers")
    carol = world.guild.add_member(world.env.create_user("carol"), roles=[askers])
    told = await world.use(world.admin, "settings roles", role=askers)
    assert told.content == f"I answer only people with the role {askers.mention}."
    for person in (world.alice, world.admin):
        await world.hold_ignored(person)
        told = await world.use(person, "ask", question="and I?")
        assert told.ephemeral
        assert told.content.startswith(f"In this server I only answer people with the role {askers.mention}.")
    assert not world.apis.chatbase.received
    assert (await world.ask(carol, "and I?")).content
    await world.use(world.admin, "settings roles", role=askers, on=False)
    assert (await world.ask(world.alice, "and now?")).content


@pytest.mark.environment(ALLOWED_SERVERS="1")
async def test_in_a_server_that_the_host_does_not_allow_nobody_is_answered(world: World) -> None:
    await world.hold_ignored(world.alice)
    told = await world.use(world.admin, "help")
    assert told.ephemeral
    assert told.content == "The person who hosts me doesn't let me work in this server."
