"""Texts that are made to do harm: each family is one unit, over and over, that some reader might read too often."""

from tests.text.work import Family


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
    "enumerations": "\\(a\\) b, ",
    "marks before blanks": "\\(a\\)" + " " * 90,
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
            "<b a>x",
            "<b a='>",
            "**<b>x</b>**",
            "<i>*x*</i>",
            "<dl><dt>x<dd>y",
            "<p>x<p>",
            "<kbd><kbd>x</kbd></kbd>",
            "<input type=checkbox>",
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
    "tags in code": "<code>" + '<a="' * 90 + "</code>",
    "italics in italics": "<i>" + "*a " * 90 + "</i>",
    "images of blanks": "<img" + " " * 190 + ">",
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
            "[a\\](b",
            "[a [b](c) d](e) ",
            "[\\[a\\]](http://b) ",
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
            "**https://a**b **c\n",
            "*https://a*日",
            "https://a\\_b",
            "https://a\\_\\_",
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
            "```\na\n``` b ",
            "**```\na\n```**\n",
            "||```\na\n```||\n",
            "***```",
            "```md\n```a\n",
        )
    },
    **{
        repr(unit): unit
        for unit in ("````\n```\n", "a ``` b\n", "a ```b\n", "`a\n", "``a ` b`` ", "=\n", "a\n==\n", "1) a\n")
    },
    "spans that end late": "`a " * 130 + "``",
    "spans over lines": "`" + "a\n" * 190 + "` ",
    "escaped spans": "\\```",
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
    "spoilers in cells": Family("|" + "||x" * 300 + "|\n", "|a|b|\n|-|-|\n"),
    "rows in items": Family("  |x|y\n", "- |a|b|\n  |-|-|\n"),
    "tables in items": Family("- |a|b|\n  |-|-|\n  |x|y|\n"),
    "rows of no outer bars": Family("||x|| | " * 9 + "\n", "a|b\n-|-\n"),
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
