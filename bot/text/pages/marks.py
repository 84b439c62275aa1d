"""The marks in a text, and what else is in it that is not just text."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from types import AsyncGeneratorType, CodeType, CoroutineType, FunctionType, GeneratorType, ModuleType
from typing import Literal

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


_TYPES = (
    *(type, BaseException, complex, int, str, list, dict, set, memoryview, property, FunctionType, ModuleType),
    *(CodeType, CoroutineType, GeneratorType, AsyncGeneratorType),
)
PYTHON_NAMES = {name[2:-2] for kind in _TYPES for name in dir(kind) if name[:2] == "__"} - {"and", "or"}
PYTHON_NAMES |= {
    "all",
    "author",
    "bytes",
    "copy",
    "debug",
    "deepcopy",
    "delete",
    "future",
    "getattr",
    "getstate",
    "import",
}
PYTHON_NAMES |= {
    "iter",
    "main",
    "matmul",
    "mro_entries",
    "path",
    "post_init",
    "pycache",
    "set_name",
    "setstate",
    "slots",
}
PYTHON_NAMES |= {"version", "aenter", "aexit", "fspath", "missing", "package", "spec", "file", "builtins", "license"}
"""What is a name of Python between two underscores, not underlined: those of its own types, and what people write."""

_MAX_NAME = 30
_NAME = re.compile(r"[a-z][a-z0-9_]*")


Kind = Literal["open", "close", "literal", "waiting", "code", "block", "whole", "line"]
"""What an event is; one that is waiting opens a style if that is closed by what has not arrived yet.

Not an enumeration: its members take Python 3.11 five times as long to look up, and a page has a thousand events.
"""


@dataclass(slots=True, eq=False)
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


def is_python_name(text: str, opener: Event, end: int, after: str) -> bool:
    """Tell whether what is between two underscores and those at `end` is a name of Python: known, or one in code.

    That is behind a point or a slash, or before a bracket. `after` is the character behind the last underscores.
    """
    if opener.style != "__" or opener.start == opener.end or end - opener.end > _MAX_NAME:
        return False
    name, before = text[opener.end : end], text[max(0, opener.start - 1) : opener.start]
    return name in PYTHON_NAMES or ((before in (".", "/") or after == "(") and _NAME.fullmatch(name) is not None)


FIRST_OF_EAST_ASIA = "\u2e80"
"""From here on are the scripts that put no blanks between words, and their punctuation."""

_ENDS_OF_SENTENCE = ".,:;!?…"


@lru_cache(2048)
def find_sides(run: str, before: str, after: str) -> tuple[bool, bool]:
    """Tell whether marks in a row may open a style, and whether they may close one.

    The rules are CommonMark's (0.31, "Emphasis and strong emphasis", left- and right-flanking), but for two things that
    people write and Discord draws, `**标题：**内容` and `**Step 1:**Install`, and for arithmetic: `x**2`, `5*3`.
    """
    if before in "([{/" and after in ")]}/":  # as in `count(*)` and `src/**/x`
        return False, False
    left = not after.isspace() and (not _is_punctuation(after) or _is_beside(before) or before >= FIRST_OF_EAST_ASIA)
    right = not before.isspace() and (not _is_punctuation(before) or _is_beside(after) or after >= FIRST_OF_EAST_ASIA)
    if run == "**" and before in _ENDS_OF_SENTENCE:
        right = True
    if run[0] != "_":
        return left and not (run[0] == "*" and _is_operator(before, after)), right
    return left and (not right or _is_punctuation(before)), right and (not left or _is_punctuation(after))


def _is_operator(before: str, after: str) -> bool:
    """Tell whether stars between these multiply: a number is on one side, and no blank before them."""
    is_operand = before == ")" or (before < FIRST_OF_EAST_ASIA and (before.isalnum() or before == "_"))
    return is_operand and (before.isdigit() or after.isdigit())


def _is_beside(char: str) -> bool:
    return char.isspace() or _is_punctuation(char)


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"
