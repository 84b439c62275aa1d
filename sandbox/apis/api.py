"""What the stand-ins share: they record, check, and answer or fail as planned."""

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web

from sandbox.apis.controls import Controls
from sandbox.apis.repeats import Repeats
from sandbox.apis.replies.held_stream import HeldStream
from sandbox.apis.replies.refusal import Refusal
from sandbox.apis.replies.reply import Pace, Reply, exact_body, play_body, to_json
from sandbox.apis.transport.request_body import read_whole
from sandbox.apis.transport.request_log import Outcome, Received, Secrets
from sandbox.apis.transport.wire_response import WireResponse, write

JSON = "application/json"
MIN_SECRET = 4
"""Characters: anything shorter that came as a secret is hidden in its own field only."""


class Api(Controls):
    """One stand-in over real HTTP on a loopback port of its own."""

    name: ClassVar[str]
    """The provider's name in settings: `tamako`, `chatbase`, `chatbase-v2`, `stammer` or `chatbot`."""
    routes: ClassVar[frozenset[tuple[str, str]]]
    """Method and path of every documented address; `{…}` in a path is an id, and `documents` says what it may be."""
    retry_after: ClassVar[str] = "1"
    """How this API spells Retry-After."""
    secret_fields: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, pace: Pace | None = None, port: int = 0) -> None:
        """`port` 0: any free one, chosen when it first accepts connections."""
        super().__init__(pace, port)
        self._repeats = Repeats()

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

    def remember(self, received: Received) -> None:
        """Keep what the real API would keep of a request that is answered."""

    def documents(self, received: Received) -> bool:
        """Tell whether the document has this address, with this method."""
        return (received.method, received.path) in self.routes

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
        stray = not self.documents(received)
        self.record.open_answers += 1
        self.record.add(received, stray=stray)
        try:
            playback = self.astray(received) if stray else await self._decide(received)
            return await write(playback, request, received.answered)
        except ConnectionError:
            # The client has gone; the server still needs a response.
            received.answered.end(Outcome.LEFT)
            return web.Response()
        except asyncio.CancelledError:
            received.answered.end(Outcome.LEFT)
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
            body=await read_whole(request),
        )
        self.read(received)
        values = (*self.secrets, *received.secrets.values)
        long_enough = tuple(secret for secret in values if len(secret) >= MIN_SECRET)
        received.secrets = Secrets(self.secret_fields, long_enough)
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

    def _run_of(self, received: Received) -> int:
        """Return how often the default answer to this question was given to its asker before; counts this one."""
        return self._repeats.count(received.user_key, received.question)

    def _refuse(self, refusal: Refusal, received: Received) -> WireResponse:
        """Note why, and return the error document."""
        received.refused = refusal.text
        document = refusal.document or self.error(refusal.status, refusal.text, received)
        return play_body(to_json(document), Reply(status=refusal.status, headers=refusal.headers), Pace(), JSON)
