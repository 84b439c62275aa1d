"""LaTeX as characters: reading it from left to right."""

import re

_IN_NO_GROUP = re.compile(r"\\.|[^{}\\]+|\\", re.DOTALL)
_ESCAPE = re.compile(r"\\([^A-Za-z])")


def is_sound(tex: str) -> bool:
    """Tell whether as many groups and environments end in `tex` as begin."""
    braces = _IN_NO_GROUP.sub("", tex)
    return braces.count("{") == braces.count("}") and tex.count(r"\begin{") == tex.count(r"\end{")


class LatexCursor:
    """A formula that is being read; `at` is the position."""

    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.at = 0

    def next(self) -> str:
        """Return the next character, a space if there is none."""
        return self.tex[self.at] if self.at < len(self.tex) else " "

    def skip(self) -> None:
        """Go on behind the next character, if there is one: a group may lack its end."""
        self.at = min(self.at + 1, len(self.tex))

    def skip_spaces(self) -> int:
        """Return where the spaces that begin here end."""
        at = self.at
        while self.tex.startswith(" ", at):
            at += 1
        return at

    def following(self) -> str:
        """Return the next character that is no space, an empty string if there is none."""
        at = self.skip_spaces()
        return self.tex[at : at + 1]

    def raw_group(self) -> str:
        """Take the braces that stand here, or a single character, and return what they enclose as it is written."""
        self.at = start = self.skip_spaces()
        depth = 0
        while self.at < len(self.tex):
            char = self.next()
            depth += (char == "{") - (char == "}")
            self.skip()
            if char == "\\":
                self.skip()  # a brace behind it is no brace
            if depth <= 0:
                break
        raw = self.tex[start : self.at]
        return _ESCAPE.sub(r"\1", raw[1:].removesuffix("}") if raw.startswith("{") else raw)
