"""Formulas: LaTeX as one line of Unicode, or as inline code if Unicode has nothing for a part of it."""

import re

from bot.text.latex.cursor import LatexCursor, is_sound
from bot.text.latex.environments import CELL, ROW, draw_environment
from bot.text.latex.scripts import DIVISOR, FACTOR, draw_accent, draw_bounds, draw_scripts, enclose
from bot.text.latex.symbols import (
    ACCENTS,
    BIG,
    DOUBLE_STRUCK,
    FONTS,
    FRACTIONS,
    LETTERS,
    OPERATORS,
    STYLES,
    TEXTS,
    WORDS,
)

_MAX_DEPTH = 20
"""How many groups within groups are read; a formula with more is shown as it is."""

_MAX_ACCENTS = 3
"""How many accents above one another are drawn; a formula with more is shown as it is."""

_MAX_GROWTH = 4
"""How many times as long as its LaTeX a formula may become. What ordinary answers hold becomes shorter."""

_COMMAND = re.compile(r"\\([A-Za-z]+)\*?|\\(.)")
_PLAIN = re.compile(r"[^\\{}\]^_*~'& ]+")
"""What is shown as it is, and ends nothing."""

_CHARS = {"*": "∗", "~": " ", "'": "′", "&": CELL}
_ESCAPED = {"\\": ROW, ",": " ", ";": " ", ":": " ", "!": "", "|": "‖"}
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_ROW_GAP = re.compile(r" ?\[-?[\d.]+ ?[a-z]{2}\]")
_GOES_ON = re.compile(r" *(?:[\w(^\[]|\\(?:left\b|sqrt\b|[dt]?frac\b|(?P<name>[A-Za-z]+)))")
_SURPLUS = re.compile(r"(?<=[ (\[⌊⌈⟨]) +| +(?=[)\]⌋⌉⟩])")
_PREFIXES = "∂∇∀∃∄¬∠△"
"""What stands directly before what it belongs to."""

_DRAWN = re.compile(r"[\\_*`~]|\|\||<[@#:/at]|://|\]\(|^(?:[-+] |[#>]|\d+[.)] )")
"""What Discord would draw as something else."""


class _TooDeepError(Exception):
    pass


def render_formula(tex: str) -> str:
    """Return the formula as lines that Discord shows as they are; an empty string if there is nothing in it."""
    tex = " ".join(tex.split())
    try:
        drawn = _Formula(tex).read() if is_sound(tex) else tex
    except _TooDeepError:
        drawn = tex
    shown = _as_lines(drawn)
    return shown if len(shown) <= _MAX_GROWTH * len(tex) else _as_lines(tex)


def _as_lines(drawn: str) -> str:
    lines = (_SURPLUS.sub("", line).strip() for line in drawn.replace(CELL, "").split(ROW))
    return "\n".join(f"`{line.replace('`', '′')}`" if _DRAWN.search(line) else line for line in lines if line)


class _Formula(LatexCursor):
    """One formula; every method takes what it returns."""

    def __init__(self, tex: str) -> None:
        super().__init__(tex)
        self._depth = 0
        self._before = ""
        self._marks: list[str] = []
        """The accents above what is read now."""

    def read(self) -> str:
        """Return the whole of it, its rows apart by `ROW` and the cells of each by `CELL`."""
        shown = ""
        while self.at < len(self.tex):
            shown += self._until("}")
            if self.at < len(self.tex):
                shown += self.tex[self.at]  # a brace that closes nothing
                self.at += 1
        return shown

    def _until(self, closer: str) -> str:
        """Return what comes before `closer`, which stays."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _TooDeepError
        outside, shown = self._before, ""
        while self.at < len(self.tex) and not self.tex.startswith(closer, self.at):
            self._before = shown[-1:]
            if plain := _PLAIN.match(self.tex, self.at):
                self.at = plain.end()
                base, bounded = plain[0], False
            else:
                base, bounded = self._nucleus()
            shown += self._with_scripts(base, bounded=bounded)
        self._depth -= 1
        self._before = outside
        return shown

    def _group(self) -> str:
        """Return what the braces here enclose."""
        self.skip()
        shown = self._until("}")
        self.skip()
        return shown.strip()

    def _argument(self) -> str:
        """Return the next group, command or character."""
        self.at = self.skip_spaces()
        if self.at >= len(self.tex):
            return ""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _TooDeepError
        shown = self._group() if self.next() == "{" else self._nucleus()[0]
        self._depth -= 1
        self.at -= self.tex[self.at - 1] == " "  # the space behind it is not its own
        return shown.strip()

    def _nucleus(self) -> tuple[str, bool]:
        """Return the next group, command or character, and whether its scripts are bounds."""
        char = self.tex[self.at]
        if char == "{":
            shown = self._group()
            return (enclose(shown, FACTOR) if self.next() in "^_" else shown), False
        if char == "\\" and (match := _COMMAND.match(self.tex, self.at)):
            self.at = match.end()
            if match[1]:
                return self._command(match[1])
            if match[2] == "\\" and (gap := _ROW_GAP.match(self.tex, self.at)):
                self.at = gap.end()
            return _ESCAPED.get(match[2], match[2]), False
        self.at += 1
        return _CHARS.get(char, char), False

    def _command(self, name: str) -> tuple[str, bool]:
        """Return what the command `name` shows, and whether its scripts are bounds."""
        if name in LETTERS:
            return self._letter(LETTERS[name]), False
        if name in OPERATORS:
            return f" {OPERATORS[name]} ", False
        if name in BIG:
            return self._apart(BIG[name]), True
        if name in WORDS:
            return self._apart(name), True
        if name in STYLES:
            if name in ("left", "right") and self.next() == ".":
                self.at += 1  # a bracket that is not shown
            return "", False
        return self._with_arguments(name), name == "operatorname"

    def _apart(self, word: str) -> str:
        return f" {word}" if self._before.isalnum() else word

    def _letter(self, letter: str) -> str:
        """Return a letter, and leave out the space behind it that LaTeX needs before another."""
        following = self.skip_spaces()
        if (letter.isalpha() or letter in _PREFIXES) and self.tex[following : following + 1].isalnum():
            self.at = following
        return letter

    def _with_arguments(self, name: str) -> str:
        if name in FRACTIONS:
            return self._fraction()
        if name in TEXTS:
            return self.raw_group()
        if name == "mathbb":
            return self._argument().translate(DOUBLE_STRUCK)
        if name in FONTS:
            return self._argument()
        if name in ACCENTS:
            return self._accented(ACCENTS[name])
        match name:
            case "sqrt":
                return self._root()
            case "binom" | "dbinom" | "tbinom":
                return f"C({self._argument()}, {self._argument()})"
            case "pmod":
                return f" (mod {self._argument()})"
            case "tag":
                return f" \u2003({self._argument()})"
            case "quad" | "qquad":
                return "\u2003"
            case "begin":
                return self._environment()
            case _:
                return self._unknown(name)

    def _accented(self, mark: str) -> str:
        """Return the argument with `mark` above all of it; the same accent once more within it adds nothing."""
        if mark in self._marks:
            return self._argument()
        if len(self._marks) == _MAX_ACCENTS:
            raise _TooDeepError
        self._marks.append(mark)
        shown = self._argument()
        self._marks.pop()
        return draw_accent(shown, mark)

    def _fraction(self) -> str:
        upper, lower = self._argument(), self._argument()
        shown = f"{enclose(upper, FACTOR)}/{enclose(lower, DIVISOR)}"
        following = _GOES_ON.match(self.tex, self.at)
        multiplied = following is not None and (following["name"] is None or following["name"] in LETTERS)
        return f"({shown})" if multiplied or self._before.isalnum() else shown

    def _root(self) -> str:
        index = ""
        if self.next() == "[":
            self.skip()
            index = self._until("]").strip()
            self.skip()
        radicand = self._argument()
        root = _ROOTS.get(index) or draw_scripts("", index) + "√"
        return root + (radicand if len(radicand) == 1 or radicand.isdecimal() else f"({radicand})")

    def _environment(self) -> str:
        name = self.raw_group().removesuffix("*")
        if name == "array":
            self.raw_group()
        body = self._until(r"\end")
        if self.at < len(self.tex):
            self.at += len(r"\end")
            self.raw_group()
        return draw_environment(name, body)

    def _unknown(self, name: str) -> str:
        shown = f"\\{name}"
        while self.next() == "{":
            shown += "{" + self._group() + "}"
        return shown + (" " if self.next() == " " else "")

    def _with_scripts(self, base: str, *, bounded: bool) -> str:
        """Return `base` with the scripts that follow it."""
        scripts = {"_": "", "^": ""}
        while not scripts.get(mark := self.following(), "-"):
            self.at = self.skip_spaces() + 1
            scripts[mark] = self._argument()
        if bounded:
            spaced = " " if self.next().isalnum() or self.next() == "\\" else ""
            return base + draw_bounds(scripts["_"], scripts["^"]) + spaced
        return base.rstrip() + draw_scripts(scripts["_"], scripts["^"]) if any(scripts.values()) else base
