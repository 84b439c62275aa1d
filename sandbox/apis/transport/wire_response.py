"""Sends one answer exactly as told: head, pieces, pauses, and the end or the cut."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from aiohttp import web

from sandbox.apis.transport.conditions import Pause, pause
from sandbox.apis.transport.request_log import Outcome, SentResponse

CUT_GRACE = 0.05
"""Seconds between the last piece and a cut: clients throw away what they had not yet read when a reset arrives."""


class Cut(Enum):
    """An end of the connection instead of the body's end."""

    RESET = "reset"
    """TCP reset."""
    TRUNCATE = "truncate"
    """An orderly close in the middle: the chunked body's last chunk, or the rest of Content-Length, is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireResponse:
    """One HTTP answer, ready to be sent."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncIterable[bytes | Cut]
    """Each is written, and flushed, by itself; nothing after a Cut is sent."""
    dropped: Cut | None = None
    """Instead of everything: the connection ends before the head."""
    length: int | None = None
    """Content-Length; None: chunked."""
    think: Pause = 0.0
    """Before the head."""
    pause: Pause = 0.0
    """Between pieces."""


async def write(playback: WireResponse, request: web.BaseRequest, answered: SentResponse) -> web.StreamResponse:
    """Send the answer, noting in `answered` what went out. Raises ConnectionError when the client has left."""
    await pause(playback.think)
    if playback.dropped:
        await cut(request, playback.dropped)
        answered.end(Outcome.CUT)
        return web.StreamResponse()
    response = web.StreamResponse(status=playback.status, headers=playback.headers)
    if playback.length is None:
        response.enable_chunked_encoding()
    else:
        response.content_length = playback.length
    await response.prepare(request)
    answered.status, answered.headers = playback.status, dict(response.headers)
    first = True
    async for piece in playback.pieces:
        if not first:
            await pause(playback.pause)
        first = False
        if isinstance(piece, Cut):
            await cut(request, piece)
            answered.end(Outcome.CUT)
            return response
        answered.note(piece)
        await response.write(piece)
    await response.write_eof()
    answered.end(Outcome.COMPLETE)
    return response


async def cut(request: web.BaseRequest, how: Cut) -> None:
    """End the request's connection without an end of the body."""
    await asyncio.sleep(CUT_GRACE)
    transport = request.transport
    if transport is None:
        return
    if how is Cut.TRUNCATE:
        transport.close()
        return
    connection: socket.socket = transport.get_extra_info("socket")
    # SO_LINGER with zero seconds makes the close a reset.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def each(pieces: Iterable[bytes | Cut]) -> AsyncIterator[bytes | Cut]:
    """Hand out the pieces one by one."""
    for piece in pieces:
        yield piece


async def resplit(pieces: AsyncIterable[bytes | Cut], size: int | None) -> AsyncIterator[bytes | Cut]:
    """Cut the bytes into pieces of `size` bytes, even inside a character; None leaves them as they are."""
    rest = b""
    async for piece in pieces:
        if size is None:
            yield piece
            continue
        if isinstance(piece, Cut):
            if rest:
                yield rest
            yield piece
            return
        rest += piece
        full = len(rest) // size * size
        for start in range(0, full, size):
            yield rest[start : start + size]
        rest = rest[full:]
    if rest:
        yield rest
