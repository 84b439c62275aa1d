"""The welcome in simcord's Discord: where it is posted, who may press its buttons, and how it ends."""

from typing import Any

import discord
import pytest
from simcord.backend import serializers

from tests.simcord.world import World, response

HELLO = "Hi! I bring a chatbot into this server."
REFUSAL = "You need **Manage Server** for that. Nothing was changed."


@pytest.fixture
def joining(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Give a world whose new servers are such that the bot is added to.

    simcord says of each that it is not unavailable, as Discord does of servers that come back after an outage.
    """
    payload = serializers.guild_create_payload

    def without(*args: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever simcord passes
        return {name: value for name, value in payload(*args).items() if name != "unavailable"}

    monkeypatch.setattr(serializers, "guild_create_payload", without)
    return world


class Joined:
    """A server that the bot was added to a moment ago, with an admin and a member."""

    def __init__(self, world: World) -> None:
        self.guild = world.env.create_guild("Elsewhere")
        denied = discord.PermissionOverwrite(send_messages=False)
        self.rules = self.guild.create_text_channel("rules", overwrites={world.me: denied})
        self.lobby = self.guild.create_text_channel("lobby")
        role = self.guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
        self.admin = self.guild.add_member(world.env.create_user("boss"), roles=[role])
        self.member = self.guild.add_member(world.env.create_user("newcomer"))

    @property
    def welcomes(self) -> list[discord.Message]:
        """The welcomes that are shown."""
        return [each for each in [*self.rules.history(), *self.lobby.history()] if each.content.startswith(HELLO)]


async def join(world: World) -> tuple[Joined, discord.Message]:
    """Add the bot to a server, and return that and the welcome there."""
    joined = Joined(world)
    await world.env.settle()
    (welcome,) = joined.welcomes
    return joined, welcome


async def test_it_is_posted_once_where_the_bot_may_write(joining: World) -> None:
    joined, welcome = await join(joining)
    assert welcome.channel.id == joined.lobby.id
    assert len(welcome.content.splitlines()) == 2
    assert "**Chatbase** answers here." in welcome.content
    await joining.restart()
    await joining.env.advance_time(3)
    assert [each.id for each in joined.welcomes] == [welcome.id]
    assert not joining.general.history()


async def test_three_of_its_buttons_are_for_admins(joining: World) -> None:
    joined, welcome = await join(joining)
    for label in ("Choose who answers", "Where may I answer", "Check"):
        told = response(await joined.member.click(welcome, label=label))
        assert (told.content, told.ephemeral) == (REFUSAL, True)
        assert response(await joined.admin.click(welcome, label=label)).ephemeral


async def test_a_first_answer_and_a_choice_end_it(joining: World) -> None:
    joined, welcome = await join(joining)
    joining.apis.chatbase.answers("I can help.")
    form = await joined.member.click(welcome, label="Try it")
    answer = response(await joined.member.submit_modal(form, {"question": "What can you do?"}))
    assert (answer.content, answer.ephemeral) == ("-# newcomer asked: What can you do?\nI can help.", False)
    assert joined.welcomes
    card = response(await joined.admin.click(welcome, label="Choose who answers"))
    await joined.admin.select(card, ["tamako"])
    await joining.env.settle()
    assert not joined.welcomes
    joining.apis.tamako.answers("from tamako")
    assert (await joining.ask(joined.member, "who?", joined.lobby)).content == "from tamako"
