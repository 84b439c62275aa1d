r"""Escaped round brackets that are brackets, and no formula: `\(a\) first, \(b\) second`, `\(C\) 2024`."""

import re

from bot.text.markdown.lookahead import BLANKS, LookaheadBuffer, Parser

_MARK = re.compile(r"[a-iA-I]|\d{1,2}")
_LATER = re.compile(r"[vxVX]")
"""Only behind another one: `x` is a formula elsewhere."""

_ROMAN = re.compile(r"(?=..)(?:x{0,3}(?:ix|iv|v?i{0,3})|X{0,3}(?:IX|IV|V?I{0,3}))")
"""A number of two letters or more: hardly ever a product."""

_WORD = re.compile(r"TM|tm|\d+%|(?:19|20)\d\d|v\d+(?:\.\d+)*|AI|EU|ID|IT|OS|PC|TV|UI|UK|UN|US")
"""Words of letters and digits that hardly any formula is: years, versions, shares, abbreviations."""

_COPYRIGHT = ("C", "c")
_ENDS = "\n,;:.!?-*+>_#"
"""What may be before a mark. Behind a word, a letter is more often a formula: `let \\(a\\) be`."""

_FAR = 400
"""How many characters after one mark another one is expected."""

_MAX_WORD = 12
_VERB = re.compile(
    "is|are|be|was|were|has|have|denotes|equals|means|represents|and|or|in|of|can|must|may|should|will|where|for|gives|"
    "satisfies|does|lies|divides",
    re.IGNORECASE,
)
"""What follows a formula that a sentence begins with."""


class EnumerationReader:
    """Tells the marks of an enumeration from formulas of a letter or a number."""

    def __init__(self, source: LookaheadBuffer) -> None:
        self._source = source
        self._last: int | None = None

    def is_mark(self, tex: str, end: int) -> Parser[bool]:
        """Tell whether `tex`, whose closing bracket ends at an offset, is no formula."""
        before = self._source.before(8)
        if tex in _COPYRIGHT and (yield from self._copyright(before, end)):
            return True
        if _WORD.fullmatch(tex):
            return True
        here = self._source.position
        follows = self._last is not None and here - self._last <= _FAR
        if not _ROMAN.fullmatch(tex):
            if not _MARK.fullmatch(tex) and not (follows and _LATER.fullmatch(tex)):
                return False
            if not follows and not (yield from self._begins(tex, before, end)):
                return False
        self._last = here
        return True

    def _copyright(self, before: str, end: int) -> Parser[bool]:
        if before.rstrip().lower().endswith("yright"):
            return True
        yield from self._source.peek(end + 4)
        return re.fullmatch(r" \d{4}", self._source.ahead(end, end + 5)) is not None

    def _begins(self, tex: str, before: str, end: int) -> Parser[bool]:
        """Tell whether this may be the first mark: before it something ends, and a word that is no verb follows it."""
        ended = before.rstrip(BLANKS)
        if ended and ended[-1] not in _ENDS:
            return False
        start = yield from self._source.skip(end, BLANKS + "*_", end + _MAX_WORD)
        if start == end or self._source.ahead(start - 1, start) not in BLANKS:
            return False
        at = start
        while at < start + _MAX_WORD and (yield from self._source.peek(at)).isalnum():
            at += 1
        word = self._source.ahead(start, at)
        if not word:
            return (yield from self._source.peek(start)) == "\\"  # a formula to choose
        return _VERB.fullmatch(word) is None or (tex in "iI" and word in ("and", "or"))
