"""One shard's connection to Discord's gateway: dialled one try at a time, each try after a pause.

The loops of discord.py 2.7.1 (`Client.connect`, `Shard`) reconnect at once after most breaks, send an IDENTIFY every
5 s while Discord refuses their sessions, and dial a dead address for resuming for ever.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import discord
from yarl import URL

from bot.discord.errors import DISCORD_FAILURES, is_final
from bot.discord.gateway.dropped_events import DroppedEvents
from bot.discord.gateway.reconnect_pause import MAX_PAUSE, ReconnectPause
from bot.discord.gateway.session_start import SessionStart
from bot.discord.gateway.socket import Disconnected, Socket, UnreadableEvent
from bot.domain.cluster.shard_states import ShardState, ShardStatus
from bot.domain.runtime.timing import Clock

MAX_RESUMES = 3
"""Tries of a session's own address that may fail in a row before a new session is begun through the main one."""

RESUME_WITHIN = 40.0
"""Seconds after a loss: later, one failed try is enough, so that a new session begins within a minute of the loss."""

MAX_FIRST_PAUSE = 25.0
"""Seconds from a loss to the first try, however often connections were lost before."""

MAX_NEXT_PAUSE = 5.0
"""Seconds from a failed resume to the next try, which may be of another address."""

KEEP_SESSION = 300.0
"""Seconds after a loss in which a session is tried again once a new one could not be begun either."""

RESUME_SECONDS = 10.0
"""From the first packet until the session has gone on and brought all that was missed."""

DIAL_SECONDS = 20.0
"""From the first packet to IDENTIFY."""

BEGIN_SECONDS = 30.0
"""From there until the session has begun."""


@dataclass
class _Session:
    """What it takes to resume a session; `tries_left` says how often that is tried before a new one is begun."""

    id: str
    sequence: int | None
    address: URL
    lost_at: float
    tries_left: int = MAX_RESUMES


class Shard:
    """Keeps a shard connected; discord.py finds it among its client's shards once it was connected.

    All shards of a process share `start` and `dropped`. `clock` returns seconds, and `tell` is called after each change
    of its `status`.
    """

    def __init__(
        self,
        client: discord.AutoShardedClient,
        number: int,
        start: SessionStart,
        reconnect_pause: ReconnectPause,
        dropped: DroppedEvents,
        clock: Clock,
        tell: Callable[[], None],
    ) -> None:
        self.id = number
        self.ws: Socket | None = None
        """The latest connection."""
        self._client = client
        self._start = start
        self._reconnect_pause = reconnect_pause
        self._dropped = dropped
        self._clock = clock
        self._tell = tell
        self._state: ShardState = "waiting"
        self._session: _Session | None = None
        self._tried_at = clock()

    @property
    def status(self) -> ShardStatus:
        """How it is."""
        latency = self.ws.latency if self.ws is not None and self._state == "ready" else None
        return ShardStatus(self.id, self._state, latency if latency is not None and isfinite(latency) else None)

    async def stay_connected(self) -> None:
        """Connect, and do so again after each end, until the client is closed.

        Raises the first error that `is_final`.
        """
        while not self._client.is_closed():
            socket: Socket | None = None
            resuming = self._session is not None and self._session.tries_left > 0
            self._tried_at = self._clock()
            try:
                async with asyncio.timeout(RESUME_SECONDS if resuming else None):
                    socket = await (self._resume() if resuming else self._identify())
                    await self._established(socket)
                self._reconnect_pause.over()
                self._change("ready")
                while True:
                    await self._poll(socket)
            except Exception as error:
                if self._client.is_closed():
                    return
                if is_final(error):
                    raise
                await self._recover(error, socket, resuming=resuming)

    async def disconnect(self) -> None:
        """End the session; another one follows."""
        if self.ws is not None:
            self.ws.session_id = None
            await self.ws.close(code=1000)

    close = disconnect

    def ignore_events(self) -> None:
        """Take no event of the present connection any more."""
        if self.ws is not None:
            self.ws.ignores_events = True

    async def leave(self) -> None:
        """End the session, and have no other one; `stay_connected` must have ended."""
        await self.disconnect()
        self._change("left")

    async def reconnect(self) -> None:
        """Do nothing: a shard that is not connected is about to be."""

    def _change(self, state: ShardState) -> None:
        if self._state not in (state, "left"):
            self._state = state
            self._tell()

    async def _resume(self) -> Socket:
        """Make one try of the session's own address, and return a connection over which RESUME was sent."""
        session = self._session
        assert session is not None, "there is one to resume"
        session.tries_left -= 1
        return await self._open(session.address, session=session.id, sequence=session.sequence, resume=True)

    async def _identify(self) -> Socket:
        """Make one try of the main address, and return a connection over which IDENTIFY was sent."""
        async with self._start.turn(self.id) as address:
            if self._session is not None:
                # If the main address is dead as well, all of Discord is out of reach, and the session may yet go on.
                self._session.tries_left = 1
                if self._clock() > self._session.lost_at + KEEP_SESSION:
                    self._session = None
            async with asyncio.timeout(DIAL_SECONDS):
                socket = await self._open(address)
            self._session = None
        return socket

    async def _open(self, address: URL, **session: Any) -> Socket:  # noqa: ANN401 - handed on to discord.py
        self._tried_at = self._clock()  # waiting for the turn was not part of the try
        # discord.py rests 5 s before an IDENTIFY that is not the `initial` one; `SessionStart` has seen to that.
        self.ws = await Socket.from_client(self._client, initial=True, gateway=address, shard_id=self.id, **session)
        # discord.py looks here for all that it does with a shard, and has no public way to put one in.
        vars(self._client)["_AutoShardedClient__shards"][self.id] = self
        return self.ws

    async def _established(self, socket: Socket) -> None:
        async with asyncio.timeout(BEGIN_SECONDS):
            while not socket.established:
                await self._poll(socket)

    async def _poll(self, socket: Socket) -> None:
        """Deal with the next event; one that cannot be read is dropped.

        After a resume thousands may be there already: reading them waits for nothing, and would let nobody else work.
        """
        try:
            await socket.poll_event()
        except UnreadableEvent as event:
            self._dropped.add(event.kind, event.__cause__ or event)
        await asyncio.sleep(0)

    async def _recover(self, error: Exception, socket: Socket | None, *, resuming: bool) -> None:
        """Keep what is left of a session, and wait before the next try."""
        now = self._clock()
        was_connected = socket is not None and socket.established
        if was_connected:
            self._change("lost")
        if socket is not None:
            self._keep_session(socket, now)
        self._client.dispatch("disconnect")
        self._client.dispatch("shard_disconnect", self.id)
        if was_connected:
            at_most = MAX_FIRST_PAUSE
        elif resuming:
            at_most = MAX_NEXT_PAUSE
            if self._session is not None and now > self._session.lost_at + RESUME_WITHIN:
                self._session.tries_left = 0
        else:  # a resume that fails too must not delay the next new session further
            at_most = MAX_PAUSE if self._session is None else MAX_PAUSE - RESUME_SECONDS
        await self._reconnect_pause.wait(
            self._reason(error),
            was_connected=was_connected,
            at_least=error.retry_after if isinstance(error, discord.RateLimited) else 0.0,
            at_most=at_most,
            spent=0.0 if was_connected else now - self._tried_at,
        )

    def _reason(self, error: Exception) -> str:
        """Return in a few words why a connection ended."""
        reason = str(error) if isinstance(error, Disconnected) else type(error).__name__
        if not isinstance(error, (Disconnected, *DISCORD_FAILURES)):
            reason = f"{reason}: it sent what cannot be read"
        return reason if self._client.shard_count == 1 else f"shard {self.id}: {reason}"

    def _keep_session(self, socket: Socket, now: float) -> None:
        """Take from a connection that has ended what it takes to resume its session, if it has one."""
        if socket.session_id is None:
            self._session = None
        elif socket.established:
            self._session = _Session(socket.session_id, socket.sequence, socket.gateway, lost_at=now)
        elif self._session is not None and socket.session_id == self._session.id:
            self._session.sequence = socket.sequence  # some of what was missed may have come
