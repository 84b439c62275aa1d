"""Chatbase's answer in whichever form it comes, raw text, server-sent events or JSON, told apart by its bytes.

The document promises server-sent events while its samples print raw text (`reference/providers.md`, "the
contradiction"), so nothing is believed that the body does not bear out:

- events, where the content type says so and the body can be read so, or the body begins with a whole `data:` frame;
- JSON, where the content type says so, or where no stream was asked for;
- raw text otherwise, also where it only begins with the letters `data:`.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from typing import Protocol

from bot.chat.errors import CutShort, ProviderError, Unreadable
from bot.providers.eventstream import EventStream, Lines
from bot.providers.reply import JsonObject, as_object, parse_json, text_of

DONE = "[DONE]"

_FIELDS = ("data:", "event:", "id:", "retry:", ":")
_LINE_END = re.compile(r"\r\n|\n|\r")
_LONGEST_DOUBT = 16_384
"""After so many characters without a whole frame a body is no event stream; it bounds what a doubt holds back."""

Refuse = Callable[[object], ProviderError]


class _Form(Protocol):
    finished: bool

    def feed(self, text: str) -> Iterator[str]: ...

    def close(self) -> Iterator[str]: ...


class AnswerStream:
    """Turns the body's bytes, split anywhere, into the answer's text. Pure; one serves one reply.

    `streaming` is what was asked for, `delimited` whether HTTP told where the body ended, `refuse` makes the error for
    a body that holds an error instead of an answer.
    """

    def __init__(self, label: str, media_type: str, *, streaming: bool, delimited: bool, refuse: Refuse) -> None:
        self._label, self._media_type = label, media_type
        self._streaming, self._delimited, self._refuse = streaming, delimited, refuse
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._head = ""
        self._begun = False
        self._form: _Form | None = None

    @property
    def finished(self) -> bool:
        """Whether the body itself said that the answer is complete, so that nothing more need be read."""
        return self._form is not None and self._form.finished

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield the text that `chunk` adds; raises `Unreadable` for an HTML page, or what `refuse` makes."""
        yield from self._feed(self._decoder.decode(chunk))

    def close(self) -> Iterator[str]:
        """Yield what was held back, at the body's proper end.

        Raises `CutShort` where an event was torn, and where neither `[DONE]` nor HTTP itself marked the end of an event
        stream. A stream whose HTTP framing is whole counts as complete without `[DONE]`: the server ended it on
        purpose, and what it says of `[DONE]` no sample or public client of it relies on.
        """
        yield from self._feed(self._decoder.decode(b"", final=True))
        if self._form is None:
            self._form = self._choose(events=False)
            yield from self._form.feed(self._head)
        yield from self._form.close()

    def salvage(self) -> Iterator[str]:
        """Yield what was held back when the connection broke, as far as it is text to show."""
        if self._form is None:
            self._form = self._choose(events=False)
            yield from self._form.feed(self._head)
        elif isinstance(self._form, _Events):
            yield from self._form.rest()

    def _feed(self, text: str) -> Iterator[str]:
        if text and not self._begun:
            text, self._begun = text.removeprefix("\ufeff"), True
        if self._form is None:
            self._head += text
            self._form, text = self._decide(), self._head
        if self._form is not None:
            yield from self._form.feed(text)

    def _decide(self) -> _Form | None:
        head = self._head[:_LONGEST_DOUBT]
        declared = self._media_type == "text/event-stream"
        events = _can_be_events(head) if declared else _begins_with_frame(head)
        doubtful = events is None or (not events and self._media_type == "text/html" and not head.strip())
        if doubtful and len(self._head) < _LONGEST_DOUBT:
            return None
        return self._choose(events=bool(events))

    def _choose(self, *, events: bool) -> _Form:
        if events:
            wary = self._media_type != "text/event-stream"
            return _Events(self._label, self._refuse, wary=wary, delimited=self._delimited)
        if not self._streaming or self._media_type == "application/json" or self._media_type.endswith("+json"):
            return _Json(self._label, self._refuse)
        if self._media_type == "text/html" and self._head.lstrip().startswith("<"):
            raise Unreadable(self._label, "an HTML page")
        return _Raw()


class _Raw:
    """The chunks are the answer; their end is its end."""

    finished = False

    def feed(self, text: str) -> Iterator[str]:
        if text:
            yield text

    def close(self) -> Iterator[str]:
        yield from ()


class _Json:
    """One object, complete at its end: `{"text": "…"}`."""

    finished = False

    def __init__(self, label: str, refuse: Refuse) -> None:
        self._label, self._refuse = label, refuse
        self._parts: list[str] = []

    def feed(self, text: str) -> Iterator[str]:
        self._parts.append(text)
        yield from ()

    def close(self) -> Iterator[str]:
        payload = as_object(self._label, parse_json(self._label, "".join(self._parts)))
        if answer := text_of(self._label, payload, "text"):
            yield answer
        elif payload.get("error") or payload.get("message"):
            raise self._refuse(payload)


class _Events:
    """Server-sent events whose payloads are text to append, or JSON objects with such text in them.

    The first payload tells which. A `wary` one was not declared as an event stream: a line that none can hold shows it
    to be raw text after all, and the rest is taken as such.
    """

    def __init__(self, label: str, refuse: Refuse, *, wary: bool, delimited: bool) -> None:
        self._label, self._refuse = label, refuse
        self._wary, self._delimited = wary, delimited
        self._lines, self._events = Lines(), EventStream()
        self._plain: bool | None = None
        self._raw = self._torn = self.finished = False

    def feed(self, text: str) -> Iterator[str]:
        for line in self._lines.feed(text):
            if self.finished:
                return
            yield from self._take(line)

    def close(self) -> Iterator[str]:
        yield from self.rest()
        told = self.finished or self._raw or (self._delimited and not self._torn)
        if not told and self._plain is not None:
            raise CutShort(self._label)

    def rest(self) -> Iterator[str]:
        """Yield the text of the event that was torn off."""
        if self.finished:
            return
        if self._lines.rest:
            yield from self._take(self._lines.rest)
        payload = self._events.take("")
        self._torn = payload is not None
        yield from self._texts(payload)

    def _take(self, line: str) -> Iterator[str]:
        if self._raw:
            yield "\n" + line
            return
        foreign = self._wary and line and not line.startswith(_FIELDS)
        payload = self._events.take("" if foreign else line)
        yield from self._texts(payload)
        if foreign:
            self._raw = True
            yield "\n\n" + line

    def _texts(self, payload: str | None) -> Iterator[str]:
        if payload is None:
            return
        if payload.strip() == DONE:
            self.finished = True
            return
        part = _parse_part(payload)
        if self._plain is None:
            self._plain = part is None
        text = payload if self._plain else self._text_of_part(part or {})
        if text:
            yield text

    def _text_of_part(self, part: JsonObject) -> str | None:
        kind = part.get("type")
        if kind == "error" or (kind is None and part.get("error")):
            raise self._refuse(part)
        if kind == "finish":
            self.finished = True
        if kind not in (None, "text-delta", "text"):
            return None
        texts = (part.get("delta"), part.get("text"))
        return next((text for text in texts if isinstance(text, str)), None)


def _parse_part(payload: str) -> JsonObject | None:
    """Return an event's payload as the JSON object that sibling APIs send, None where it is anything else."""
    if not payload.lstrip().startswith("{"):
        return None
    try:
        part = as_object("", parse_json("", payload))
    except ProviderError:
        return None
    return part if any(part.get(key) for key in ("type", "delta", "text", "error")) else None


def _begins_with_frame(head: str) -> bool | None:
    """Tell whether `head` begins with a whole `data:` frame; None while it still may."""
    *lines, rest = _LINE_END.split(head)
    for number, line in enumerate(lines):
        if number and not line:
            return True
        if not line.startswith(_FIELDS if number else "data:"):
            return False
    names = _FIELDS if lines else ("data:",)
    return None if rest.startswith(names) or any(name.startswith(rest) for name in names) else False


def _can_be_events(head: str) -> bool | None:
    """Tell whether the first line of `head` is one that an event stream can begin with; None while it still may."""
    line = head.lstrip("\r\n")
    if line.startswith(_FIELDS):
        return True
    return None if any(name.startswith(line) for name in _FIELDS) else False
