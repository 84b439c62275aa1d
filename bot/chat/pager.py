"""The pager: cuts an answer of any length into messages that each read well, while the answer is still growing.

Its promises, each held by a property test: no page is longer than Discord takes or empty; none has an open code fence;
every character of the answer stands on exactly one page; a page that is full never changes, whatever comes after it.

The last follows from one rule: a page is full as soon as some beginning of it, drawn as a page of its own, would be too
long, and where it is cut depends on nothing beyond that beginning.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.chat.fences import FENCE, find_blocks
from bot.chat.graphemes import is_boundary

PAGE_UNITS = 2000
"""The longest text of one message. Discord's limit for a bot is 2000 characters; an emoji counts as two here, in UTF-16
code units, since that is the strictest way in which Discord has been seen to count."""

_CLOSER = f"\n{FENCE}"
_LEAST_FILLED = 0.5
"""How full a page must be for a paragraph's end to be preferred to a line's end further down, and so on."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]*_]*(?:\s+|(?<=[。！？]))")
_WORD = re.compile(r"\s+")

_WHOLE = re.compile(
    r"(?P<code>(?<!`)(`{1,2})(?!`)[^`\n]*(?:\2|$|(?=\n)))"
    r"|!?\[[^\[\]\n]{0,300}(?:\]\([^()\s]*(?:\)|$)|\]?$)"
    r"|<?https?://[^\s<>]+>?"
    r"|<(?:[@#:/]|a:|t:|id:)[^<>\n]{0,100}(?:>|$)"
)
"""What a cut should not go through: inline code, Markdown links, addresses, and Discord's mentions, emojis and times.
An end of the text (`$`) stands for a part that has not arrived yet."""

_UNDECIDED = re.compile(r"\s{0,20}`{0,2}$")
_CLOSES_AT_ONCE = re.compile(r"\s{0,20}```")
_UNFINISHED = re.compile(r"(?:```[A-Za-z0-9_+\-.#]{0,30}|`{1,2})$")
"""The beginning of a fence or of inline code at the end of a growing text: shown only once it is known what it is."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `body` is its stretch of the answer, `text` how a message shows it (trimmed, its fences balanced)."""

    body: str
    text: str


class Pager:
    """Pages of a growing text: feed it with `add`, read it with `pages`. Work per call does not grow with the text."""

    def __init__(self) -> None:
        self._full: list[Page] = []
        self._pieces: list[str] = []
        self._language: str | None = None

    def add(self, text: str) -> None:
        """Append `text`; cheap, whatever has come before."""
        self._pieces.append(text)

    def pages(self, *, ended: bool, most: int = sys.maxsize) -> list[Page]:
        """Return the pages so far; all but the last are full and never change. One with nothing to show is left out.

        Until the text has `ended`, a few backticks at its very end are held back: they may become a fence. What goes
        beyond `most` pages is not cut, which would hold everybody up: one full page more only tells that there is more.
        """
        if len(self._full) > most:
            return list(self._full)
        rest, start = "".join(self._pieces), 0
        while len(self._full) <= most and (full_at := _overflow(rest, start, self._language)) is not None:
            cut = _choose_cut(rest, start, full_at, self._language)
            page, self._language = _draw(rest, start, cut, self._language, ended=True)
            if page.text:
                self._full.append(page)
            start = cut
        self._pieces = [rest[start:]]
        if len(self._full) > most:
            return list(self._full)
        end = len(rest)
        if not ended and (unfinished := _UNFINISHED.search(rest, max(start, end - 40))):
            end = unfinished.start()
            while end > start and rest[end - 1] == "`":
                end -= 1  # of many backticks in a row, the next one may change what all of them are
        last, _ = _draw(rest, start, end, self._language, ended=ended)
        return [*self._full, last] if last.text else list(self._full)


def paginate(text: str) -> list[Page]:
    """Return the pages of a whole text."""
    pager = Pager()
    pager.add(text)
    return pager.pages(ended=True)


def units(text: str) -> int:
    """Return the length of `text` as Discord may count it at the strictest: in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _open_page(text: str, start: int, end: int, language: str | None) -> tuple[str, int, str | None]:
    """Return how a page begins: what is put before its text, where its shown text starts, and the fence then open."""
    if language is not None and (closing := _CLOSES_AT_ONCE.match(text, start, end)):
        # The block's content ended with the page before; its closing fence would show as an empty block here.
        start, language = closing.end(), None
    if language is not None:
        return f"{FENCE}{language}\n", start, language
    while start < end and text[start].isspace():
        start += 1
    return "", start, None


def _overflow(text: str, start: int, language: str | None) -> int | None:
    """Return the end of the shortest beginning of `text[start:]` that is too long for a page, None if all fits."""
    if len(text) - start <= PAGE_UNITS // 2 - 50 or (language is not None and _UNDECIDED.match(text, start)):
        return None
    opener, shown, language = _open_page(text, start, len(text), language)
    room = PAGE_UNITS - len(opener) - len(_CLOSER)
    if units(text[shown : shown + PAGE_UNITS]) <= room:
        return None
    # So much fits, whatever it is: only what follows needs a look at each character.
    fits = text[shown : shown + room]
    fits = fits if fits.isascii() else fits[: room // 2]
    used = len(opener) + units(fits)
    in_block = (language is not None) != bool(fits.count(FENCE) % 2)
    ticks = (len(fits) - len(fits.rstrip("`"))) % len(FENCE)
    for index in range(shown + len(fits), min(len(text), shown + PAGE_UNITS + 1)):
        char = text[index]
        used += 2 if char > "\uffff" else 1
        ticks = ticks + 1 if char == "`" else 0
        if ticks == len(FENCE):
            in_block, ticks = not in_block, 0
        if used + (len(_CLOSER) if in_block else 0) > PAGE_UNITS:
            return index + 1
    return None


def _draw(text: str, start: int, end: int, language: str | None, *, ended: bool) -> tuple[Page, str | None]:
    """Return the page for `text[start:end]`, and the language of the block left open at its end, None if none is."""
    body = text[start:end]
    opener, shown, language = _open_page(text, start, end, language)
    blocks = list(find_blocks(text, shown, end, language))
    if not blocks or blocks[-1].closed:
        return Page(body, (opener + text[shown:end]).rstrip()), None
    last = blocks[-1]
    if not text[last.content : end].strip():
        # A block without content shows as bare backticks: not while there may be more, nor where this page reopened it.
        reopened = last.start == last.content
        if reopened or not ended:
            before = text[shown : last.start]
            return Page(body, (opener + before).rstrip() if before else ""), last.language
    return Page(body, (opener + text[shown:end]).rstrip() + _CLOSER), last.language


def _choose_cut(text: str, start: int, full_at: int, language: str | None) -> int:
    """Return where the page that begins at `start` ends; nothing beyond `full_at` is looked at."""
    limit = full_at - 1
    _, shown, language = _open_page(text, start, full_at, language)
    whole = _find_wholes(text, shown, full_at, language)
    # What comes before a cut must not be blank.
    begin = full_at - len(text[shown:full_at].lstrip())
    least = shown + int((limit - shown) * _LEAST_FILLED)

    def last_good(cuts: Iterable[int]) -> int | None:
        """Return the last of `cuts` that goes through nothing; most often it is the first to be looked at."""
        good = (cut for cut in sorted(cuts, reverse=True) if is_boundary(text, cut) and not _inside(cut, whole))
        return next(good, None)

    passed_over: list[int] = []
    for kind in _find_breaks(text, shown, full_at, language):
        fitting = [cut for cut in kind if begin < cut <= limit]
        if (cut := last_good(cut for cut in fitting if cut >= least)) is not None:
            return cut
        passed_over += fitting
    if (cut := last_good(passed_over)) is not None:
        return cut
    for cut in range(limit, least, -1):
        if is_boundary(text, cut) and not _inside(cut, whole):
            return cut
    for cut in range(limit, least, -1):
        if is_boundary(text, cut) and text[cut - 1 : cut + 1] != "``":
            return cut
    return limit


def _find_breaks(text: str, shown: int, end: int, language: str | None) -> Iterator[list[int]]:
    """Yield where `text[shown:end]` may be cut well: after paragraphs, then after lines, sentences and words."""
    blocks = list(find_blocks(text, shown, end, language))
    inside = [(block.start, block.end) for block in blocks]

    def ends(pattern: re.Pattern[str]) -> list[int]:
        return [min(match.end(), end - 1) for match in pattern.finditer(text, shown, end)]

    starts = [block.start for block in blocks if block.start > shown and text[block.start - 1] == "\n"]
    yield [cut for cut in ends(_PARAGRAPH) if not _inside(cut, inside)] + starts
    yield ends(_LINE)
    yield [cut for cut in ends(_SENTENCE) if not _inside(cut, inside)]
    yield ends(_WORD)


def _find_wholes(text: str, shown: int, end: int, language: str | None) -> list[tuple[int, int]]:
    """Return the stretches of `text[shown:end]` that a cut should not go through."""
    stretches, at = [], shown
    for block in find_blocks(text, shown, end, language):
        stretches += [match.span() for match in _WHOLE.finditer(text, at, block.start)]
        at = block.end
        if block.content > block.start:
            # Its opening fence stays with the first line of what it encloses.
            blank = len(text[block.content : block.end]) - len(text[block.content : block.end].lstrip())
            stretches.append((block.start, block.content + blank + 1))
        if block.closed:
            at += len(FENCE)
            stretches.append((block.end - 1, at))
    return stretches + [match.span() for match in _WHOLE.finditer(text, at, end)]


def _inside(cut: int, stretches: list[tuple[int, int]]) -> bool:
    return any(start < cut < end for start, end in stretches)
