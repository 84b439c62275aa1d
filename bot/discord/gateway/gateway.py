"""The connection to Discord's gateway: dialled one try at a time, each try after a pause.

The loop of discord.py 2.7.1 (`Client.connect`) reconnects at once after most breaks, sends an IDENTIFY every 5 s while
Discord refuses its sessions, dials a dead address for resuming for ever, and fails for good if the first dial does.
"""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from yarl import URL

from bot.discord.errors import DISCORD_FAILURES, is_final
from bot.discord.gateway.reconnect_pause import LogThrottle, Pause, ReconnectPause
from bot.discord.gateway.session_start import SessionStart, Within
from bot.domain.backoff import Clock

_log = logging.getLogger(__name__)

_MAX_RESUMES = 3
"""Tries of a session's own address that may fail in a row before a new session is begun through the main one."""

DIAL_SECONDS = 30.0
"""From the first packet to IDENTIFY or RESUME."""

BEGIN_SECONDS = 60.0
"""From there until the session has begun, or gone on and brought all that was missed."""

_CLOSE_SECONDS = 0.5


class _Disconnected(Exception):
    """The connection ended in a way that allows another one."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"close code {code}")


class _Socket(DiscordWebSocket):
    """discord.py's connection, which ends whenever one of its steps fails.

    discord.py leaves it open, and its heart beating, after an event that it cannot parse or a dial that takes too long.
    """

    def __init__(self, socket: Any, *, loop: asyncio.AbstractEventLoop) -> None:  # noqa: ANN401 - aiohttp's
        super().__init__(socket, loop=loop)
        self._beginnings = [self.wait_for(event, lambda _: True) for event in ("READY", "RESUMED")]

    @property
    def established(self) -> bool:
        """Whether Discord has begun the session or gone on with it, and discord.py made sense of that."""
        return any(beginning.done() for beginning in self._beginnings)

    async def poll_event(self) -> None:
        """Wait for one event and deal with it; raises whatever ends the connection."""
        await self._close_on_failure(super().poll_event())

    async def identify(self) -> None:
        """Ask for a new session."""
        await self._close_on_failure(super().identify())

    async def resume(self) -> None:
        """Ask for an old session to go on."""
        await self._close_on_failure(super().resume())

    async def _close_on_failure(self, step: Awaitable[None]) -> None:
        try:
            await step
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError) and self.established:
                raise  # the bot is about to be closed, which ends the session for good
            with suppress(Exception):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self.close()
            if isinstance(error, ReconnectWebSocket):
                raise _Disconnected(self.socket.close_code) from None
            raise


@dataclass
class _Session:
    """What it takes to resume a session; `failures` counts the tries in a row that did not succeed."""

    id: str
    sequence: int | None
    address: URL
    failures: int = 0


class Gateway:
    """Keeps a client connected that is logged in.

    Sessions begin at `address`, None for the one that Discord gives. `clock` returns seconds, `pause` waits for some,
    and `within` for a request, as `RateLimitTrace.within` does.
    """

    def __init__(
        self,
        client: discord.Client,
        address: str | None,
        reconnect_pause: ReconnectPause,
        pause: Pause,
        clock: Clock,
        within: Within,
    ) -> None:
        self._client = client
        self._start = SessionStart(client, address, pause, clock, within)
        self._reconnect_pause = reconnect_pause
        self._error_line = LogThrottle(clock)
        self._session: _Session | None = None

    async def stay_connected(self) -> None:
        """Connect, and do so again after each end, until the client is closed.

        Raises the first error that `is_final`.
        """
        while not self._client.is_closed():
            socket: _Socket | None = None
            try:
                socket = await self._dial()
                async with asyncio.timeout(BEGIN_SECONDS):
                    while not socket.established:
                        await socket.poll_event()
                while True:
                    await socket.poll_event()
            except Exception as error:
                if self._client.is_closed():
                    return
                if is_final(error):
                    raise
                if socket is not None:
                    self._keep_session(socket)
                self._client.dispatch("disconnect")
                await self._reconnect_pause.wait(
                    self._reason(error), was_connected=socket is not None and socket.established
                )

    def _reason(self, error: Exception) -> str:
        """Return in a few words why a connection ended; if discord.py failed, the log has the traceback."""
        if isinstance(error, _Disconnected):
            return str(error)
        if not isinstance(error, DISCORD_FAILURES) and self._error_line.due():
            _log.warning("the gateway sent something that cannot be read", exc_info=error)
        return type(error).__name__

    async def _dial(self) -> _Socket:
        """Make one try, and return a connection over which IDENTIFY or RESUME was sent."""
        session = self._session
        if session is not None and session.failures < _MAX_RESUMES:
            session.failures += 1
            socket = await self._open(session.address, session=session.id, sequence=session.sequence, resume=True)
        else:
            address = await self._start.turn()
            if session is not None:
                # If the main address is dead as well, all of Discord is out of reach, and the session may yet go on.
                session.failures = 0
            socket = await self._open(address)
            self._start.count()
            self._session = None
        self._client.ws = socket
        return socket

    async def _open(self, address: URL, **session: Any) -> _Socket:  # noqa: ANN401 - handed on to discord.py
        async with asyncio.timeout(DIAL_SECONDS):
            # discord.py rests 5 s before an IDENTIFY that is not the `initial` one; `SessionStart` has seen to that.
            return await _Socket.from_client(
                self._client, initial=True, gateway=address, shard_id=self._client.shard_id, **session
            )

    def _keep_session(self, socket: _Socket) -> None:
        """Take from a connection that has ended what it takes to resume its session, if it has one."""
        if socket.session_id is None:
            self._session = None
        elif socket.established:
            self._session = _Session(socket.session_id, socket.sequence, socket.gateway)
        elif self._session is not None and socket.session_id == self._session.id:
            self._session.sequence = socket.sequence  # some of what was missed may have come
