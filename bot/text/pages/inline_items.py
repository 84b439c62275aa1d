"""What belongs together within a line: links, addresses, Discord's mentions, emoji and times, escaped characters."""

import re

from bot.text.pages.marks import FIRST_OF_EAST_ASIA

MAX_HELD = 300
"""How many characters of something unfinished at the end of a growing text are held back; of an address more."""

_MAX_ADDRESS = 2000
_TEXT = r"\[(?:\\.|[^\[\]\n\\]|\[[^\[\]\n]{0,300}+\]){0,500}+"
"""A link's text, with brackets of one level in it."""

_TARGET = r"\((?:[^()\s\\]|\\.|\([^()\s]{0,300}+\)){1,2000}+"
_TITLE = r"(?:[ \t]+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?[ \t]*\)"
LINK = rf"!?{_TEXT}\]{_TARGET}{_TITLE}"
_TITLE_SO_FAR = r"[ \t]+(?:\"[^\"\n]{0,300}\"?|'[^'\n]{0,300}'?)?"
_TARGET_SO_FAR = rf"\(?|{_TARGET}(?:\([^()\s]{{0,300}}|{_TITLE_SO_FAR})?"
LINK_SO_FAR = rf"!?{_TEXT}(?:\[[^\[\]\n]{{0,300}}|\](?:{_TARGET_SO_FAR}))?"
"""The beginning of a link."""

_TAIL = r"(?:[*_~.,:;!?'\"()\[\]{}]){0,12}+"
_GOES_ON = r"[\w/=#%@+$&-]"
_BEFORE_EAST_ASIA = rf"[\0-{chr(ord(FIRST_OF_EAST_ASIA) - 1)}]"  # a range up to the last character compiles slowly
ADDRESS_REST = (
    rf"://(?:[^\s<>|`*~_]|\|(?!\|)|_++(?={_TAIL}{_GOES_ON})"
    rf"|(?:\*(?!\*)|~(?!~))(?={_TAIL}{_BEFORE_EAST_ASIA}(?<={_GOES_ON})))*"
    r"(?<![*_~.,:;!?'\")\]|])"
)
"""An address from its colon on. A mark of style is a part of it only if a letter, a digit or the like comes behind; two
stars or tildes never are, and one not before a script without blanks between words."""

ADDRESS = rf"https?{ADDRESS_REST}"
"""A bare address: it ends before marks of style and what ends a sentence."""

REFERENCE = r"<(?:https?://[^\s<>]+|(?:@[!&]?|#|:|a:|t:|id:|/)[^<>\n]{0,100})>"
ESCAPE = r"\\[^0-9A-Za-z\s]"

_UNFINISHED = re.compile(
    rf"{ESCAPE}|{LINK}|(?P<ticks>`{{1,2}})[^`\n]+(?P=ticks)"
    rf"|(?P<unfinished>(?:{LINK_SO_FAR}|https?(?::/?)?|https?://[^\s<>]*"
    rf"|<(?:h?t?t?p?s?:?/?/?|https?://[^\s<>]*|[ai]d?|(?:[@#:/]|a:|t:|id:)[^<>\n]{{0,100}})"
    rf"|[*_~|]{{1,20}}|\\)\Z)"
)
_LINK = re.compile(LINK)
_MAY_BE_UNFINISHED = re.compile(r"[\[<*_~|\\]|://|:/?\Z|https?\Z")
_BLANK = re.compile(r"\s")
_LINE_MARK = re.compile(r"(?:^|\n)[ \t>]*(?:[>#*+-]{1,4}|\d{1,3}[.)])[ \t]*\Z")
"""A line of which only the mark has arrived that makes it a quotation, a heading or a list's item."""


def find_unfinished(text: str, start: int, end: int) -> int:
    """Return where in `text[start:end]` something begins that may only become clear from what follows; `end` if none.

    That is a link, an address, a mention, marks of style or the mark that a line begins with. Of an address or a link
    up to 2000 characters are unfinished, of all else `MAX_HELD`; whatever is longer counts as finished.
    """
    if mark := _LINE_MARK.search(text, max(start, end - 24), end):
        return max(start, mark.start())
    begin = max(start, end - MAX_HELD, text.rfind("\n", start, end) + 1)
    if _BLANK.search(text, begin, end) is None:
        word = max(start, text.rfind(" ", start, end) + 1, text.rfind("\n", start, end) + 1)
        address = text.rfind("http", word, text.find("://", word, word + MAX_HELD) + 1)
        if address >= 0 and end - address <= _MAX_ADDRESS:
            link = text.rfind("[", max(start, address - MAX_HELD), address)
            if link < 0 or text[address - 2 : address] != "](":
                return address
            return end if _LINK.match(text, link, end) else link
    if not _MAY_BE_UNFINISHED.search(text, begin, end):
        return end
    found = (item.start() for item in _UNFINISHED.finditer(text, begin, end) if item["unfinished"])
    return next(found, end)
