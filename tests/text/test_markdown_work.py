"""Whatever a text is made of, making it readable takes time and room in proportion to its length."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.latex.renderer import render_formula
from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.markdown.latex_spans import is_formula
from bot.text.markdown.table_cells import measure, read_delimiter, split_row, strip_styles
from tests.text.work import MAX_CALLS, Family, Rising, check_growth, count_calls


def _nested(opener: str, content: str, closer: str = "}", depth: int = 9) -> str:
    return "\\[" + opener * depth + content + closer * depth + "\\] "


FORMULAS = {
    "accents without braces": "\\[" + r"\hat" * 18 + "{x}\\] ",
    "accents": _nested(r"\hat{", "x" * 900),
    "three accents": _nested(r"\hat{\bar{\dot{", "x" * 900, "}}}", 1),
    "all accents": _nested(r"\hat{\bar{\vec{\dot{\tilde{\ddot{\overline{", "x" * 900, "}" * 7, 1),
    "combining marks": "\\[\\hat{x" + "\u0301\u0323" * 480 + "}\\] ",
    "fractions": _nested(r"\frac{a}{", "x" * 800),
    "fractions in a row": "\\[" + r"\frac12" * 130 + "\\] ",
    "scripts": _nested("x^{", "q" * 900),
    "scripts in a row": "\\[" + "x_" * 450 + "y\\] ",
    "empty scripts": "\\[x" + "_{}" * 300 + "\\] ",
    "bounds": _nested(r"\sum_{", "q" * 800),
    "texts": "\\[" + r"\text{ab}" * 100 + "\\] ",
    "roots": _nested(r"\sqrt{", "x" * 900),
    "indexes of roots": _nested(r"\sqrt[", "x" * 800, "]{y}"),
    "binomials": _nested(r"\binom{a}{", "x" * 800),
    "double-struck": _nested(r"\mathbb{", "R" * 900),
    "unknown commands": _nested(r"\foo{", "x" * 900),
    "one long command": "\\[" + r"\frac12" * 9 + "\\" + "x" * 900 + "\\] ",
    "blank cases": _nested(r"\begin{cases}", "x" + "~" * 500, r"\end{cases}", 15),
    "matrices": _nested(r"\begin{matrix}", "x&" * 200, r"\end{matrix}", 15),
    "rows": "- \\[" + r"a\\" * 300 + "\\] ",
    "rows of code": "- \\[" + r">\\" * 300 + "\\] ",
    "factors": "\\[{" + "x" * 900 + "}^2\\] ",
    "brackets": "\\[{" + "(" * 450 + ")" * 450 + "}^2\\] ",
    "sums": "$$" + "x+" * 450 + "$$ ",
    "prose": "\\(" + "ab " * 130 + "\\) ",
    "amounts": "$" + "1" * 140 + "$ ",
    "small": "$x_1$, ",
    "small brackets": "\\(x\\)",
}
UNCLOSED = ["\\[", "\\(", "$$", "$a ", "\\[x+", "$$1+ ", "$1+ ", "\\[x\n ", "\\[" + "+" * 996 + "  ", "\\\\[", "\\$"]

_TICKS = "".join("`" * size + " " for size in range(1, 42))
LINES = {
    **{
        repr(unit): unit
        for unit in ("[", "![", "[![", "![a](", "[a]: ", "[a](b", "<", "<b", "<@1", "&", "&abcdefghijkl")
    },
    **{repr(unit): unit for unit in ("**", "*a ", "_a ", "~~a ", "`", "`` ", "```\n", "```a```", "~", "~~~\n", "`a")},
    **{
        repr(unit): unit
        for unit in ("|", "|a", "|\n", "|-", "|-\n", "a|b\n-\n", "-\n", "- ", "1. ", ">", "> ", "> > a\n")
    },
    **{
        repr(unit): unit
        for unit in ("#### a ", "#### **a\n", " ", "\t", "\n", "\r\n", " \n", "---", "x", "a word ", "日本")
    },
    "brackets in images": "![" + "[" * 298,
    "brackets in addresses": "![a]" + "(" * 999,
    "titles of images": "![a](http://x " + '" ' * 480 + ")",
    "backticks of all lengths": _TICKS,
    "headings of backticks": f"#### {_TICKS}\n".replace("```", ""),
    "headings of closing marks": "#### " + " #" * 480 + "x\n",
    "headings of blanks": "#### #" + " " * 900 + "x\n",
    "line breaks in lists": "- " * 300 + "<br>" * 300 + "\n",
    "line breaks in deep lines": "x\n" + " " * 900 + "<br>" * 200 + "\n",
    "deep lists": "".join("  " * depth + "- a\n" for depth in range(100)),
    "deep quotations": ">" * 60 + "a\n",
    "quoted code": "> > ```\n" + "> > a\n" * 100,
    "backticks in code": "```\n" + "`` \n" * 300 + "```\n",
}

HTML = {
    **{
        repr(unit): unit
        for unit in (
            "<b>",
            "</b>",
            "<b><i><u><s>",
            "<b>x",
            "<b>x</b>",
            "<b x",
            "<code>",
            "<kbd>`</kbd>",
            "<sub>x",
            "<a href=x>",
        )
    },
    **{
        repr(unit): unit
        for unit in (
            "<!--",
            "<!-- -->",
            "<!-- >",
            "<li>",
            "<ul>",
            "<ul><li>x",
            "<p>",
            "</p>",
            "<td>",
            "<tr><td>x",
            "<br>",
            "<hr>",
        )
    },
    **{
        repr(unit): unit
        for unit in (
            "<pre>",
            "<pre>x</pre>",
            "<blockquote>",
            "<blockquote>x\n",
            "<h1>x</h1>",
            "<h1>",
            "<img src=x>",
            "&#",
            "&#x1F600;",
        )
    },
    "attributes": "<b " + "a=b " * 45 + ">",
    "attributes without an end": "<b " + "a=b " * 90,
    "quotes in attributes": "<b " + 'a="' * 60 + ">",
    "elements in elements": "<b><i><u><s>" * 8 + "x" + "</s></u></i></b>" * 8,
    "one element in another": "<b>" * 120 + "x" + "</b>" * 120,
    "elements that end late": "<b>x" * 90 + "</b>",
    "lists in lists": "<ul><li>" * 40 + "x" + "</ul>" * 40,
    "entities in code": "<pre>" + "&amp;" * 99 + "</pre>",
    "addresses of mail": "<" + "a." * 400 + "@" + "b." * 90 + "> ",
}
LINKS = {
    **{
        repr(unit): unit
        for unit in (
            "[a](b) ",
            "[a](http://b)",
            "[a][b]",
            "[a]: b\n",
            "[a]: b",
            "[^1]",
            "[^1]: a\n",
            "[](",
            "[a](<",
            "[a]('",
            "[[a]]",
        )
    },
    **{
        repr(unit): unit
        for unit in (
            "http://",
            "https://a",
            "https://a.b/c ",
            "https://a)",
            "https://a（",
            "://",
            ":",
            "https://日",
            "https://a.!?",
            "<http://",
        )
    },
    "brackets in links": "[" * 3 + "a" * 90 + "]" * 3 + "(b)",
    "links in links": "[" * 30 + "a" + "](b)" * 30,
    "long targets": "[a](" + "b" * 990 + ")",
    "long targets without an end": "[a](" + "b" * 990,
    "brackets in targets": "[a](" + "(b" * 90 + ")" * 90,
    "titles": "[a](b " + '"c ' * 300 + ")",
    "quotes in targets": "[a](b" + " '" * 300 + ")",
    "long addresses": "https://a/" + "b" * 990 + " ",
    "addresses of brackets": "https://a/" + "(" * 90 + ")" * 90 + " ",
    "addresses of marks": "https://a/" + ".,:;" * 90 + " ",
    "addresses of letters": "https://a/b/" + "日" * 300,
    "labels": "[a][" + "b" * 99 + "]",
}
CODE = {
    **{
        repr(unit): unit
        for unit in (
            "    a\n",
            "\n    a\n",
            "\n    a\n\nb\n",
            "~~~a\n",
            "~~~\na\n~~~\n",
            "```a b\n",
            "```\na\n``` b\n",
            "```md\n```a\n",
        )
    },
    **{
        repr(unit): unit
        for unit in ("````\n```\n", "a ``` b\n", "a ```b\n", "`a\n", "``a ` b`` ", "=\n", "a\n==\n", "1) a\n")
    },
    "spans that end late": "`a " * 130 + "``",
    "spans over lines": "`" + "a\n" * 190 + "` ",
    "spans of backticks": "`" * 50 + " " + "` " * 60 + "`" * 50 + " ",
    "long info strings": "```" + "a b=c " * 40 + "\nx\n```\n",
    "blank lines in code": "```\na" + "\n" * 300 + "b\n```\n",
    "environments": "\\begin{align}a" + "}" * 300,
    "environments without an end": "\\begin{align}\na\n",
    "escapes": "\\日\\é",
}


def _header(cell: str) -> str:
    return f"| {cell} |\n|---|\n\n"


WIDE = "|" + "a|" * 490 + "\n|" + "-|" * 490 + "\n"
TABLES = {
    "stars": Family(_header("*a " * 320)),
    "styles": Family(_header("*a **b ***c _d __e ___f ~~g " * 34)),
    "underscores": Family(_header("_a " * 320)),
    "styles in styles": Family(_header("*a ~~b _c " * 40 + " c_ b~~ a*" * 40)),
    "underscores in underscores": Family(_header("(_" * 250 + "b" + "_" * 250)),
    "backticks": Family(_header(_TICKS)),
    "escapes": Family(_header("\\*" * 480)),
    "flags": Family(_header("\U0001f1e6" * 990)),
    "combining marks": Family(_header("e" + "\u0301" * 980)),
    "wide characters": Family(_header("日" * 980)),
    "blank delimiters": Family("|a|\n|" + " " * 980 + ":\n"),
    "headers": Family(WIDE + "\n"),
    "rows of stars": Family("|" + "*a " * 320 + "|\n", "|a|b|\n|-|-|\n"),
    "rows of backticks": Family(f"|{_TICKS}|\n", "|a|b|\n|-|-|\n"),
    "few of many columns": Family("|x\n", WIDE),
    "none of many columns": Family("|\n", WIDE),
    "all of many columns": Family("|" + "x|" * 490 + "\n", WIDE),
    "more than all columns": Family("|" * 990 + "\n", "|a|\n|-|\n"),
    "long names": Family("|x|y\n", f"|{'a' * 480}|{'b' * 480}|\n|-|-|\n"),
    "long names above": Family("x|y\n", f"a|{'b' * 900}\n-|-\n"),
    "long names in tables in a row": Family(f"|{'a' * 36}|b|\n|-|-|\n" + "|x|y\n" * 100 + "\n"),
    "blanks": Family("|x\n", f"|{'a' * 36}|\n|-:|\n"),
    "blanks for a long cell": Family("|x\n", f"|a|b|\n|-|-|\n|{'x' * 900}|\n"),
    "quoted": Family(">|x|y\n", "> |a|b|\n> |-|-|\n"),
}

FAMILIES = {
    **{f"formulas: {name}": Family(unit) for name, unit in FORMULAS.items()},
    **{f"unclosed: {unit!r:.20}": Family(unit) for unit in UNCLOSED},
    **{f"lines: {name}": Family(unit) for name, unit in LINES.items()},
    **{f"tables: {name}": family for name, family in TABLES.items()},
    **{f"HTML: {name}": Family(unit) for name, unit in HTML.items()},
    **{f"links: {name}": Family(unit) for name, unit in LINKS.items()},
    **{f"code: {name}": Family(unit) for name, unit in CODE.items()},
}
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
