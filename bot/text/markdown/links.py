"""Links, images and footnotes: Discord masks an address in the web with a text that holds none, and nothing else."""

import re
from urllib.parse import quote

from bot.text.markdown.code_spans import cut_at_code_spans
from bot.text.markdown.html.tags import decode_entities
from bot.text.markdown.lookahead import LookaheadBuffer, Parser

_MAX_TEXT = 300
_MAX_ADDRESS = 1000
_MAX_LABEL = 100
_MAX_NESTING = 3
"""How many brackets within brackets are read, counting the outer ones. It also bounds the work for each character."""

_STOPS = {"[]": re.compile(r"[\[\]\\\n]"), "()": re.compile(r"[()\\\n\"'<]")}
_QUOTES = {"'": re.compile(r"['\n]"), '"': re.compile(r'["\n]'), "<": re.compile(r"[>\n]")}
_TARGET = re.compile(
    r"""\(\s*(?:<(?P<pointed>[^<>]*)>|(?P<bare>\S*?))(?:\s+(?:"(?:.*)"|'(?:.*)'|\((?:.*)\)))?\s*\)""", re.DOTALL
)
_DEFINITION = re.compile(r"\s*(?:<([^<>]+)>|([^\s<]\S*))(?:\s+(?:\"(.*)\"|'(.*)'|\((.*)\)))?\s*")
_WEB = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SHOWN_SCHEMES = re.compile(r"(?:mailto|tel|sms):|(?=ftp:|ssh:|git:|irc:|magnet:)", re.IGNORECASE)
_ROUND_END = re.compile(r"[)\n]")
_ALERTS = ("!NOTE", "!TIP", "!IMPORTANT", "!WARNING", "!CAUTION")
"""What GitHub draws as a title at the beginning of a quotation."""

UNLINKED = "]("
"""Stands for the target of what is no link, but would be one for Discord."""

_CODE = "\0"
"""Stands for each character of code, which may be in a link's text and not in its target."""

_IMAGE = re.compile(rf"!\[([^\[\]]*)\]\([^(){_CODE}]*\)")
_INNER = re.compile(rf"!?\[([^\[\]]*)\]\([^(){_CODE}]*\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BALANCED = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*")
_UNSAFE = re.compile(r"[\s<>]")
_SAME = re.compile(r"^(?:https?://|mailto:)?(?:www\.)?|/$", re.IGNORECASE)
_DEEP = re.compile(r"\[[^\[\]]*\[")
_BRACKETS = re.compile(r"[\[\]]")
_ESCAPED_BRACKET = re.compile(r"\\([\[\]])|(\\.)")
_ROUND = str.maketrans("[]", "()")
_ESCAPED = str.maketrans({"[": "\\[", "]": "\\]"})
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def read_link(source: LookaheadBuffer, *, begins_line: bool) -> Parser[tuple[str, str | None, int] | None]:
    """Return the text and the target of the link or image that begins here, and its length; None if there is none.

    The target is None if there is only a text to show: of a reference, its definition, or a footnote. It is `UNLINKED`
    if the text holds a link, and so is none itself; the length is then up to its target.
    """
    start = 1 if (yield from source.peek()) == "!" else 0
    end = yield from _closing(source, start, "[]", _MAX_TEXT)
    if end is None:
        return None
    text = source.ahead(start + 1, end - 1)
    text = strip_links(text) if start else _keep_texts(text, _IMAGE)
    after = yield from source.peek(end)
    if after == "(" and not start and "](" in text and not text.count("`") % 2:
        return text, UNLINKED, end + 1
    if text.count("`") % 2 or "](" in text:
        # Code that ends in the middle of it: no link, but Discord would make one of it.
        return ("\\[", None, 1) if after == "(" and not start else None
    if after == "(":
        target = yield from _target(source, end)
        if target is not None:
            return text.strip(), *target
        closed = yield from source.find(_ROUND_END, end, end + _MAX_ADDRESS)
        return ("\\[", None, 1) if not start and source.ahead(closed, closed + 1) == ")" else None
    if begins_line and not start and text in _ALERTS:
        return f"**{text[1:].capitalize()}**", None, end
    if text[:1] == "^" and not start:
        return (yield from _footnote(source, text[1:], end, begins_line=begins_line))
    if after == "[" and not (source.last.isalnum() or source.last in ("_", "]", ")")):
        label_end = yield from _closing(source, end, "[]", _MAX_LABEL)
        label = "" if label_end is None else source.ahead(end + 1, label_end - 1)
        if label_end is not None and label.strip() and re.search(r"[^\W_]", text) and "`" not in label:
            return f"{text} [{label}]", None, label_end
    if after == ":" and begins_line and not start:
        return (yield from _definition(source, text, end))
    return None


def _target(source: LookaheadBuffer, start: int) -> Parser[tuple[str, int] | None]:
    end = yield from _closing(source, start, "()", _MAX_ADDRESS)
    if end is None:
        return None
    whole = source.ahead(start, end)
    found = _TARGET.fullmatch(whole)
    if found is None or "`" in whole:
        return None
    return decode_entities(_ESCAPE.sub(r"\1", found["pointed"] or found["bare"] or "")).strip(), end


def _footnote(
    source: LookaheadBuffer, name: str, end: int, *, begins_line: bool
) -> Parser[tuple[str, None, int] | None]:
    """Return the mark of a footnote, or what stands before the note itself."""
    if not name or not re.fullmatch(r"[\w.-]{1,30}", name):
        return None
    mark = name.translate(_RAISED) if name.isascii() and name.isdigit() else f"[{name}]"
    if begins_line and (yield from source.peek(end)) == ":":
        return mark + (":" if mark[0] == "[" else ""), None, end + 1
    return mark, None, end


def _definition(source: LookaheadBuffer, label: str, end: int) -> Parser[tuple[str, None, int] | None]:
    """Return the definition of a reference, with its title in brackets."""
    line = yield from source.line(end + 1)
    found = None if line is None or "`" in line else re.fullmatch(_DEFINITION, line)
    if line is None or found is None:
        return None
    title = found[3] or found[4] or found[5]
    address = _ESCAPE.sub(r"\1", found[1] or found[2])
    return f"[{label}]: {address}" + (f" ({title})" if title else ""), None, end + 1 + len(line)


def _closing(source: LookaheadBuffer, start: int, brackets: str, max_chars: int) -> Parser[int | None]:
    """Return the offset behind the bracket that closes the one at `start`; None if none does in that line."""
    if (yield from source.peek(start)) != brackets[0]:
        return None
    depth, at, limit = 1, start + 1, start + max_chars
    while depth and depth <= _MAX_NESTING:
        at = yield from source.find(_STOPS[brackets], at, limit)
        char = (yield from source.peek(at)) if at < limit else ""
        if char in ("", "\n"):
            return None
        if char == "\\":
            at += 1
        elif char in brackets:
            depth += 1 if char == brackets[0] else -1
        elif (source.ahead(at - 1, at)).isspace() or (char == "<" and at == start + 1):
            at = yield from source.find(_QUOTES[char], at + 1, limit)
            if at >= limit or (yield from source.peek(at)) in ("", "\n"):
                return None
        at += 1
    return None if depth else at


def draw_link(text: str, target: str) -> tuple[str, bool]:
    """Return a link with a text that was rewritten already, and whether it ends with a bare address.

    The bare address if the text says the same or nothing, the text alone if the target is nowhere to go to from here.
    """
    text, target = text.strip(), target.replace("`", "%60")
    if not _WEB.match(target):
        return _without_web(text, target), False
    address = _UNSAFE.sub(lambda char: quote(char[0]), target)
    if not text or _is_same(text, address):
        return address, True
    if "://" in text:
        return f"{text} {address}", True
    if ("(" in address or ")" in address) and not _BALANCED.fullmatch(address):
        address = address.replace("(", "%28").replace(")", "%29")
    return f"[{_draw_brackets(text) if '[' in text or ']' in text else text}]({address})", False


def _draw_brackets(text: str) -> str:
    """Return a link's text with brackets that do not end it."""
    parts = [
        (part if is_code else _ESCAPED_BRACKET.sub(r"\1\2", part), is_code) for part, is_code in cut_at_code_spans(text)
    ]
    text = "".join(part for part, _ in parts)
    if "[" not in text:
        return "".join(part if is_code else part.translate(_ESCAPED) for part, is_code in parts)
    if not _are_balanced(text):
        return "".join(part if is_code else part.translate(_ROUND) for part, is_code in parts)
    if _DEEP.search(text):
        return "".join(part if is_code else part.translate(_ESCAPED) for part, is_code in parts)
    return text


def _are_balanced(text: str) -> bool:
    depth = 0
    for bracket in _BRACKETS.findall(text):
        depth += 1 if bracket == "[" else -1
        if depth < 0:
            return False
    return depth == 0


def strip_links(text: str) -> str:
    """Return `text` with the texts of its links and images alone."""
    return _keep_texts(text, _INNER) if "](" in text else text


def _keep_texts(text: str, links: re.Pattern[str]) -> str:
    parts = cut_at_code_spans(text)
    without_code = "".join(_CODE * len(part) if is_code else part for part, is_code in parts)
    shown, at = list[str](), 0
    for found in links.finditer(without_code):
        shown += text[at : found.start()], text[found.start(1) : found.end(1)]
        at = found.end()
    return "".join(shown) + text[at:]


def draw_image(text: str, target: str) -> tuple[str, bool]:
    """Return a link to an image, as above; its text alone if it is a file that nobody has here, or else its name."""
    return draw_link(text, target) if _WEB.match(target) else (text or _without_web("", target), False)


def _is_same(text: str, address: str) -> bool:
    """Tell whether a text says no more than its address."""
    if text.isalnum():
        return False
    return _SAME.sub("", text.strip("*_~`")).lower() == _SAME.sub("", address).lower()


def _without_web(text: str, target: str) -> str:
    """Return a link that does not lead into the web."""
    schemed = _SCHEME.match(target)
    if schemed and not _SHOWN_SCHEMES.match(target):
        return text
    shown = _SHOWN_SCHEMES.sub("", target, count=1)
    if not text:
        return shown
    if not shown or shown[0] == "#" or _is_same(text, shown):
        return text
    return f"{text} ({shown})"
