"""The marks in a text, and what else is in it that is not just text."""

import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

SPOILER = "||"
STYLES = {
    "*": ("*",),
    "**": ("**",),
    "***": ("**", "*"),
    "_": ("_",),
    "__": ("__",),
    "___": ("__", "_"),
    "~~": ("~~",),
}
"""The styles that marks in a row open or close, the outermost first."""


class Kind(Enum):
    """What an event is."""

    OPEN = auto()
    CLOSE = auto()
    LITERAL = auto()
    WAITING = auto()
    """It opens a style if that is closed by what has not arrived yet."""
    CODE = auto()
    BLOCK = auto()
    WHOLE = auto()
    LINE = auto()


@dataclass(slots=True)
class Event:
    """Something in a text that is not just text.

    `style` is its mark; a line's is that of its quotation, a block's its language. An open block ends nowhere.
    """

    kind: Kind
    start: int
    end: int
    style: str = ""

    def is_same_run(self, inner: "Event") -> bool:
        """Tell whether `inner` is a mark of the same run, as in `***`: then either may be the outer one."""
        return inner.start == self.end and (inner.start == inner.end) == (self.start == self.end)


FIRST_OF_EAST_ASIA = "\u2e80"
"""From here on are the scripts that put no blanks between words, and their punctuation."""

_ENDS_OF_SENTENCE = ".,:;!?…"


def find_sides(run: str, before: str, after: str) -> tuple[bool, bool]:
    """Tell whether marks in a row may open a style, and whether they may close one.

    The rules are CommonMark's (0.31, "Emphasis and strong emphasis", left- and right-flanking), but for two things that
    people write and Discord draws: `**标题：**内容` and `**Step 1:**Install`.
    """
    left = not after.isspace() and (not _is_punctuation(after) or _is_beside(before) or before >= FIRST_OF_EAST_ASIA)
    right = not before.isspace() and (not _is_punctuation(before) or _is_beside(after) or after >= FIRST_OF_EAST_ASIA)
    if run == "**" and before in _ENDS_OF_SENTENCE:
        right = True
    if run[0] != "_":
        return left, right
    return left and (not right or _is_punctuation(before)), right and (not left or _is_punctuation(after))


def _is_beside(char: str) -> bool:
    return char.isspace() or _is_punctuation(char)


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"
