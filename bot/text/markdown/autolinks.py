"""What stands between `<` and `>` and is no tag: addresses of the web and of mail, and what is Discord's own."""

import re

from bot.text.markdown.lookahead import LookaheadBuffer, Parser

_MAX_ADDRESS, _MAX_OTHER = 1000, 200
"""How many characters of an address in the web, and of anything else, are waited for."""

_ESCAPE = re.compile(r"\\(?=[_*~]\w)")
"""CommonMark has none in autolinks, but chatbots escape what they escape in words."""

_ENDS = re.compile(r"[<>\s]")
_WEB = re.compile(r"https?://[^\s<>`]+", re.IGNORECASE)
_MAIL = re.compile(r"(?:mailto:|tel:)?([\w.!#$%&'*+/=?^{|}~-]+@[\w-]+(?:\.[\w-]+)*)", re.ASCII | re.IGNORECASE)
_OTHER = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}://?[^\s<>`]*")


def read_autolink(source: LookaheadBuffer) -> Parser[tuple[str, int]]:
    """Return what is shown for what begins here with `<`, and its length; the `<` alone if it is no autolink."""
    if (yield from source.peek(1)) == "/":
        return "<", 1
    yield from source.peek(4)
    max_end = _MAX_ADDRESS if source.ahead(1, 5).lower() == "http" else _MAX_OTHER
    end = yield from source.find(_ENDS, 1, max_end)
    if end >= max_end or (yield from source.peek(end)) != ">":
        return "<", 1
    inner = source.ahead(1, end)
    if _WEB.fullmatch(inner):
        return f"<{_ESCAPE.sub('', inner)}>", end + 1
    if mail := _MAIL.fullmatch(inner):
        return mail[1], end + 1
    return (inner, end + 1) if _OTHER.fullmatch(inner) else ("<", 1)
