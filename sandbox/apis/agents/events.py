"""The events of Chatbase v2's streams, each by itself, and the forms that a stream may have."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sandbox.apis.replies.reply import event, to_json

EVENT_STREAM = "text/event-stream"
STREAM_HEADERS = {"Cache-Control": "no-cache", "x-vercel-ai-ui-message-stream": "v1"}
DONE = b"data: [DONE]\n\n"
METADATA = ("message-metadata", "metadata")


class Event(bytes):
    """One event, as a piece of a Reply: `Event({"type": "text-start", "id": "t1"})`.

    `name` is its `event:` line; empty: none, unless the StreamForm gives all events one.
    """

    document: Mapping[str, object]
    name: str

    def __new__(cls, document: Mapping[str, object], name: str = "") -> Self:
        """Encode the event."""
        made = super().__new__(cls, event(to_json(document).decode(), name))
        made.document, made.name = document, name
        return made


NEW_BLOCK = Event({"type": "text-end"})
"""Ends the block of text; what is said next begins another."""


def tool(
    name: str = "lookupOrder", call_id: str = "call_1", *, output: object = "It is on its way."
) -> tuple[Event, ...]:
    """Return the events of a tool that is used; `output` None: the client is to do it."""
    about = {"toolCallId": call_id, "toolName": name}
    given = {"order": "4711"}
    made = (
        Event({"type": "tool-input-start", **about}),
        Event({"type": "tool-input-delta", "toolCallId": call_id, "inputTextDelta": json.dumps(given)}),
        Event({"type": "tool-input-available", **about, "input": given}),
    )
    return made if output is None else (*made, Event({"type": "tool-output-available", **about, "output": output}))


def finish(reason: str) -> Event:
    """Return an end for this reason, `stop`, `error` or `tool-calls`; the writer adds the ids."""
    return Event({"type": "finish", "messageMetadata": {"finishReason": reason}})


def failure(text: str) -> Event:
    """Return a failure in the middle of an answer."""
    return Event({"type": "error", "errorText": text})


@dataclass(frozen=True, slots=True)
class StreamForm:
    """Which of the documented forms a stream has."""

    start: str = "start"
    """Or `message-start`, or empty: none."""
    metadata: str = "finish"
    """Which event tells it: `finish`, `message-metadata` or `metadata`, each before the finish; empty: none does."""
    reason_beside: bool = False
    """Whether `finishReason` is beside the metadata in its event, not in it."""
    blocks: bool = True
    """Whether texts are in blocks; if not, a text-delta has no id, and nothing is around it."""
    steps: bool = True
    named: bool = False
    """Whether each event has an `event:` line with its type."""
    done: bool = True
    """Whether `data: [DONE]` ends the stream."""
