"""The gateway: its sessions and connections, and breaks on demand."""

import asyncio

from sandbox.discord.errors import Json
from sandbox.discord.gateway.breaks import Attempts, Breaks
from sandbox.discord.gateway.client import Client
from sandbox.discord.gateway.intents import Intent
from sandbox.discord.gateway.sessions import Session, Sessions
from sandbox.discord.model.guilds import Guild
from sandbox.discord.model.state import State
from sandbox.discord.model.users import Application
from sandbox.discord.serializers.users import own_user_json

HEARTBEAT_INTERVAL = 41.25
"""Seconds between heartbeats that HELLO asks for."""

MAX_GUILDS_PER_SHARD = 2500
"""Servers that a session may have (documentation, "Sharding")."""

CLOSING_TAKES = 5.0
"""Seconds that closing every connection may take at most."""


class Gateway:
    """Everything that is connected or may come back.

    `heartbeat_interval` is in seconds and goes for new connections; `acknowledges` switched off leaves heartbeats
    unanswered, as a dying connection does. `resume_url` is what READY names for resuming; None: the main address.
    A session with more than `max_guilds_per_shard` servers is refused with 4011.
    """

    def __init__(self, state: State, sessions: Sessions) -> None:
        self.state = state
        self.sessions = sessions
        self.url = ""
        self.resume_url: str | None = None
        self.breaks = Breaks()
        self.attempts = Attempts()
        self.heartbeat_interval = HEARTBEAT_INTERVAL
        self.acknowledges = True
        self.max_guilds_per_shard = MAX_GUILDS_PER_SHARD
        self.connections = set[Client]()
        self.close_codes: list[int] = []

    def open_session(self, session: Session) -> None:
        """Begin an identified session: READY, then every guild of the shard."""
        application = session.application
        self.sessions.add(session)
        guilds = self.guilds_of(session)
        session.push("READY", self._ready(session, guilds))
        for guild in guilds:
            if Intent.GUILDS in session.intents:
                session.push("GUILD_CREATE", session.guild_create(guild))
        application.readies += 1
        self.state.change_log.record("gateway.ready", session)

    def guilds_of(self, session: Session) -> list[Guild]:
        """Return the guilds whose events belong to a session's shard."""
        bot = session.application.bot.id
        return [guild for guild in self.state.guilds.values() if bot in guild.members and session.covers(guild)]

    def note(self, tries: list[float]) -> None:
        """Add a try of a client's to one of the lists in `tries`."""
        tries.append(self.state.clock.monotonic())
        self.state.change_log.record("gateway.tried", self)

    def connected(self, application: Application | None = None) -> list[Session]:
        """Return the sessions that are connected now, of one application or of all."""
        return [
            session for session in self.sessions if session.connected and application in (None, session.application)
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

    def request_heartbeats(self) -> None:
        """Send op 1 to every connection: it must send a heartbeat at once."""
        for connection in self.connections:
            connection.send_op(1, None)

    def ask_to_reconnect(self) -> None:
        """Send op 7 to every connection: come back and resume."""
        for connection in self.connections:
            connection.send_op(7, None)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9 to every connection; unless `resumable`, no session can be resumed afterwards."""
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
