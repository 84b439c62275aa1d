"""The parsers of Discord's dialect read what we know of it: else what they say of our pages would mean nothing."""

import pytest

from tests.text.discord_dialect import JUDGES, Message, read

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
