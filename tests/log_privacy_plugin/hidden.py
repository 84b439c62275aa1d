"""What no log line may hold: what people and chat APIs wrote, and what keeps others from speaking in their names."""

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from bot.domain import errors
from bot.providers import PROVIDERS

WINDOW = 16
"""Characters. A line is found out by any of a text's pieces of this length that begins with a word."""

SHORTEST_TEXT = 10
"""Characters. A shorter text, such as "hello", may stand in a line by chance."""

SHORTEST_SECRET = 8
"""Characters. A shorter secret is a test's own nonsense, such as "key"."""

_LETTERS = 9
"""How many letters a piece of a text needs: dates, ids and the like of "question 1" stand in lines for good reasons."""

_READ = 20_000
"""Characters of one text that are looked for; the longest tell one sentence again and again."""

_WORD = re.compile(r"(?<!\w)\w")
_REFERENCE = re.compile(r"<[@#:/t][^\s<>]*>|https?://\S+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


_OWN_WORDS = frozenset(
    {name.lower() for name, value in vars(errors).items() if isinstance(value, type)}
    | {each.name for each in PROVIDERS}
)
"""The names of the program's errors and providers, which the log tells.

An API may send the same word, such as "Unauthorized", and an admin may type providers' names, with commas between them.
"""


class Hidden:
    """Texts and secrets, each with its kind, and a quick way to tell whether a line holds a piece of one."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        """The kind of each piece."""
        self._lengths: set[int] = set()
        self._known: set[str] = set()

    def add_text(self, text: str, kind: str) -> None:
        """Hide a text; mentions and addresses in it are none of its words."""
        self._add(_REFERENCE.sub(" ", text[:_READ]), kind, SHORTEST_TEXT, letters=_LETTERS)

    def add_texts(self, document: str, kind: str) -> None:
        """Hide each text in a document: JSON, a stream of events, or plain text."""
        for text in _texts(document[:_READ]):
            self.add_text(text, kind)

    def add_secret(self, secret: str, kind: str) -> None:
        """Hide a secret."""
        self._add(secret, kind, SHORTEST_SECRET, letters=0)

    def kinds_in(self, line: str) -> set[str]:
        """Return the kinds of all that stands in a line: as it is, or as an address or JSON writes it."""
        readings = {line, unquote_plus(line), _ESCAPED.sub(lambda found: chr(int(found[1], 16)), line)}
        starts = [(reading, start) for reading in map(_flat, readings) for start in _starts(reading)]
        pieces = (reading[start : start + length] for reading, start in starts for length in self._lengths)
        return {self._kinds[piece] for piece in pieces if piece in self._kinds}

    def _add(self, text: str, kind: str, shortest: int, *, letters: int) -> None:
        if text in self._known:
            return
        self._known.add(text)
        if all(map(_is_own, text.lower().split(","))):
            return
        text = _flat(text)
        for piece in [text[start : start + WINDOW] for start in _starts(text)] or [text]:
            # The last words of a longer text are no piece of their own: a few letters may be anybody's.
            whole = len(piece) == WINDOW or (text.endswith(piece) and len(text) - len(piece) < 2)
            if whole and len(piece) >= shortest and sum(map(str.isalpha, piece)) >= letters:
                self._kinds.setdefault(piece, kind)
                self._lengths.add(len(piece))


def _is_own(word: str) -> bool:
    """Return whether it is one of the program's own words, or what is typed of one so far."""
    return any(own.startswith(word.strip()) for own in _OWN_WORDS)


def _flat(text: str) -> str:
    return " ".join(text.replace("\\n", " ").split())


def _starts(text: str) -> Iterator[int]:
    return (found.start() for found in _WORD.finditer(text))


def _texts(document: str) -> Iterator[str]:
    """Yield a document's texts; of a stream of events, all that belongs together as one."""
    events = [line.removeprefix("data:") for line in document.splitlines() if line.startswith("data:")]
    parsed = [_parsed(part) for part in events or [document]]
    leaves = [leaf for value in parsed for leaf in leaves_of(value)]
    if events:
        yield "".join(leaves)
    yield from leaves


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def leaves_of(value: object) -> Iterator[str]:
    """Yield every text in a JSON value."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case dict() as members:
                waiting.extend(reversed(members.values()))
            case list() | tuple() as items:
                waiting.extend(reversed(items))
