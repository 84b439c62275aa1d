"""What the forms of Chatbase's answer have in common, and the two simple ones: raw text, and one JSON object. Pure."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Protocol

from bot.domain.errors import ProviderError
from bot.providers.body_errors import tells_error
from bot.providers.response import as_object, parse_json, text_of, unwrap_json

_TEXT_BEGINS = re.compile(r'\s*\{\s*"text"\s*:\s*"')
_TEXT = re.compile(r'(?:[^"\\]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_HALF_CHARACTER = re.compile(r"[\ud800-\udbff]\Z")
_SLICE = 65_536
"""How many characters of a torn text are decoded in one go."""

Refuse = Callable[[object], ProviderError]


class Form(Protocol):
    """Reads a body's text. `finished` says that the body itself told its end."""

    finished: bool

    def feed(self, text: str) -> Iterator[str]:
        """Yield what `text` adds to the answer; raises `ProviderError`."""

    def close(self) -> Iterator[str]:
        """Yield what the body's proper end adds; raises `ProviderError`."""

    def salvage(self) -> Iterator[str]:
        """Yield what else is text to show, now that the connection broke; raises only an error told before."""


class Raw:
    """The chunks are the answer; their end is its end."""

    finished = False

    def feed(self, text: str) -> Iterator[str]:
        """Yield the text itself."""
        if text:
            yield text

    def close(self) -> Iterator[str]:
        """Yield nothing."""
        yield from ()

    salvage = close


class Json:
    """One object, complete at its end: `{"text": "…"}`, or an error."""

    finished = False

    def __init__(self, label: str, refuse: Refuse) -> None:
        self._label, self._refuse = label, refuse
        self._parts: list[str] = []

    def feed(self, text: str) -> Iterator[str]:
        """Yield nothing yet."""
        self._parts.append(text)
        yield from ()

    def close(self) -> Iterator[str]:
        """Yield the answer; raises what `refuse` makes of an error, `NoReply` and `Unreadable`."""
        payload = as_object(self._label, parse_json(self._label, "".join(self._parts)))
        answer = None
        if isinstance(payload.get("text"), str) or not tells_error(payload):
            answer = text_of(self._label, payload, "text")
        if answer:
            yield answer
        if tells_error(payload) or (not answer and (payload.get("message") or payload.get("detail"))):
            raise self._refuse(payload)

    def salvage(self) -> Iterator[str]:
        """Yield the answer as far as it came."""
        body = "".join(self._parts)
        if body.rstrip().endswith("}") and unwrap_json(body) is not None:
            yield from self.close()
        else:
            yield from _read_torn(body)


def _read_torn(body: str) -> Iterator[str]:
    """Yield the text of an object that was torn off inside it; half a character at its end is left out."""
    begins, half = _TEXT_BEGINS.match(body), ""
    at = begins.end() if begins is not None else len(body)
    while (part := _TEXT.match(body, at, at + _SLICE)) is not None and part[0]:
        at = part.end()
        text: str = half + json.loads(f'"{part[0]}"', strict=False)
        half = text[-1] if _HALF_CHARACTER.search(text) else ""
        if text := text.removesuffix(half):
            yield text
