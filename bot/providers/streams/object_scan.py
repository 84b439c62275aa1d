"""Tells, while a text arrives, whether it can still be one JSON object that has nothing but known keys. Pure."""

import re
from collections.abc import Collection
from enum import Enum, auto

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SCALAR = re.compile(r"[-+.0-9A-Za-z]*")
_NESTED = re.compile(r'[^"{}\[\]]*')
_MAX_SPACE = 16_384
"""White space before the object, in characters; more than that comes from no server."""
_MAX_NESTED = 1000
"""Brackets and strings in the object's lists and objects: an error has a handful, and each takes a step here."""


class _Next(Enum):
    """What may come next."""

    OBJECT = auto()
    FIRST_KEY = auto()
    KEY = auto()
    COLON = auto()
    VALUE = auto()
    COMMA = auto()
    END = auto()


class ObjectScan:
    """Follows one text; feeding it in any pieces takes linear time in all, and the text itself is not kept.

    Only what tells early is looked at, the keys and what stands between keys and values: a text that passes may still
    be no JSON. No key may come twice.
    """

    def __init__(self, keys: Collection[str]) -> None:
        self.seen: set[str] = set()
        """The keys so far."""
        self._keys = frozenset(keys)
        self._next = _Next.OBJECT
        self._string: str | None = None
        """Of a string that goes on: what there is of a key, nothing of a value."""
        self._escaped = self._scalar = self._failed = False
        self._depth = self._nested = self._space = 0

    @property
    def verdict(self) -> bool | None:
        """Whether the text is such an object (so far only white space follows); None while it may become one."""
        if self._failed:
            return False
        return True if self._next is _Next.END else None

    def feed(self, text: str) -> bool | None:
        """Read on; returns the verdict."""
        position = 0
        while position < len(text) and not self._failed:
            position = self._step(text, position)
        return self.verdict

    def _step(self, text: str, position: int) -> int:
        """Read one thing, or the part of it that is there; return where the next one begins."""
        if self._string is not None:
            return self._read_string(text, position)
        if self._depth:
            return self._read_nested(text, position)
        if self._scalar:
            end = _end(_SCALAR, text, position)
            self._scalar = end == len(text)
            return end
        end = _end(_SPACE, text, position)
        if self._next is _Next.OBJECT:
            self._space += end - position
            self._failed = self._space > _MAX_SPACE
        if end == len(text):
            return end
        self._read_sign(text[end])
        return end if self._scalar else end + 1

    def _read_sign(self, sign: str) -> None:
        match self._next, sign:
            case (_Next.OBJECT, "{"):
                self._next = _Next.FIRST_KEY
            case (_Next.FIRST_KEY | _Next.KEY | _Next.VALUE, '"'):
                self._string = ""
            case (_Next.COLON, ":"):
                self._next = _Next.VALUE
            case (_Next.VALUE, "{" | "["):
                self._depth, self._next = 1, _Next.COMMA
            case (_Next.VALUE, _) if _SCALAR.fullmatch(sign):
                self._scalar, self._next = True, _Next.COMMA
            case (_Next.COMMA, ","):
                self._next = _Next.KEY
            case (_Next.COMMA | _Next.FIRST_KEY, "}"):
                self._next = _Next.END
            case _:
                self._failed = True

    def _read_string(self, text: str, position: int) -> int:
        assert self._string is not None
        start = position + self._escaped
        end = _end(_STRING, text, start)
        self._escaped = text[end : end + 1] == "\\"
        is_key = not self._depth and self._next is not _Next.VALUE
        if is_key:
            self._string += text[position:end]
            self._failed = not any(key.startswith(self._string) for key in self._keys)
        if end == len(text) or self._escaped or self._failed:
            return len(text)
        if is_key:
            self._read_key(self._string)
        elif not self._depth:
            self._next = _Next.COMMA
        self._string = None
        return end + 1

    def _read_key(self, key: str) -> None:
        self._failed = key not in self._keys or key in self.seen
        self.seen.add(key)
        self._next = _Next.COLON

    def _read_nested(self, text: str, position: int) -> int:
        end = _end(_NESTED, text, position)
        match text[end : end + 1]:
            case '"':
                self._string = ""
            case "{" | "[":
                self._depth += 1
            case "}" | "]":
                self._depth -= 1
        self._nested += end < len(text)
        self._failed = self._nested > _MAX_NESTED
        return end + 1


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    assert found is not None
    return found.end()
