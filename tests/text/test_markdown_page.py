"""`docs/markdown.md` is the specification: each row's example becomes what the row says, and its test exists."""

import re
from pathlib import Path

import pytest

from bot.text.markdown import to_discord_markdown
from tests.text.discord_dialect import JUDGES, read

ROOT = Path(__file__).resolve().parents[2]
_TESTS = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
_CELL = re.compile(r"(`+) ?(.*?) ?\1")
_SIGNS = str.maketrans({"⏎": "\n", "·": " "})


def _rows() -> list[tuple[str, str, str]]:
    """Return each row's example, what is shown for it, and the name of its test."""
    rows = list[tuple[str, str, str]]()
    page = (ROOT / "docs" / "markdown.md").read_text(encoding="utf-8")
    for line in re.findall(r"^\| `.*", page, re.MULTILINE):
        source, _, shown, _, test = (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        text = _read(source)
        rows.append((text, text if shown == "the same" else _read(shown), test.strip("`")))
    return rows


def _read(cell: str) -> str:
    if cell == "nothing":
        return ""
    code = _CELL.fullmatch(cell)
    assert code is not None, cell
    text = code[2].replace("\\|", "|").translate(_SIGNS)
    return text.replace("[ZWSP]", "\u200b").replace("[HAIR]", "\u200a")


ROWS = _rows()


@pytest.mark.parametrize(("source", "shown"), [row[:2] for row in ROWS])
def test_an_example_becomes_what_its_row_says(source: str, shown: str) -> None:
    assert to_discord_markdown(source) == shown


@pytest.mark.parametrize("test", sorted({row[2] for row in ROWS}))
def test_the_test_that_a_row_names_exists(test: str) -> None:
    assert re.search(rf"def {test}\(", _TESTS)


def test_the_page_has_a_row_for_each_kind() -> None:
    assert len(ROWS) > 100


@pytest.mark.slow
def test_what_is_shown_holds_no_marks_that_discord_draws_as_typed() -> None:
    """Fences and links are drawn; `styled` tells by whom."""
    for (source, shown, _), messages in zip(ROWS, read([row[1] for row in ROWS]), strict=True):
        for judge in JUDGES:
            assert "```" not in messages[judge].visible or "\\`" in shown, source
            assert "](http" not in messages[judge].visible or "]\\(http" in shown, source
            assert len(messages[judge].styled("block")) == shown.count("```") // 2, source
