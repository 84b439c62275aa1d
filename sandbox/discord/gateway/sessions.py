"""The bots' sessions: which events each wants, and those it can still be sent again after a break."""

import json
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from sandbox.discord.errors import Json
from sandbox.discord.gateway.intents import Intent, brings
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.guilds import Guild
from sandbox.discord.model.snowflakes import shard_of
from sandbox.discord.model.users import Application
from sandbox.discord.serializers.guilds import guild_create_json, seen_channel_json

REPLAYABLE = 500
"""Events kept for a resume; a bot that missed more must identify again."""

RESUMABLE = 300.0
"""Seconds in which a session may be resumed; Discord says "a few minutes" (reference, "Initiating a Disconnect")."""

SESSIONS_KEPT = 64
"""Disconnected sessions that can still be resumed; the oldest go first."""


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
    """One identified session of a bot's shard; `wire` is None while it is disconnected.

    `hidden` are the channels that it was told of while its bot could not view them.
    """

    def __init__(self, application: Application, intents: Intent, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.application = application
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.wire: Wire | None = None
        self.presence: Json | None = None
        self.hidden: set[int] = set()
        self._clock = application.state.clock
        self._left: float | None = None
        self._recent: deque[tuple[int, str]] = deque(maxlen=REPLAYABLE)

    @property
    def connected(self) -> bool:
        """Whether events reach the bot now."""
        return self.wire is not None

    @property
    def over(self) -> bool:
        """Whether it was left for so long that it cannot be resumed any more."""
        return self._left is not None and self._clock.monotonic() >= self._left + RESUMABLE

    @property
    def reads_content(self) -> bool:
        """Whether this session asked for the message content intent (and so has it switched on)."""
        return Intent.MESSAGE_CONTENT in self.intents

    def connect(self, wire: Wire) -> None:
        """Send events through this connection from now on."""
        self.wire, self._left = wire, None

    def disconnect(self) -> None:
        """Keep events for a resume from now on."""
        self.wire, self._left = None, self._clock.monotonic()

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

    def guild_create(self, guild: Guild) -> Json:
        """Return the GUILD_CREATE data that this session gets."""
        for channel in guild.channels.values():
            self._note(channel)
        return guild_create_json(guild, self.application.bot, all_members=Intent.GUILD_MEMBERS in self.intents)

    def channel(self, channel: Channel) -> Json:
        """Return the data of a channel's event that this session gets."""
        self._note(channel)
        return seen_channel_json(channel, self.application.bot)

    def _note(self, channel: Channel) -> None:
        if channel.viewable_by(self.application.bot):
            self.hidden.discard(channel.id)
        else:
            self.hidden.add(channel.id)


class Sessions:
    """All sessions, connected or resumable, by id; sends an event to those that may have it."""

    def __init__(self) -> None:
        self._by_id: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._by_id

    def find(self, session_id: str) -> Session | None:
        """Return a session that can be resumed."""
        session = self._by_id.get(session_id)
        return None if session is None or session.over else session

    def add(self, session: Session) -> None:
        """Keep a new session; the oldest disconnected ones go when there are too many."""
        self._by_id[session.id] = session
        gone = [kept for kept in self if not kept.connected]
        for number, kept in enumerate(reversed(gone)):
            if number >= SESSIONS_KEPT or kept.over:
                self.forget(kept)

    def forget(self, session: Session) -> None:
        """Make a session impossible to resume."""
        self._by_id.pop(session.id, None)

    def clear(self) -> None:
        """Make every session impossible to resume."""
        self._by_id.clear()

    def send(
        self,
        event: str,
        build: Callable[[Session], Json],
        *,
        guild: Guild | None,
        channel: Channel | None = None,
        only: Application | None = None,
    ) -> int:
        """Send an event to every session that may have it, and return to how many connected ones.

        With a `channel`, the bot must see it; with a `guild` alone, be its member; `only` names the one bot that the
        event is for, whatever it is a member of.
        """
        reached = 0
        for session in self:
            bot = session.application.bot
            if only is not None:
                concerned = session.application is only
            elif channel is not None:
                concerned = channel.readable_by(bot)
            else:
                concerned = guild is not None and bot.id in guild.members
            if concerned and session.wants(event, guild):
                session.push(event, build(session))
                reached += session.connected
        return reached
