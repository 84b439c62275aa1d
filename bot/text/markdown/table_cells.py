"""The cells of a table: cutting a row into them, drawing them, and measuring what they take in a block of code."""

import re
import unicodedata

from bot.text.graphemes import is_boundary
from bot.text.markdown.inline import rewrite_line

_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_BOUNDARY = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
_STYLED = re.compile(
    r"(?P<ticks>(?<!`)`+(?!`))(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\\(?P<escaped>[^\w\s])"
    r"|(?P<stars>\*{1,3}|~~)(?=\S)(?P<starred>.+?)(?<=\S)(?P=stars)"
    r"|(?<!\w)(?P<lines>_{1,3})(?=\S)(?P<lined>.+?)(?<=\S)(?P=lines)(?!\w)"
)


def read_delimiter(line: str) -> list[str] | None:
    """Return how the columns are aligned, by `<`, `^` and `>`; None where `line` is not what stands below a header."""
    if not _DELIMITER.fullmatch(line):
        return None
    sides = [(cell[0] == ":", cell[-1] == ":") for cell in _cut(line)]
    return ["^" if left and right else ">" if right else "<" for left, right in sides]


def split_row(line: str, columns: int | None = None) -> list[str]:
    """Return the cells of a row: of a header, or of what stands below one with so many `columns`.

    GitHub's specification ("Tables") cuts at every bar without a backslash, also in code, and drops what is too much.
    Of a row that would lose something so, the code is left whole, and what is still too much goes to the last cell.
    """
    cells = _cut(line)
    if columns is not None and len(cells) > columns:
        cells = _cut(_CODE.sub(lambda code: re.sub(_BOUNDARY, r"\\|", code[0]), line))
        cells[columns - 1 :] = [" | ".join(cells[columns - 1 :])]
    if columns is not None:
        cells += [""] * (columns - len(cells))
    return [_CODE.sub(lambda code: code[0].replace(r"\|", "|"), cell) for cell in cells]


def _cut(line: str) -> list[str]:
    line = line.strip().removeprefix("|")
    line = line[:-1] if line.endswith("|") and not line.endswith(r"\|") else line
    return [cell.strip() for cell in _BOUNDARY.split(line)]


def draw_cell(cell: str) -> str:
    """Return a cell as Discord draws it within a line: on one line."""
    return " / ".join(line.strip() for line in rewrite_line(cell).split("\n") if line.strip())


def strip_styles(cell: str) -> str:
    """Return a cell as it reads where Discord draws nothing: without what makes it bold, code and so on."""

    def bare(match: re.Match[str]) -> str:
        if match["code"] is not None:
            return match["code"].strip()
        return match["escaped"] or strip_styles(match["starred"] or match["lined"])

    return _STYLED.sub(bare, cell)


def measure(text: str) -> int:
    """Return how many columns `text` takes in a block of code: characters of East Asia and emoji take two."""
    if text.isascii():
        return len(text)
    starts = [index for index in range(len(text)) if is_boundary(text, index)]
    return sum(_measure_one(text[start:end]) for start, end in zip(starts, [*starts[1:], len(text)], strict=True))


def _measure_one(shown: str) -> int:
    """Return the columns of what shows as one character."""
    wide = any(unicodedata.east_asian_width(char) in "WF" or char == "\ufe0f" for char in shown)
    flag = "\U0001f1e6" <= shown[0] <= "\U0001f1ff"
    return 2 if wide or flag else 1
