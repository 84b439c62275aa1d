"""Faults with a success status: an error that only the body tells of, and JSON under another content type."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from sandbox.apis.faults.fault import Fault, Renderer, whole
from sandbox.apis.replies.reply import Reply, event, to_json, words
from sandbox.apis.transport.request_log import Received
from sandbox.apis.transport.wire_response import WireResponse, each

BEGINNING = "This answer begins well, "
REASON = "The model is overloaded."


@dataclass(frozen=True, slots=True)
class ToldError(Fault):
    """The API's own error document, or any other, under a status of success."""

    name: ClassVar[str] = "error-in-success"
    text: str = REASON
    document: Mapping[str, object] | None = None
    status: int = 200
    content_type: str = "application/json"

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the document."""
        document = api.error(500, self.text, received) if self.document is None else self.document
        return whole(to_json(document), self.content_type, self.status)


@dataclass(frozen=True, slots=True)
class ErrorEvent(Fault):
    """A stream of events that begins well and then tells of an error; an API that does not stream tells it at once."""

    name: ClassVar[str] = "error-event"
    text: str = BEGINNING
    """What is said before, one event for each word."""
    event_name: str = "error"
    payload: str | Mapping[str, object] = field(default_factory=lambda: {"message": REASON})
    content_type: str = "text/event-stream"

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the beginning and the error; no `[DONE]` follows."""
        if not api.streams(received):
            return await ToldError().play(api, received)
        payload = self.payload if isinstance(self.payload, str) else json.dumps(self.payload)
        frames = [*(event(word) for word in words(self.text)), event(payload, self.event_name)]
        return WireResponse(
            status=200, headers={"Content-Type": self.content_type}, pieces=each(frames), pause=api.pace.pause
        )


@dataclass(frozen=True, slots=True)
class UndeclaredJson(Fault):
    """A good answer as one JSON document that is labelled as text."""

    name: ClassVar[str] = "json-as-text"
    text: str = "The label says text, the body is JSON."
    content_type: str = "text/plain; charset=utf-8"

    async def play(self, api: Renderer, received: Received, /) -> WireResponse:
        """Return the document."""
        return whole(to_json(api.document(self.text, Reply(), received)), self.content_type)
