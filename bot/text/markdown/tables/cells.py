"""The cells of a table: cutting a row into them, drawing them, and measuring what they take in a block of code."""

import re

from bot.text.markdown.code_spans import cut_at_code_spans, find_code_spans
from bot.text.markdown.inline import rewrite_line

_DELIMITER = re.compile(r":?-+:?")
_BOUNDARY = re.compile(r"(?<!\\)\|")
_SPOILER = re.compile(r"(?<!\\)\|\|(?!\s*\|)[^|]+\|\|")
_BOUNDARY_OR_SPOILER = re.compile(f"{_SPOILER.pattern}|{_BOUNDARY.pattern}")

_MAX_NESTING = 8
"""How many styles within styles are read; more are left as they are. It also bounds the work for each character."""

_MAX_MEASURED = 400
"""The longest text that is measured: the time for a row of flags grows with the square of its length."""

_OPENER = re.compile(r"`+|\\[^\w\s]|\*{1,3}(?=\S)|~~(?=\S)|(?<!\w)_{1,3}(?=\S)")
_CLOSERS = {
    **{mark: re.compile(rf"(?<=\S){re.escape(mark)}") for mark in ("*", "**", "***", "~~")},
    **{mark: re.compile(rf"(?<=\S){mark}(?!\w)") for mark in ("_", "__", "___")},
}


def read_delimiter(line: str) -> list[str]:
    """Return how the columns are aligned, by `<`, `^` and `>`; nothing if `line` is not what stands below a header."""
    cells = _cut(line)
    if not all(map(_DELIMITER.fullmatch, cells)):
        return []
    sides = [(cell[0] == ":", cell[-1] == ":") for cell in cells]
    return ["^" if left and right else ">" if right else "<" for left, right in sides]


def split_row(line: str, columns: int | None = None) -> list[str]:
    """Return the cells of a row: of a header, or of what stands below one with so many `columns`; it may have fewer.

    GitHub's specification ("Tables") cuts at every bar without a backslash, also in code, and drops what is too much.
    Of a row that would not have `columns` so, spoilers are left whole, and of one that would lose something also code;
    what is still too much goes to the last cell.
    """
    cells = _cut(line)
    if columns is not None and len(cells) != columns:
        cells = _cut(line, _BOUNDARY_OR_SPOILER)
    if columns is not None and len(cells) > columns:
        parts = cut_at_code_spans(line)
        line = "".join(_BOUNDARY.sub(r"\\|", part) if is_code else part for part, is_code in parts)
        cells = _cut(line, _BOUNDARY_OR_SPOILER)
        cells[columns - 1 :] = [" | ".join(cells[columns - 1 :])]
    return list(map(_unescape_bars_in_code, cells))


def _cut(line: str, boundary: re.Pattern[str] = _BOUNDARY) -> list[str]:
    line = line.strip()
    bars = [found.start() for found in boundary.finditer(line) if found[0] == "|"]
    starts, ends = [0, *(bar + 1 for bar in bars)], [*bars, len(line)]
    cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    first, last = bars[:1] == [0], len(bars) > 1 and bars[-1] == len(line) - 1
    return cells[first : len(cells) - last]


def _unescape_bars_in_code(cell: str) -> str:
    if r"\|" not in cell:
        return cell
    return "".join(part.replace(r"\|", "|") if is_code else part for part, is_code in cut_at_code_spans(cell))


def draw_cell(cell: str) -> str:
    """Return a cell as Discord draws it within a line: on one line."""
    return " / ".join(line.strip() for line in rewrite_line(cell).split("\n") if line.strip())


def holds_spoiler(cell: str) -> bool:
    """Tell whether something in a cell is hidden, which it would not be in a block of code."""
    return "||" in cell and any(not is_code and _SPOILER.search(part) for part, is_code in cut_at_code_spans(cell))


def strip_styles(text: str, nesting: int = _MAX_NESTING) -> str:
    """Return a cell as it reads where Discord draws nothing: without what makes it bold, code and so on."""
    opener = _OPENER.search(text) if nesting else None
    if opener is None:
        return text
    shown, at = list[str](), 0
    spans, unclosed = find_code_spans(text), set[str]()
    while opener is not None:
        start = opener.start()
        shown.append(text[at:start])
        if opener[0][0] == "\\":
            shown.append(opener[0][1])
            at = opener.end()
        elif opener[0][0] == "`":
            size, at = spans.get(start, (0, opener.end()))
            shown.append(text[start + size : at - size].strip() if size else opener[0])
        elif closer := _find_closer(text, start, opener[0], unclosed):
            inner = text[start + len(closer[0]) : closer.start()]
            shown.append(strip_styles(inner, nesting - 1))
            at = closer.end()
        else:
            shown.append(opener[0][0])
            at = start + 1
        opener = _OPENER.search(text, at)
    return "".join(shown) + text[at:]


def _find_closer(text: str, start: int, opener: str, unclosed: set[str]) -> re.Match[str] | None:
    """Return what closes the longest style that begins at `start`, and note in `unclosed` which can never be closed."""
    for size in range(len(opener), 0, -1):
        mark = opener[:size]
        if mark in _CLOSERS and mark not in unclosed:
            if closer := _CLOSERS[mark].search(text, start + size + 1):
                return closer
            unclosed.add(mark)
    return None


def measure(text: str) -> int:
    """Return how many columns `text` takes in a block of code: characters of East Asia and emoji take two.

    Beyond `_MAX_MEASURED` characters it is too wide for columns anyway, and each counts as one.
    """
    if text.isascii() or len(text) > _MAX_MEASURED:
        return len(text)
    from wcwidth import width  # only here: it is slow to import, and most tables need none of it

    return width(text, control_codes="ignore")
