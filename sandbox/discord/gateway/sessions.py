"""A bot's session: what it wants to hear, and the events it can still be sent again after a break."""

import json
import secrets
from collections import deque
from typing import Protocol

from sandbox.discord.errors import Json
from sandbox.discord.gateway.intents import Intent, brings
from sandbox.discord.model.guilds import Guild
from sandbox.discord.model.snowflakes import shard_of
from sandbox.discord.model.users import Application

REPLAYABLE = 500
"""Events kept for a resume; a bot that missed more must identify anew."""


class Wire(Protocol):
    """What a session sends its events through while it is connected."""

    def send(self, text: str) -> None:
        """Queue one payload."""

    def close(self, code: int, reason: str = "") -> None:
        """Queue the end of the connection."""


def payload(op: int, data: object, *, event: str | None = None, sequence: int | None = None) -> str:
    """Return a gateway payload as text."""
    return json.dumps({"op": op, "d": data, "s": sequence, "t": event}, separators=(",", ":"))


class Session:
    """One identified session of a bot's shard; `wire` is None while it is disconnected."""

    def __init__(self, application: Application, intents: Intent, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.application = application
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.wire: Wire | None = None
        self.presence: Json | None = None
        self._recent: deque[tuple[int, str]] = deque(maxlen=REPLAYABLE)

    @property
    def connected(self) -> bool:
        """Whether events reach the bot now."""
        return self.wire is not None

    @property
    def reads_content(self) -> bool:
        """Whether this session asked for the message content intent (and so has it switched on)."""
        return Intent.MESSAGE_CONTENT in self.intents

    def covers(self, guild: Guild | None) -> bool:
        """Whether the events of a guild belong to this shard; those of direct messages belong to shard 0."""
        number, count = self.shard
        return number == (shard_of(guild.id, count) if guild is not None else 0)

    def wants(self, event: str, guild: Guild | None) -> bool:
        """Whether an event of this guild (None: of a direct message) is for this session."""
        return self.covers(guild) and brings(self.intents, event, in_guild=guild is not None)

    def push(self, event: str, data: Json) -> None:
        """Send an event, or keep it for a resume."""
        self.sequence += 1
        text = payload(0, data, event=event, sequence=self.sequence)
        self._recent.append((self.sequence, text))
        if self.wire is not None:
            self.wire.send(text)

    def missed_since(self, sequence: int) -> list[str] | None:
        """Return the payloads after `sequence`, or None when some of them are no longer kept."""
        missed = [text for number, text in self._recent if number > sequence]
        return missed if len(missed) == self.sequence - sequence else None
