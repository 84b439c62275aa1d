"""The page draws Discord's Markdown as the parsers that are not ours do: samples, and what the bot writes."""

import random
from collections.abc import Iterator, Sequence

import pytest

from bot.text.markdown import to_discord_markdown
from tests.text.discord_dialect import JUDGES, Message, read, read_as_page
from tests.text.fragments import BROKEN, CONSTRUCTS

SAMPLES = [
    *("# a\n# b", "# **a** `b`", "## a ##", "### a\n\nb", "#### a", "#a", "-#a", "a\n# b", "# ||a||"),
    *("-# a *b*", "-# <t:1700000000:R> **x**", "# a\n-# b\n- c\n> d", "a\n-# b", "> # a", "> -# a", "# ", "-# "),
    *("- a\n- b\n  - c\n   - d", "* a\n* b", "1. a\n2. b", "10. a\n11. b", "- a\n  1. b\n  2. c\n- d", "- **a**"),
    *("- # a", "- > a", "> - a\n> - b", "- a\n\n- b", "- a\nb", "- a\n  b", "a\n- b", "1.a", "+ a", "-  a", "- "),
    *("> a\n> b\nc", "> > a", ">>> a\n> b\n# c", ">a", "> a\n\n> b", "> "),
    *("> ```py\n> a\n> ```", ">>> a\n\nb\n```\nc\n```", "# [a](https://x.y)", "- `b`\n- c"),
    *("**a** *b* _c_ __d__ ~~e~~ ||f||", "***a***", "**a*b*c**", "*a **b** c*", "__*a*__", "___a___", "**||a||**"),
    *("_a_b_", "a_b_", "_a_b", "snake_case_x", "(_a_)", "2 * 3 * 4", "** a **", "* a *", "_ a _", "a**b**c", "a__b__c"),
    *("||a **b** c||", "||a\nb||", "||`a||`||", "||[a](https://x.y)||", "a ||b|| c ||d||", "||||", "||a", "|| a ||"),
    *("`a`", "``a`b``", "` a `", "`a\nb`", "`a", "`a\\`", "`**a**`", "**`a**`", "```a```", "```py\na```", "```py a```"),
    *("```\na\n```", "a ```b``` c", "```c++\na\n```", "```js\n**a**\n```\nb"),
    *("[a](https://x.y)", "[a](<https://x.y>)", '[a](https://x.y "t")', "[a](https://x.y 't')", "[a]( https://x.y )"),
    *("[**a**](https://x.y)", "[`a`](https://x.y)", "[a [b] c](https://x.y)", "[a", "[a](x y)", "<https://x.y/a>"),
    *("https://x.y/a_b_c", "https://x.y).", "https://x.y/*a*", "**https://x.y**", "https://x.y?", "https://a", "http://"),
    *(r"\*a\*", r"\\*a*", r"\_a\_", r"\`a\`", r"\# a", r"\> a", r"\- a", r"\||a||", r"*a\*b*", r"**a\**", r"\https://x.y"),
    *(r"\<@123456789012345678>", r"\@everyone", "a\\\nb", "¯\\_(ツ)_/¯"),
    *("<t:1700000000>", "<t:1700000000:R>", "<t:1700000000:X>", "<@123456789012345678>", "<@!123456789012345678>"),
    *("<@&123456789012345678>", "<#123456789012345678>", "<:a:123456789012345678>", "<a:a:123456789012345678>", "<#1>"),
    *("**<@123456789012345678>**", "@everyone @here", "<id:customize>"),
]  # fmt: skip

BELIEVED = {
    "****": "the client shows the stars",
    "[a](x)": "the client links to websites only",
    "\n~~~\n---\n~~~\n": "both parsers end the style a mark early",
    "[https://a.example](https://a.example/)": "a link's text holds no link",
    "[![alt](https://a.example)](https://b.example)": "a link's text holds no link",
    "> a\n# b": "the client draws a heading directly below a quotation",
    "> a\n-# b": "the client draws small print directly below a quotation",
}
"""Where both parsers differ from what Discord's client draws, and the page follows the client."""

Drawn = list[tuple[str, frozenset[str]]]


def _drawn(message: Message) -> Drawn:
    """Return each letter that is drawn, with its styles; without blanks, list marks and what a mention is called."""
    letters: Drawn = []
    for span in message.spans:
        styles = frozenset(style for style in span.styles if style not in ("item", "marker") and ":" not in style[:9])
        links = {style for style in span.styles if style.startswith("link:")}
        if "marker" in span.styles:
            continue
        text = "@" if "mention" in span.styles else span.text
        letters += [(letter, styles | links) for letter in text if not letter.isspace()]
    return letters


def _differences(texts: Sequence[str]) -> Iterator[tuple[str, Drawn, list[Drawn]]]:
    """Yield each text that the page draws as neither parser does."""
    for text, page, judged in zip(texts, read_as_page(texts), read(texts), strict=True):
        judges = [_drawn(judged[name]) for name in JUDGES]
        if _drawn(page) not in judges:
            yield text, _drawn(page), judges


def test_samples_are_drawn_as_a_parser_draws_them() -> None:
    differing = [text for text, *_ in _differences([*SAMPLES, *CONSTRUCTS, *BROKEN, *BELIEVED])]
    assert set(differing) <= BELIEVED.keys()


@pytest.mark.parametrize("between", ["", " ", "\n", "\n\n"])
def test_what_the_bot_writes_is_drawn_as_a_parser_draws_it(between: str) -> None:
    draw = random.Random(between)
    texts = [to_discord_markdown(between.join(draw.sample(CONSTRUCTS, 3))) for _ in range(300)]
    assert list(_differences(texts)) == []
