"""What becomes of Markdown that Discord does not draw, construct by construct; and what stays as it is."""

import gc

import pytest

from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.markdown.blocks import UNDERLINE
from bot.text.markdown.html.parser import RULE

HEADINGS = [
    ("# One\n## Two\n### Three\n", "# One\n## Two\n### Three\n"),
    ("#### Four\ntext", "**Four**\ntext"),
    ("##### Five #####\n", "**Five**\n"),
    ("###### **Six** of *them*", "**Six of *them***"),
    ("#### The `**kwargs` argument\n", "**The `**kwargs` argument**\n"),
    (r"#### Solving \(x^2\)" + "\n", "**Solving x²**\n"),
    ("#### a<br>b\n", "**a b**\n"),
    ("####no space\n####### seven\n", "####no space\n####### seven\n"),
    ("a\n####\n#### \n# #\nb", "a\nb"),
    ("- #### in a list\n", "- **in a list**\n"),
    ("#### " + "long " * 300 + "#\n", "#### " + "long " * 299 + "long\n"),
    ("Title\n=====\n", f"Title\n{UNDERLINE}\n"),
    ("a = b\n= =\n\n=====\n", "a = b\n= =\n\n=====\n"),
    ("- item\n\ntext\n   ====  \n", f"- item\n\ntext\n{UNDERLINE}\n"),
    ("## `a #` ##\n# C# #\n# C#\n", "## `a #`\n# C#\n# C#\n"),
    ("text\n    # no heading\n", "text\n    \\# no heading\n"),
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
    ("- item\n* item\n+ item\n", "- item\n* item\n- item\n"),
    ("-" * 300 + "\n", "-" * 300 + "\n"),
]

QUOTES = [
    ("> one\n> two\n", "> one\n> two\n"),
    ("> one\n> > two\n> > > three\n>> four\n", "> one\n> two\n> three\n> four\n"),
    ("> one\n>\n> two\n", "> one\n> \n> two\n"),
    (">>> all of it\n> > x", ">>> all of it\n> x"),
    (">glued\n>>twice\n>- item\n> >_<\n>_<\n>:(\n->x\n", "> glued\n> twice\n> - item\n> >_<\n>_<\n>:(\n->x\n"),
    (">\n> a\n", "> \n> a\n"),
    ("- > in an item\n", "- in an item\n"),
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
    (
        "a < b, <b>, <br, <break>, <stdin>, List<String>, <your-token>, <@1>, <#2>, <t:3:R>, <:e:4>",
        "a < b, <b>, <br, <break>, <stdin>, List<String>, <your-token>, <@1>, <#2>, <t:3:R>, <:e:4>",
    ),
]

ENTITIES = [
    ("a&nbsp;b &amp; &lt;T&gt; &quot;c&quot; &#39;d&#x27; &mdash;", "a b & <T> \"c\" 'd' —"),
    ("&#42;not bold&#42; &#96;", r"\*not bold\* \`"),
    ("&#35; no heading\n&gt; no quotation\n&lt;@1&gt;", "\\# no heading\n\\> no quotation\n\\<@1>"),
    ("R&D, AT&T; &nonsense; & &; a&#10;b &copy", "R&D, AT&T; &nonsense; & &; a b &copy"),
]

IMAGES = [
    ("![A cat](https://example.com/cat.png)", "[A cat](https://example.com/cat.png)"),
    ("![](https://example.com/cat.png).", "https://example.com/cat.png."),
    ('![A cat](<https://example.com/c_(1).png> "Title (1)")', "[A cat](https://example.com/c_(1).png)"),
    ("![A [good] cat](http://example.com/)", "[A [good] cat](http://example.com/)"),
    ("![https://b.example](https://b.example)", "https://b.example"),
    ("![by https://a.example](https://b.example)", "by https://a.example https://b.example"),
    ("![A cat](images/cat.png) ![A dog](data:image/png;base64,AAAA)", "A cat A dog"),
    ("[![Build](https://example.com/b.svg)](https://example.com/ci)", "[Build](https://example.com/ci)"),
    ("![](cat.png) ![no] ![ref][1] ![open](https://a", "cat.png ![no] ref [1] ![open](https://a"),
    ("![](data:image/png;base64,AAAA)!", "!"),
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
    "line  \nline\r\nline\r\nline\\",
    "¯\\_(ツ)_/¯ ^_^ $_$ \\o/",
    "https://example.com/a_(b)?c=1&d=2#e",
    "\\# \\> \\- \\* \\| \\` \\[ \\]",
]


@pytest.mark.parametrize(
    ("text", "shown"), [*HEADINGS, *RULES, *QUOTES, *TASKS, *BREAKS, *ENTITIES, *IMAGES, *((t, t) for t in UNTOUCHED)]
)
def test_constructs(text: str, shown: str) -> None:
    assert to_discord_markdown(text) == shown


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
        ("`co", ""),
        ("`co` ", "`co` "),
        ("`co" + "x" * 400, "\\`co" + "x" * 400),
        ("[te", ""),
        ("[text](https://e.com", ""),
        ("see https://e.com/do", "see https://e.com/do"),
        ("<b>bo", ""),
        ("<ul>\n<li>on", "- on"),
        ("<!-- a", ""),
        ("+ item", "- item"),
        ("~~~py\nx", "```py\nx"),
        ("\n\n    co", "\n\n```\nco"),
        ("```py\nx = 1", "```py\nx = 1"),
        (r"so \(x", "so "),
        (r"so \(that is what I have to say", r"so \(that is what I have to say"),
        ("![alt", ""),
        ("a <b", "a "),
        ("a <bo", "a "),
        ("a <bo d", "a <bo d"),
    ],
)
def test_only_what_may_still_change_is_held_back(text: str, shown: str) -> None:
    readable = StreamingMarkdown()
    assert readable.push(text) == shown
    assert shown + readable.end() == to_discord_markdown(text)


def test_a_text_is_read_without_what_the_one_before_left_open() -> None:
    readable = StreamingMarkdown()
    assert readable.push("```\nx") + readable.end() == "```\nx\n```"
    assert readable.push("\\(x\\)") + readable.end() == "x"


def test_a_text_that_was_read_leaves_nothing_for_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        to_discord_markdown("**a** [b](https://e.example) <b>c</b> \\(x^2\\)\n\n| a |\n| - |\n| 1 |\n")
        assert gc.collect() == 0
    finally:
        gc.enable()
