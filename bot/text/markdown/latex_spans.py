"""Where formulas begin and end in a text that is still arriving, and what is certain to be one.

A formula is held back until it ends, for it can only be drawn whole. So what opens like one and then reads like prose
is given up as soon as that shows, after a few words, and what is too long is given up as well.
"""

import re

from bot.text.markdown.lookahead import BLANKS, LookaheadBuffer, Parser

CLOSERS = {"\\(": "\\)", "\\[": "\\]", "$$": "$$", "$": "$"}
"""How a formula ends, by how it begins."""

_MAX_CHARS = {"\\(": 400, "\\[": 1000, "$$": 1000, "$": 150}
"""How many characters of a formula are waited for."""

_GLUED = re.compile(r"[A-Za-z0-9_$\]]")
"""Behind one of these, nothing opens a formula: `f\\(x\\)`, `US$`."""

_NEVER_FIRST = frozenset({"", "\n", "{", *BLANKS})
"""Before one of these, a single dollar opens nothing: `5 $ for`, `${HOME}`."""

_MAX_WORDS = 3
_MAX_LETTERS = 20
"""How many words in a row, and letters in a word, a formula may have outside of its braces."""

_MAX_NAME = 3
_COMMON = re.compile(
    "and|are|but|can|for|has|if|in|into|is|it|its|may|my|no|not|of|off|on|or|our|out|own|per|so|than|the|to|up|us|via|vs|"
    "was|we|who|you",
    re.IGNORECASE,
)
"""Between single dollars words are rarely of a formula: none longer than `sin`, and none of these."""

_TEX = re.compile(r"\\[A-Za-z]|\^|(?<![A-Za-z])[^\W\d_]'?_(?:[A-Za-z0-9](?![A-Za-z0-9])|\{|\\)|[)\]}]_")
_SUM = re.compile(
    r"(?=.*[^\W\d_]).*[-+*/=<>(),].*|[\d .+*/()-]+=[\d .+*/()-]+|[^\W\d_]{1,2}'?|\d{1,3}[^\W\d_]{1,2}", re.S
)
_WORDS = re.compile(r"[^\W\d_]{4}|[^\W\d_]{2} [^\W\d_]{2}")
_ENVIRONMENT = re.compile(
    r"\\begin\{((?:equation|align|aligned|alignat|gather|gathered|multline|split|eqnarray|flalign|cases|array|"
    r"[pbvBV]?matrix|smallmatrix|math|displaymath)\*?)\}"
)
_MAX_BEGIN = 24
_BRACE = re.compile("}")

_NAMES = re.compile(
    r"\b(?:a?sinh?|a?cosh?|a?tanh?|arc(?:sin|cos|tan)|cot|sec|csc|exp|log|ln|lim|max|min|sup|inf|det|dim|ker|gcd|lcm|mod|"
    r"deg|arg|var|cov|rank|sgn|tr)\b",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"[^\W\d_]{3,}|\b(?:a[mnst]|be|by|do|go|he|if|i[ns]|it|me|my|no|of|ok|o[nr]|so|to|up|us|vs|we)\b", re.IGNORECASE
)
_ABBREVIATED = re.compile(r"[^\W\d_]\.|\bn/a\b", re.IGNORECASE)
_RELATES = re.compile(r"[=^]|\w\s*\+\s*[\w(]|\s[-*/<>]\s|[<>]\s*\d")
_STANDS_ALONE = re.compile(r"^\s*\n|[=<>+^(|]|\s[-*/]\s")
r"""What a formula between `\[` and `\]` has: a source, a task or a range has not, as `\[1\]`, `\[x\]`, `\[a-z\]`."""

_AMOUNT = re.compile(r"[\d.,]+ ?(?:[KkMmBb]|bn|Bn)?\+?(?: ?[-–/] ?\w+)?")


class _Sense:
    """Tells prose from a formula, character by character."""

    def __init__(self, *, single: bool) -> None:
        self._single = single
        self._depth = 0
        self._word = ""
        self._words = 0

    def bears(self, char: str) -> bool:
        """Take the next character, and tell whether all of them may still be a formula."""
        if self._depth == 0 and char.isalpha():
            self._word += char
            self._words += len(self._word) == 2
            max_letters = _MAX_NAME if self._single else _MAX_LETTERS
            return self._words <= _MAX_WORDS and len(self._word) <= max_letters
        common = self._single and _COMMON.fullmatch(self._word)
        self._word, self._words = "", self._words if char in " ,'-" else 0
        self._depth += (char == "{") - (char == "}")
        return self._depth >= 0 and not common


def find_closer(source: LookaheadBuffer, opener: str) -> Parser[int | None]:
    """Return the offset of what ends the formula that begins here, None if it is not known to be a formula."""
    closer, single = CLOSERS[opener], opener == "$"
    if _GLUED.match(source.last) or (single and (yield from source.peek(1)) in _NEVER_FIRST):
        return None
    at, sense = len(opener), _Sense(single=single)
    while at < _MAX_CHARS[opener]:
        if (char := source.arrived(at)) is None:
            char = yield from source.peek(at)
        pair = char + (yield from source.peek(at + 1)) if char and char in "\\$" else char
        goes_on = sense.bears(char)
        if (char if single else pair) == closer:
            return at if goes_on else None
        if not goes_on or char in ("", "$", "`") or pair in ("\\(", "\\[", "\\)", "\\]"):
            return None
        if char == "\n" and (single or (yield from _is_blank_line(source, at + 1))):
            return None
        at = (yield from _skip_command(source, at)) if char == "\\" else at + 1
    return None


def is_formula(opener: str, tex: str, after: str) -> bool:
    r"""Tell whether what stands between an opener and its closer, before the character `after`, is surely a formula.

    `\(` and `\[` may be brackets that somebody escaped, and dollars may be money.
    """
    if not re.search(r"\w", tex) or tex[0] == "^":
        return False  # `[^a-z]` is what a regular expression has
    certain = _TEX.search(tex) is not None
    match opener:
        case "\\(":
            return certain or _reads_as_formula(tex)
        case "\\[":
            stands = _STANDS_ALONE.search(tex) is not None and _reads_as_formula(tex)
            return after != "(" and (certain or stands)  # or else it is a link's text
        case "$$":
            return after != "$" and (certain or (_SUM.fullmatch(tex.strip()) is not None and not _WORDS.search(tex)))
        case _:
            return (
                not (tex[-1].isspace() or re.match(r"[A-Za-z0-9$]", after))
                and (certain or _SUM.fullmatch(tex) is not None)
                and not _AMOUNT.fullmatch(tex)
            )


def _reads_as_formula(tex: str) -> bool:
    """Tell a formula without any command from words between escaped brackets."""
    words = _WORD.search(_NAMES.sub("", tex)) or _ABBREVIATED.search(tex)
    return words is None or _RELATES.search(tex) is not None


def _is_blank_line(source: LookaheadBuffer, start: int) -> Parser[bool]:
    at = yield from source.skip(start, BLANKS + ">")
    return (yield from source.peek(at)) in ("", "\n")


def _skip_command(source: LookaheadBuffer, at: int) -> Parser[int]:
    """Return the offset behind the command or the escaped character at `at`."""
    end = at + 1
    while end < at + _MAX_LETTERS and (char := (yield from source.peek(end))).isascii() and char.isalpha():
        end += 1
    return max(end, at + 2)


def read_environment(source: LookaheadBuffer) -> Parser[str]:
    r"""Return the environment of formulas that begins here, from `\begin` to `\end`, an empty string if none does."""
    for at, char in enumerate(r"\begin{"):
        if (yield from source.peek(at)) != char:
            return ""
    end = yield from source.find(_BRACE, 0, _MAX_BEGIN)
    begun = _ENVIRONMENT.fullmatch(source.ahead(0, end + 1))
    if begun is None:
        return ""
    closer = rf"\end{{{begun[1]}}}"
    stops, limit = re.compile(rf"{re.escape(closer)}|\n[ \t>]{{0,8}}\n"), _MAX_CHARS["\\["]
    at = yield from source.find(stops, end + 1, limit, longest=_MAX_BEGIN)
    return source.ahead(0, at + len(closer)) if source.ahead(at, at + len(closer)) == closer else ""
