"""The parsers of Discord's dialect read what we know of it: else what they say of our pages would mean nothing."""

import re
from itertools import product

import pytest

from bot.text.markdown import to_discord_markdown
from tests.text.discord_dialect import JUDGES, Message, read
from tests.text.fragments import BROKEN, CONSTRUCTS, WORDS

TEXT = """\
# Head
**bold** *it* __under__ ~~gone~~ ||hidden|| `code` <@123456789012345678>
-# small
> quoted **words**
```py
x = 1
```
[text](https://a.example/b_(c)) https://d.example/e_f."""


@pytest.mark.parametrize("judge", JUDGES)
def test_what_discord_draws_is_read(judge: str) -> None:
    message: Message = read([TEXT])[0][judge]
    styles = ("heading1", "bold", "italic", "underline", "strike", "spoiler", "code", "small", "language:py")
    assert [message.styled(style) for style in styles] == [
        *(["Head"], ["bold", "words"], ["it"], ["under"], ["gone"], ["hidden"], ["code"], ["small"], ["\nx = 1\n"]),
    ]
    assert "".join(message.styled("quote")).strip() == "quoted words"
    assert message.links == [
        ("text", "https://a.example/b_(c)"),
        ("https://d.example/e_f", "https://d.example/e_f"),
    ]


def test_one_of_them_draws_lists() -> None:
    assert read(["- a\n- b\n"])[0][JUDGES[1]].styled("item") == ["a", "b"]


_UNSTYLED = [text for text in [*CONSTRUCTS, *BROKEN, *WORDS[:3]] if not re.search(r"[*_~|]", text)]
"""Fragments without marks of style, which are judged where a page is drawn."""


@pytest.mark.parametrize("between", ["", "\n", " so\n- "])
def test_blocks_of_code_are_drawn_whole_whatever_is_around_them(between: str) -> None:
    texts = [between.join(pair) for pair in product(_UNSTYLED, repeat=2)]
    shown = list(map(to_discord_markdown, texts))
    for text, page, messages in zip(texts, shown, read(shown), strict=True):
        for message in messages.values():
            assert len(message.styled("block")) == page.count("```") // 2, text
            assert "```" not in message.visible or "\\`" in page, text
