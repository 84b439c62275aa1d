"""Everything of Discord's interactions that a bot may use, through the page: forms, menus, layouts, silence."""

import re
from collections.abc import AsyncIterator
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

MESSAGE, UPDATE, MODAL, EPHEMERAL = 4, 7, 9, 64

FORM = {
    "title": "Ask about this",
    "custom_id": "question-form",
    "components": [
        {"type": 10, "content": "Leave it **empty** to ask about the message itself."},
        {
            "type": 18,
            "label": "Question",
            "description": "At least three letters",
            "component": {"type": 4, "custom_id": "question", "style": 2, "min_length": 3, "required": False},
        },
        {
            "type": 18,
            "label": "Tone",
            "component": {
                "type": 3,
                "custom_id": "tone",
                "options": [{"label": "Kind", "value": "kind"}, {"label": "Short", "value": "short"}],
            },
        },
    ],
}
ALL_KINDS = {
    "title": "Everything",
    "custom_id": "kinds-form",
    "components": [
        {"type": 18, "label": "Files", "component": {"type": 19, "custom_id": "files", "max_values": 2}},
        {
            "type": 18,
            "label": "Size",
            "component": {
                "type": 21,
                "custom_id": "size",
                "options": [{"label": "Small", "value": "s"}, {"label": "Big", "value": "b"}],
            },
        },
        {
            "type": 18,
            "label": "Days",
            "component": {
                "type": 22,
                "custom_id": "days",
                "options": [{"label": "Monday", "value": "mon"}, {"label": "Friday", "value": "fri"}],
            },
        },
        {"type": 18, "label": "Sure", "component": {"type": 23, "custom_id": "sure"}},
        {"type": 18, "label": "Whom", "component": {"type": 5, "custom_id": "whom"}},
    ],
}
MENUS = [
    {
        "type": 1,
        "components": [
            {
                "type": 3,
                "custom_id": "size",
                "placeholder": "How big?",
                "options": [{"label": "Small", "value": "s"}, {"label": "Big", "value": "b"}],
            }
        ],
    },
    {"type": 1, "components": [{"type": 5, "custom_id": "whom", "placeholder": "Whom?", "max_values": 2}]},
    {"type": 1, "components": [{"type": 2, "style": 4, "label": "Never answers", "custom_id": "silent"}]},
]
RED = [{"name": "Red", "value": "r"}]
COMMANDS: list[dict[str, Any]] = [
    {"name": "form", "description": "Opens a form"},
    {"name": "kinds", "description": "Opens another form"},
    {"name": "menus", "description": "Shows menus"},
    {
        "name": "everything",
        "description": "Takes every kind of option",
        "options": [
            {"type": 3, "name": "colour", "description": "One", "required": True, "choices": RED},
            {"type": 4, "name": "number", "description": "Whole", "min_value": 1, "max_value": 9},
            {"type": 5, "name": "sure", "description": "Yes or no"},
            {"type": 6, "name": "person", "description": "Somebody"},
            {"type": 8, "name": "role", "description": "Some of them"},
        ],
    },
    {"name": "Inspect this", "type": 3},
]  # fmt: skip


def _submitted(interaction: Interaction) -> Answer:
    fields = [part["component"] for part in interaction.data["components"] if "component" in part]
    told = ", ".join(str(field.get("value", field.get("values"))) for field in fields)
    return MESSAGE, {"content": f"Sent: {told}", "flags": EPHEMERAL}


def _chosen(interaction: Interaction) -> Answer:
    return UPDATE, {"content": " ".join(f"<@{key}>" for key in interaction.data["values"]), "components": []}


def _options(interaction: Interaction) -> Answer:
    given = {option["name"]: option["value"] for option in interaction.data["options"]}
    return MESSAGE, {
        "content": f"{given['colour']} {given['number']} {given['sure']} <@{given['person']}> <@&{given['role']}>"
    }


def _filled_in(interaction: Interaction) -> Answer:
    files, size, days, sure, whom = [label["component"] for label in interaction.data["components"]]
    names = [interaction.resolved["attachments"][key]["filename"] for key in files["values"]]
    people = [interaction.resolved["users"][key]["username"] for key in whom["values"]]
    return MESSAGE, {"content": f"Got {names} {size['value']} {days['values']} {sure['value']} {people}"}


STRINGS = {
    "form": lambda _: (MODAL, FORM),
    "Inspect this": lambda _: (MODAL, FORM),
    "question-form": _submitted,
    "kinds": lambda _: (MODAL, ALL_KINDS),
    "kinds-form": _filled_in,
    "menus": lambda _: (MESSAGE, {"content": "Choose", "components": MENUS}),
    "size": lambda interaction: (MESSAGE, {"content": f"Size {interaction.data['values']}"}),
    "whom": _chosen,
    "everything": _options,
    "silent": lambda _: None,
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def scripted_bot(server: Page) -> AsyncIterator[Rest]:
    """Give a second bot in Home."""
    env = server.context.env
    app = env.discord.create_application("Puppet")
    env.guild.add_bot(app)
    async with run_scripted_bot(env.discord, app, list(COMMANDS), STRINGS) as rest:
        yield rest
    env.guild.remove(app.bot)


async def test_a_form(scripted_bot: Rest, visitor: PageUser) -> None:
    await visitor.command("form")
    form = visitor.page.get_by_role("dialog", name="Ask about this")
    question = form.get_by_label("Question")
    assert await question.evaluate("field => field === document.activeElement")
    await question.fill("Why is the sky blue?")
    await form.get_by_label("Tone").select_option(label="Kind")
    await form.get_by_role("button", name="Submit").click()
    await form.wait_for(state="detached")
    await visitor.sees("Sent: Why is the sky blue?, ['kind']")


async def test_a_form_with_every_other_kind_of_field(scripted_bot: Rest, visitor: PageUser) -> None:
    await visitor.command("kinds")
    form = visitor.page.get_by_role("dialog", name="Everything")
    files = [FilePayload(name=name, mimeType="text/plain", buffer=b"1") for name in ("a.txt", "b.txt")]
    await form.get_by_label("Files").set_input_files(files)
    await form.get_by_label("Size").select_option(label="Big")
    await form.get_by_label("Days").select_option(label=["Monday", "Friday"])
    await form.get_by_label("Sure").check()
    await form.get_by_label("Whom").select_option(index=1)
    await form.get_by_role("button", name="Submit").click()
    await form.wait_for(state="detached")
    await visitor.sees("Got ['a.txt', 'b.txt'] b ['mon', 'fri'] True [")


async def test_a_form_from_a_messages_menu_is_given_up_by_escape(scripted_bot: Rest, visitor: PageUser) -> None:
    await visitor.write("The sky is blue.")
    shown = await visitor.sees("The sky is blue.")
    await shown.get_by_role("button", name="More").click()
    await visitor.page.get_by_role("menuitem", name="Apps: Inspect this").click()
    form = visitor.page.get_by_role("dialog", name="Ask about this")
    await form.wait_for()
    await visitor.page.keyboard.press("Escape")
    await form.wait_for(state="detached")


async def test_menus(scripted_bot: Rest, visitor: PageUser) -> None:
    await visitor.command("menus")
    shown = await visitor.sees("Choose")
    await shown.get_by_label("How big?").select_option(label="Big")
    await visitor.sees("Size ['b']")
    shown = visitor.messages.filter(has=visitor.page.get_by_label("Whom?"))
    await shown.get_by_label("Whom?").select_option(label=["@Bob", "@Switchboard"])
    await shown.get_by_role("button", name="Choose").click()
    await visitor.sees(re.compile("@(Bob @Switchboard|Switchboard @Bob)"))


async def test_every_kind_of_option(scripted_bot: Rest, visitor: PageUser) -> None:
    await visitor.command("everything", colour="Red", number="7", sure="True", person="@Bob", role="@moderators")
    await visitor.sees("r 7 True @Bob @moderators")


async def test_a_bot_that_says_nothing(scripted_bot: Rest, visitor: PageUser) -> None:
    await visitor.command("menus")
    shown = await visitor.sees("Choose")
    await shown.get_by_role("button", name="Never answers").click()
    await visitor.page.get_by_text("Waiting for the bot…").wait_for()
    await visitor.page.get_by_role("alert").get_by_text("The application did not respond.").wait_for()


async def test_embeds_and_layouts(scripted_bot: Rest, visitor: PageUser, room: Channel) -> None:
    embed = {
        "author": {"name": "The author"},
        "title": "A title",
        "url": "https://example.org/title",
        "description": "Some **bold** words",
        "color": 0xFF8800,
        "fields": [{"name": "Left", "value": "1", "inline": True}, {"name": "Right", "value": "2", "inline": True}],
        "image": {"url": "https://example.org/pictures/cat.png"},
        "footer": {"text": "The end"},
    }
    await scripted_bot("POST", f"/channels/{room.id}/messages", {"embeds": [embed]})
    shown = await visitor.sees("The author")
    assert await shown.locator("strong", has_text="bold").count() == 1
    assert await shown.get_by_role("link", name="Picture: cat.png").get_attribute("rel") == "noopener noreferrer"
    assert await shown.locator(".embed").evaluate("box => box.style.borderInlineStartColor") == "rgb(255, 136, 0)"
    layout = [{"type": 10, "content": "# A heading\nand words"}]
    await scripted_bot("POST", f"/channels/{room.id}/messages", {"components": layout, "flags": 1 << 15})
    laid_out = await visitor.sees("and words")
    assert await laid_out.locator(".heading").inner_text() == "A heading"
