"""What a fault is, and what faults are made of."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Protocol

from sandbox.apis.replies.reply import Pace, Reply
from sandbox.apis.transport.request_log import Received
from sandbox.apis.transport.wire_response import WireResponse, each


class Renderer(Protocol):
    """What a fault needs of the API that it makes fail: its good answers, its error documents and its pace."""

    @property
    def retry_after(self) -> str:
        """How this API spells Retry-After."""

    @property
    def pace(self) -> Pace:
        """How fast answers come that do not say it themselves."""

    def streams(self, received: Received, /) -> bool:
        """Whether the answer goes out piece by piece."""

    def document(self, text: str, reply: Reply, received: Received, /) -> object:
        """Return the JSON document that holds this answer."""

    def error(self, status: int, text: str, received: Received, /) -> Mapping[str, object]:
        """Return the JSON document that tells of this error."""

    async def render(self, reply: Reply, received: Received) -> WireResponse:
        """Return the reply as it goes over the wire."""

    async def answer(self, received: Received) -> WireResponse:
        """Return the planned or the default answer, or the refusal."""


class Fault(ABC):
    """One way to fail, played for any request to a documented address before credentials or fields are looked at."""

    name: ClassVar[str]

    @abstractmethod
    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return what goes on the wire instead of an answer."""


def whole(body: bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> WireResponse:
    """Return an answer of one body."""
    return WireResponse(
        status=status, headers={"Content-Type": content_type, **(headers or {})}, pieces=each([body]), length=len(body)
    )


async def read(playback: WireResponse) -> bytes:
    """Return the body that a playback would send, up to a cut."""
    return b"".join([piece async for piece in playback.pieces if isinstance(piece, bytes)])
