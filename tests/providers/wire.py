"""A server that plays raw bytes from a script, so that a test decides every byte, pause and cut on the wire."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Self


class End(Enum):
    """How a connection ends, or does not."""

    RESET = auto()
    SILENCE = auto()
    """Nothing more is sent until the client leaves."""


Step = bytes | End | asyncio.Event | Callable[[], AsyncIterator[bytes]]
"""Bytes to send, an event to wait for, a source of bytes, or an end. After a script's last step the server hangs up."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        """Return the body's JSON object."""
        parsed = json.loads(self.body)
        assert isinstance(parsed, dict)
        return parsed


@dataclass(slots=True)
class Connection:
    """One connection; `left` is set once the client has hung up."""

    left: asyncio.Event = field(default_factory=asyncio.Event)


def reply(body: bytes | str | object, status: int = 200, **headers: str) -> bytes:
    """Return a whole HTTP reply with its length; what is neither bytes nor text goes out as JSON."""
    kind = "text/plain" if isinstance(body, bytes | str) else "application/json"
    if isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return head(status, **{"Content-Type": kind, "Content-Length": str(len(body)), **named}) + body


def head(status: int = 200, **headers: str) -> bytes:
    """Return a status line and headers; `_` in a name stands for `-`."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode()


def chunk(data: bytes | str) -> bytes:
    """Return one chunk of a chunked body."""
    data = data.encode() if isinstance(data, str) else data
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED = head(Transfer_Encoding="chunked")
"""The head of a reply whose body comes in chunks."""

LAST = b"0\r\n\r\n"
"""The end of a chunked body."""


class WireServer:
    """Plays `play`'s scripts in order, one for each connection; the last one again and again."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.connections: list[Connection] = []
        self.scripts: list[tuple[Step, ...]] = []
        self._server: asyncio.Server | None = None
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for connection in self.connections:
            connection.left.set()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The address without a path."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def play(self, *scripts: Step | tuple[Step, ...]) -> None:
        """Set what the next connections get."""
        self.scripts = [script if isinstance(script, tuple) else (script,) for script in scripts]

    async def wait_left(self) -> None:
        """Wait until the client has hung up every connection; TimeoutError after 30 s."""
        async with asyncio.timeout(30):
            for connection in self.connections:
                await connection.left.wait()

    async def wait_heard(self, count: int) -> None:
        """Wait until `count` requests have come in; TimeoutError after 30 s."""
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: len(self.heard) >= count)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection()
        self.connections.append(connection)
        try:
            self.heard.append(await _hear(reader))
            async with self._changed:
                self._changed.notify_all()
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            watch = asyncio.create_task(_watch(reader, connection))
            try:
                for step in script:
                    await _take(step, writer, connection)
            finally:
                if not connection.left.is_set() and not writer.is_closing():
                    writer.write_eof()
                writer.close()
                await watch
        except (ConnectionError, asyncio.IncompleteReadError):
            connection.left.set()
        finally:
            writer.close()


async def _hear(reader: asyncio.StreamReader) -> Heard:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
    return Heard(method, target, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


async def _watch(reader: asyncio.StreamReader, connection: Connection) -> None:
    try:
        await reader.read()
    except ConnectionError:
        pass
    finally:
        connection.left.set()


async def _take(step: Step, writer: asyncio.StreamWriter, connection: Connection) -> None:
    match step:
        case bytes():
            writer.write(step)
            await writer.drain()
        case asyncio.Event():
            await step.wait()
        case End.SILENCE:
            await connection.left.wait()
        case End.RESET:
            sock: socket.socket = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        case source:
            async for data in source():
                writer.write(data)
                await writer.drain()
