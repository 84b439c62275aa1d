"""Faults that begin well: answers that are cut, late, endless, far too large, or not what they claim to be."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import ClassVar

from sandbox.apis.faults.fault import Fault, Renderer, read, whole
from sandbox.apis.replies.reply import Reply, to_json
from sandbox.apis.transport.conditions import Pause
from sandbox.apis.transport.request_log import Received
from sandbox.apis.transport.wire_response import Cut, WireResponse, each

FILLER = "and on and on "
SAMPLE = "This answer does not get to its end in one piece, and what follows here is only there so that it can be cut."
SEAM = "@@seam@@"
"""Marks the place in a text at which its document is cut in two."""


@dataclass(frozen=True, slots=True)
class CutShort(Fault):
    """A good answer whose connection ends before the body does."""

    name: ClassVar[str] = "cut"
    how: Cut = Cut.RESET
    part: float = 0.5
    """How much of the body is sent, from 0 to 1."""
    text: str = SAMPLE

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the beginning of the body, then the cut."""
        natural = await api.render(Reply(self.text), received)
        body = await read(natural)
        return WireResponse(
            status=natural.status,
            headers=natural.headers,
            pieces=each([body[: int(len(body) * self.part)], self.how]),
            length=natural.length,
        )


@dataclass(frozen=True, slots=True)
class Dropped(Fault):
    """Takes the request and ends the connection without a single byte."""

    name: ClassVar[str] = "dropped"
    how: Cut = Cut.RESET

    async def play(self, _api: Renderer, _received: Received, /) -> WireResponse:
        """Return the end of the connection."""
        return WireResponse(status=0, headers={}, pieces=each([]), dropped=self.how)


@dataclass(frozen=True, slots=True)
class Silent(Fault):
    """Takes the request and says nothing until `release()`; then it answers as if nothing had been."""

    name: ClassVar[str] = "silent"
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let all the requests go that this fault holds."""
        self.released.set()

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Wait, then answer."""
        await self.released.wait()
        return await api.answer(received)


@dataclass(frozen=True, slots=True)
class Endless(Fault):
    """An answer that never ends, until the client hangs up."""

    name: ClassVar[str] = "endless"
    piece: str = FILLER * 64
    pause: Pause = 0.001

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the beginning of an answer and then filler for ever."""
        if api.streams(received):
            return await api.render(Reply(pieces=self._forever(), pause=self.pause), received)
        natural = await api.render(Reply(SEAM), received)
        head, _, _ = (await read(natural)).partition(SEAM.encode())
        return WireResponse(
            status=natural.status, headers=natural.headers, pieces=self._after(head), length=None, pause=self.pause
        )

    async def _forever(self) -> AsyncIterator[str]:
        while True:
            yield self.piece

    async def _after(self, head: bytes) -> AsyncIterator[bytes]:
        yield head
        async for piece in self._forever():
            yield piece.encode()


@dataclass(frozen=True, slots=True)
class Huge(Fault):
    """A correct answer that is far too large."""

    name: ClassVar[str] = "huge"
    size: int = 20_000_000
    """Bytes of text."""

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the answer, in pieces if the API streams."""
        piece = FILLER * 4096
        pieces = [piece] * (self.size // len(piece) + 1)
        return await api.render(Reply(pieces=pieces, pause=0.0, split=64 * 1024), received)


@dataclass(frozen=True, slots=True)
class InvalidJson(Fault):
    """A complete body under `application/json` that is only the beginning of a document."""

    name: ClassVar[str] = "invalid-json"

    async def play(self, _api: Renderer, _received: Received, /) -> WireResponse:
        """Return half a document with a Content-Length that fits."""
        return whole(to_json({"text": SAMPLE, "response": SAMPLE})[:-30], "application/json")


@dataclass(frozen=True, slots=True)
class InvalidUtf8(Fault):
    """A good answer with bytes in its text that are no UTF-8."""

    name: ClassVar[str] = "invalid-utf-8"
    bad: bytes = b"caf\xe9 \xff\xfe \xf0\x9f"

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the answer with the bad bytes in the middle of its text."""
        natural = await api.render(Reply(f"Before {SEAM} after."), received)
        body = (await read(natural)).replace(SEAM.encode(), self.bad)
        return whole(body, natural.headers["Content-Type"])


@dataclass(frozen=True, slots=True)
class WrongContentType(Fault):
    """A good answer under a content type that belongs to something else."""

    name: ClassVar[str] = "wrong-content-type"
    content_type: str = "text/html"

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the answer with the wrong label."""
        return await api.render(
            Reply("The label is wrong, the text is right.", content_type=self.content_type), received
        )


@dataclass(frozen=True, slots=True)
class OtherCharset(Fault):
    """A good answer in another charset than UTF-8, as its content type says."""

    name: ClassVar[str] = "other-charset"
    charset: str = "utf-16"
    text: str = "Grüße aus 日本"

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the answer in that charset."""
        natural = await api.render(Reply(self.text), received)
        kind, _, _ = natural.headers["Content-Type"].partition(";")
        return whole((await read(natural)).decode().encode(self.charset), f"{kind}; charset={self.charset}")
