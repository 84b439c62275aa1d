"""Settings in simcord's Discord: who may change them, what comes of it, and what is offered while typing."""

import discord
import pytest
import simcord

from tests.simcord.world import World, response

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
        "settings conversation": {"value": "personal"},
        "settings channels": {"value": "only"},
        "settings roles": {},
        "settings length": {"messages": 1},
        "settings threads": {"channel": world.general, "on": True},
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


async def test_a_persona_of_one_channel_changes_no_nickname(world: World) -> None:
    await world.use(world.admin, "settings provider", provider="tamako")
    await world.use(world.admin, "settings name", value="Sunny")
    told = await world.use(world.admin, "settings name", value="Cloudy", channel=world.other)
    assert told.content.startswith(f"My name is now `Cloudy` in {world.other.mention}.\nTamako takes it.")
    assert told.content.endswith("\nMy nickname stays as it is: there is only one for the whole server.")
    await world.use(world.admin, "settings gender", value="female", channel=world.other)
    await world.use(world.admin, "settings system-prompt", provider="stammer", value="Be brief.", channel=world.other)
    assert nickname(world) == "Sunny"
    for channel, name, gender, prompt in (
        (world.general, "Sunny", None, None),
        (world.other, "Cloudy", "female", "Be brief."),
    ):
        await world.ask(world.alice, "who are you?", channel)
        fields = world.apis.tamako.received[-1].fields
        assert (fields["name"], fields.get("gender")) == (name, gender)
        response(await world.alice.slash(channel, "stammer ask", question="and you?"))
        assert world.apis.stammer.received[-1].fields.get("custom_base_system_prompt") == prompt


async def test_an_answer_has_as_many_messages_as_it_may_and_the_rest_is_in_a_file(world: World) -> None:
    told = await world.use(world.admin, "settings length", messages=1)
    assert (
        told.content
        == "My answers now have at most 1 message in this server. Longer ones end with a file that has all of it."
    )
    text = "\n\n".join(f"Paragraph {number}. {'word ' * 80}" for number in range(12)).strip()
    world.apis.chatbase.answers(text)
    await world.alice.send(world.general, f"{world.me.mention} everything, please")
    first, end = (each for each in world.general.history() if each.author == world.me)
    assert text.startswith(first.content)
    assert f"({len(text):,} characters). The attached file has all of it." in end.content
    (file,) = end.attachments
    assert (await file.read()).decode() == text
    with pytest.raises(simcord.SetupError):
        await world.admin.slash(world.general, "settings length", messages=26)


async def test_what_has_no_effect_here_is_shown_with_the_reason(world: World) -> None:
    await world.use(world.admin, "settings gender", value="female")
    await world.use(world.admin, "settings length", messages=3)
    await world.use(world.admin, "settings channels", value="only", channel=world.other, on=True)
    shown = await world.use(world.admin, "settings show")
    assert shown.ephemeral
    in_force, idle = shown.content.split("**Set, but without effect here**")
    assert "**length**: `3 messages` (set for this server)" in in_force
    assert f"**channels**: `only` {world.other.mention} (set for this server)" in in_force
    assert "- gender: Chatbase, which answers here, doesn't take it." in idle
    assert "- channels: I don't answer in this channel, so nothing above has an effect here." in idle


async def test_a_shorter_retention_is_set_by_one_more_press_of_the_same_person(world: World) -> None:
    await world.ask(world.alice, "remember me")
    asked = await world.use(world.admin, "settings retention", days=1)
    assert asked.ephemeral
    assert asked.content.startswith("I keep this server's questions and answers for 30 days. Press the button")
    assert "**retention**: `30 days`" in (await world.use(world.admin, "settings show")).content
    await world.restart()
    await world.admin.click(asked, label="Keep 1 day, delete the rest")
    assert "**retention**: `1 day` (set for this server)" in (await world.use(world.admin, "settings show")).content
    longer = await world.use(world.admin, "settings retention", days=7)
    assert longer.content.startswith("I now keep questions and answers in this server for 7 days.")


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
    assert {choice["value"] for choice in offered} == {"chatbase", "chatbase-v2", "chatbot"}


def nickname(world: World) -> str | None:
    """Return the bot's nickname; simcord keeps the empty one with which discord.py takes it away."""
    return world.env.backend.get_member(world.guild.id, world.me.id).nick or None
