"""Code spans, as CommonMark names code between backticks in a line."""

import re
from collections.abc import Iterator

from bot.text.markdown.code import LEAST_FENCE
from bot.text.markdown.lookahead import BLANKS, LookaheadBuffer, Parser
from bot.text.markdown.writer import JOINER

MAX_HELD = 400
"""How many characters of a code span are waited for; until its end is known, it may be a backtick and nothing more."""

_RUN = re.compile(r"`+")
_STOP = re.compile(r"[`\n]")
_FEED = re.compile(r"[ \t\r]*\n[ \t>]*")
_TWO_AT_MOST = re.compile(r"(?<!`)``(?!`)")


def find_code_spans(text: str) -> dict[int, tuple[int, int]]:
    """Return the spans that may begin in `text`: where each begins, how many backticks it begins with, where it ends.

    A run of backticks begins one if another run is as long; the next such ends it. Where a span really begins, none of
    those within it counts.
    """
    spans, next_ends = dict[int, tuple[int, int]](), dict[int, int]()
    for run in reversed(list(_RUN.finditer(text))):
        size = len(run[0])
        if size in next_ends:
            spans[run.start()] = size, next_ends[size]
        next_ends[size] = run.end()
    return spans


def cut_at_code_spans(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the stretches of `text` in order, and whether each is a code span with its backticks."""
    at, spans = 0, find_code_spans(text)
    for start in sorted(spans):
        if start >= at:
            end = spans[start][1]
            yield text[at:start], False
            yield text[start:end], True
            at = end
    yield text[at:], False


class CodeSpanReader:
    """Reads code spans; what was searched for an end in vain is not searched again."""

    def __init__(self, source: LookaheadBuffer) -> None:
        self._source = source
        self._searched: dict[int, int] = {}
        """By the number of backticks, up to where no such end is."""

    def read(self, size: int, *, quoted: bool) -> Parser[tuple[str, int] | None]:
        """Return what the code span holds that begins here with so many backticks, and its length; None if none ends.

        It may go on in the next line of its paragraph. One of three backticks may not: that is a block for Discord.
        """
        source, here = self._source, self._source.position
        at = max(size, self._searched.get(size, 0) - here)
        while True:
            at = yield from source.find(_STOP, at, max(at, MAX_HELD))
            char = yield from source.peek(at)
            if at >= MAX_HELD or char == "":
                break
            if char == "\n":
                if size >= LEAST_FENCE or (yield from _begins_block(source, at + 1, BLANKS + ">" * quoted)):
                    break
                at += 1
                continue
            end = yield from source.skip(at, "`")
            if end - at == size:
                return _FEED.sub(" ", source.ahead(size, at)), end
            at = end
        self._searched[size] = here + at
        return None


def _begins_block(source: LookaheadBuffer, start: int, margin: str) -> Parser[bool]:
    at = yield from source.skip(start, margin, start + MAX_HELD)
    char = yield from source.peek(at)
    if char in ("", "\n") or char in "#~=|>":
        return True
    after = yield from source.peek(at + 1)
    if char.isdigit():
        return after in (".", ")")
    return char in "-*+" and (not after or after in BLANKS or after == char == "-")


def draw_code_span(code: str) -> str:
    """Return code as Discord draws it within a line, with no three backticks in a row."""
    code = code[1:-1] if len(code) > 1 and code[0] == code[-1] == " " and code.strip() else code
    if not code:
        return ""
    marks = "`"
    if "`" in code:
        if "`" in _TWO_AT_MOST.sub("", code):
            code = re.sub("`(?=`)", f"`{JOINER}", code)
            marks = "``"
        code = f"{' ' if code[0] == '`' else ''}{code}{' ' if code[-1] == '`' else ''}"
    return f"{marks}{code}{marks}"
