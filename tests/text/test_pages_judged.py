"""The sections "Styles" and "Cuts" of `docs/markdown.md`, and what the foreign parsers say of pages."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.text.pagination import paginate
from tests.text.discord_dialect import JUDGES, Message
from tests.text.discord_dialect import read as judge
from tests.text.discord_reader import read

ROOT = Path(__file__).resolve().parents[2]
_PAGE = (ROOT / "docs" / "markdown.md").read_text(encoding="utf-8")
_TESTS = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
_CELL = re.compile(r"(`+) ?(.*?) ?\1")
_STYLES = {"bold", "italic", "underline", "strike", "spoiler", "code"}


def _section(name: str) -> list[list[str]]:
    """Return the rows of a section."""
    rows = re.findall(r"^\| .*", _PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0], re.MULTILINE)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]


def _text(cell: str) -> str:
    code = _CELL.fullmatch(cell)
    assert code is not None, cell
    return code[2].replace("\\|", "|").replace("⏎", "\n").replace("[ZWSP]", "\u200b").replace("[HAIR]", "\u200a")


@pytest.mark.parametrize("row", _section("Styles"), ids=lambda row: row[1])
def test_a_page_is_drawn_as_its_row_says(row: list[str]) -> None:
    source = _text(row[1])
    assert [page.text for page in paginate(source)] == [source if row[3] == "the same" else _text(row[3])]


@pytest.mark.parametrize("row", [*_section("Styles"), *_section("Cuts")], ids=lambda row: row[0])
def test_the_test_that_a_row_names_exists(row: list[str]) -> None:
    assert re.search(rf"def {row[-1].strip('`')}\(", _TESTS)


def _drawn(message: Message) -> list[tuple[str, frozenset[str]]]:
    return _canonical((char, span.styles & _STYLES) for span in message.spans for char in span.text)


def _canonical(drawn: Iterable[tuple[str, frozenset[str]]]) -> list[tuple[str, frozenset[str]]]:
    """Leave out white space and the marks of lists, which only one parser takes for marks."""
    return [(char, styles) for char, styles in drawn if not char.isspace() and char not in "\u200b•-*"]


_PIECES = [
    "word",
    "word ",
    " ",
    "\n",
    "\n\n",
    "(",
    ".",
    "é",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    " * ",
    " ** ",
    "||",
    " || ",
]
_ITEMS = ["`x*y` ", "**b** ", "_i_ ", "`", "https://e.example/a_b ", "||h||", "~~s~~", "__u__", "words of it " * 90]


@pytest.mark.slow
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.sampled_from([*_PIECES, *_ITEMS]), max_size=25).map("".join), min_size=80, max_size=120))
def test_pages_are_read_by_the_foreign_parsers_as_by_ours(texts: list[str]) -> None:
    pages = [page.text for text in texts for page in paginate(text)]
    for text, messages in zip(pages, judge(pages), strict=True):
        ours = _canonical((char.char, char.styles & _STYLES) for char in read(text))
        assert _drawn(messages[JUDGES[0]]) == ours, text
