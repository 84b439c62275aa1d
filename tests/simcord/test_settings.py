"""Settings in simcord's Discord: who may change them, what comes of it, and what is offered while typing."""

import discord
import pytest
import simcord

from tests.simcord.world import World

REFUSAL = "You need **Manage Server** for that. Nothing was changed."


async def test_discord_hides_the_settings_and_the_bot_refuses_them_too(world: World) -> None:
    with pytest.raises(simcord.SetupError, match="not visible to this user"):
        await world.alice.slash(world.general, "settings show")
    await world.allow(world.alice, "settings")
    commands: dict[str, dict[str, object]] = {
        "settings show": {},
        "settings provider": {"provider": "tamako"},
        "settings name": {"value": "Sunny"},
        "settings prefix": {"value": "?"},
        "settings auto-reply": {"channel": world.general, "on": True},
        "settings retention": {"days": 1},
        "settings model": {"value": "gpt-4o"},
        "settings temperature": {"value": 0.5},
        "settings system-prompt": {"value": "Be brief."},
        "settings story": {},
    }
    for command, options in commands.items():
        told = await world.use(world.alice, command, **options)
        assert (command, told.content, told.ephemeral) == (command, REFUSAL, True)
    shown = await world.use(world.admin, "settings show")
    assert "(set for" not in shown.content


async def test_an_admin_chooses_who_answers_in_the_server_and_in_a_channel(world: World) -> None:
    for api in world.apis.all:
        api.answers(f"from {api.name}")
    told = await world.use(world.admin, "settings provider", provider="tamako")
    assert (told.content, told.ephemeral) == ("**Tamako** now answers in this server.", True)
    told = await world.use(world.admin, "settings provider", provider="stammer", channel=world.other)
    assert told.content == f"**Stammer.ai** now answers in {world.other.mention}."
    assert (await world.ask(world.alice, "who?")).content == "from tamako"
    assert (await world.ask(world.alice, "who?", world.other)).content == "from stammer"


async def test_the_name_becomes_the_bots_nickname_and_goes_again(world: World) -> None:
    told = await world.use(world.admin, "settings name", value="Sunny")
    assert told.ephemeral
    assert "Change Nickname" not in told.content
    assert nickname(world) == "Sunny"
    await world.use(world.admin, "settings name")
    assert nickname(world) is None


async def test_a_refused_nickname_is_told_and_the_name_is_saved(world: World) -> None:
    for role in (world.guild.default_role, world.guild.roles[world.me.name]):
        rights = discord.Permissions(world.env.backend.get_role(world.guild.id, role.id).permissions)
        rights.update(change_nickname=False)
        world.env.backend.edit_role(world.guild.id, role.id, {"permissions": rights.value})
    told = await world.use(world.admin, "settings name", value="Sunny")
    assert told.ephemeral
    assert "I need **Change Nickname**. The name itself is saved." in told.content
    assert nickname(world) is None
    await world.use(world.admin, "settings provider", provider="tamako")
    await world.ask(world.alice, "who?")
    assert world.apis.tamako.received[-1].fields["name"] == "Sunny"


async def test_stories_are_offered_by_name_to_those_who_may_choose(world: World) -> None:
    stories = {story.name: story.id for story in world.apis.chatbot.stories}
    offered = await world.admin.autocomplete(world.general, "settings story", "value", "")
    assert {choice["name"]: choice["value"] for choice in offered} == stories
    await world.allow(world.alice, "settings")
    assert await world.alice.autocomplete(world.general, "settings story", "value", "") == []
    chosen = list(stories)[-1]
    (only,) = await world.admin.autocomplete(world.general, "settings story", "value", chosen.upper())
    assert only["value"] == stories[chosen]
    await world.use(world.admin, "settings story", provider="chatbot", value=only["value"])
    await world.use(world.alice, "chatbot ask", question="hello")
    assert world.apis.chatbot.received[-1].fields["storyId"] == stories[chosen]


async def test_providers_are_offered_while_typing(world: World) -> None:
    offered = await world.admin.autocomplete(world.general, "settings provider", "provider", "chat")
    assert {choice["value"] for choice in offered} == {"chatbase", "chatbot"}


def nickname(world: World) -> str | None:
    """Return the bot's nickname; simcord keeps the empty one with which discord.py takes it away."""
    return world.env.backend.get_member(world.guild.id, world.me.id).nick or None
