"""Markdown's images, which Discord does not draw: a link takes the place of each, and Discord previews it below."""

import re

from bot.text.markdown.code_spans import cut_at_code_spans
from bot.text.markdown.lookahead import LookaheadBuffer, Parser

_ROUND = str.maketrans("[]", "()")
_MOST_TEXT = 300
_MOST_ADDRESS = 1000
_TARGET = re.compile(r"""\(\s*<?(https?://[^\s<>]+)>?(?:\s+(?:".*"|'.*'|\(.*\)))?\s*\)""", re.IGNORECASE)


def read_image(source: LookaheadBuffer) -> Parser[tuple[str, int] | None]:
    """Return what is shown for the image that begins here, or for the link around one, and its length.

    None if there is no image, none that ends, or nothing to show of it.
    """
    linked = (yield from source.peek()) == "["
    start = 2 if linked else 1
    if linked and (yield from source.peek(1)) != "!":
        return None
    text_end = yield from _closing(source, start, "[]", _MOST_TEXT)
    end = None if text_end is None else (yield from _closing(source, text_end, "()", _MOST_ADDRESS))
    if text_end is None or end is None:
        return None
    text, target = source.ahead(start + 1, text_end - 1).strip(), source.ahead(text_end, end)
    if linked:
        link_end = None
        if (yield from source.peek(end)) == "]":
            link_end = yield from _closing(source, end + 1, "()", _MOST_ADDRESS)
        if link_end is None:
            return None
        target, end = source.ahead(end + 1, link_end), link_end
    if text.count("`") % 2 or "`" in target:
        return None  # code within the line, which begins or ends in the middle of it
    shown = _draw(text, target)
    return (shown, end) if shown else None


def _closing(source: LookaheadBuffer, start: int, brackets: str, most: int) -> Parser[int | None]:
    """Return the offset behind the bracket that closes the one at `start`; None if none does in that line."""
    if (yield from source.peek(start)) != brackets[0]:
        return None
    depth, before = 0, ""
    for at in range(start, start + most):
        if (char := source.arrived(at)) is None:
            char = yield from source.peek(at)
        if char in ("", "\n") or before + char == "![":
            return None
        if before != "\\":
            depth += (char == brackets[0]) - (char == brackets[1])
        if depth == 0:
            return at + 1
        before = "" if before == "\\" else char
    return None


def _draw(text: str, target: str) -> str:
    """Return a link; the bare address where there is no text, and the text where the target is not in the web."""
    address = _TARGET.fullmatch(target)
    if address is None:
        return text
    if not text or "://" in text:  # Discord draws no link whose text holds an address of its own
        return f"{'' if text == address[1] else text} {address[1]}".lstrip()
    parts = cut_at_code_spans(text)
    text = "".join(part if is_code else part.translate(_ROUND) for part, is_code in parts)
    return f"[{text}]({address[1]})"
