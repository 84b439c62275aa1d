"""The hub of the gateway: all sessions, events to those whom they concern, and breaks on demand."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.discord.errors import Json
from sandbox.discord.gateway.breaks import Breaks, Tries
from sandbox.discord.gateway.intents import Intent
from sandbox.discord.gateway.sessions import Session
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.guilds import Guild
from sandbox.discord.model.state import World
from sandbox.discord.model.users import Application
from sandbox.discord.serializers.guilds import guild_create_json
from sandbox.discord.serializers.users import own_user_json

if TYPE_CHECKING:
    from sandbox.discord.gateway.connection import Connection

HEARTBEAT_INTERVAL = 41.25
"""Seconds between heartbeats that HELLO asks for."""

CLOSING_TAKES = 5.0
"""Seconds that closing every connection may take at most."""

SESSIONS_KEPT = 64
"""Disconnected sessions that can still be resumed; the oldest go first."""


class Gateway:
    """Everything that is connected or may come back.

    `heartbeat_interval` is in seconds and goes for new connections; `acknowledges` switched off leaves heartbeats
    unanswered, as a dying connection does. `resume_url` is what READY names for resuming; None: the main address.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.resume_url: str | None = None
        self.breaks = Breaks()
        self.tries = Tries()
        self.heartbeat_interval = HEARTBEAT_INTERVAL
        self.acknowledges = True
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.close_codes: list[int] = []

    def announce(
        self,
        event: str,
        build: Callable[[Session], Json],
        *,
        guild: Guild | None,
        channel: Channel | None = None,
        only: Application | None = None,
    ) -> int:
        """Send an event to every session that may have it, and say to how many connected ones.

        With a `channel`, the bot must see it; with a `guild` alone, be its member; `only` names the one bot whom
        the event concerns, whatever it is a member of.
        """
        reached = 0
        for session in list(self.sessions.values()):
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

    def open_session(self, session: Session) -> None:
        """Begin an identified session: READY, then every guild of the shard."""
        application = session.application
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds.values() if application.bot.id in guild.members]
        guilds = [guild for guild in guilds if session.covers(guild)]
        session.push("READY", self._ready(session, guilds))
        for guild in guilds:
            if Intent.GUILDS in session.intents:
                session.push("GUILD_CREATE", self.guild_create(session, guild))
        application.readies += 1
        self._forget_the_oldest()
        self.world.feed.tell("gateway.ready", session)

    def guild_create(self, session: Session, guild: Guild) -> Json:
        """Return the GUILD_CREATE data that this session gets."""
        return guild_create_json(guild, session.application.bot, all_members=Intent.GUILD_MEMBERS in session.intents)

    def note(self, tries: list[float]) -> None:
        """Add a try of a client's to one of the lists in `tries`."""
        tries.append(self.world.clock.monotonic())
        self.world.feed.tell("gateway.tried", self)

    def forget(self, session: Session) -> None:
        """Make a session impossible to resume."""
        self.sessions.pop(session.id, None)

    def connected(self, application: Application | None = None) -> list[Session]:
        """Return the sessions that are connected now, of one application or of all."""
        return [
            session
            for session in self.sessions.values()
            if session.connected and application in (None, session.application)
        ]

    async def disconnect(self, code: int | None = 4000, reason: str = "") -> None:
        """Close every connection with this code, or with None cut them off without a word, and wait for the end."""
        closing = list(self.connections)
        for connection in closing:
            if code is None:
                connection.cut()
            else:
                connection.close(code, reason)
        try:
            async with asyncio.timeout(CLOSING_TAKES):
                for connection in closing:
                    await connection.ended.wait()
        except TimeoutError:
            for connection in closing:
                connection.cut()  # A client that is stopped or stuck does not hold the sandbox up.

    def ask_to_reconnect(self) -> None:
        """Send op 7 to every connection: come back and resume."""
        for connection in self.connections:
            connection.send_op(7, None)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9 to every connection; unless `resumable`, no session can be resumed any more."""
        if not resumable:
            self.sessions.clear()
        for connection in self.connections:
            if not resumable:
                connection.session = None
            connection.send_op(9, resumable)

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        application = session.application
        return {
            "v": 10,
            "user": own_user_json(application.bot),
            "user_settings": {},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "session_id": session.id,
            "resume_gateway_url": self.resume_url or self.url,
            "shard": list(session.shard),
            "application": {
                "id": str(application.id),
                "flags": int(application.flags),
                "flags_new": str(int(application.flags)),
            },
            "_trace": ["sandbox"],
        }

    def _forget_the_oldest(self) -> None:
        gone = [session for session in self.sessions.values() if not session.connected]
        for session in gone[:-SESSIONS_KEPT]:
            self.forget(session)
