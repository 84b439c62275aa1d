"""Mentions, custom emoji and times in a message's text: as people read them, and not as Discord writes them.

In code, and behind a backslash, Discord's clients draw them as they are written, and so they stay.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.text.markdown.code_spans import find_code_spans

UNKNOWN_USER = "unknown user"
UNKNOWN_ROLE = "unknown role"
UNKNOWN_CHANNEL = "unknown channel"
"""What somebody or something is called whose name the bot does not know."""

_MARKUP = re.compile(
    r"<(?:"
    r"(?P<mention>@[!&]?|#)(?P<id>[0-9]{1,20})"
    r"|/(?P<command>[^<>:\n]{1,100}):[0-9]{1,20}"
    r"|a?:(?P<emoji>\w{1,32}):[0-9]{1,20}"
    r"|t:(?P<time>-?[0-9]{1,13})(?::(?P<style>[tTdDfFRsS]))?"
    r"|id:(?P<place>customize|browse|guide|home|linked-roles)(?::[0-9]{1,20})?"
    r")>",
    re.ASCII,
)
"""Discord's reference, "Message Formatting"."""

_PLACES = {
    "customize": "Channels & Roles",
    "browse": "Browse Channels",
    "guide": "Server Guide",
    "home": "Server Guide",
    "linked-roles": "Linked Roles",
}
"""What Discord's client calls the places that a server has besides its channels."""

_TIMES = {"t": "%H:%M UTC", "T": "%H:%M:%S UTC", "d": "%Y-%m-%d", "D": "%Y-%m-%d", "S": "%Y-%m-%d %H:%M:%S UTC"}
_DATE_AND_TIME = "%Y-%m-%d %H:%M UTC"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_COMMAS = ",،，、"
_OPENS = "([{“„«‹‘¿¡「『（【《"
_QUOTES = "\"'"
_CLOSES = f"{_COMMAS}.;:!?)]}}…”»›’؛؟۔।」』）】》。；：！？"
_SENTENCE_ENDS = ".!?…؟۔।。！？"
_BLANKS = re.compile(r"[ \t]*")
_CALL_ENDS = re.compile(rf"[ \t]*(?:[{_COMMAS}：；؛]|[:;!.](?=\s|$)|:(?=[^\x00-\x7f]))*[ \t]*")
"""What follows a mention with which a line or a sentence begins, as in "@bot, hello", and goes with it."""

_LINE_MARK = re.compile(r"(?:^|\n)[ \t]*(?:>{1,3}|[-*+]|-?#{1,3}|[0-9]{1,3}[.)])\Z")
"""The beginning of a quotation, a heading or a list's item."""

_OPENING_STYLES = re.compile(rf"(?:^|[\s{re.escape(_OPENS)}])[*_~|]{{1,16}}\Z")
_STYLES = re.compile(r"[*_~|]{1,16}")
"""Marks of bold and the like; they go with a mention that is all they are around."""

_MAX_ENDING = 24
"""How many characters at a text's end are looked at for a line's mark or opening styles."""


class Names(Protocol):
    """What people, roles and channels are called, by their ids; None if that is not known."""

    def user(self, user_id: int) -> str | None:
        """Return what somebody is called."""
        ...

    def role(self, role_id: int) -> str | None:
        """Return a role's name."""
        ...

    def channel(self, channel_id: int) -> str | None:
        """Return a channel's name."""
        ...


def with_names(text: str, names: Names) -> str:
    """Return `text` with names for ids, `:name:` for custom emoji, `/name` for commands, and times in UTC."""

    def draw(match: re.Match[str]) -> str:
        return match[0] if _is_escaped(match.string, match.start()) else _drawn(match, names)

    return "".join(part if is_code else _MARKUP.sub(draw, part) for part, is_code in _cut_at_code(text))


def on_one_line(name: str) -> str:
    """Return a name without line breaks, so that what is behind one cannot pass for another part of the question."""
    return " ".join(name.split())


def find_outside_code(text: str, mention: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield where `mention` begins and ends in `text`, wherever Discord takes it for a mention."""
    at = 0
    for part, is_code in _cut_at_code(text):
        if not is_code:
            yield from (
                (at + m.start(), at + m.end()) for m in mention.finditer(part) if not _is_escaped(part, m.start())
            )
        at += len(part)


def without_mention(text: str, mention: re.Pattern[str]) -> str:
    """Return `text` as if its writer had not mentioned the bot: a call such as "@bot, hello" becomes "hello".

    Of the blanks around the mention one stays between words. A comma that sets the mention off goes with it.
    """
    written, at = _Written(), 0
    for start, end in find_outside_code(text, mention):
        written.add(text[at:start])
        at = _close_gap(written, text, end)
    written.add(text[at:])
    return written.text.strip()


class _Written:
    """A text that is written from its beginning, and may lose what it ends with. In all that is linear work."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def last(self) -> str:
        """The last character, an empty string if there is none."""
        return self._parts[-1][-1] if self._parts else ""

    def ends_in(self, ending: re.Pattern[str]) -> bool:
        """Return whether the last `_MAX_ENDING` characters end in this."""
        part = self._parts[-1] if self._parts else ""
        return ending.search(part, max(0, len(part) - _MAX_ENDING)) is not None

    def strip_end(self, end: str) -> bool:
        """Take `end` off if the text ends so; returns whether it did."""
        if not self._parts or not self._parts[-1].endswith(end):
            return False
        self._parts[-1] = self._parts[-1].removesuffix(end)
        if not self._parts[-1]:
            self._parts.pop()
        return True

    def add(self, text: str) -> None:
        if text:
            self._parts.append(text)

    def strip(self, characters: str) -> bool:
        """Take these characters off the end; returns whether there were any."""
        found = False
        while self._parts:
            kept = self._parts[-1].rstrip(characters)
            found = found or len(kept) < len(self._parts[-1])
            if kept:
                self._parts[-1] = kept
                break
            self._parts.pop()
        return found


def _close_gap(written: _Written, text: str, at: int) -> int:
    """Close the gap that a mention leaves between what is `written` and `text[at:]`; return where that goes on."""
    styles = _STYLES.match(text, at)
    if styles is not None and written.strip_end(styles[0][::-1]):
        at = styles.end()
    is_apart = written.strip(" \t")
    opens = written.last in _OPENS + _QUOTES or written.ends_in(_OPENING_STYLES)
    if written.last in ("", "\n") or (opens and not is_apart):
        return _end(_CALL_ENDS, text, at)
    begins = written.last in _SENTENCE_ENDS or (is_apart and written.ends_in(_LINE_MARK))
    rest = _end(_CALL_ENDS if begins else _BLANKS, text, at)
    if rest == len(text) or text[rest] == "\n" or (rest == at and text[rest] in _CLOSES):
        written.strip(f"{_COMMAS} \t")
    elif (is_apart or text[at:rest].endswith((" ", "\t"))) and written.last not in _OPENS:
        written.add(" ")
    return rest


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where `pattern`, which may match nothing, ends if it begins at `at`."""
    match = pattern.match(text, at)
    return at if match is None else match.end()


def _cut_at_code(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the stretches of `text` in order, and whether each is code. A backtick behind a backslash opens none."""
    at, spans = 0, find_code_spans(text)
    for start in sorted(spans):
        if start >= at and not _is_escaped(text, start):
            end = spans[start][1]
            yield text[at:start], False
            yield text[start:end], True
            at = end
    yield text[at:], False


def _is_escaped(text: str, at: int) -> bool:
    """Return whether an odd number of backslashes is before `text[at]`."""
    first = at
    while first > 0 and text[first - 1] == "\\":
        first -= 1
    return (at - first) % 2 == 1


def _drawn(match: re.Match[str], names: Names) -> str:
    if (kind := match["mention"]) is not None:
        return _name(kind, int(match["id"]), names)
    if match["command"] is not None:
        return f"/{match['command']}"
    if match["emoji"] is not None:
        return f":{match['emoji']}:"
    if match["place"] is not None:
        return _PLACES[match["place"]]
    try:
        time = _EPOCH + timedelta(seconds=int(match["time"]))
    except OverflowError:
        return match[0]
    return time.strftime(_TIMES.get(match["style"], _DATE_AND_TIME))


def _name(kind: str, its_id: int, names: Names) -> str:
    find: Callable[[int], str | None]
    sign, find, unknown = {
        "#": ("#", names.channel, UNKNOWN_CHANNEL),
        "@&": ("@", names.role, UNKNOWN_ROLE),
    }.get(kind, ("@", names.user, UNKNOWN_USER))
    return f"{sign}{on_one_line(find(its_id) or unknown)}"
