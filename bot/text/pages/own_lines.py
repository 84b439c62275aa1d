"""Keeps the chatbot's text and the bot's own lines apart: these are small print, and nothing else is.

The bot writes its lines below an answer (`bot/strings/notices.py`). An answer cannot write one, nor draw over one.
"""

import re

from bot.text.code_fences import FENCE
from bot.text.pages.inline_items import ADDRESS, ESCAPE, LINK
from bot.text.pages.state import quotes_to_end
from bot.text.pages.writer import DRAWN

_MAX_LOOKED_UP = 40
"""How many marks that nothing closes before the bot's line are held against Discord's rules."""


_ANGLE = "<[^: >]{1,200}:/[^ >]{1,2000}>"
"""An address in angle brackets, for Discord also over several lines."""


def _starts(apart: str) -> re.Pattern[str]:
    """Return what finds the lines that Discord reads by themselves, and marks that may begin something longer."""
    whole = rf"{_ANGLE}|{FENCE}[\s\S]*?{FENCE}|{ESCAPE}|{LINK}|{ADDRESS}"
    return re.compile(rf"^ *(?:{apart})[^\n]*|(?P<whole>{whole})|(?P<mark>\|\||~~|[*_`\[])", re.MULTILINE)


_READINGS = (_starts(r"(?:>|#{1,3}|[-*+]|\d{1,9}[.)]) "), _starts("(?:>|#{1,3}) "))
"""Not every reader of Discord's dialect draws lists, so both have to agree."""

_LINK = re.compile(r"\[(?:\[[^\]]*\]|[^\[\]])*\]\([^)]*\)")
_CLOSERS = re.compile(r"[*_~|`\]]")


def keep_above(text: str, own: str) -> str | None:
    """Return a message's `text` as it can have the bot's `own` lines below it, None if it would change these.

    A mark that Discord would close only there gets a backslash.
    """
    if quotes_to_end(text):
        return None
    if _CLOSERS.search(own) is None:
        return text
    above: str | None = text
    for reading in _READINGS:
        above = above and _escape_reaching(above, own, reading)
    return above


def _escape_reaching(text: str, own: str, starts: re.Pattern[str]) -> str | None:
    """Return `text` with a backslash before each mark that reaches into `own`, None if that would take too long."""
    joined, parts, kept, at, looked_up = f"{text}\n{own}", list[str](), 0, 0, 0
    while (start := starts.search(joined, at, len(text))) is not None:
        at = start.end()
        if start.lastgroup != "mark":
            continue
        drawn = (DRAWN.get(start[0][0]) or _LINK).match(joined, start.start())
        if drawn is not None and drawn.end() <= len(text):
            at = drawn.end()
            continue
        at = start.start() + 1
        looked_up += 1
        if looked_up > _MAX_LOOKED_UP:
            return None
        if drawn is not None:
            parts += (text[kept : start.start()], "\\")
            kept = start.start()
    return "".join(parts) + text[kept:]
