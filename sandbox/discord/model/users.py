"""Accounts: people, bots, and the applications that bots belong to."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING

from sandbox.discord.model.session_starts import SessionStarts

if TYPE_CHECKING:
    from sandbox.discord.errors import Json
    from sandbox.discord.model.state import State


class ApplicationFlag(IntFlag):
    """Which privileged intents an application of fewer than 100 servers has switched on."""

    PRESENCE = 1 << 13
    MEMBERS = 1 << 15
    MESSAGE_CONTENT = 1 << 19


NOT_PRIVILEGED = ApplicationFlag(0)


def mint_token(bot_id: int) -> str:
    """Make a bot token as Discord's are: the first of its three parts is the bot's id in base64, which hikari reads."""
    owner = base64.urlsafe_b64encode(str(bot_id).encode()).decode().rstrip("=")
    return f"{owner}.{secrets.token_urlsafe(5)}.{secrets.token_urlsafe(28)}"


@dataclass(eq=False)
class User:
    """A person's or a bot's account."""

    id: int
    name: str
    state: State = field(repr=False)
    is_bot: bool = False
    display_name: str | None = None
    accepts_dms: bool = True
    locale: str = "en-US"

    @property
    def mention(self) -> str:
        """What pings this account in a message."""
        return f"<@{self.id}>"


@dataclass(eq=False)
class Command:
    """A command as the application registered it: `body` is the request's, with Discord's defaults filled in."""

    id: int
    version: int
    application: Application = field(repr=False)
    guild_id: int | None
    body: Json

    @property
    def name(self) -> str:
        """The command's own name, without a subcommand."""
        return str(self.body["name"])

    @property
    def type(self) -> int:
        """1 slash command, 2 user menu, 3 message menu."""
        return int(self.body["type"])

    @property
    def installs(self) -> list[int]:
        """By which installations it may be used."""
        return list(self.body["integration_types"])


@dataclass(eq=False)
class Application:
    """A bot's application: its token, its owner, its registered commands, and how often it came online.

    `user_install` says that people may add it to their own account, and `installed_by` who did. `shards` is what the
    gateway recommends; `readies`, `resumes` and `syncs` count READY events sent, sessions resumed, and requests that
    wrote commands.
    """

    id: int
    name: str
    token: str = field(repr=False)
    bot: User
    owner: User
    state: State = field(repr=False)
    flags: ApplicationFlag = NOT_PRIVILEGED
    commands: dict[int, Command] = field(default_factory=dict, repr=False)
    user_install: bool = True
    installed_by: set[int] = field(default_factory=set, repr=False)
    shards: int = 1
    readies: int = 0
    resumes: int = 0
    syncs: int = 0
    session_starts: SessionStarts = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.session_starts = SessionStarts(self.state.clock)

    @property
    def reads_content(self) -> bool:
        """Whether the message content intent is switched on."""
        return ApplicationFlag.MESSAGE_CONTENT in self.flags

    def switch_message_content(self, *, on: bool) -> None:
        """Switch the message content intent, as on Discord's developer portal; it counts from the next session on."""
        flag = ApplicationFlag.MESSAGE_CONTENT
        self.flags = self.flags | flag if on else self.flags & ~flag

    def install_for(self, user: User) -> None:
        """Add the application to somebody's own account. Raises ValueError if it does not offer that."""
        if not self.user_install:
            raise ValueError(self.name)
        self.installed_by.add(user.id)

    def commands_in(self, guild_id: int | None) -> list[Command]:
        """Return the commands registered for one guild, or with None those registered globally."""
        return [command for command in self.commands.values() if command.guild_id == guild_id]
