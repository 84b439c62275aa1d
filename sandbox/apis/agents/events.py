"""The event stream of Chatbase v2: each event by itself, and all that goes around an answer's text."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from sandbox.apis.agents.conversation import Turn
from sandbox.apis.replies.reply import Piece, Reply, event, to_json
from sandbox.apis.transport.wire_response import Cut

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
    """Whether `finishReason` stands beside the metadata in its event, not in it."""
    blocks: bool = True
    """Whether texts are in blocks; if not, a text-delta has no id and nothing stands around it."""
    steps: bool = True
    named: bool = False
    """Whether each event has an `event:` line with its type."""
    done: bool = True
    """Whether `data: [DONE]` ends the stream."""


class EventWriter:
    """Turns the pieces of a reply into the events of one answer, and notes what they said as the answer's parts."""

    def __init__(self, turn: Turn, form: StreamForm) -> None:
        self._turn = turn
        self._form = form
        self._block = ""
        """Id of the block of text that is open."""
        self._blocks = 0
        self._part: dict[str, object] | None = None
        """The part that text goes into; None: a new one."""
        self._told_end = False

    async def frames(self, reply: Reply, *, bare: bool = False) -> AsyncIterator[bytes | Cut]:
        """Hand out the whole stream; `bare`: only the pieces, each as it is, and texts as events without an id."""
        for each in () if bare else self._open():
            yield self._frame(each)
        async for piece in reply.each_piece():
            if isinstance(piece, Cut):
                yield piece
                return
            for frame in self._bare(piece) if bare else self._take(piece):
                yield frame
        if not bare:
            for each in self._close():
                yield self._frame(each)
            if self._form.done:
                yield DONE
        if self._turn.finish_reason != "error":
            self._turn.keep()

    async def gather(self, reply: Reply) -> Cut | None:
        """Take all pieces into the answer's parts without sending any; return how it was cut short, if it was."""
        async for piece in reply.each_piece():
            if isinstance(piece, Cut):
                return piece
            for _ in self._take(piece):
                pass
        self._turn.keep()
        return None

    def _open(self) -> Iterator[Event]:
        if self._form.start and not self._turn.silent:
            yield Event({"type": self._form.start, "messageId": self._turn.message.id})
        if self._form.steps:
            yield Event({"type": "start-step"})

    def _take(self, piece: Piece) -> Iterator[bytes]:
        """Return the events for one piece."""
        match piece:
            case str():
                yield from map(self._frame, self._say(piece))
            case Event():
                yield from map(self._frame, self._pass(piece))
            case bytes():
                yield piece

    def _bare(self, piece: Piece) -> Iterator[bytes]:
        match piece:
            case str():
                self._note_text(piece)
                yield self._frame(Event({"type": "text-delta", "delta": piece}))
            case Event():
                self._note(piece)
                yield self._frame(piece)
            case bytes():
                yield piece

    def _say(self, text: str) -> Iterator[Event]:
        if not self._block and self._form.blocks:
            self._blocks += 1
            yield from self._pass(Event({"type": "text-start", "id": f"text_{self._blocks}"}))
        self._note_text(text)
        yield Event({"type": "text-delta", **({"id": self._block} if self._block else {}), "delta": text})

    def _pass(self, piece: Event) -> Iterator[Event]:
        """Return the event with what only the writer knows, after the end of the block of text if it has to end."""
        kind = piece.document.get("type")
        if kind == "text-start":
            yield from self._end_block()
            self._block = str(piece.document["id"])
        elif kind == "text-end":
            self._note(piece)
            yield from self._end_block()
            return
        elif kind != "text-delta":
            yield from self._end_block()
        self._note(piece)
        if kind == "finish":
            yield from self._finish()
        else:
            yield piece

    def _end_block(self) -> Iterator[Event]:
        block, self._block = self._block, ""
        if block:
            yield Event({"type": "text-end", "id": block})

    def _close(self) -> Iterator[Event]:
        yield from self._end_block()
        if not self._told_end:
            yield from self._finish()

    def _finish(self) -> Iterator[Event]:
        self._told_end = True
        if self._form.steps:
            yield Event({"type": "finish-step"})
        reason = {"finishReason": self._turn.finish_reason}
        own = {} if self._turn.silent else {"messageId": self._turn.message.id}
        metadata = {**own, **self._turn.metadata()}
        inside, beside = (metadata, reason) if self._form.reason_beside else (metadata | reason, {})
        if self._form.metadata in METADATA:
            yield Event({"type": self._form.metadata, **inside, **beside})
        with_finish = {"messageMetadata": inside, **beside} if self._form.metadata == "finish" else {}
        yield Event({"type": "finish", **with_finish})

    def _frame(self, piece: Event) -> bytes:
        if self._form.named and not piece.name:
            return Event(piece.document, str(piece.document.get("type", "")))
        return piece

    def _note_text(self, text: str) -> None:
        if self._part is None:
            self._part = {"type": "text", "text": ""}
            self._turn.message.parts.append(self._part)
        self._part["text"] = f"{self._part['text']}{text}"

    def _note(self, piece: Event) -> None:
        """Keep what an event says of the answer."""
        told = piece.document
        about = {name: told.get(name) for name in ("toolCallId", "toolName")}
        match told:
            case {"type": "text-delta", "delta": str(text)}:
                self._note_text(text)
            case {"type": "text-start" | "text-end"}:
                self._part = None
            case {"type": "tool-input-available", "input": given}:
                self._part = None
                self._turn.message.parts.append({"type": "tool-call", **about, "input": given})
            case {"type": "tool-output-available", "output": output}:
                self._part = None
                self._turn.message.parts.append({"type": "tool-result", **about, "output": output})
            case {"type": "error"}:
                self._turn.finish_reason = "error"
                self._told_end = True
            case {"messageMetadata": {"finishReason": str(reason)}} | {"finishReason": str(reason)}:
                self._turn.finish_reason = reason
