"""Where a page ends: after a paragraph, a line, a sentence or a word, and never inside what belongs together."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import accumulate

from bot.text.code_fences import FENCE, CodeBlocks
from bot.text.pages.inline_items import ESCAPE, LINK, LINK_SO_FAR

_MIN_FILLED = 0.5
"""How full a page must be for a paragraph's end to be preferred to a line's end further down, and so on."""

_MIN_FILLED_BEFORE_WHOLE = 0.4
"""How full it must be to end before what should be kept whole; if it is not, the cut goes through that."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_SPACES = re.compile(r"\s+")
_BEHIND_SENTENCE = "\"'”’»)]*_"
_SENTENCE = re.compile(rf"[.!?…。！？][{re.escape(_BEHIND_SENTENCE)}]*(?:\s+|(?<=[。！？]))")

_WHOLE = re.compile(
    r"(?<![^\n])(?:> )?(?:#{1,3}|-#) [^\n]*"
    r"|(?<!`)(`{1,2})(?!`)[^`\n]*(?:\1|$|(?=\n))"
    rf"|{ESCAPE}|{LINK}|{LINK_SO_FAR}$"
    r"|<?https?://[^\s<>]+>?"
    r"|<(?:[@#:/]|a:|t:|id:)[^<>\n]{0,100}(?:>|$)"
)
"""What a cut should not go through: headings, inline code, links, addresses, Discord's mentions, emoji and times.
An end of the text (`$`) is a part that has not arrived yet. None of them holds a line feed."""

_HEADING = re.compile(r"(?:> )?#{1,3} ")

_MARKS = "*_~|`"


def choose_break(text: str, shown: int, full_at: int, language: str | None) -> int:
    """Return where the page ends that shows `text` from `shown` on and is too long at `full_at`.

    Nothing beyond `full_at` is looked at. `language` is that of the block open at `shown`, None if none is.
    """
    blocks = CodeBlocks(text, shown, full_at, language)
    return _above_headings(text, shown, _find_fullest(text, shown, full_at, blocks), blocks)


def _above_headings(text: str, shown: int, cut: int, blocks: CodeBlocks) -> int:
    """Return `cut`, or where the headings begin that would be the page's last lines if anything is above them."""
    above = cut
    while True:
        end = shown + len(text[shown:above].rstrip(" \t\r\n>"))
        line = max(shown, text.rfind("\n", shown, end) + 1)
        if not _HEADING.match(text, line, end) or blocks.enclose(line):
            return above
        if not text[shown:line].strip():
            return cut
        above = line


def _find_fullest(text: str, shown: int, full_at: int, blocks: CodeBlocks) -> int:
    """Return where a page may end that is as full as it can well be."""
    limit = full_at - 1
    whole = _Whole(text, blocks)
    clusters = _Clusters(text, shown, full_at)
    # What comes before a cut must not be blank.
    begin = full_at - len(text[shown:full_at].lstrip())
    least = shown + int((limit - shown) * _MIN_FILLED)

    def first_good(cuts: Iterable[int]) -> int | None:
        return next((cut for cut in cuts if clusters.may_be_cut(cut) and whole.torn_at(cut) is None), None)

    for kind in _find_breaks(text, max(begin, least - 1), limit, blocks):
        if (cut := first_good(kind)) is not None:
            return cut
    begin = max(begin, shown + int((limit - shown) * _MIN_FILLED_BEFORE_WHOLE))
    if (cut := first_good(merge(*_find_breaks(text, begin, limit, blocks), reverse=True))) is not None:
        return cut
    cut, last = limit, least
    while cut > least:
        if not clusters.may_be_cut(cut):
            cut -= 1
            continue
        last = max(last, cut)
        if (torn := whole.torn_at(cut)) is None:
            return cut
        cut = torn
    for cut in range(last, least, -1):
        if clusters.may_be_cut(cut):
            return cut
    return limit


def _find_breaks(text: str, begin: int, limit: int, blocks: CodeBlocks) -> Iterator[Iterator[int]]:
    """Yield where `text` may be cut well, beyond `begin` and up to `limit`: each kind for itself, the last place first.

    The kinds are: after paragraphs, then after lines, sentences and words.
    """
    # A match that ends behind `begin` begins there, or in what ends a sentence and the white space before it.
    first = len(text[blocks.start : begin].rstrip().rstrip(_BEHIND_SENTENCE))
    first = blocks.start + max(0, first - 1)

    def ends(pattern: re.Pattern[str]) -> Iterator[int]:
        found = [min(match.end(), limit) for match in pattern.finditer(text, first, limit + 1)]
        return (cut for cut in reversed(found) if cut > begin)

    starts = (start for start in reversed(blocks.starts) if start > begin and text[start - 1] == "\n")
    yield merge((cut for cut in ends(_PARAGRAPH) if not blocks.enclose(cut)), starts, reverse=True)
    yield _line_ends(text, begin, limit)
    yield (cut for cut in ends(_SENTENCE) if not blocks.enclose(cut))
    yield ends(_SPACES)


def _line_ends(text: str, begin: int, limit: int) -> Iterator[int]:
    at = limit + 1
    while (at := text.rfind("\n", begin, at)) >= 0:
        yield min(at + 1, limit)


class _Clusters:
    """Where a page may be cut without tearing apart what shows as one character, or marks in a row.

    It is found once, and only if need be.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text, self._start, self._end = text, start, end
        self._boundaries: set[int] | None = None

    def may_be_cut(self, cut: int) -> bool:
        """Tell whether the page may end before `cut`, a position in the page but for its end."""
        around = self._text[cut - 1 : cut + 1]
        if around[0] == "\\" or (around[0] == around[-1] and around[0] in _MARKS):
            return False
        if around.isascii():
            return around != "\r\n"
        if self._boundaries is None:
            clusters = find_clusters(self._text[self._start : self._end])
            self._boundaries = set(accumulate(map(len, clusters), initial=self._start))
        return cut in self._boundaries


def find_clusters(text: str) -> list[str]:
    """Cut a text into what shows as one character (an extended grapheme cluster of Unicode Standard Annex 29)."""
    import regex  # only here: it is slow to import, and most pages need none of it

    # Two halves make a flag. `\X` alone would find that too, but counts all halves before each, in quadratic time.
    return regex.findall(r"\p{RI}{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*|\X", text)


class _Whole:
    """What a cut should not go through, looked up only around the places that are asked for."""

    def __init__(self, text: str, blocks: CodeBlocks) -> None:
        self._text, self._blocks = text, blocks
        self._inline: dict[int, list[tuple[int, int]]] = {}

    def torn_at(self, cut: int) -> int | None:
        """Return where what `cut` goes through begins: a fence and the line that belongs to it, or something inline."""
        block, following = self._blocks.around(cut)
        begin = self._blocks.start
        if block is not None:
            content = self._text[block.content : block.end]
            # Its opening fence stays with the first line of what it encloses.
            blank = len(content) - len(content.lstrip())
            if block.content > block.start and cut <= block.content + blank:
                return block.start
            begin = block.end + len(FENCE)
            if cut < begin:
                return block.end - 1 if block.closed and cut >= block.end else None
        # Nothing inline goes beyond a line.
        begin = max(begin, self._text.rfind("\n", begin, cut) + 1)
        spans = self._inline.get(begin)
        if spans is None:
            spans = [match.span() for match in _WHOLE.finditer(self._text, begin, following)]
            self._inline[begin] = spans
        before = bisect_left(spans, (cut,)) - 1
        return spans[before][0] if before >= 0 and cut < spans[before][1] else None
