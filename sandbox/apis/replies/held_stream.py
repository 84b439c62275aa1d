"""An answer that a test controls: each piece goes out when the test says so."""

import asyncio
from collections.abc import AsyncIterator
from enum import Enum

from sandbox.apis.replies.reply import Piece, Reply
from sandbox.apis.transport.conditions import MAX_WAIT, Changes
from sandbox.apis.transport.request_log import Outcome, Received
from sandbox.apis.transport.wire_response import Cut


class ClientLeft(Exception):
    """The client hung up, so nothing more can be sent."""


class _End(Enum):
    FINISH = "finish"


class HeldStream:
    """One answer that waits for `send`, `finish` or `cut`.

    Each of these waits until the request has come and the bytes are written, and raises TimeoutError when that takes
    longer than MAX_WAIT seconds, ClientLeft if the client has gone, ValueError when the answer has ended.
    An API that does not stream sends its document at `finish`.
    """

    def __init__(self, changes: Changes, shape: str | None = None) -> None:
        self._changes = changes
        self._shape = shape
        self._orders: asyncio.Queue[tuple[Piece | _End, asyncio.Future[None]]] = asyncio.Queue()
        self._received: Received | None = None

    async def started(self, max_wait: float = MAX_WAIT) -> Received:
        """Wait for the request that this answers; TimeoutError after `max_wait` seconds."""
        return await self._changes.until(lambda: self._received, max_wait)

    async def send(self, piece: str | bytes) -> None:
        """Send a piece of text, framed as the shape wants, or bytes as they are."""
        await self._order(piece)

    async def finish(self) -> None:
        """End the answer as the API does."""
        await self._order(_End.FINISH)
        await self._ended()

    async def cut(self, how: Cut = Cut.RESET) -> None:
        """End the connection instead of the answer."""
        await self._order(how)
        await self._ended()

    async def left(self, max_wait: float = MAX_WAIT) -> None:
        """Wait until the client hangs up; TimeoutError after `max_wait` seconds."""
        received = await self.started(max_wait)
        await self._changes.until(lambda: received.answered.outcome is Outcome.LEFT, max_wait)

    def begin(self, received: Received) -> Reply:
        """Note which request this answers and return the reply that waits for orders (the stand-in calls this)."""
        self._received = received
        self._changes.announce()
        return Reply(pieces=self._pieces(), shape=self._shape, think=0.0, pause=0.0)

    async def _pieces(self) -> AsyncIterator[Piece]:
        """Hand out what is ordered; each order is done when the next one is asked for, that is: when it is written."""
        while True:
            order, done = await self._orders.get()
            if not isinstance(order, _End):
                yield order
            if not done.done():
                done.set_result(None)
            if isinstance(order, _End | Cut):
                return

    async def _ended(self) -> None:
        """Wait until the answer's end is out."""
        received = await self.started()
        await self._changes.until(lambda: received.answered.outcome is not Outcome.RUNNING)

    async def _order(self, order: Piece | _End) -> None:
        """Queue the order and wait until it is carried out or never will be."""
        received = await self.started()
        if (over := end_of(received)) is not None:
            raise over
        done = asyncio.get_running_loop().create_future()
        done.add_done_callback(lambda _: self._changes.announce())
        self._orders.put_nowait((order, done))
        await self._changes.until(lambda: done.done() or end_of(received) is not None)
        if isinstance(over := end_of(received), ClientLeft):
            raise over


def end_of(received: Received) -> Exception | None:
    """Return why no more can be sent; None while it can."""
    match received.answered.outcome:
        case Outcome.RUNNING:
            return None
        case Outcome.LEFT:
            return ClientLeft(received.number)
        case ended:
            return ValueError(f"the answer to request {received.number} has ended: {ended}")
