"""What becomes of Markdown that Discord does not draw, construct by construct; and what stays as it is."""

import pytest

from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.markdown.blocks import RULE

HEADINGS = [
    ("# One\n## Two\n### Three\n", "# One\n## Two\n### Three\n"),
    ("#### Four\ntext", "**Four**\ntext"),
    ("##### Five #####\n", "**Five**\n"),
    ("###### **Six** of *them*", "**Six of *them***"),
    ("#### The `**kwargs` argument\n", "**The `**kwargs` argument**\n"),
    (r"#### Solving \(x^2\)" + "\n", "**Solving x²**\n"),
    ("#### a<br>b\n", "**a b**\n"),
    ("####no space\n####### seven\n####\n#### \n", "####no space\n####### seven\n####\n#### \n"),
    ("- #### in a list\n", "- **in a list**\n"),
    ("#### " + "long " * 300 + "\n", "#### " + "long " * 300 + "\n"),
    ("Title\n=====\n", "Title\n=====\n"),
    ("Title\n-----\n", f"Title\n{RULE}\n"),
]

RULES = [
    ("a\n\n---\n\nb", f"a\n\n{RULE}\n\nb"),
    ("***\n* * *\n___\n- - -  \n----------\n", f"{RULE}\n" * 5),
    ("---", RULE),
    (
        "--\n-- x\n--- x\n**bold**\n***both***\n_ _\n-# small\n",
        "--\n-- x\n--- x\n**bold**\n***both***\n_ _\n-# small\n",
    ),
    ("- item\n* item\n+ item\n", "- item\n* item\n+ item\n"),
    ("-" * 300 + "\n", "-" * 300 + "\n"),
]

QUOTES = [
    ("> one\n> two\n", "> one\n> two\n"),
    ("> one\n> > two\n> > > three\n>> four\n", "> one\n> two\n> three\n> four\n"),
    ("> one\n>\n> two\n", "> one\n> \n> two\n"),
    (">>> all of it\n> > x", ">>> all of it\n> x"),
    (">not a quote\n>>nor this\n> >_<\n", ">not a quote\n>>nor this\n> >_<\n"),
    ("> > - a\n> >   - b\n", "> - a\n>   - b\n"),
    ("> #### Four\n> ---\n> - [ ] task\n", f"> **Four**\n> {RULE}\n> - ☐ task\n"),
    ("> a<br>b\n", "> a\n> b\n"),
]

TASKS = [
    ("- [ ] open\n- [x] done\n* [X] done\n", "- ☐ open\n- ☑ done\n* ☑ done\n"),
    ("1. [ ] one\n   - [x] two\n", "1. ☐ one\n   - ☑ two\n"),
    ("- [x](https://example.com)\n- [y] no\n[ ] no\n- [ ]\n", "- [x](https://example.com)\n- [y] no\n[ ] no\n- [ ]\n"),
]

BREAKS = [
    ("a<br>b<br/>c<BR />d</br>e", "a\nb\nc\nd\ne"),
    ("a<br>\nb<br>  \nc<br>", "a\nb\nc"),
    ("a<br><br>b", "a\n\nb"),
    ("- a<br>b\n", "- a\n  b\n"),
    ("a < b, <b>, <br, <break>, <@1>, <#2>, <t:3:R>, <:e:4>", "a < b, <b>, <br, <break>, <@1>, <#2>, <t:3:R>, <:e:4>"),
]

ENTITIES = [
    ("a&nbsp;b &amp; &lt;T&gt; &quot;c&quot; &#39;d&#x27; &mdash;", "a b & <T> \"c\" 'd' —"),
    ("&#42;not bold&#42; &#96;", r"\*not bold\* \`"),
    ("R&D, AT&T; &nonsense; & &; &#10; &copy", "R&D, AT&T; &nonsense; & &; &#10; &copy"),
]

IMAGES = [
    ("![A cat](https://example.com/cat.png)", "[A cat](https://example.com/cat.png)"),
    ("![](https://example.com/cat.png).", "https://example.com/cat.png."),
    ('![A cat](<https://example.com/c_(1).png> "Title (1)")', "[A cat](https://example.com/c_(1).png)"),
    ("![A [good] cat](http://example.com/)", "[A (good) cat](http://example.com/)"),
    ("![https://b.example](https://b.example)", "https://b.example"),
    ("![by https://a.example](https://b.example)", "by https://a.example https://b.example"),
    ("![A cat](images/cat.png) ![A dog](data:image/png;base64,AAAA)", "A cat A dog"),
    ("[![Build](https://example.com/b.svg)](https://example.com/ci)", "[Build](https://example.com/ci)"),
    ("![](cat.png) ![no] ![ref][1] ![open](https://a", "![](cat.png) ![no] ![ref][1] ![open](https://a"),
    ("Hey![x] wow!", "Hey![x] wow!"),
    ("[a link](https://example.com) [x]", "[a link](https://example.com) [x]"),
]

UNTOUCHED = [
    "Plain words, **bold**, *it*, __under__, ~~gone~~, ||hidden||, `code`, snake_case, 2 * 3.",
    "||a spoiler||\n|| another | one ||\n",
    "<@123456789012345678> <@&12> <#34> <:smile:56> <a:wave:78> <t:1700000000:R> </ask:90> <https://example.com>",
    "A | B\nC | D\n",
    "| a | b |\nno delimiter\n",
    "| a | b |\n|---|\n",
    "1. one\n2. two\n   - three\n",
    "line  \nline\\\nline\r\nline\r\n",
    "¯\\_(ツ)_/¯ ^_^ $_$ \\o/",
    "https://example.com/a_(b)?c=1&d=2#e",
    "\\# \\> \\- \\* \\| \\` \\[ \\]",
    "[^1] and\n[^1]: a footnote\n<details><summary>x</summary></details>\n",
]


@pytest.mark.parametrize(
    ("text", "shown"), [*HEADINGS, *RULES, *QUOTES, *TASKS, *BREAKS, *ENTITIES, *IMAGES, *((t, t) for t in UNTOUCHED)]
)
def test_each_construct_becomes_what_discord_draws(text: str, shown: str) -> None:
    assert to_discord_markdown(text) == shown


INSIDE = "| a | b |\n|---|---|\n| 1 | 2 |\n#### H\n---\n> > q\n- [ ] t\n![i](http://i)\n<br>&amp;$x$\\(x\\)\n"
CODE = [
    f"```\n{INSIDE}```\n",
    f"```python\n{INSIDE}```\n",
    f"~~~\n{INSIDE}~~~\n",
    f"````md\n```\n{INSIDE}```\n{INSIDE}````\n",
    f"~~~~\n~~~\n{INSIDE}```\n~~~~\n",
    f"- item\n  ```\n  {INSIDE}  ```\n",
    f"1. ```py\n{INSIDE}   ```\n",
    f"Look: ```\n{INSIDE}```\n",
    f"```\n{INSIDE}last = 1```\n",
    "```\n    ```\n\\(x\\)\n```\n",
    "```\nx = '```' + y\n\\(x\\)\n```\n",
    "> ```\n> \\(x\\)\n> | a | b |\n> |---|---|\n> ```\n",
    "text\n\n    \\(x\\)\n    #### H\n\n    ---\n\n",
    "text\n\n\t\\(x\\)\n\n",
    "`\\(x\\)` ``\\(x\\) ` \\(y\\)`` ```\\(x\\)``` `<br>&amp;![a](http://b)`\n\n",
    "Write \\( or `\\)`, \\[x `\\]`, $x + `y$`, $$x_1 `$$`, ![a `](http://b)` and ![a](http://b`)`\n\n",
    "- item\n\n# Heading\n\n    \\(x\\)\n\n",
    "`over\ntwo \\(x\\) lines`\n\n",
]


@pytest.mark.parametrize("code", CODE)
def test_code_is_never_touched(code: str) -> None:
    assert to_discord_markdown(code) == code
    assert to_discord_markdown(f"\\(x\\)\n\n{code}\\(x\\)") == f"x\n\n{code}x"


def test_an_unclosed_fence_is_code_to_the_end() -> None:
    for fence in ("```", "~~~", "````py"):
        assert to_discord_markdown(f"{fence}\n{INSIDE}") == f"{fence}\n{INSIDE}"


def test_code_ends_with_the_quotation_it_stands_in() -> None:
    assert to_discord_markdown("> ```\n> \\(x\\)\nout \\(x\\)") == "> ```\n> \\(x\\)\nout x"


def test_code_in_a_nested_quotation_has_one_mark_as_well() -> None:
    assert to_discord_markdown("> > ```\n> > > \\(x\\)\n> > ```\n> > \\(x\\)") == "> ```\n> > \\(x\\)\n> ```\n> x"


def test_a_stray_backtick_spoils_no_more_than_its_paragraph() -> None:
    assert to_discord_markdown("a ` b \\(x\\)\n- \\(x\\)\n\n\\(x\\)") == "a ` b \\(x\\)\n- x\n\nx"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Words go out as they come, even half a wo", "Words go out as they come, even half a wo"),
        ("It costs $5 mill", "It costs $5 mill"),
        ("It costs $5 and", "It costs "),
        ("It costs $5 and ", "It costs $5 and "),
        ("Wow!", "Wow"),
        ("- item of a", "- item of a"),
        ("# Head", "# Head"),
        ("**bo", "**bo"),
        ("2024 was", "2024 was"),
        ("| not", ""),
        ("| a |\n|--", ""),
        ("| a |\nno", "| a |\nno"),
        ("#### Head", ""),
        ("---", ""),
        ("--- a", "--- a"),
        ("> quo", "> quo"),
        ("`co", "`co"),
        ("```py\nx = 1", "```py\nx = 1"),
        (r"so \(x", "so "),
        (r"so \(that is what I have to say", r"so \(that is what I have to say"),
        ("![alt", ""),
        ("a <b", "a "),
        ("a <bo", "a <bo"),
    ],
)
def test_only_what_may_still_change_is_held_back(text: str, shown: str) -> None:
    readable = StreamingMarkdown()
    assert readable.push(text) == shown
    assert shown + readable.end() == to_discord_markdown(text)


def test_the_next_text_begins_anew() -> None:
    readable = StreamingMarkdown()
    assert readable.push("```\n") + readable.end() == "```\n"
    assert readable.push("\\(x\\)") + readable.end() == "x"
