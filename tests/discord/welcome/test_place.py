"""In which channel a server is welcomed, and that a large server does not hold up the bot."""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

import discord
import pytest

from bot.discord.welcome.place import welcome_channel

WRITABLE = discord.Permissions(view_channel=True, send_messages=True)


@dataclass(eq=False)
class Channel:
    """A text channel, or one for announcements."""

    name: str
    granted: discord.Permissions = WRITABLE
    news: bool = False

    def is_news(self) -> bool:
        """Return whether it is for announcements."""
        return self.news

    def permissions_for(self, _: object) -> discord.Permissions:
        """Return what the bot may do here."""
        return self.granted


@dataclass
class Guild:
    """A server, whose channels are in the order in which people see them."""

    text_channels: list[Channel]
    system_channel: Channel | None = None
    rules_channel: Channel | None = None
    me: object | None = True


async def chosen(guild: Guild) -> str | None:
    """Return the name of the channel in which a server is welcomed."""
    found = cast("Any", await welcome_channel(cast("Any", guild)))
    return None if found is None else cast("str", found.name)


SHUT = Channel("shut", discord.Permissions(view_channel=True))
HIDDEN = Channel("hidden", discord.Permissions(send_messages=True))
NEWS, RULES, FIRST, SECOND = Channel("news", news=True), Channel("rules"), Channel("first"), Channel("second")


@pytest.mark.parametrize(
    ("guild", "expected"),
    [
        (Guild([FIRST, SECOND]), "first"),
        (Guild([FIRST, SECOND], SECOND), "second"),
        (Guild([SHUT, HIDDEN, FIRST], SHUT), "first"),
        (Guild([RULES, NEWS, FIRST], rules_channel=RULES), "first"),
        (Guild([RULES, FIRST]), "rules"),
        (Guild([FIRST, RULES], RULES, RULES), "rules"),
        (Guild([NEWS, FIRST], NEWS), "news"),
        (Guild([SHUT, NEWS, RULES], rules_channel=RULES), "news"),
        (Guild([SHUT, HIDDEN], HIDDEN), None),
        (Guild([]), None),
        (Guild([FIRST], me=None), None),
    ],
)
async def test_it_is_the_system_channel_or_the_first_in_which_people_talk(guild: Guild, expected: str | None) -> None:
    assert await chosen(guild) == expected


async def test_the_loop_runs_on_between_the_channels_of_a_large_server() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    assert await chosen(Guild([SHUT] * 500)) is None
    counting.cancel()
    assert turns >= 500
