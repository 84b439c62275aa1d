"""One gateway connection: the protocol between HELLO and the close code (reference, "Gateway")."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator

from aiohttp import WSCloseCode, WSMsgType, web

from sandbox.discord.gateway import commands
from sandbox.discord.gateway.close_codes import Closed
from sandbox.discord.gateway.compression import Encode, as_text, compress_payload
from sandbox.discord.gateway.gateway import Gateway
from sandbox.discord.gateway.sessions import Session, payload
from sandbox.untrusted_input import parse_json

ACK_DELAY = 0.005
"""Seconds before a heartbeat is acknowledged: discord.py 2.7 warns of a lag when the answer takes under 1 ms."""

SENDS_PER_MINUTE = 120
"""Payloads that a client may send within a minute (reference, "Rate Limiting")."""

MAX_PAYLOAD_BYTES = 4096
"""Size of what a client sends (reference, "Sending Events")."""

LATE = 1.5
"""How many heartbeat intervals of silence make a connection a zombie."""


class Connection:
    """A client's WebSocket; `session` is set once it has identified or resumed."""

    def __init__(
        self, gateway: Gateway, socket: web.WebSocketResponse, request: web.BaseRequest, encode: Encode
    ) -> None:
        self.gateway = gateway
        self.session: Session | None = None
        self.ended = asyncio.Event()
        self._socket = socket
        self._request = request
        self._encode = encode
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue()
        self._received: deque[float] = deque(maxlen=SENDS_PER_MINUTE)
        self._interval = gateway.heartbeat_interval
        self._closing: Closed | None = None

    async def run(self) -> None:
        """Serve the connection until either side ends it."""
        self.gateway.connections.add(self)
        self.send_op(10, {"heartbeat_interval": int(self._interval * 1000), "_trace": ["sandbox"]})
        reader, writer = asyncio.create_task(self._read()), asyncio.create_task(self._write())
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            if self._closing is not None:
                await writer  # What was queued before the end goes out first.
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)
                # With nobody else reading, this waits for the client's half of the good-bye. Cutting it short would
                # make clients report 1006 instead of our code.
                await self._socket.close(code=self._closing.code, message=self._closing.reason.encode())
        finally:
            reader.cancel()
            writer.cancel()
            ends = await asyncio.gather(reader, writer, return_exceptions=True)
            self.gateway.state.broken += [end for end in ends if isinstance(end, Exception)]
            self._leave()

    def send(self, text: str) -> None:
        """Queue one payload."""
        self._outgoing.put_nowait(text)

    def send_op(self, op: int, data: object) -> None:
        """Queue a payload that is no event."""
        self.send(payload(op, data))

    def close(self, code: int, reason: str = "") -> None:
        """Queue the end, behind what is queued already."""
        if self._closing is None:
            self._closing = Closed(code, reason)
            self.gateway.close_codes.append(code)
            self._outgoing.put_nowait(None)

    def cut(self) -> None:
        """Break the TCP connection off, as a dying server does."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def compress_payloads(self) -> None:
        """Compress large payloads from now on, unless all are compressed as one stream."""
        if self._encode is as_text:
            self._encode = compress_payload

    def attach(self, session: Session) -> None:
        """Let a session's events flow through this connection; an older connection of it is closed."""
        if session.wire is not None and session.wire is not self:
            session.wire.close(4000, "Session resumed elsewhere")
        session.connect(self)
        self.session = session

    async def _write(self) -> None:
        """Send what is queued, up to the end; a client that is gone finds the rest in its session."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            while (text := await self._outgoing.get()) is not None:
                await self._put(text)

    async def _put(self, text: str) -> None:
        message = self._encode(text)
        if isinstance(message, str):
            await self._socket.send_str(message)
        else:
            await self._socket.send_bytes(message)

    async def _read(self) -> None:
        """Obey the client until it leaves or must be sent away."""
        try:
            async for op, data in self._payloads():
                if op == commands.HEARTBEAT:
                    await self._acknowledge()
                else:
                    commands.obey(self.gateway, self, op, data)
        except Closed as closed:
            self.close(closed.code, closed.reason)

    async def _payloads(self) -> AsyncIterator[tuple[object, object]]:
        """Yield what the client sends; raises Closed when it is nonsense, too much, or heartbeats stay out."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._interval * LATE
        while True:
            try:
                message = await self._socket.receive(timeout=max(0.001, deadline - loop.time()))
            except TimeoutError:
                self._forget()
                raise Closed(4009, "Session timed out") from None
            if message.type is WSMsgType.CLOSE and message.data in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):
                self._forget()  # Discord ends a session whose client said good-bye.
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            op, data = self._decode(message.data)
            if op == commands.HEARTBEAT:
                deadline = loop.time() + self._interval * LATE
            yield op, data

    def _decode(self, raw: str | bytes) -> tuple[object, object]:
        now = self.gateway.state.clock.monotonic()
        if len(self._received) == SENDS_PER_MINUTE and now - self._received[0] < 60:
            raise Closed(4008, "Rate limited")
        self._received.append(now)
        try:
            data = raw.encode() if isinstance(raw, str) else raw
            frame = parse_json(data) if len(data) <= MAX_PAYLOAD_BYTES else None
        except ValueError:
            frame = None
        if not isinstance(frame, dict):
            raise Closed(4002, "Error while decoding payload")
        return frame.get("op"), frame.get("d")

    async def _acknowledge(self) -> None:
        if self.gateway.acknowledges:
            await asyncio.sleep(ACK_DELAY)
            self.send_op(11, None)

    def _forget(self) -> None:
        if self.session is not None:
            self.gateway.sessions.forget(self.session)

    def _leave(self) -> None:
        if self.session is not None and self.session.wire is self:
            self.session.disconnect()
        self.gateway.connections.discard(self)
        self.ended.set()
        self.gateway.state.change_log.record("gateway.closed", self.session)
