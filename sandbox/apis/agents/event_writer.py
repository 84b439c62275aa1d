"""Chatbase v2's stream of one answer: its text and all the events that go around it."""

from collections.abc import AsyncIterator, Iterator

from sandbox.apis.agents.conversation import Turn
from sandbox.apis.agents.events import DONE, METADATA, Event, StreamForm
from sandbox.apis.replies.reply import Piece, Reply
from sandbox.apis.transport.wire_response import Cut


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
