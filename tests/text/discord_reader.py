"""Reads a message as Discord's client draws it: its rules, from simple-markdown, in their order.

Two parsers of others, in JavaScript, are asked the same in `make slow`. This one is quick enough for property tests.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_URL = re.compile(r"https?://[^\s<]+[^<.,:;\"')\]\s]")
_INSIDE = r"(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*"
_HREF = r"\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"]([\s\S]*?)['\"])?\s*"
_LINK = re.compile(rf"\[({_INSIDE})\]\({_HREF}\)")
_ANGLE = re.compile(r"<(?:[^: >]+:/[^ >]+|@[!&]?\d+|#\d+|a?:\w+:\d+|t:-?\d+(?::[RtTdDfF])?)>")
_QUOTE = re.compile(r" *>>> ([\s\S]*)| *> [^\n]*(?:\n *> [^\n]*)*\n?")
_BLOCK = re.compile(r"```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,3}|-#) +([^\n]+?)(?:\n|$)")
_SPOILER = re.compile(r"\|\|([\s\S]+?)\|\|")
_EM = re.compile(
    r"_((?:__|\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])"
    r"|\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)"
)
_STRONG = re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")
_UNDERLINE = re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")
_STRIKE = re.compile(r"~~([\s\S]+?)~~(?!_)")
_CODE = re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_TEXT = re.compile(r"\n(?=-#)|[\s\S]+?(?=[^0-9A-Za-z\s\u00c0-\uffff-]|\n|[0-9A-Za-z_]+:\S|\Z)")


@dataclass(frozen=True)
class Drawn:
    """One visible character, and how it is drawn: `bold`, `italic`, `spoiler`, `code`, `small`, `quote` and so on."""

    char: str
    styles: frozenset[str]


def read(text: str) -> list[Drawn]:
    """Return the characters of a message as they are drawn, without white space."""
    shown: list[Drawn] = []
    _read(text, frozenset(), shown)
    return [drawn for drawn in shown if not drawn.char.isspace() and drawn.char != "\u200b"]


def visible(text: str) -> str:
    """Return what a reader sees of a message, without white space."""
    return "".join(drawn.char for drawn in read(text))


def styled(text: str, style: str) -> str:
    """Return what is drawn in a style, without white space."""
    return "".join(drawn.char for drawn in read(text) if style in drawn.styles)


def _read(text: str, styles: frozenset[str], shown: list[Drawn]) -> None:
    at, begins_line = 0, True
    while at < len(text):
        end = _read_one(text, at, styles, shown, begins_line=begins_line)
        begins_line = text[end - 1] == "\n" or (begins_line and not text[at:end].strip(" "))
        at = end


def _read_one(text: str, at: int, styles: frozenset[str], shown: list[Drawn], *, begins_line: bool) -> int:
    if begins_line and "quote" not in styles and (match := _QUOTE.match(text, at)):
        content = match[1] if match[1] is not None else re.sub(r"^ *> ?", "", match[0], flags=re.MULTILINE)
        _read(content, styles | {"quote"}, shown)
        return match.end()
    if begins_line and (match := _HEADING.match(text, at)):
        _read(match[2], styles | {"small" if match[1] == "-#" else "heading"}, shown)
        return match.end()
    for pattern, draw in _RULES:
        if match := pattern.match(text, at):
            draw(match, styles, shown)
            return match.end()
    if best := max((match for rule in _NESTED if (match := rule[0].match(text, at))), key=len_of, default=None):
        style = next(name for pattern, name in _NESTED if pattern is best.re)
        _read(best[1] or best[2], styles | {style}, shown)
        return best.end()
    if match := _STRIKE.match(text, at):
        _read(match[1], styles | {"strike"}, shown)
        return match.end()
    if match := _CODE.match(text, at):
        _raw("code")(match, styles, shown)
        return match.end()
    match = _TEXT.match(text, at)
    assert match is not None
    shown += [Drawn(char, styles) for char in match[0]]
    return match.end()


def len_of(match: re.Match[str]) -> int:
    """Return how long a match is: of the styles that begin at one place, Discord takes the longest."""
    return len(match[0])


def _raw(style: str) -> Callable[[re.Match[str], frozenset[str], list[Drawn]], None]:
    def draw(match: re.Match[str], styles: frozenset[str], shown: list[Drawn]) -> None:
        content = match[2] if style in ("code", "block") else match[0]
        shown += [Drawn(char, styles | {style}) for char in content]

    return draw


def _spoiler(match: re.Match[str], styles: frozenset[str], shown: list[Drawn]) -> None:
    _read(match[1], styles | {"spoiler"}, shown)


def _link(match: re.Match[str], styles: frozenset[str], shown: list[Drawn]) -> None:
    _read(match[1], styles | {"link"}, shown)


def _escape(match: re.Match[str], styles: frozenset[str], shown: list[Drawn]) -> None:
    shown.append(Drawn(match[1], styles))


_RULES = (
    (_SPOILER, _spoiler),
    (_BLOCK, _raw("block")),
    (_ESCAPE, _escape),
    (_ANGLE, _raw("link")),
    (_URL, _raw("link")),
    (_LINK, _link),
)
_NESTED = ((_EM, "italic"), (_STRONG, "bold"), (_UNDERLINE, "underline"))
