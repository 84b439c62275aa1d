"""What a reply shows of the message that it answers, and emoji that are large."""

import pytest

from sandbox.discord import Channel
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARKED = """**Bold** *words* and __more__ ~~gone~~
# A heading
> quoted `code`
- first
- [second](https://example.org)
```py
x = 1
```
-# small"""


async def _preview(visitor: PageUser, room: Channel, server: Page, text: str, **more: object) -> str:
    """Have Bob answer a message, and return what his reply shows of it."""
    env = server.context.env
    answered = await env.alice.say(room, text, **more)  # type: ignore[arg-type]
    await env.bob.say(room, "An answer", reply_to=answered)
    shown = (await visitor.sees("An answer")).locator(".above")
    box = await shown.bounding_box()
    assert box
    assert box["height"] < 30  # one line
    return await shown.inner_text()


async def test_marks_are_left_out(visitor: PageUser, room: Channel, server: Page) -> None:
    shown = await _preview(visitor, room, server, MARKED)
    told = "Alice Bold words and more gone A heading quoted code first second x = 1 small"
    assert " ".join(shown.split()) == told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@{bob}> and <#{room}>, <@&1>", "Alice @Bob and #{name}, <@&1>"),
        ("**" + "long " * 390 + "**", "Alice " + "long " * 390),
        ("a `**b**` \\*c\\* https://x.example/a_b_c", "Alice a **b** *c* https://x.example/a_b_c"),
        ("before\n||secret **words**|| after", "Alice before ▇▇▇▇▇▇▇▇▇▇▇▇ after"),
    ],
)
async def test_what_is_shown(visitor: PageUser, room: Channel, server: Page, text: str, words: str) -> None:
    names = {"bob": server.context.env.bob.id, "room": room.id, "name": room.name}
    shown = await _preview(visitor, room, server, text.format(**names))
    assert " ".join(shown.split()) == words.format(**names).strip()
    assert "secret" not in shown


async def test_a_message_without_words(visitor: PageUser, room: Channel, server: Page) -> None:
    assert await _preview(visitor, room, server, "", attachments=[("a.txt", b"1")]) == "Alice See the attachment"


@pytest.mark.parametrize(
    ("text", "large"),
    [
        *((text, True) for text in ("😀", "😀 👍🏽\n👨‍👩‍👧 🇩🇪", "<:wave:123456789012345678>", "😀" * 30)),
        *((text, False) for text in ("😀" * 31, "so 😀", "12")),
    ],
)
async def test_emoji_alone_are_large(visitor: PageUser, room: Channel, server: Page, text: str, large: bool) -> None:
    said = await server.context.env.bob.say(room, text)
    shown = visitor.page.locator(f"#message-{said.id} .markdown")
    size = await shown.evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    assert (size > 30) is large
