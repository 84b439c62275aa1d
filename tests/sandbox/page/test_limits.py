"""How long texts may be: said before anything is sent, counted as Discord does, and nothing cut in silence."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload

from sandbox.discord import Channel, Interaction
from sandbox.page.server import Page
from tests.sandbox.discord.clients import Rest
from tests.sandbox.page.page_user import PageUser
from tests.sandbox.page.scripted_bot import Answer, run_scripted_bot

pytestmark = pytest.mark.asyncio(loop_scope="session")

COUNT = """(texts) => import("./composer/length.js").then(({ countCharacters }) => texts.map(countCharacters))"""
TELL = """(cases) => import("./composer/length.js").then(({ remaining, lengthProblem }) =>
  cases.map(([length, min, max]) => [remaining(length, max), lengthProblem(length, { min, max })]))"""
COMMANDS: list[Mapping[str, Any]] = [
    {
        "name": "tell",
        "description": "Takes a short text",
        "options": [
            {
                "type": 3,
                "name": "text",
                "description": "Two to five",
                "required": True,
                "min_length": 2,
                "max_length": 5,
            }
        ],
    },
    {"name": "form", "description": "Opens a form"},
]
FORM = {
    "title": "A form",
    "custom_id": "the-form",
    "components": [
        {
            "type": 18,
            "label": label,
            "component": {"type": 4, "custom_id": label, "style": style, "min_length": 3, "max_length": 20, **more},
        }
        for label, style, more in (("Long", 2, {}), ("Short", 1, {"required": False}))
    ],
}


def _told(what: str) -> Answer:
    return 4, {"content": f"Got {what}"}


def _sent(interaction: Interaction) -> Answer:
    return _told("/".join(part["component"]["value"] for part in interaction.data["components"]))


@pytest_asyncio.fixture(loop_scope="session")
async def scripted_bot(server: Page) -> AsyncIterator[Rest]:
    """Give a bot whose fields have limits."""
    env = server.context.env
    app = env.discord.create_application("Scripted", owner="robin", message_content=True)
    env.guild.add_bot(app)
    answers = {
        "tell": lambda interaction: _told(interaction.data["options"][0]["value"]),
        "form": lambda _interaction: (9, FORM),
        "the-form": _sent,
    }
    async with run_scripted_bot(env.discord, app, COMMANDS, answers) as rest:
        yield rest
    env.guild.remove(app.bot)


async def test_a_message_that_is_too_long_stays_in_the_box(visitor: PageUser, room: Channel) -> None:
    line = visitor.page.locator("#composer .length")
    await visitor.text.fill("a" * 1799)
    assert await line.is_hidden()
    await visitor.text.fill("a" * 1850)
    assert await line.locator(".count").inner_text() == "150 characters left"
    text = "a" * 2012
    await visitor.text.fill(text)
    assert await line.locator(".count").inner_text() == "12 characters too many"
    assert await visitor.text.get_attribute("aria-invalid") == "true"
    await visitor.text.press("Enter")
    problem = visitor.page.get_by_role("alert").get_by_text(
        "This is 12 characters too long: at most 2,000 can be sent."
    )
    await problem.wait_for()
    assert await visitor.text.input_value() == text
    assert not room.messages
    await visitor.text.press("Backspace")
    await problem.wait_for(state="detached")
    await visitor.text.fill("a" * 2000)
    assert await line.locator(".count").inner_text() == "0 characters left"
    await visitor.text.press("Enter")
    await visitor.sees("aaa")
    assert [len(message.content) for message in room.messages.values()] == [2000]
    assert await line.is_hidden()


async def test_what_is_counted_is_what_is_sent(visitor: PageUser, room: Channel, server: Page) -> None:
    mention = server.context.env.app.bot.mention
    count = visitor.page.locator("#composer .length .count")
    await visitor.text.fill("@Switchboard " + "a" * (2000 - len(mention) - 1))
    assert await count.inner_text() == "0 characters left"
    await visitor.text.fill("   " + "😀" * 2000 + "\n\n")
    assert await count.inner_text() == "0 characters left"
    await visitor.text.press("Enter")
    await visitor.sees("😀")
    assert [message.content for message in room.messages.values()] == ["😀" * 2000]


async def test_characters_are_counted_as_discord_does(visitor: PageUser) -> None:
    texts = ["", "abc", "ä", "😀", "👨‍👩‍👧", "e\u0301", "🇩🇪", "x" * 5000]
    assert await visitor.page.evaluate(COUNT, texts) == [len(text) for text in texts]


async def test_what_is_told_of_a_length(visitor: PageUser) -> None:
    cases = {
        (1799, 0, 2000): ["", None],
        (1800, 0, 2000): ["200 characters left", None],
        (1999, 0, 2000): ["1 character left", None],
        (2001, 0, 2000): ["1 character too many", "This is 1 character too long: at most 2,000 can be sent."],
        (0, 3, 45): ["", None],
        (2, 3, 45): ["", "This is too short: it needs at least 3 characters."],
        (35, 3, 45): ["10 characters left", None],
    }
    assert await visitor.page.evaluate(TELL, [list(case) for case in cases]) == list(cases.values())


async def test_an_edit_that_is_too_long_or_empty_or_refused_stays(
    visitor: PageUser, room: Channel, server: Page
) -> None:
    env = server.context.env
    said = await env.bob.say(room, "short")
    await visitor.become("Bob")  # whose words AutoMod checks
    await visitor.sees("short")
    shown = visitor.page.locator(f"#message-{said.id}")
    await visitor.text.focus()
    await visitor.page.keyboard.press("ArrowUp")
    box = visitor.page.get_by_label("Edit your message")
    await box.fill("b" * 2001)
    await box.press("Enter")
    await shown.get_by_role("alert").get_by_text("This is 1 character too long: at most 2,000 can be sent.").wait_for()
    assert await box.input_value() == "b" * 2001
    assert said.content == "short"
    await box.fill("")
    await box.press("Enter")
    await shown.get_by_role("alert").get_by_text("A message needs a text. To remove it, delete it.").wait_for()
    env.guild.blocked_keywords = ("badword",)
    await box.fill("a badword")
    await box.press("Enter")
    await visitor.page.get_by_role("alert").get_by_text("AutoMod blocks this message.").wait_for()
    assert await box.input_value() == "a badword"
    env.guild.blocked_keywords = ()
    await box.fill("b" * 2000)
    await box.press("Enter")
    await box.wait_for(state="detached")
    assert said.content == "b" * 2000


async def test_a_forms_fields(scripted_bot: Rest, visitor: PageUser) -> None:
    await visitor.command("form")
    form = visitor.page.get_by_role("dialog", name="A form")
    assert "Scripted" in await form.locator("header").inner_text()
    long, short = form.get_by_label("Long"), form.get_by_label("Short")
    await long.fill("c" * 25)
    await form.get_by_text("5 characters too many").wait_for()
    await form.get_by_role("button", name="Submit").click()
    assert await long.evaluate("field => field === document.activeElement")
    told = await long.evaluate("field => field.validationMessage")
    assert told == "This is 5 characters too long: at most 20 can be sent."
    assert await long.input_value() == "c" * 25
    await long.fill("ok then")
    await short.fill("x")
    await short.press("Enter")
    told = await short.evaluate("field => field.validationMessage")
    assert told == "This is too short: it needs at least 3 characters."
    await short.fill("")
    await short.press("Enter")
    await visitor.sees("Got ok then/")


async def test_a_commands_options(scripted_bot: Rest, visitor: PageUser) -> None:
    await visitor.command("tell", text="too long")
    form = visitor.page.get_by_role("form", name="Command /tell")
    field = form.get_by_label("text")
    assert await field.evaluate("it => it.validationMessage") == "This is 3 characters too long: at most 5 can be sent."
    assert await field.input_value() == "too long"
    await field.fill("😀😀😀😀😀")
    await field.press("Enter")
    await visitor.sees("Got 😀😀😀😀😀")


async def test_too_many_and_too_large_files(visitor: PageUser, room: Channel) -> None:
    chooser = visitor.page.locator("#composer input[type=file]")
    await chooser.set_input_files(
        [FilePayload(name=f"{number}.txt", mimeType="text/plain", buffer=b"1") for number in range(11)]
    )
    await visitor.text.press("Enter")
    alert = visitor.page.get_by_role("alert")
    await alert.get_by_text("A message takes at most 10 files, and these are 11.").wait_for()
    for number in range(11):
        await visitor.page.get_by_role("button", name=f"Remove {number}.txt").click()
    await chooser.set_input_files(
        FilePayload(name="large.bin", mimeType="application/octet-stream", buffer=bytes(10 * 1024 * 1024 + 1))
    )
    await visitor.text.fill("with a file")
    await visitor.text.press("Enter")
    await alert.get_by_text("These files are too large: at most 10 MB can be sent at once.").wait_for()
    assert await visitor.text.input_value() == "with a file"
    assert not room.messages
