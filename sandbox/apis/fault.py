"""What a fault is, and what faults are made of."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from sandbox.apis.playback import Playback, each
from sandbox.apis.record import Received

if TYPE_CHECKING:
    from sandbox.apis.api import Api


class Fault(ABC):
    """One way to fail, played for any request to a documented address before credentials or fields are looked at."""

    name: ClassVar[str]

    @abstractmethod
    async def play(self, api: "Api", received: Received, /) -> Playback:
        """Return what goes on the wire instead of an answer."""


def whole(body: bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Playback:
    """Return an answer of one body."""
    return Playback(
        status=status, headers={"Content-Type": content_type, **(headers or {})}, pieces=each([body]), length=len(body)
    )


async def read(playback: Playback) -> bytes:
    """Return the body that a playback would send, up to a cut."""
    return b"".join([piece async for piece in playback.pieces if isinstance(piece, bytes)])
