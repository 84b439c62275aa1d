"""Chatbase's answer as server-sent events, read line by line. Pure."""

import re
from collections.abc import Iterator

from bot.domain.errors import ConnectionLost, ProviderError
from bot.providers.body_errors import ERROR_KEYS, is_error_kind, is_error_only, tells_error
from bot.providers.response import JsonObject, parse_json, unwrap_json
from bot.providers.streams.chatbase_forms import Refuse
from bot.providers.streams.frame_scan import FIELDS
from bot.providers.streams.object_scan import ObjectScan
from bot.providers.streams.sse import Event, LineDecoder, SseDecoder

_DONE = "[DONE]"
_TEXT_KINDS = ("text-delta", "text")
_FINISHING_KEYS = {"finishReason", "messageMetadata", "metadata"}
_ANNOUNCED = re.compile(r"(?:[:=`'\"“(]|```\w*)\s*\Z")
"""How a text ends that is about to show an example, such as the object that tells of an error."""
_TAIL_CHARS = 32


class Events:
    """Server-sent events whose payloads are text to append, or JSON objects with such text in them.

    The first payload tells which. A `wary` one was not declared as an event stream: a line that none can hold shows it
    to be raw text after all, and the rest is taken as such. So what looks like an error in it is one only if no such
    line follows: an answer may explain what an error event looks like.
    """

    def __init__(self, label: str, refuse: Refuse, *, wary: bool, delimited: bool) -> None:
        self._label, self._refuse = label, refuse
        self._wary, self._delimited = wary, delimited
        self._lines, self._events = LineDecoder(), SseDecoder()
        self._plain: bool | None = None
        self._raw = self._torn = self.finished = False
        self._tail = ""
        self._frame: list[str] = []
        self._told: ProviderError | None = None

    def feed(self, text: str) -> Iterator[str]:
        """Yield the texts of the events that `text` completes; raises what `refuse` makes of an error."""
        for line in self._lines.feed(text):
            if self.finished:
                return
            yield from self._take(line)

    def close(self) -> Iterator[str]:
        """Yield the text of an event without its blank line; raises `ConnectionLost` too."""
        yield from self.salvage()
        told = self.finished or self._raw or (self._delimited and not self._torn)
        if not told and self._plain is not None:
            raise ConnectionLost(self._label)

    def salvage(self) -> Iterator[str]:
        """Yield the text of the event that was torn off; raises what `refuse` makes of an error."""
        if self.finished:
            return
        if self._lines.rest:
            yield from self._take(self._lines.rest)
        if self._told:
            raise self._told
        event = self._events.take("")
        self._torn = event is not None and bool(event.data)
        if event is not None and (event.name or not self._plain or not _may_be_error(event.data)):
            yield from self._texts(event)
        if self._told:
            raise self._told

    def _take(self, line: str) -> Iterator[str]:
        if self._raw:
            yield "\n" + line
            return
        foreign = self._wary and bool(line) and not line.startswith(FIELDS)
        if self._told and line and not foreign:
            raise self._told
        event = self._events.take("" if foreign else line)
        if event is not None:
            yield from self._texts(event)
        if foreign:
            yield from self._untell()
            self._raw = True
            yield "\n\n" + line
        elif line:
            self._frame.append(line)
        elif not self._told:
            self._frame.clear()

    def _untell(self) -> Iterator[str]:
        """Show what looked like an error as the text that it turned out to be."""
        if self._told:
            yield ("" if self._plain is None else "\n\n") + "\n".join(self._frame)
            self._told = None

    def _texts(self, event: Event) -> Iterator[str]:
        data = event.data
        part = unwrap_json(data)
        if (part or event.name) and self._is_error(event, part):
            self._told = self._refuse(decode_error(data))
            if not self._wary or self._plain is False:
                raise self._told
        elif data.strip() == _DONE:
            self.finished = True
        elif data:
            if self._plain is None:
                self._plain = part is None or not _holds_text(part)
            if self._plain:
                self._tail = (self._tail + data)[-_TAIL_CHARS:]
                yield data
            elif part is not None:
                yield from self._texts_of(part)

    def _is_error(self, event: Event, part: JsonObject | None) -> bool:
        """Tell whether an event holds nothing but an error.

        Among payloads that are text it must be exactly that, and not what the text before it announces.
        """
        if is_error_kind(event.name):
            return True
        if part is None:
            return False
        if self._plain:
            exact = event.data.startswith("{") and event.data.endswith("}")
            return exact and is_error_only(part) and not _ANNOUNCED.search(self._tail)
        if "type" in part:
            return is_error_kind(part["type"])
        return event.name in ("", "message") and is_error_only(part)

    def _texts_of(self, part: JsonObject) -> Iterator[str]:
        kind = part.get("type")
        if kind in (None, *_TEXT_KINDS):
            texts = (part.get("delta"), part.get("text"))
            if text := next((text for text in texts if isinstance(text, str)), None):
                yield text
        if (kind is None and tells_error(part)) or _finished_by_error(part):
            raise self._refuse({key: value for key, value in part.items() if key != "type"})
        if kind == "finish":
            self.finished = True


def _holds_text(part: JsonObject) -> bool:
    """Tell whether a payload is one of the JSON objects that sibling APIs send; if not, it is an answer in JSON."""
    return any(isinstance(part.get(key), str) for key in ("type", "delta", "text")) or bool(part.get("error"))


def _finished_by_error(part: JsonObject) -> bool:
    """Tell whether the `finishReason` in a payload, or in its metadata, is an error."""
    if part.keys().isdisjoint(_FINISHING_KEYS):
        return False
    positions = (part, part.get("messageMetadata"), part.get("metadata"))
    return any(isinstance(position, dict) and position.get("finishReason") == "error" for position in positions)


def _may_be_error(data: str) -> bool:
    """Tell whether a torn payload is the beginning of an error's object."""
    scan = ObjectScan(ERROR_KEYS)
    return scan.feed(data) is None and bool(scan.seen)


def decode_error(data: str) -> object:
    """Return the payload of an error event: JSON, or a text of its own; half an object is neither."""
    try:
        return parse_json("", data)
    except ProviderError:
        return None if data.lstrip().startswith(("{", "[", "<")) else data
