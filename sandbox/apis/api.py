"""What the four stand-ins share: they listen, record, check, and answer or fail as their script says."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import ClassVar, TypeVar

from aiohttp import web

from sandbox.apis.faults.fault import Fault
from sandbox.apis.faults.registry import FAULTS
from sandbox.apis.replies.held_stream import HeldStream
from sandbox.apis.replies.plan import Plans
from sandbox.apis.replies.reply import Answer, Pace, Reply, exact_body, play_body, to_json
from sandbox.apis.transport.conditions import PATIENCE
from sandbox.apis.transport.listener import HOST, Listener
from sandbox.apis.transport.request_log import Outcome, Received, RequestLog
from sandbox.apis.transport.wire_response import WireResponse, write

JSON = "application/json"
MIN_SECRET = 4
"""Characters: anything shorter that came as a secret is hidden in its own field only."""

Seen = TypeVar("Seen")


class Refusal(Exception):
    """A request that the API's document does not allow."""

    def __init__(self, status: int, text: str, document: Mapping[str, object] | None = None) -> None:
        """`document` is the body; None: the API's error document for this status and text."""
        super().__init__(status, text)
        self.status = status
        self.text = text
        self.document = document


class Api(ABC):
    """One stand-in over real HTTP on a loopback port of its own."""

    name: ClassVar[str]
    """The provider's name in settings: `tamako`, `chatbase`, `stammer` or `chatbot`."""
    path: ClassVar[str]
    """Where questions go."""
    routes: ClassVar[frozenset[tuple[str, str]]]
    """Method and path of every documented address."""
    shapes: ClassVar[type[StrEnum]]
    """What a Reply's `shape` may be."""
    retry_after: ClassVar[str] = "1"
    """How this API spells Retry-After."""
    secret_fields: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, pace: Pace | None = None, port: int = 0) -> None:
        """`port` 0: any free one, chosen when it first accepts connections."""
        self.pace = pace or Pace()
        """How fast answers come that do not say it themselves; may be changed at any time."""
        self.record = RequestLog()
        self._answers: Plans[Answer | HeldStream] = Plans()
        self._faults: Plans[Fault] = Plans()
        self._listener = Listener(self._handle, port)

    # What a test or a page does with it.

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

    def answers(self, answer: Answer, *, times: int | None = None) -> None:
        """Answer the next `times` requests so (after those planned before); None: all requests, until changed."""
        if isinstance(answer, Reply):
            self._known_shape(answer.shape)
        self._answers.add(answer, times)

    def fails(self, fault: Fault | str, *, times: int | None = None) -> Fault:
        """Fail the next `times` requests so, None: all until cleared. Takes a fault or a name out of FAULTS."""
        fault = FAULTS[fault]() if isinstance(fault, str) else fault
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
        """Have one fault on until switched again, by a name out of FAULTS or "refused"; None: all is well again."""
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

    async def wait_received(self, count: int = 1, patience: float = PATIENCE) -> Received:
        """Wait until `count` requests have come in all, and return the newest. TimeoutError after `patience` s."""
        return await self.record.wait_received(count, patience)

    async def wait_for(self, look: Callable[[], Seen | None], patience: float = PATIENCE) -> Seen:
        """Wait until `look()` is truthy, looking again after each change here. TimeoutError after `patience` s."""
        return await self.record.changes.until(look, patience)

    async def wait_idle(self, patience: float = PATIENCE) -> None:
        """Wait until nothing is being answered any more; TimeoutError after `patience` seconds."""
        await self.record.wait_idle(patience)

    # What each API says for itself.

    @property
    @abstractmethod
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return the environment variables that point a bot here."""

    @abstractmethod
    def read(self, received: Received) -> None:
        """Fill in the request's fields, user key and question, as far as they are there, and the secrets it brought."""

    @abstractmethod
    def check(self, received: Received) -> None:
        """Raise Refusal when the document does not allow the request."""

    @abstractmethod
    def compose(self, received: Received) -> Reply:
        """Return the default answer."""

    @abstractmethod
    def document(self, text: str, reply: Reply, received: Received, /) -> object:
        """Return the JSON document that holds this answer."""

    @abstractmethod
    def error(self, status: int, text: str, received: Received, /) -> Mapping[str, object]:
        """Return the JSON document that tells of this error."""

    def remember(self, received: Received) -> None:  # noqa: B027 - not every API keeps something
        """Keep what the real API would keep of a request that is answered."""

    def streams(self, _received: Received, /) -> bool:
        """Tell whether the answer goes out piece by piece."""
        return False

    async def render(self, reply: Reply, received: Received) -> WireResponse:
        """Return the reply as it goes over the wire."""
        body = exact_body(reply)
        if body is not None:
            return play_body(body, reply, self.pace, JSON)
        text, cut = await reply.whole()
        return play_body(to_json(self.document(text, reply, received)), reply, self.pace, JSON, cut)

    async def answer(self, received: Received) -> WireResponse:
        """Return the planned or the default answer, or the refusal."""
        try:
            self.check(received)
        except Refusal as refusal:
            return self._refuse(refusal, received)
        reply = self._next_reply(received)
        self.remember(received)
        return await self.render(reply, received)

    def astray(self, received: Received) -> WireResponse:
        """Return the answer to a request that no document describes."""
        known = any(path == received.path for _, path in self.routes)
        refusal = Refusal(405, "Method not allowed") if known else Refusal(404, "Not found")
        return self._refuse(refusal, received)

    # How a request passes through.

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Record the request and answer it."""
        received = await self._receive(request)
        stray = (received.method, received.path) not in self.routes
        self.record.open_answers += 1
        self.record.add(received, stray=stray)
        try:
            playback = self.astray(received) if stray else await self._decide(received)
            return await write(playback, request, received.answered)
        except ConnectionError:
            # Nobody reads any more; the server needs some response all the same.
            received.answered.outcome = Outcome.LEFT
            return web.Response()
        except asyncio.CancelledError:
            received.answered.outcome = Outcome.LEFT
            raise
        finally:
            self.record.open_answers -= 1
            self.record.changes.announce()

    async def _receive(self, request: web.BaseRequest) -> Received:
        """Read the whole request."""
        received = Received(
            method=request.method,
            path=request.path,
            query=dict(request.query),
            repeated=sorted({name for name in request.query if len(request.query.getall(name)) > 1}),
            headers=request.headers,
            body=await request.read(),
            secret_fields=self.secret_fields,
        )
        self.read(received)
        received.secrets = tuple(secret for secret in (*self.secrets, *received.secrets) if len(secret) >= MIN_SECRET)
        return received

    async def _decide(self, received: Received) -> WireResponse:
        """Return the planned fault, or else the answer."""
        fault = self._faults.take()
        if fault is None:
            return await self.answer(received)
        received.fault = fault.name
        return await fault.play(self, received)

    def _next_reply(self, received: Received) -> Reply:
        """Return what is planned for this request, else the default answer."""
        planned = self._answers.take()
        if isinstance(planned, HeldStream):
            return planned.begin(received)
        if callable(planned):
            planned = planned(received)
        if planned is None:
            return self.compose(received)
        return Reply(planned) if isinstance(planned, str) else planned

    def _refuse(self, refusal: Refusal, received: Received) -> WireResponse:
        """Note why, and return the error document."""
        received.refused = refusal.text
        document = refusal.document or self.error(refusal.status, refusal.text, received)
        return play_body(to_json(document), Reply(status=refusal.status), Pace(), JSON)

    def _known_shape(self, shape: str | None) -> None:
        """Raise ValueError for a shape that this API does not have."""
        if shape is not None:
            self.shapes(shape)
