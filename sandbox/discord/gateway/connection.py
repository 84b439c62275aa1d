"""One gateway connection: the protocol between HELLO and the close code (reference, "Gateway")."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, WSMsgType, web

from sandbox.discord.gateway import commands
from sandbox.discord.gateway.closing import Closed
from sandbox.discord.gateway.sessions import Session, payload

if TYPE_CHECKING:
    from sandbox.discord.gateway.hub import Gateway

ACK_DELAY = 0.005
"""Seconds before a heartbeat is acknowledged: discord.py 2.7 warns of a lag when the answer takes under 1 ms."""

SENDS_PER_MINUTE = 120
"""Payloads that a client may send within a minute (reference, "Rate Limiting")."""

LATE = 1.5
"""How many heartbeat intervals of silence make a connection a zombie."""


class Connection:
    """A client's WebSocket; `session` is set once it has identified or resumed."""

    def __init__(
        self, hub: Gateway, socket: web.WebSocketResponse, request: web.BaseRequest, *, zlib_stream: bool
    ) -> None:
        self.hub = hub
        self.session: Session | None = None
        self.ended = asyncio.Event()
        self._socket = socket
        self._request = request
        self._deflate = zlib.compressobj() if zlib_stream else None
        self._outgoing: asyncio.Queue[str | Closed] = asyncio.Queue()
        self._received: deque[float] = deque(maxlen=SENDS_PER_MINUTE)
        self._interval = hub.heartbeat_interval
        self._closing = False

    async def run(self) -> None:
        """Serve the connection until either side ends it."""
        self.hub.connections.add(self)
        writer = asyncio.create_task(self._write())
        self.send_op(10, {"heartbeat_interval": int(self._interval * 1000), "_trace": ["sandbox"]})
        try:
            await self._read()
        except Closed as closed:
            self.close(closed.code, closed.reason)
        finally:
            # A close that was asked for is left to finish its handshake; the socket's own time-out bounds it.
            if not self._closing:
                writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            self._leave()

    def send(self, text: str) -> None:
        """Queue one payload."""
        self._outgoing.put_nowait(text)

    def send_op(self, op: int, data: object) -> None:
        """Queue a payload that is no event."""
        self.send(payload(op, data))

    def close(self, code: int, reason: str = "") -> None:
        """Queue the end, behind what is queued already."""
        if not self._closing:
            self._closing = True
            self._outgoing.put_nowait(Closed(code, reason))

    def cut(self) -> None:
        """Break the TCP connection off, as a dying server does."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def attach(self, session: Session) -> None:
        """Let a session's events flow through this connection; an older connection of it is closed."""
        if session.wire is not None and session.wire is not self:
            session.wire.close(4000, "Session resumed elsewhere")
        session.wire = self
        self.session = session

    async def _write(self) -> None:
        while True:
            item = await self._outgoing.get()
            try:
                if isinstance(item, Closed):
                    self.hub.close_codes.append(item.code)
                    await self._socket.close(code=item.code, message=item.reason.encode())
                    return
                await self._put(item)
            except (ConnectionError, RuntimeError):
                return  # The client is gone; what it missed stays in its session.

    async def _put(self, text: str) -> None:
        if self._deflate is None:
            await self._socket.send_str(text)
        else:
            data = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            await self._socket.send_bytes(data)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._interval * LATE
        while True:
            try:
                message = await self._socket.receive(timeout=max(0.001, deadline - loop.time()))
            except TimeoutError:
                self._forget()
                raise Closed(4009, "Session timed out") from None
            if message.type is WSMsgType.CLOSE:
                if message.data in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):
                    self._forget()  # Discord ends a session whose client said good-bye.
                return
            if message.type in (WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            op, data = self._decode(message.data)
            if op == commands.HEARTBEAT:
                deadline = loop.time() + self._interval * LATE
                await self._acknowledge()
            else:
                commands.obey(self, op, data)

    def _decode(self, raw: object) -> tuple[object, object]:
        now = asyncio.get_running_loop().time()
        if len(self._received) == SENDS_PER_MINUTE and now - self._received[0] < 60:
            raise Closed(4008, "Rate limited")
        self._received.append(now)
        try:
            frame = json.loads(raw) if isinstance(raw, (str, bytes)) else None
        except ValueError:
            frame = None
        if not isinstance(frame, dict):
            raise Closed(4002, "Error while decoding payload")
        return frame.get("op"), frame.get("d")

    async def _acknowledge(self) -> None:
        if self.hub.acknowledges:
            await asyncio.sleep(ACK_DELAY)
            self.send_op(11, None)

    def _forget(self) -> None:
        if self.session is not None:
            self.hub.forget(self.session)

    def _leave(self) -> None:
        if self.session is not None and self.session.wire is self:
            self.session.wire = None
        self.hub.connections.discard(self)
        self.ended.set()
        self.hub.world.feed.tell("gateway.closed", self.session)
