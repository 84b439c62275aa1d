"""Chatbase v2's answer: server-sent events or one JSON document, told apart by how the body begins. Pure.

Events and fields from `reference/provider-docs/chatbase-v2.md`, "The stream" and "ChatResponse".
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.errors import ActionWanted, ConnectionLost, InvalidResponse, NoReply, ProviderError
from bot.domain.provider import LookingUp, Piece, Receipt
from bot.providers.body_errors import is_error_kind, tells_error
from bot.providers.charsets import BodyDecoder
from bot.providers.response import as_object, parse_json, unwrap_json
from bot.providers.streams.chatbase_events import decode_error
from bot.providers.streams.chatbase_forms import Refuse
from bot.providers.streams.sse import Event, SseDecoder

_DONE = "[DONE]"
_FIRST_SIGNS = tuple("deir:")
"""What a stream of events begins with: `data`, `event`, `id`, `retry`, or a comment. No JSON document does."""

_TELLING = ("start", "message-start", "message-metadata", "metadata", "finish")
"""Events that tell of the answer, by themselves or in their `messageMetadata` or `metadata`."""

_MAX_ID_CHARS = 200
"""Ids are kept in the database; none that is documented has a quarter of that."""

_STEPS = (".", "..")
"""What no id may be: in an address, these lead elsewhere however they are written (RFC 3986, 6.2.2.3)."""

_MAX_AMOUNT = 1e12
"""More credits than anybody has."""


class ChatbaseV2Answer:
    """Turns the body's bytes, split anywhere, into the answer's pieces. One serves one reply.

    `refuse` makes the error for a decoded body, or an event's payload, that tells of an error. `decoder` is that of the
    body's charset, UTF-8 if None.
    """

    def __init__(self, label: str, refuse: Refuse, decoder: BodyDecoder | None = None) -> None:
        self._label, self._refuse = label, refuse
        self._decoder = decoder or BodyDecoder()
        self._events: SseDecoder | None = None
        self._document: list[str] = []
        self._blocks = _Blocks()
        self._receipt = Receipt()
        self._reason = ""
        self._has_events = self._is_whole = False
        self._is_looking_up = False
        self.finished = False
        """Whether the stream itself said that nothing more comes."""

    @property
    def is_whole(self) -> bool:
        """Whether the stream said that the answer is complete; something about it may follow."""
        return self._is_whole

    @property
    def has_text(self) -> bool:
        """Whether any text came."""
        return bool(self._blocks.end)

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """Yield the pieces that `chunk` adds; raises what `refuse` makes of an error."""
        yield from self._feed(self._decoder.feed(chunk))

    def close(self, fault: ProviderError | None = None) -> Iterator[Piece]:
        """Yield what the body's end adds; `fault` is what ended it too early, which is raised unless all had come.

        Raises also `NoReply` for an empty body, `InvalidResponse`, `ActionWanted` if the chatbot waits for an action of
        ours, and `ConnectionLost` if a stream ended with neither `[DONE]` nor `finish`.
        """
        if fault is None:
            yield from self._feed(self._decoder.feed(b"", final=True))
        if self._events is not None:
            yield from self._salvage(self._events)
            if not self._is_whole:
                lost = ConnectionLost(self._label) if self._has_events else InvalidResponse(self._label, "no events")
                raise fault or lost
        elif fault is not None:
            raise fault
        elif self._document:
            yield from self._read_document()
        else:
            raise NoReply(self._label)
        if self._reason == "error":
            raise self._refuse({})
        if self._reason == "tool-calls":
            raise ActionWanted(self._label)

    def _salvage(self, events: SseDecoder) -> Iterator[Piece]:
        """Yield what the event holds that was torn off."""
        event = None if self.finished else events.close()
        if event is not None:
            yield from self._take(event)

    def _feed(self, text: str) -> Iterator[Piece]:
        if self._events is None and not self._document:
            text = text.lstrip()
            if text.startswith(_FIRST_SIGNS):
                self._events = SseDecoder()
        if self._events is None:
            self._document += [text] if text else []
            return
        for event in self._events.feed(text):
            if self.finished:
                return
            yield from self._take(event)

    def _take(self, event: Event) -> Iterator[Piece]:
        if event.data.strip() == _DONE:
            self.finished = self._is_whole = True
            return
        part = unwrap_json(event.data) or {}
        kind = part.get("type")
        self._has_events = self._has_events or isinstance(kind, str)
        if is_error_kind(kind) or is_error_kind(event.name) or (kind is None and tells_error(part)):
            self.finished = True
            raise self._refuse(part or decode_error(event.data))
        if kind == "text-start":
            self._blocks.begin()
        elif kind == "text-delta":
            yield from self._blocks.add(part.get("delta"), part.get("id"))
        elif isinstance(kind, str) and kind.startswith("tool-"):
            yield from self._look_up()
        elif kind in _TELLING:
            self._is_whole = self._is_whole or kind == "finish"
            for told in (part, part.get("messageMetadata"), part.get("metadata")):
                yield from self._note(told)

    def _look_up(self) -> Iterator[Piece]:
        if not self.has_text and not self._is_looking_up:
            self._is_looking_up = True
            yield LookingUp()

    def _read_document(self) -> Iterator[Piece]:
        body = as_object(self._label, parse_json(self._label, "".join(self._document)))
        answer = body.get("data", body)
        for each in (body, answer):
            if isinstance(each, dict) and tells_error(each):
                raise self._refuse(each)
        parts = as_object(self._label, answer).get("parts")
        if not isinstance(parts, list):
            raise InvalidResponse(self._label, "no `parts`")
        for part in parts:
            if isinstance(part, dict) and part.get("type") == "text":
                self._blocks.begin()
                yield from self._blocks.add(part.get("text"))
        assert isinstance(answer, dict)
        yield from self._note({"messageId": answer.get("id")})
        yield from self._note(answer.get("metadata"))

    def _note(self, told: object) -> Iterator[Receipt]:
        """Note what metadata tell, and yield the receipt if that changed it."""
        if not isinstance(told, dict):
            return
        before = self._receipt
        if conversation := _id(told.get("conversationId")):
            self._receipt = replace(self._receipt, conversation_id=conversation)
        if answer := _id(told.get("messageId")):
            self._receipt = replace(self._receipt, answer_id=answer)
        usage = told.get("usage")
        if isinstance(usage, dict) and (cost := read_amount(usage.get("credits"))) is not None:
            self._receipt = replace(self._receipt, credits=cost)
        reason = told.get("finishReason")
        self._reason = reason if isinstance(reason, str) else self._reason
        if self._receipt != before:
            yield self._receipt


class _Blocks:
    """Joins blocks of text, with a blank line between two that have any."""

    def __init__(self) -> None:
        self.end = ""
        """The last two characters so far."""
        self._block: object = None
        self._begins = False

    def begin(self) -> None:
        """Begin another block."""
        self._begins = True

    def add(self, text: object, block: object = None) -> Iterator[str]:
        """Yield `text` with what separates it from the text before, if that is of another block."""
        if not isinstance(text, str) or not text:
            return
        begins = self._begins or (block is not None and self._block is not None and block != self._block)
        self._begins, self._block = False, self._block if block is None else block
        if begins and self.end:
            text = "\n" * (2 - (len(self.end) - len(self.end.rstrip("\n")))) + text
        self.end = (self.end + text)[-2:]
        yield text


def _id(value: object) -> str:
    """Return an id, an empty text for anything that cannot be one."""
    if not isinstance(value, str) or len(value) > _MAX_ID_CHARS or not value.isprintable() or value in _STEPS:
        return ""
    return value


def read_amount(value: object) -> float | None:
    """Return a number of credits, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return abs(float(value)) if 0 <= value <= _MAX_AMOUNT else None  # -0.0 is no less than 0
