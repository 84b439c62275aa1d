"""What the bot can only do if Discord shows it the text of every message: auto-replies and text commands."""

from typing import Protocol

import discord

from bot.discord.locations import is_own_thread
from bot.domain.question import Location


class MessageSettings(Protocol):
    """What admins set about messages that do not mention the bot."""

    def auto_reply(self, location: Location) -> bool:
        """Return whether every message in `location` is to be answered."""
        ...

    def prefix(self, server: int | None) -> str:
        """Return the prefix of text commands in a server, or in direct messages."""
        ...


class MessageContent:
    """Whether Discord's message content intent is `on`, and what follows from that for a server's settings."""

    def __init__(self, server_settings: MessageSettings, *, on: bool) -> None:
        self.on = on
        self._server_settings = server_settings

    def answers_all(self, channel: object, location: Location, bot: int) -> bool:
        """Return whether every message in `channel` is answered: by a setting, or in a thread that `bot` started.

        Once such a thread is locked, moderators write there among themselves.
        """
        return self.on and (self._server_settings.auto_reply(location) or _is_open_to_questions(channel, bot))

    def prefix(self, server: int | None) -> str | None:
        """Return the prefix of text commands in a server or in direct messages, None if there are no such commands."""
        return self._server_settings.prefix(server) if self.on else None


def _is_open_to_questions(channel: object, bot: int) -> bool:
    return isinstance(channel, discord.Thread) and is_own_thread(channel, bot) and not channel.locked
