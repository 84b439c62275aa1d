"""What a test or the page does with a stand-in: plans its answers and faults, and looks at what it was asked."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import ClassVar, TypeVar

from aiohttp import web

from sandbox.apis.faults.fault import Fault
from sandbox.apis.faults.registry import FAULTS
from sandbox.apis.replies.held_stream import HeldStream
from sandbox.apis.replies.plan import Plans
from sandbox.apis.replies.reply import Answer, Pace, Reply
from sandbox.apis.transport.conditions import MAX_WAIT
from sandbox.apis.transport.listener import HOST, Listener
from sandbox.apis.transport.request_log import Received, RequestLog

Seen = TypeVar("Seen")


class Controls(ABC):
    """A listener on a port of its own, a log of its requests, and plans for the next ones."""

    path: ClassVar[str]
    """Where questions go."""
    shapes: ClassVar[type[StrEnum]]
    """What a Reply's `shape` may be."""

    def __init__(self, pace: Pace | None = None, port: int = 0) -> None:
        """`port` 0: any free one, chosen when it first accepts connections."""
        self.pace = pace or Pace()
        """How fast answers come that do not say it themselves; may be changed at any time."""
        self.record = RequestLog()
        self._answers: Plans[Answer | HeldStream] = Plans()
        self._faults: Plans[Fault] = Plans()
        self._listener = Listener(self._handle, port)

    @property
    def origin(self) -> str:
        """Scheme, host and port. Raises RuntimeError before connections were first accepted."""
        return f"http://{HOST}:{self._listener.port}"

    @property
    def url(self) -> str:
        """What the bot's setting for this API holds."""
        return self.origin + self.path

    @property
    def received(self) -> list[Received]:
        """Requests to documented addresses, oldest first, refused and faulted ones too."""
        return self.record.received

    @property
    def strays(self) -> list[Received]:
        """Requests to any other address or with another method: nothing should be here."""
        return self.record.strays

    @property
    def open_answers(self) -> int:
        """Requests being answered just now; falls when the client hangs up."""
        return self.record.open_answers

    @property
    def connections(self) -> int:
        """TCP connections open just now, idle ones that a client keeps for later included."""
        return self._listener.connections

    @property
    def faults(self) -> Mapping[str, Callable[[], Fault]]:
        """The faults that this API may be told to have, by name."""
        return FAULTS

    def answers(self, answer: Answer, *, times: int | None = None) -> None:
        """Answer the next `times` requests so (after those planned before); None: all requests, until changed."""
        if isinstance(answer, Reply):
            self._known_shape(answer.shape)
        self._answers.add(answer, times)

    def fails(self, fault: Fault | str, *, times: int | None = None) -> Fault:
        """Fail the next `times` requests so, None: all until cleared. Takes a fault or a name out of `faults`."""
        fault = self.faults[fault]() if isinstance(fault, str) else fault
        self._faults.add(fault, times)
        return fault

    def hold(self, *, shape: str | None = None) -> HeldStream:
        """Take the next planned request's answer in hand: nothing goes out but what is sent by the returned stream."""
        self._known_shape(shape)
        held = HeldStream(self.record.changes, shape)
        self._answers.add(held, 1)
        return held

    def clear(self) -> None:
        """Forget all planned answers and faults: every request gets the default answer again."""
        self._answers.clear()
        self._faults.clear()

    async def refuse(self) -> None:
        """Drop every connection and refuse new ones until `accept()`; the port stays taken."""
        await self._listener.refuse()
        await self.record.wait_idle()

    async def accept(self) -> None:
        """Accept connections (again). Raises OSError when the port is taken."""
        await self._listener.open()

    async def switch(self, fault: str | None) -> None:
        """Have one fault on until switched again, by a name out of `faults` or "refused"; None: all is well again."""
        self._faults.clear()
        if fault == "refused":
            await self.refuse()
            return
        if fault is not None:
            self.fails(fault)
        await self.accept()

    async def close(self) -> None:
        """End every connection and give the port back."""
        await self._listener.close()
        await self.record.wait_idle()

    async def wait_received(self, count: int = 1, max_wait: float = MAX_WAIT) -> Received:
        """Wait until `count` requests have come in all, and return the newest. TimeoutError after `max_wait` s."""
        return await self.record.wait_received(count, max_wait)

    async def wait_for(self, look: Callable[[], Seen | None], max_wait: float = MAX_WAIT) -> Seen:
        """Wait until `look()` is truthy, looking again after each change here. TimeoutError after `max_wait` s."""
        return await self.record.changes.until(look, max_wait)

    async def wait_idle(self, max_wait: float = MAX_WAIT) -> None:
        """Wait until no answer is in progress; TimeoutError after `max_wait` seconds."""
        await self.record.wait_idle(max_wait)

    @abstractmethod
    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Record the request and answer it."""

    def _known_shape(self, shape: str | None) -> None:
        """Raise ValueError for a shape that this API does not have."""
        if shape is not None:
            self.shapes(shape)
