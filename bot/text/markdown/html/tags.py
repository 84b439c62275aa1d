"""HTML in a text that is still arriving: tags, comments and entities, told from what only looks like them."""

import re
from dataclasses import dataclass
from html import unescape

from bot.text.markdown.lookahead import LookaheadBuffer, Parser

STYLES = {
    **dict.fromkeys(("b", "strong"), "**"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "*"),
    **dict.fromkeys(("u", "ins"), "__"),
    **dict.fromkeys(("s", "del", "strike"), "~~"),
}
"""Elements that Discord has a style for."""

CODE = frozenset({"code", "kbd", "samp", "tt"})
HEADINGS = {"h1": "# ", "h2": "## ", "h3": "### "}
BOLD_LINES = frozenset({"h4", "h5", "h6", "summary", "dt"})
BLOCKS = {
    **dict.fromkeys(("p", "section", "article", "main", "aside", "figure", "table"), 2),
    **dict.fromkeys(("div", "header", "footer", "nav", "center", "figcaption", "caption", "address"), 1),
    **dict.fromkeys(
        ("details", "blockquote", "ul", "ol", "dl", "dd", "html", "body", "li", "tr", "thead", "tbody", "tfoot"), 1
    ),
    **dict.fromkeys(("td", "th"), 0),
}
"""Elements that begin and end a line, and how many line feeds they have before and behind them."""

WORDS = frozenset({"span", "mark", "small", "big", "font", "abbr", "label", "time", "bdi", "q", "a", "picture"})
"""Elements that Discord has nothing for: their words are shown."""

VOID = frozenset({"br", "hr", "wbr", "img", "input", "source"})
"""Elements without an end."""

_NAMES = {*STYLES, *CODE, *HEADINGS, *BOLD_LINES, *BLOCKS, *WORDS, *VOID, "sub", "sup", "pre"}
_BEGINNINGS = {name[:size] for name in _NAMES for size in range(1, len(name) + 1)}

_MAX_TAG = 200
"""How many characters of a tag are waited for."""

_MAX_COMMENT = 1000
_ENDS = re.compile("[<>\"']")
_QUOTES = {"'": re.compile("'"), '"': re.compile('"')}
_COMMENT_END = re.compile("-->")
_VALUE = r"""\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))"""
_TAG = re.compile(rf"""</?\w+(?P<attributes>(?:\s+[A-Za-z_:@][\w:.-]*(?:{_VALUE})?)*)\s*/?>""")
_ATTRIBUTE = re.compile(rf"([\w:.-]+){_VALUE}")
_WITHOUT_VALUES = frozenset({"open", "checked", "disabled", "hidden", "reversed", "nowrap", "compact", "noshade"})
"""Attributes that HTML gives no value, of the elements that are known here."""


_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_ENTITY_SO_FAR = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{0,31}|#\d{0,7}|#[xX][0-9A-Fa-f]{0,6})")
_MAX_ENTITY = 34
_BLANK = re.compile(r"\s")
_ENTITIES = re.compile(_ENTITY.pattern)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: the name in small letters, and how many characters it takes in the source."""

    name: str
    closes: bool
    attributes: str
    length: int

    def attribute(self, name: str) -> str:
        """Return an attribute's value, an empty string if there is none."""
        for found in _ATTRIBUTE.finditer(self.attributes):
            if found[1].lower() == name:
                return decode_entities(found[2] or found[3] or found[4] or "").strip()
        return ""

    @property
    def options(self) -> set[str]:
        """The attributes that have no value."""
        return set(_ATTRIBUTE.sub(" ", self.attributes).lower().split())

    def is_certain(self, before: str) -> bool:
        """Tell whether behind the character `before` this is a tag even if nothing closes it, unlike `a<b and c>d`."""
        quotes = '"' in self.attributes or "'" in self.attributes
        return self.options <= _WITHOUT_VALUES and (quotes or not before.isalnum())


def read_tag(source: LookaheadBuffer, start: int = 0) -> Parser[Tag | None]:
    """Return the tag at an offset, None if none of a known name is there."""
    closes = (yield from source.peek(start + 1)) == "/"
    at = begin = start + 1 + closes
    while (char := (yield from source.peek(at))).isalnum():
        at += 1
        if source.ahead(begin, at).lower() not in _BEGINNINGS:
            return None
    name = source.ahead(begin, at).lower()
    if name not in _NAMES or (char not in ("/", ">") and not char.isspace()):
        return None
    end = yield from _find_end(source, at, start + _MAX_TAG)
    if end >= start + _MAX_TAG or (yield from source.peek(end)) != ">":
        return None
    text = source.ahead(start, end + 1)
    found = None if "\n\n" in text else _TAG.fullmatch(text)
    return Tag(name, closes, found["attributes"], end + 1 - start) if found else None


def _find_end(source: LookaheadBuffer, at: int, max_end: int) -> Parser[int]:
    """Return the offset of what ends a tag whose name ends at `at`; within the quotes of a value nothing does."""
    while True:
        at = yield from source.find(_ENDS, at, max_end)
        char = (yield from source.peek(at)) if at < max_end else ""
        if char not in _QUOTES:
            return at
        if source.ahead(0, at).rstrip()[-1:] == "=":
            at = yield from source.find(_QUOTES[char], at + 1, max_end)
        at += 1


def measure_comment(source: LookaheadBuffer) -> Parser[int]:
    """Return the length of the comment that begins here, 0 if none does or ends within the bound."""
    for at, char in enumerate("!--", start=1):
        if (yield from source.peek(at)) != char:
            return 0
    end = yield from source.find(_COMMENT_END, 2, _MAX_COMMENT, longest=3)
    return end + 3 if end + 3 <= _MAX_COMMENT and source.ahead(end, end + 3) == "-->" else 0


class Closers:
    """Where elements end, looked for once: each stretch of the text is searched at most once for each name."""

    def __init__(self, source: LookaheadBuffer, max_end: int) -> None:
        self._source = source
        self._max_end = max_end
        self._searched: dict[str, int] = {}
        self._found: dict[str, int] = {}

    def find(self, tag: Tag) -> Parser[tuple[int, int] | None]:
        """Return the offsets before and behind what closes the element whose `tag` stands here.

        None if nothing does in its paragraph, or within the bound.
        """
        source, name, here = self._source, tag.name, self._source.position
        size = len(name) + 3
        if self._found.get(name, -1) >= here + tag.length:
            at = self._found[name] - here
            return (at, at + size) if at < self._max_end else None
        at = max(tag.length, self._searched.get(name, 0) - here)
        while at < self._max_end:
            at = yield from source.find(_STOPS, at, self._max_end)
            char = (yield from source.peek(at)) if at < self._max_end else ""
            if not char or (char == "\n" and (yield from source.peek(at + 1)) in ("", "\n")):
                break
            if char == "<" and (yield from source.peek(at + 1)) == "/":
                yield from source.peek(at + size - 1)
                if source.ahead(at, at + size).lower() == f"</{name}>":
                    self._found[name] = here + at
                    return at, at + size
            at += 1
        self._searched[name] = here + at
        return None


_STOPS = re.compile(r"[<\n]")


def read_entity(source: LookaheadBuffer) -> Parser[tuple[str, int]]:
    """Return the character that the entity here stands for, and the entity's length; 0 if there is none."""
    for size in range(2, _MAX_ENTITY + 1):
        last = yield from source.peek(size - 1)
        text = source.ahead(0, size)
        if last == "" or not _ENTITY_SO_FAR.fullmatch(text):
            return _decode(text) if last and _ENTITY.fullmatch(text) else ("", 0)
    return "", 0


def _decode(entity: str) -> tuple[str, int]:
    char = _BLANK.sub(" ", unescape(entity))
    return (char, len(entity)) if len(char) <= 2 and char.isprintable() and char != entity else ("", 0)


def decode_entities(text: str) -> str:
    """Return `text` with its entities as the characters that they stand for."""
    return _ENTITIES.sub(lambda found: _decode(found[0])[0] or found[0], text) if "&" in text else text
