"""Finds at once the text in which nothing has to be changed, which most of a usual answer is: a short way, not a rule.

It holds simple styles, code, links and addresses, each of which ends before the next one begins. Discord reads these as
they are meant, whatever comes after them.
"""

import re
from functools import cache

from bot.text.pages.inline_items import ADDRESS_REST

_WORDS = r"(?:[^*_~|`\\\[<\n:]++|:(?!//)|`[^`*_~|\n]++`(?!`))++(?<!\s)"
_END = r"(?:(?<=\w)|(?=[*_~]{1,2}(?:[\s.,:;!?)]|\Z)))"
"""Before the end of a style: behind a word, or before a blank or the end of a sentence."""

_IN_LINE = rf"""
      [^*_~|`\\\[<\n:]++
    | `[^`\n]++`(?!`)
    | :(?:(?!//) | (?<!http:)(?<!https:)//) | {ADDRESS_REST}
    | \*(?:
          (?:(?<!\S\*)|(?<!\d\*)(?=\*[^\W\d]))\*(?![\s*]){_WORDS}{_END}\*\*(?!\*)
        | (?<=\s\*)(?=\s)
        | (?:(?<!\S\*)|(?<!\d\*)(?=[^\W\d]))(?![\s*]){_WORDS}{_END}\*(?!\*)
      )
    | _(?<!\S_)(?:_(?![\s_]|[a-z0-9_]{{1,30}}__){_WORDS}{_END}__(?!\w) | (?![\s_]){_WORDS}{_END}_(?!\w))
    | ~(?:(?:(?<!\S~)~|~(?=\w))(?![\s~]){_WORDS}{_END}~~(?![~_]) | (?!~))
    | \|(?:\|(?![\s|])[^*_~|`\\\[<\n]++\|\|(?!\|) | (?!\|))
    | \\(?:[^0-9A-Za-z\s] | (?=[0-9A-Za-z]))
    | \[[^\[\]\n*_~|`\\<]*+\](?:\([^()\s\\]++\)|(?!\())
    | <(?:(?:@[!&]?|\#|a?:\w{{2,32}}:|t:)[0-9:A-Za-z]++> | (?=[\s0-9=]))"""
"""Each begins with a character of its own, so that the next one is tried at once if it is another."""

_WITHOUT_MARKS = re.compile(r"[^*_~|`\\\[<>:]*+(?<!\s)")


@cache
def _simple() -> re.Pattern[str]:
    """Return what finds all that is simple. It takes milliseconds to compile, and many an answer has no marks."""
    return re.compile(
        rf"""(?:{_IN_LINE}
        | \n(?!\ *(?:>|\Z))(?:[ \t]*+(?:[-+*]|\d{{1,9}}[.)])\ ++)?+
        | (?:\n>\ (?=[^\s>])(?:{_IN_LINE})*+)++(?=\n(?!\ *>))
        | ```(?!`)(?:[^`]++|`{{1,2}}+(?!`))++```(?!`)
        )++""",
        re.VERBOSE,
    )


_MARKS = "*_~|`"
_MAX_LINE = 2500
"""How far back the beginning of a line is looked for: a page is shorter."""

_QUOTED = re.compile(r" *>")
_HEADING = re.compile(r" *(?:>(?:>>)? )?[ \t]*(?:#{1,3}|-#) ")


def before_marks(text: str, start: int, end: int) -> int:
    """Return `end`, or where the marks before it begin if whether a style ends there depends on what is behind it."""
    if start < end < len(text) and text[end - 1] in _MARKS and not text[end].isspace():
        return start + len(text[start:end].rstrip(_MARKS))
    return end


def skip_plain(text: str, start: int, end: int) -> int:
    """Return where the part of `text[start:end]` ends in which nothing has to be changed; see `before_marks`."""
    if _WITHOUT_MARKS.fullmatch(text, start, end):
        return end
    plain = _simple().match(text, start, end)
    return start if plain is None else plain.end()


def is_in_heading(text: str, at: int) -> bool:
    """Tell whether a position is in a line that is a heading."""
    return _HEADING.match(text, text.rfind("\n", max(0, at - _MAX_LINE), at) + 1) is not None


def is_all_plain(text: str, start: int, end: int) -> bool:
    """Tell whether a page that shows `text[start:end]` shows it as it is; `end` is no white space."""
    if text[end : end + 1].strip() or begins_quoted(text, start) or text.find("-#", start, end) >= 0:
        return False
    return skip_plain(text, start, end) == end


def begins_quoted(text: str, at: int) -> bool:
    """Tell whether a line that begins there is quoted."""
    return _QUOTED.match(text, at) is not None
