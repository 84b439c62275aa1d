"""Tables: in columns where they fit, else a paragraph a row; rows stay whole; where a table begins and ends."""

import re
from time import process_time

import pytest

from bot.text.code_fences import FENCE
from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.markdown.html.parser import RULE
from bot.text.markdown.tables.cells import measure, strip_styles
from bot.text.markdown.tables.layout import MAX_COLUMNS, MAX_HELD
from bot.text.pagination import MAX_PAGE_UNITS, paginate

PEOPLE = "| Name | Age |\n|:-----|----:|\n| Ada | 36 |\n| Grace | 85 |\n"
IN_COLUMNS = "```\nName   Age\n-----  ---\nAda     36\nGrace   85\n```\n"

LONG = "| Word | Meaning |\n|---|---|\n| one | a word that needs all of the line below |\n| two | short |\n"
IN_PARAGRAPHS = (
    "**Word:** one\n- **Meaning:** a word that needs all of the line below\n\n**Word:** two\n- **Meaning:** short\n"
)

TABLES = [
    (PEOPLE, IN_COLUMNS),
    (f"Text\n{PEOPLE}\nText", f"Text\n{IN_COLUMNS}\nText"),
    (f"{PEOPLE}Text", f"{IN_COLUMNS}Text"),
    (PEOPLE.replace("\n", "\r\n"), IN_COLUMNS),
    (PEOPLE.removesuffix("\n"), IN_COLUMNS),
    ("- item\n\n" + "".join(f"    {line}\n" for line in PEOPLE.splitlines()), f"- item\n\n{IN_COLUMNS}"),
    (LONG, IN_PARAGRAPHS),
    (f"Text\n{LONG}Text", f"Text\n\n{IN_PARAGRAPHS}\nText"),
    (f"{LONG}\nText", f"{IN_PARAGRAPHS}\nText"),
    (f"{LONG}```\ncode\n```", f"{IN_PARAGRAPHS}\n```\ncode\n```"),
    ("| a | b |\n|---|---|\n", "```\na  b\n-  -\n```\n"),
    (
        "| 名前 | 歳 | 😀 |\n|---|:-:|---|\n| 東京都 | 1 | x |\n",
        "```\n名前    歳  😀\n------  --  --\n東京都  1   x\n```\n",
    ),
    (
        "| **a** | `b*` |\n|---|---|\n| *c* \\| ~~d~~ | e_f_g \\* |\n",
        "```\na      b*\n-----  -------\nc | d  e_f_g *\n```\n",
    ),
    ("| a | b |\n|---|---|\n| \\(x^2\\) | 1<br>2 |\n", "```\na   b\n--  -----\nx²  1 / 2\n```\n"),
    ("| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |\n", "```\na  b\n-  -----\n1\n1  2 | 3\n```\n"),
    ("| a | b |\n|---|---|\n| `x | y` | 1 |\n", "```\na      b\n-----  -\nx | y  1\n```\n"),
    ("|a|b|\n|-|-|\n|1|2\n", "```\na  b\n-  -\n1  2\n```\n"),
    ("| a |\n|---|\n| 1 |\n", "```\na\n-\n1\n```\n"),
    # What has to be drawn, or stands in a quotation, is shown in paragraphs.
    ("| a | b |\n|---|---|\n| 1 | [x](http://y) |\n", "**a:** 1\n- **b:** [x](http://y)\n"),
    ("| a | b |\n|---|---|\n| <@123> | `x` |\n", "**a:** <@123>\n- **b:** `x`\n"),
    (
        "> | a | b |\n> |---|---|\n> | 1 | 2 |\n> | 3 | 4 |\n> x\n",
        "> **a:** 1\n> - **b:** 2\n> \n> **a:** 3\n> - **b:** 4\n> \n> x\n",
    ),
    ("> | a | b |\n> |---|---|\n> | 1 | 2 |\nout\n", "> **a:** 1\n> - **b:** 2\nout\n"),
    ("| | a? | **b**: |\n|---|---|---|\n| **x** | https://y | |\n", "**x**\n- **a?** https://y\n"),
    ("| a | b |\n|---|---|\n| | https://y |\n| | |\n", "- **b:** https://y\n"),
    ("| " + "long " * 9 + "| b |\n|---|---|\n", "**long long long long long long long long long · b**\n"),
    # A header that begins with no bar was shown before it was known to be one.
    ("a | b\n--- | ---\n1 | 2\n3 | 4\nx\n", f"a | b\n{RULE}\n1 | 2\n3 | 4\nx\n"),
    ("a | b\n:-- | --:\n", f"a | b\n{RULE}\n"),
    ("a|b\n-|-\n# 1|[x](http://y)\n2|||z|||\n\nx", f"a|b\n{RULE}\n\\# 1 | [x](http://y)\n2 | ||z||\n\nx"),
    # Spoilers stay hidden, and what has no room for one is an empty cell.
    ("| a | b |\n|---|---|\n| x | ||y|| |\n| ||z|| | |\n", "**a:** x\n- **b:** ||y||\n\n**a:** ||z||\n"),
    ("|a|b|\n|-|-|\n|||y z|||1|\n||2|\n", "**a:** ||y z||\n- **b:** 1\n\n- **b:** 2\n"),
    ("|a|b|c|\n|-|-|-|\n|1||2|\n", "```\na  b  c\n-  -  -\n1     2\n```\n"),
    ("| a | b |\n|---|---|\n| `x \\|\\| y` | or |\n", "```\na       b\n------  --\nx || y  or\n```\n"),
    # An item may hold a table.
    ("- | a | b |\n  |---|---|\n  | 1 | 2 |\n- x\n", "- \u200b\n```\na  b\n-  -\n1  2\n```\n- x\n"),
    (
        "1. | a | b |\n   |---|---|\n   | 1 | http://y |\n   | 2 | 3 |\n",
        "1. **a:** 1\n   - **b:** http://y\n\n   **a:** 2\n   - **b:** 3\n",
    ),
    ("> - | a | b |\n>   |---|---|\n>   | 1 | 2 |\n", "> - **a:** 1\n>   - **b:** 2\n"),
]

NO_TABLES = [
    "| a | b |\n| 1 | 2 |\n",
    "| a | b |\n\n|---|---|\n",
    "| a | b |\n|---|---|---|\n",
    "| a |\n---x\n",
    "a | b\n\n--- | ---\n",
    "a\n-|-\n",
    "||a | b||\n|---|---|\n",
    "> | a | b |\n|---|---|\n",
    "| a | b |",
    "- | a | b |\n- | c | d |\n",
    "|" + "x" * 2000 + "|\n|---|\n",
]


@pytest.mark.parametrize(("text", "shown"), TABLES)
def test_a_table_is_drawn_in_the_way_that_reads_best(text: str, shown: str) -> None:
    assert to_discord_markdown(text) == shown


@pytest.mark.parametrize("text", NO_TABLES)
def test_what_is_no_table_stays(text: str) -> None:
    assert to_discord_markdown(text) == text


def shown_after(*pieces: str) -> list[str]:
    """Return what each piece adds to what is shown."""
    readable = StreamingMarkdown()
    return [*(readable.push(piece) for piece in pieces), readable.end()]


def test_a_table_that_fits_is_shown_when_it_ends() -> None:
    header, delimiter, *rows = PEOPLE.splitlines(keepends=True)
    assert shown_after(header, delimiter, *rows, "\n") == ["", "", "", "", f"{IN_COLUMNS}\n", ""]


def test_a_table_that_does_not_fit_is_shown_row_by_row() -> None:
    header, delimiter, *rows = LONG.splitlines(keepends=True)
    first, second = IN_PARAGRAPHS.split("\n\n")
    assert shown_after(header, delimiter, *rows) == ["", "", f"{first}\n", f"\n{second}", ""]


def test_a_table_that_is_long_is_not_waited_for() -> None:
    readable, row = StreamingMarkdown(), "| Ada | 36 |\n"
    readable.push("| Name | Age |\n|---|---|\n")
    pushed = shown = ""
    while not shown:
        pushed += row
        shown = readable.push(row)
    assert MAX_HELD < len(pushed) <= MAX_HELD + len(row)
    assert readable.push(row) == "Ada   36\n"
    assert readable.push("| A longer name than any | 7 |\n") == "A longer name than any  7\n"
    assert readable.push("\n") == "```\n\n"


def test_a_row_of_any_length_is_not_waited_for() -> None:
    assert shown_after(f"{PEOPLE}| {'x' * 2000}")[0].startswith(f"{IN_COLUMNS}| xxx")


def test_columns_fit_a_phone() -> None:
    for width in range(1, 60):
        shown = to_discord_markdown(f"| a | {'b' * width} |\n|---|---|\n| 1 | 2 |\n")
        fits = max(map(len, shown.splitlines())) <= MAX_COLUMNS
        assert shown.startswith(FENCE) == fits == (width <= MAX_COLUMNS - 3)


@pytest.mark.parametrize("cell", ["short", "a cell of so many words that it takes a line of its own"])
def test_no_row_is_cut_between_messages(cell: str) -> None:
    rows = [(f"row {number}", f"{cell} {number}") for number in range(120)]
    pages = paginate(to_discord_markdown("| Row | Cell |\n|---|---|\n" + "".join(f"| {a} | {b} |\n" for a, b in rows)))
    assert len(pages) > 1
    for page in pages:
        assert len(page.text) <= MAX_PAGE_UNITS
        whole = re.findall(r"(row \d+)(?: +|\n- \*\*Cell:\*\* )(.* \d+)$", page.text, re.MULTILINE)
        assert page.text.count("row ") == len(whole)
        assert rows[: len(whole)] == whole
        del rows[: len(whole)]
    assert not rows


def test_cells_are_measured_as_they_show() -> None:
    assert [measure(text) for text in ("abc", "é", "e\u0301", "日本", "😀", "👩‍💻", "🇩🇪", "❤️", "ﬀ")] == [
        3,
        1,
        1,
        4,
        2,
        2,
        2,
        2,
        1,
    ]


def test_cells_of_several_code_points_are_measured_as_they_show() -> None:
    assert [
        measure(text)
        for text in ("👍🏽", "1\ufe0f\u20e3", "한", "ᄒ\u1161\u11ab", "é\u200b", "Ａ", "👩‍👩‍👧‍👦", "naïve")
    ] == [
        2,
        2,
        2,
        2,
        1,
        2,
        2,
        5,
    ]


@pytest.mark.parametrize("unit", ["\u0301", "\U0001f1e6", "👩\u200d", "क\u094d"])
def test_a_very_long_cell_is_not_measured(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = process_time()
    assert measure(text) == len(text)
    assert process_time() - started < 0.02


def test_styles_are_stripped_as_markdown_reads_them() -> None:
    cell = r"**a _b_** ***c*** ~~d~~ `e * f` ``g ` h`` 2 * 3 * 4 snake_case_name \*i\* __j__"
    assert strip_styles(cell) == "a b c d e * f g ` h 2 * 3 * 4 snake_case_name *i* j"
