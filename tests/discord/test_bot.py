"""Where an interaction happens: told from what Discord says of it, with or without the bot in the place."""

from types import SimpleNamespace
from typing import Any, Literal, cast

import discord
import pytest
from discord.app_commands import AppCommandContext

from bot.discord.locations import interaction_location
from bot.domain.question import Location

CHANNEL, PARENT, SERVER, INTERACTION, ASKER = 55, 1, 7, 99, 4711


def a_thread() -> discord.Thread:
    """Return a thread as discord.py knows it."""
    thread = discord.Thread.__new__(discord.Thread)
    thread.id, thread.parent_id = CHANNEL, PARENT
    return thread


def an_interaction(
    channel: object,
    *,
    server: int | None = SERVER,
    context: Literal[0, 1, 2] = 0,
    owned: bool = True,
    member: bool = True,
    hushed: bool = False,
) -> discord.Interaction[Any]:
    """Return as much of an interaction as the place is told from."""
    return cast(
        "discord.Interaction[Any]",
        SimpleNamespace(
            id=INTERACTION,
            channel=channel,
            channel_id=CHANNEL if channel is not None else None,
            guild_id=server,
            user=SimpleNamespace(id=ASKER),
            permissions=discord.Permissions(use_external_apps=not hushed),
            context=AppCommandContext._from_value([context]),
            is_guild_integration=lambda: owned,
            client=SimpleNamespace(get_guild=lambda _: object() if member else None),
        ),
    )


@pytest.mark.parametrize(
    ("interaction", "place"),
    [
        (an_interaction(object()), Location(CHANNEL, CHANNEL, SERVER)),
        (an_interaction(a_thread()), Location(CHANNEL, PARENT, SERVER)),
        (an_interaction(object(), owned=False), Location(CHANNEL, CHANNEL, SERVER)),
        (an_interaction(object(), member=False), Location(CHANNEL, CHANNEL, SERVER)),
        (an_interaction(object(), owned=False, member=False), Location(CHANNEL, CHANNEL, SERVER, is_user_install=True)),
        (
            an_interaction(a_thread(), owned=False, member=False),
            Location(CHANNEL, PARENT, SERVER, is_user_install=True),
        ),
        (an_interaction(object(), member=False, hushed=True), Location(CHANNEL, CHANNEL, SERVER)),
        (
            an_interaction(object(), owned=False, member=False, hushed=True),
            Location(CHANNEL, CHANNEL, SERVER, is_user_install=True, visible_only_to=ASKER),
        ),
        (an_interaction(object(), server=None, context=1), Location(CHANNEL, CHANNEL, None)),
        (an_interaction(object(), server=None, context=2), Location(CHANNEL, CHANNEL, None, is_user_install=True)),
        (an_interaction(None), Location(INTERACTION, INTERACTION, SERVER)),
    ],
)
def test_the_place_of_an_interaction(interaction: discord.Interaction[Any], place: Location) -> None:
    assert interaction_location(interaction) == place
