"""Which messages may be answered where a server limits that, also if discord.py does not know the channel yet."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.discord.reading.admission import Admission
from bot.domain.question import Location
from bot.domain.settings.server_settings import ALL, EXCEPT, ONLY, Reach

SERVER, LISTED_CHANNEL, OTHER_CHANNEL, UNKNOWN = 7, 10, 11, 99


class Settings:
    """The limits of one server: `LISTED_CHANNEL` is on its list."""

    def __init__(self, mode: str) -> None:
        self._mode = mode

    def reach(self, location: Location) -> Reach:
        """Return whether the bot answers in a place."""
        if location.server is None:
            return Reach()
        return Reach.of(self._mode, None, listed=location.settings_channel == LISTED_CHANNEL)


def message(channel: object) -> discord.Message:
    """Return a message whose server discord.py may not have received yet."""
    author = SimpleNamespace(id=1, roles=[])
    return cast("discord.Message", SimpleNamespace(channel=channel, guild=None, author=author))


def unknown(identity: int, server: int | None = SERVER) -> discord.PartialMessageable:
    """Return a channel or thread that discord.py does not know."""
    return discord.PartialMessageable(cast("Any", None), identity, server)


@pytest.mark.parametrize(
    ("mode", "channel", "heard"),
    [
        (ALL, unknown(UNKNOWN), True),
        (ONLY, unknown(LISTED_CHANNEL), True),
        (ONLY, unknown(UNKNOWN), False),
        (EXCEPT, unknown(UNKNOWN), False),
        (EXCEPT, unknown(LISTED_CHANNEL), False),
        (EXCEPT, unknown(UNKNOWN, None), True),
        (EXCEPT, SimpleNamespace(id=OTHER_CHANNEL, guild_id=SERVER), True),
        (EXCEPT, SimpleNamespace(id=LISTED_CHANNEL, guild_id=SERVER), False),
    ],
)
def test_a_channel_that_is_not_known_may_be_a_thread_of_one_that_is_excepted(
    mode: str, channel: object, heard: bool
) -> None:
    assert Admission(Settings(mode)).hears(message(channel)) is heard
