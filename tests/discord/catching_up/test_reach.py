"""What was missed is answered where, and for whom, the server has the bot answer."""

import discord

from bot.discord.catching_up.background_reader import MAX_REQUESTS
from bot.domain.settings.server_settings import EXCEPT, Reach
from tests.discord.catching_up.conftest import World


async def test_a_channel_that_is_excluded_is_not_even_read(world: World) -> None:
    thread = await world.alice.start_thread(world.general, "aside")
    await world.ask("excluded")
    await world.ask("inside", thread)
    await world.ask("elsewhere", world.guild.add_text_channel("other"))
    world.reaches[world.general.id] = Reach(EXCEPT, here=False)
    assert await world.caught_up() == ["elsewhere"]
    assert len(world.read) == 1


async def test_the_roles_of_who_asked_are_looked_up_since_old_messages_do_not_bring_them(world: World) -> None:
    role = world.guild.add_role("askers")
    world.guild.member(world.alice).set_roles([role])
    world.reaches[world.general.id] = Reach(roles=frozenset({role.id}))
    await world.ask("mine", person=world.alice)
    await world.ask("others", person=world.bob)
    assert await world.caught_up() == ["mine"]
    assert world.read == [world.general.id, world.guild.id, world.guild.id]


async def test_roles_are_looked_up_too_where_limits_depend_on_them_and_nobody_goes_unanswered_for_that(
    world: World,
) -> None:
    world.limits_roles = True
    await world.ask("mine", person=world.alice)
    assert await world.caught_up() == ["mine"]
    assert world.read == [world.general.id, world.guild.id]
    world.found.clear()
    world.faults[world.guild.id] = discord.DiscordException()
    assert await world.caught_up() == ["mine"]


async def test_whose_roles_cannot_be_told_is_not_answered(world: World) -> None:
    world.reaches[world.general.id] = Reach(roles=frozenset({world.guild.id}))
    await world.ask("everyone has this role")
    world.faults[world.guild.id] = discord.DiscordException()
    assert await world.caught_up() == []
    del world.faults[world.guild.id]
    assert await world.caught_up() == ["role"]


async def test_looking_up_roles_counts_as_a_request(world: World) -> None:
    world.reaches[world.general.id] = Reach(roles=frozenset({world.guild.id}))
    channels = [world.guild.add_text_channel(f"channel-{number}") for number in range(MAX_REQUESTS - 2)]
    for channel in channels:
        await world.ask(channel.name, channel)
    for number in range(3):
        person = world.sandbox.create_user(f"person-{number}")
        world.guild.add_member(person)
        await world.ask(f"role-{number}", person=person)
    await world.caught_up()
    assert len(world.read) <= MAX_REQUESTS
