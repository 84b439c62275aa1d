"""What a test or the page tells a stand-in to answer: a text, its pieces and pace, and the shape it is wrapped in."""

import json
import re
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field

from sandbox.apis.transport.conditions import Pause
from sandbox.apis.transport.request_log import Received
from sandbox.apis.transport.wire_response import Cut, WireResponse, each, resplit

Piece = str | bytes | Cut
"""Text, which the API's shape frames; bytes, which go out as they are; or the end of the connection."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a stand-in. What is left out is the API's own default."""

    text: str = ""
    _: KW_ONLY
    pieces: Iterable[Piece] | AsyncIterable[Piece] | None = None
    """Instead of `text`: what is sent piece by piece. An API that does not stream sends the texts joined; with a Cut
    at the end it sends the first half of its document."""
    shape: str | None = None
    """One of the API's Shape values."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    """Added to the API's own, or instead of them."""
    content_type: str | None = None
    body: bytes | str | Mapping[str, object] | None = None
    """The exact body, instead of everything above that makes one."""
    fulfillment: Iterable[Mapping[str, object]] | None = None
    """ChatBot.com: the items, instead of one text item."""
    think: Pause | None = None
    """Before the answer begins."""
    pause: Pause | None = None
    """Between pieces."""
    split: int | None = None
    """Bytes in each piece that is written; characters may be split."""

    async def each_piece(self) -> AsyncIterator[Piece]:
        """Hand out the pieces, or the text word by word."""
        if self.pieces is None:
            for word in words(self.text):
                yield word
        elif isinstance(self.pieces, AsyncIterable):
            async for piece in self.pieces:
                yield piece
        else:
            for piece in self.pieces:
                yield piece

    async def whole(self) -> tuple[str, Cut | None]:
        """Wait for all the pieces; return their text and how they were cut short, if they were."""
        texts: list[str] = []
        async for piece in self.each_piece():
            if isinstance(piece, Cut):
                return "".join(texts), piece
            texts.append(piece if isinstance(piece, str) else piece.decode("utf-8", "replace"))
        return "".join(texts), None


Answer = str | Reply | Callable[[Received], "str | Reply"]
"""What `answers()` takes: a text, a Reply, or a function from the request to either."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a stand-in answers when its Reply does not say."""

    think: Pause = 0.0
    pause: Pause = 0.0


def words(text: str) -> list[str]:
    """Split into words, each with the white space behind it; nothing is lost."""
    return re.findall(r"\s*\S+\s*|\s+", text)


def to_json(document: object) -> bytes:
    """Encode as a server would: compact, UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def event(data: str, name: str = "") -> bytes:
    """Return one server-sent event; each line of the data gets a field of its own."""
    named = f"event: {name}\n" if name else ""
    return named.encode() + "".join(f"data: {line}\n" for line in data.split("\n")).encode() + b"\n"


def play_body(body: bytes, reply: Reply, pace: Pace, content_type: str, cut: Cut | None = None) -> WireResponse:
    """Return an answer of one body with its Content-Length; with a cut, its first half only."""
    sent: list[bytes | Cut] = [body] if cut is None else [body[: len(body) // 2], cut]
    return WireResponse(
        status=reply.status,
        headers={"Content-Type": reply.content_type or content_type, **reply.headers},
        pieces=resplit(each(sent), reply.split),
        length=len(body),
        think=pace.think if reply.think is None else reply.think,
        pause=pace.pause if reply.pause is None else reply.pause,
    )


def exact_body(reply: Reply) -> bytes | None:
    """Return the body that the reply dictates; None when the API is to make one."""
    match reply.body:
        case None | bytes():
            return reply.body
        case str():
            return reply.body.encode()
        case _:
            return to_json(reply.body)
