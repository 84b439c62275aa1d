"""Whatever a text is made of, making it readable takes time and room in proportion to its length."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.latex.renderer import render_formula
from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.markdown.latex_spans import is_formula
from bot.text.markdown.tables.cells import measure, read_delimiter, split_row, strip_styles
from tests.text.families import FAMILIES
from tests.text.work import MAX_CALLS, Family, Rising, check_growth, count_calls

_MAX_GROWTH = 10


def _as_it_arrives(text: str) -> str:
    readable = StreamingMarkdown()
    return "".join(map(readable.push, text)) + readable.end()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_text_twice_as_long_takes_twice_the_work(family: str) -> None:
    check_growth(to_discord_markdown, FAMILIES[family], 1200, _MAX_GROWTH)


@pytest.mark.parametrize("family", FAMILIES)
def test_so_does_one_that_comes_character_by_character(family: str) -> None:
    text = FAMILIES[family].text(FAMILIES[family].times(2400))
    assert count_calls(lambda: _as_it_arrives(text)) <= (MAX_CALLS + 20) * len(text)


@pytest.mark.parametrize(
    "family",
    [
        "tables: stars",
        "lines: '![a]('",
        "HTML: '<b><i><u><s>'",
        "links: links in links",
        "code: spans that end late",
        "unclosed: '$a '",
        "lines: backticks of all lengths",
    ],
)
def test_a_text_of_any_length_is_read_once(family: str) -> None:
    """Long enough to show what the bound of a thousand characters a line hides."""
    check_growth(to_discord_markdown, FAMILIES[family], 10_000, _MAX_GROWTH)


READERS: dict[str, Callable[[str], object]] = {
    "styles": strip_styles,
    "a header": split_row,
    "a row": lambda row: split_row(row, 2),
    "a delimiter": read_delimiter,
    "width": measure,
    "a formula": render_formula,
    "cases": lambda body: render_formula(rf"\begin{{cases}}{body}\end{{cases}}"),
    "a factor": lambda body: render_formula(rf"\frac{{{body}}}{{{body}}}^2"),
    "an index": lambda body: render_formula(rf"\sqrt[{body}]{{x}}"),
    "an accent": lambda body: render_formula(rf"\hat{{{body}}}"),
    "whether it is a formula": lambda tex: [is_formula(opener, tex, "") for opener in ("\\(", "\\[", "$$", "$")],
}
_ROWS = ("`a|", "|", "| `", "\\|", "`\\|` ")
_BODIES = ("x", "~", r"\,", "a~&", "&", ",&", "(", ")", "()", "x^2", "x'", "1.", "\u0301\u0323", "|")
UNITS = {
    "styles": ("*a ", "**a ", "_a ", "(_a", "~~a ", "***", "*a **b ***c _d __e ___f ~~g ", "`a", "\\*", "\\`"),
    "a header": _ROWS,
    "a row": _ROWS,
    "a delimiter": ("-|", ":-:|", " ", "- ", "| "),
    "width": ("\U0001f1e6", "\u0301", "\u200d", "日", "한", "क\u094d", "\u0d4e"),
    "a formula": (
        *_BODIES,
        r"x_",
        r"\\",
        r"\frac12",
        r"\text{a}",
        r"\foo",
        r"\hat x",
        r"\hat",
        r"\\[1",
        "{",
        "}",
        "^{",
    ),
    "cases": _BODIES,
    "a factor": _BODIES,
    "an index": _BODIES,
    "an accent": _BODIES,
    "whether it is a formula": ("1", "+", "1+", "1=", "1-a", "ab ", "ab, ", "a'", "-", ".", "!", "a_", " ", "é", ")_"),
}
PARTS = {
    **{f"{part}: {unit!r}": (part, Family(unit)) for part, utf16_len in UNITS.items() for unit in utf16_len},
    **{f"{part}: rising {unit!r}": (part, Rising(unit)) for part in ("styles", "a header", "a row") for unit in "`*_"},
    "styles: closed late": ("styles", Family("(_x ", "_b" + "_" * 500)),
    "a delimiter: blanks behind": ("a delimiter", Family(" ", "-")),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_any_length_would_be_read_once(name: str) -> None:
    """BlockParser are given up at a thousand characters, so only their parts show what a longer one would cost."""
    part, family = PARTS[name]
    check_growth(lambda text: str(READERS[part](text)), family, 2000, 30)


_COMMANDS = [
    *(
        r"\hat",
        r"\widehat",
        r"\bar",
        r"\vec",
        r"\dot",
        r"\overline",
        r"\frac",
        r"\sqrt",
        r"\sqrt[",
        r"\text",
        r"\binom",
    ),
    *(r"\mathbb", r"\boxed", r"\foo", r"\pmod", r"\tag", r"\operatorname", r"\sum", r"\lim", r"\alpha", r"\le", r"\,"),
    *(r"\begin{cases}", r"\end{cases}", r"\begin{matrix}", r"\end{matrix}", r"\left", r"\\", r"\{", r"\}", r"\|"),
    *("{", "}", "{x}", "[", "]", "^", "_", "&", "~", "'", "*", " ", "x", "12", "a+b", ">", "_a", "\u0302", "ŷ", "日"),
]
_wild = st.lists(st.sampled_from(_COMMANDS), max_size=60).map("".join)
_sound = st.recursive(
    st.sampled_from(["x", "12", "a+b", "ŷ", "", "x\u0301", r"\alpha ", r"\\", "&", "~"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(_COMMANDS[:18]), inner).map(lambda parts: f"{parts[0]}{{{parts[1]}}}"),
        st.tuples(inner, st.sampled_from("^_"), inner).map(lambda parts: f"{{{parts[0]}}}{parts[1]}{{{parts[2]}}}"),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=60,
)


@given(st.one_of(_wild, _sound), st.integers(1, 12))
@example(r"\hat", 18)
@example(r"\hat{x}\\", 12)
@example(r"\sqrt{\text{\{}}", 1)
@example(r"\dot{\hat{\bar{xxxxxxxxxxxxxxxx}}}", 1)
def test_no_formula_multiplies(tex: str, times: int) -> None:
    tex = tex * times
    drawn: list[str] = []
    calls = count_calls(lambda: drawn.append(render_formula(tex)))
    assert len(drawn[0]) <= 4 * len(tex)
    assert calls <= 200 * len(tex) + 200


@given(_sound.map(lambda tex: tex.replace("\u0301", "")))
@example(r"\hat{\widehat{\bar{\hat{xŷ}}}}")
def test_no_character_has_an_accent_twice(tex: str) -> None:
    marks = ""
    for char in render_formula(tex):
        marks = marks + char if "\u0300" <= char <= "\u036f" or char == "\u20d7" else ""
        assert len(set(marks)) == len(marks) <= 3


_cells = st.sampled_from(["x", "", "1", "**b**", "a cell of some words", "`|`", "日本", "https://a.example", "y" * 60])
_names = st.sampled_from(["a", "", "Name", "A name of some words", "n" * 36, "n" * 300])


@given(
    st.lists(st.tuples(_names, st.sampled_from(["-", "-:", ":-:"])), min_size=1, max_size=14),
    st.lists(st.lists(_cells, max_size=16), max_size=12),
    st.integers(1, 30),
    st.sampled_from(["", "> "]),
)
def test_no_table_multiplies(columns: list[tuple[str, str]], rows: list[list[str]], times: int, quoted: str) -> None:
    header = [f"|{'|'.join(name for name, _ in columns)}|", f"|{'|'.join(side for _, side in columns)}|"]
    lines = [*header, *(f"|{'|'.join(row)}" for row in rows * times)]
    text = "".join(f"{quoted}{line}\n" for line in lines)
    assert len(to_discord_markdown(text)) <= 10 * len(text) + 100


def test_names_of_columns_are_shown_while_there_is_room() -> None:
    name = "A name that is longer than each of its cells"
    table = f"| {name} | b |\n|---|---|\n"
    shown = to_discord_markdown(table + "| yes | no |\n" * 8)
    assert shown.count(f"**{name}:** yes\n- **b:** no\n") == 8
    shown = to_discord_markdown(table + "|y|n\n" * 2000)
    assert 8 < shown.count(f"**{name}:** y\n- **b:** n\n") < 200
    assert shown.count("\n\n**y**\n- n") > 1800


def test_rows_are_lined_up_while_there_is_room() -> None:
    shown = to_discord_markdown(f"|{'n' * 36}|\n|-:|\n" + "|x\n" * 2000)
    assert 8 < shown.count(f"\n{'x':>36}\n") < 2000
    assert "\nx\nx\n" in shown
