"""Code: every form of it is shown as Discord draws code, character for character."""

import pytest

from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.markdown.code import read_language
from bot.text.markdown.code_spans import MAX_HELD
from bot.text.pagination import Paginator, paginate
from tests.text.discord_reader import read, styled

ZWSP = "\u200b"
INSIDE = "| a | b |\n|---|---|\n| 1 | 2 |\n#### H\n---\n> > q\n- [ ] t\n![i](http://i)\n<br>&amp;$x$\\(x\\)\n"
BLOCKS = [
    (f"```\n{INSIDE}```\n", f"```\n{INSIDE}```\n"),
    (f"```python\n{INSIDE}```\n", f"```python\n{INSIDE}```\n"),
    (f"~~~\n{INSIDE}~~~\n", f"```\n{INSIDE}```\n"),
    (f"~~~ python title=x\n{INSIDE}~~~\n", f"```python\n{INSIDE}```\n"),
    (f"````md\n```\n{INSIDE}```\n{INSIDE}````\n", f"```md\n``{ZWSP}`\n{INSIDE}``{ZWSP}`\n{INSIDE}```\n"),
    (f"~~~~\n~~~\n{INSIDE}```\n~~~~\n", f"```\n~~~\n{INSIDE}``{ZWSP}`\n```\n"),
    ("`````\n``````py\na\n``````\n", f"```\n``{ZWSP}``{ZWSP}``py\na\n```\n"),
    ("- item\n  ```\n  a\n    b\n\n  c\n  ```\n", "- item\n```\na\n  b\n\nc\n```\n"),
    (f"1. ```py\n{INSIDE}   ```\n", f"1. {ZWSP}\n```py\n{INSIDE}```\n"),
    (f"- ~~~py\n{INSIDE}  ~~~\n", f"- {ZWSP}\n```py\n{INSIDE}```\n"),
    ("```npm install foo\n```\n", "```\nnpm install foo\n```\n"),
    ("```x = 1\ny = 2\n```\n", "```\nx = 1\ny = 2\n```\n"),
    ("~~~ls -l /tmp\n~~~\n", "```\nls -l /tmp\n```\n"),
    ("```print(1)\nprint(2)\n```\n", "```\nprint(1)\nprint(2)\n```\n"),
    (f"Look: ```\n{INSIDE}```\n", f"Look: \n```\n{INSIDE}```\n"),
    (f"```\n{INSIDE}last = 1```\n", f"```\n{INSIDE}last = 1\n```\n"),
    ("```\n    ```\n\\(x\\)\n```\n", f"```\n    ``{ZWSP}`\n\\(x\\)\n```\n"),
    ("```\nx = '```' + y\n\\(x\\)\n```\n", f"```\nx = '``{ZWSP}`' + y\n\\(x\\)\n```\n"),
    ("```\n\n  a\n\n\nb\n\n```\n", "```\n  a\n\n\nb\n```\n"),
    (
        "> ```\n> \\(x\\)\n>\n> | a | b |\n> |---|---|\n> ```\n",
        "> ```\n> \\(x\\)\n> \n> | a | b |\n> |---|---|\n> ```\n",
    ),
    ("text\n\n    \\(x\\)\n    #### H\n\n    ---\n\n", "text\n\n```\n\\(x\\)\n#### H\n\n---\n```\n\n"),
    ("text\n\n\t\\(x\\)\n\t  `` ``` ``\n\n", f"text\n\n```\n\\(x\\)\n  `` ``{ZWSP}` ``\n```\n\n"),
    ("# Head\n    \\(x\\)\n\n", "# Head\n```\n\\(x\\)\n```\n\n"),
    ("> so\n>\n>     \\(x\\)\n>     y\n\n", "> so\n> \n> ```\n> \\(x\\)\n> y\n> ```\n\n"),
    ("- item\n\n\t```\n\ta\n\t    b\n\t```\n", "- item\n\n```\na\n    b\n```\n"),
    ("```\n\ta\n```\n", "```\n\ta\n```\n"),
    ("> ~~~py\n> a\n> ~~~\n", "> ```py\n> a\n> ```\n"),
    ("1. item\n\n       \\(x\\)\n\n", "1. item\n\n```\n\\(x\\)\n```\n\n"),
    (
        "```markdown\n# T\n```py\n\\(x\\)\n```\n\\(y\\)\n```\n",
        f"```markdown\n# T\n``{ZWSP}`py\n\\(x\\)\n``{ZWSP}`\n\\(y\\)\n```\n",
    ),
    ("||```py\nx\n```||\n", f"||{ZWSP}\n```py\nx\n```\n||\n"),
    ("so ||```\nx\n``` b||\n", f"so ||{ZWSP}\n```\nx\n```\nb||\n"),
    ("||<pre>x</pre>||", f"||{ZWSP}\n```\nx\n```\n||"),
    ("**```py\nx\n```**\nso\n", "```py\nx\n```\nso\n"),
    ("- ***```\n  x\n  ```*** so\n~~```\ny\n```\n**b**", f"- {ZWSP}\n```\nx\n```\nso\n```\ny\n```\n**b**"),
    ("**```x```** and **`y`**", "**`x`** and **`y`**"),
    # An item ends with what follows it less indented, and with its quotation.
    ("- a\n## c\n\n    # x\n\n", "- a\n## c\n\n```\n# x\n```\n\n"),
    ("- a\n```\ny\n```\n\n    # x\n\n", "- a\n```\ny\n```\n\n```\n# x\n```\n\n"),
    ("> - a\n\n    # x\n    __y__\n\n", "> - a\n\n```\n# x\n__y__\n```\n\n"),
    ("- a\n\n> b\n\n    # x\n\n", "- a\n\n> b\n\n```\n# x\n```\n\n"),
    ("1. a\n   > b\n\n   c\n\n    d\n", "1. a\n> b\n\n   c\n\n    d\n"),
    ("```text\n```py\n\\(x\\)\n```\n", f"```text\n``{ZWSP}`py\n\\(x\\)\n```\n"),
]
SPANS = [
    ("`\\(x\\)` ``\\(x\\) ` \\(y\\)`` ```\\(x\\)``` `<br>&amp;![a](http://b)`", None),
    ("``a`` ```` ```b```` ` `` `", f"`a` `` `{ZWSP}`{ZWSP}`b`` ` `` `"),
    ("Write \\( or `\\)`, \\[x `\\]`, $x + `y$`, $$x_1 `$$`", "same"),
    ("![a `](http://b)` and [a](http://b`)`", "!\\[a `](http://b)` and \\[a](http://b\u200a`)`"),
    ("`over\n  two \\(x\\) lines`\n\n", "`over two \\(x\\) lines`\n\n"),
    ("> `over\n> two` lines", "> `over two` lines"),
    ("`not\n\nthis` `nor\n- this`", "\\`not\n\nthis` `nor\n- this\\`"),
    ("\\`a\\` \\``b`", f"\\`a\\` \\`{ZWSP}`b`"),
    ("``` is a fence, `` is not", "\\`\\`\\` is a fence, \\`\\` is not"),
    ("`" + "x" * MAX_HELD + "`", "\\`" + "x" * MAX_HELD + "\\`"),
]


@pytest.mark.parametrize(("code", "shown"), BLOCKS)
def test_blocks_of_code(code: str, shown: str) -> None:
    assert to_discord_markdown(code) == shown
    assert to_discord_markdown(f"\\(x\\)\n\n{code}") == f"x\n\n{shown}"
    assert to_discord_markdown(f"{code}\\(x\\)") == f"{shown}x"


@pytest.mark.parametrize(("text", "shown"), SPANS)
def test_code_within_lines(text: str, shown: str | None) -> None:
    shown = text.replace("``` ", "` ").replace("```\\", "`\\") if shown is None else shown
    assert to_discord_markdown(text) == (text if shown == "same" else shown)


def test_an_unclosed_fence_is_code_to_the_end() -> None:
    for fence in ("```", "~~~", "````", "  ```"):
        assert to_discord_markdown(f"{fence}py\n{INSIDE}") == f"```py\n{INSIDE}```"
    assert to_discord_markdown("```\n\n") == to_discord_markdown("a\n```\n```\nb").removeprefix("a\nb") == ""


def test_code_ends_with_the_quotation_it_stands_in() -> None:
    assert to_discord_markdown("> ```\n> \\(x\\)\nout \\(x\\)") == "> ```\n> \\(x\\)\n> ```\nout x"


def test_code_in_a_nested_quotation_has_one_mark_as_well() -> None:
    assert to_discord_markdown("> > ```\n> > > \\(x\\)\n> > ```\n> > \\(x\\)") == "> ```\n> > \\(x\\)\n> ```\n> x"


def test_a_stray_backtick_spoils_no_more_than_its_paragraph() -> None:
    assert to_discord_markdown("a ` b \\(x\\)\n- \\(x\\)\n\n\\(x\\)") == "a \\` b x\n- x\n\nx"


@pytest.mark.parametrize("rest", [" and", ". And", ") and", " \\(x\\)"])
def test_text_behind_a_closing_fence_is_text(rest: str) -> None:
    shown = to_discord_markdown(f"```\n\\(x\\)\n```{rest}\nmore")
    assert shown == f"```\n\\(x\\)\n```\n{rest.strip().replace(chr(92) + '(x' + chr(92) + ')', 'x')}\nmore"


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"),
        (' python title="app.py"', "python"),
        ("js {1,3}", "js"),
        ("js{1,3}", "js"),
        ("{.python .numberLines}", "python"),
        ("{r, echo=FALSE}", "r"),
        ("python:src/app.py", "python"),
        ("{code-block} python", "python"),
        ("{note}", "note"),
        ("c++ copy", "c++"),
        ("C#", "C#"),
        ("language-rust", "rust"),
        ("objective-c", "objective-c"),
        ("例", ""),
        ('title="app.py"', ""),
        ("{1,3}", ""),
        ("", ""),
    ],
)
def test_an_info_string_becomes_a_language_or_nothing(info: str, language: str) -> None:
    assert read_language(info) == language
    assert to_discord_markdown(f"```{info}\nx\n```") == f"```{language}\nx\n```"


@pytest.mark.parametrize("text", ["||```py\nx = 1\n```||", "> ||```\n> x\n> ```||", "||<pre>x</pre>||"])
def test_code_that_is_hidden_is_hidden_in_every_frame(text: str) -> None:
    readable, pager = StreamingMarkdown(), Paginator()
    for char in text:
        pager.add(readable.push(char))
        for page in pager.pages(ended=False):
            assert not [
                drawn.char for drawn in read(page.text) if drawn.char in "x=1" and "spoiler" not in drawn.styles
            ]
    (page,) = paginate(to_discord_markdown(text))
    assert styled(page.text, "spoiler")


def test_any_number_of_blocks_may_go_on_in_the_lines_of_others() -> None:
    assert to_discord_markdown("```\nx\n``` y " * 3000).count("```\nx\n```\ny ") == 3000


@pytest.mark.parametrize(
    "text",
    ["\r    a", "\r\r\r\r\ra\n", " \r" * 1000, "- a\n\n\r\r\r\r\r\rx", "> \r\r\r\r\r\rx", "a\n\n\r\r\r\r b"],
)
def test_carriage_returns_before_a_line_do_not_indent_it(text: str) -> None:
    """They counted when the block was begun, and not when it was read, so that nothing was read for ever."""
    assert to_discord_markdown(text).strip() == text.strip()
