"""The marks in a text, and what else is in it that is not just text."""

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
