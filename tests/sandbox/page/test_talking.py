"""Talking to the bot through the page: answers that grow, commands, buttons, refusals, direct messages."""

import re

import pytest
from playwright.async_api import FilePayload

from sandbox.discord import Channel
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECORD_FRAMES = """() => {
  window.frames_seen = [];
  new MutationObserver(() => {
    const texts = [...document.querySelectorAll("#messages .content")].map((each) => each.textContent);
    const newest = texts.at(-1);
    if (newest && window.frames_seen.at(-1) !== newest) window.frames_seen.push(newest);
  }).observe(document.getElementById("messages"), { childList: true, subtree: true, characterData: true });
}"""


async def test_an_answer_grows_before_ones_eyes(visitor: PageUser, room: Channel, server: Page) -> None:
    await visitor.text.press_sequentially("@swi")
    suggestion = visitor.page.get_by_role("option", name="@Switchboard bot")
    await suggestion.wait_for()
    await visitor.text.press("Enter")
    await visitor.page.evaluate(RECORD_FRAMES)
    stream = server.context.env.apis.chatbase.hold()
    await visitor.text.press_sequentially("write me some Python code")
    await visitor.text.press("Enter")
    await stream.started()
    parts = ("Here it is. ", "```python\nfrom collections import Counter\n", "```\nThe library sorts for us.")
    for part, seen in zip(parts, ("Here it is", "Counter", "sorts for us"), strict=True):
        await stream.send(part)
        await visitor.sees(seen)
    await stream.finish()
    question, answer = room.messages.values()
    assert question.content == f"{server.context.env.app.bot.mention} write me some Python code"
    frames = [text for text in await visitor.page.evaluate("window.frames_seen") if "Python code" not in text]
    lengths = sorted({len(text) for text in frames})
    assert len(lengths) >= 3, frames
    assert len(answer.frames) >= len(frames) >= 3
    shown = visitor.message("sorts for us")
    assert await shown.locator("pre .code-keyword").first.inner_text() == "from"
    assert await shown.locator(".above").inner_text() == "Alice @Switchboard write me some Python code"
    assert await visitor.text.input_value() == ""


async def test_a_command_with_options(visitor: PageUser) -> None:
    await visitor.command("settings temperature", value="0.5")
    shown = await visitor.sees("temperature is now 0.5 in this server.")
    assert "Only you can see this" in await shown.inner_text()
    await shown.get_by_role("button", name="Dismiss message").click()
    await shown.wait_for(state="detached")


async def test_a_command_with_suggestions_of_the_bot_and_a_channel(visitor: PageUser, room: Channel) -> None:
    await visitor.text.press_sequentially("/settings prov")
    await visitor.page.get_by_role("option", selected=True, name="/settings provider").wait_for()
    await visitor.text.press("Tab")
    form = visitor.page.get_by_role("form", name="Command /settings provider")
    await visitor.page.locator("#option-provider").press_sequentially("stam")
    await visitor.page.get_by_role("option", name="Stammer.ai").wait_for()
    await visitor.page.keyboard.press("Enter")
    await form.get_by_label("channel", exact=True).select_option(label=f"#{room.name}")
    await form.get_by_role("button", name="Send").click()
    await visitor.sees(re.compile(rf"Stammer\.ai now answers in #{room.name}"))


async def test_a_button(visitor: PageUser, room: Channel) -> None:
    await visitor.command("chatbot ask", question="Show me the menu")
    card = await visitor.sees("Tomato, mozzarella, basil")
    await visitor.press(card.get_by_role("button", name="Order Margherita"))
    pressed = await visitor.sees(re.compile("Margherita.*(order|oven|way)", re.IGNORECASE))
    assert await pressed.locator("time").count() >= 1
    assert any(message.interaction is not None for message in room.messages.values())


async def test_suggestions_stay_for_somebody_who_comes_back_at_once(visitor: PageUser) -> None:
    await visitor.page.clock.install()
    await visitor.text.focus()
    await visitor.page.evaluate("document.activeElement.blur()")
    await visitor.text.press_sequentially("/chatbot ask")
    option = visitor.page.get_by_role("option", name="/chatbot ask")
    await option.wait_for()
    await visitor.page.clock.run_for(1000)
    await option.click()
    await visitor.page.get_by_role("form", name="Command /chatbot ask").wait_for()


async def test_a_permission_refused(visitor: PageUser, room: Channel) -> None:
    await visitor.become("Bob")
    await visitor.enter(room.name)
    await visitor.command("history clear")
    await visitor.sees("You need Manage Messages for that. Nothing was changed.")
    await visitor.text.fill("/")
    await visitor.page.get_by_role("listbox").wait_for()
    await visitor.text.fill("/settings")
    await visitor.page.get_by_role("listbox").wait_for(state="hidden")
    channels = visitor.page.get_by_role("navigation", name="Channels")
    assert await channels.get_by_role("button", name="staff").count() == 0
    await visitor.text.fill("")
    await visitor.enter("announcements")
    assert await visitor.text.is_disabled()
    assert (
        await visitor.text.get_attribute("placeholder") == "You do not have permission to send messages in this channel"
    )


async def test_a_stranger_sees_another_server_and_writes_to_the_bot_alone(visitor: PageUser) -> None:
    await visitor.become("Dave")
    servers = visitor.page.get_by_role("navigation", name="Servers")
    await visitor.page.get_by_role("heading", level=1, name="lobby").wait_for()
    assert await servers.get_by_role("button", name="Home").count() == 0
    await servers.get_by_role("button", name="Direct messages").click()
    await visitor.page.get_by_role("heading", level=1, name="@Switchboard").wait_for()
    await visitor.write("What is your name?")
    await visitor.sees(re.compile("I am .*, a chatbot made by"))


async def test_others_messages_come_change_and_go(visitor: PageUser, room: Channel, server: Page) -> None:
    bob = server.context.env.bob
    await bob.type(room)
    await visitor.page.get_by_text("Bob is typing…").wait_for()
    said = await bob.say(room, "Good mornign")
    await visitor.sees("Good mornign")
    await bob.edit(said, f"Good morning, {server.context.env.alice.mention}")
    shown = await visitor.sees("Good morning, @Alice(edited)")
    # Announced once it stands still, and once only.
    await visitor.page.locator("#announcer").get_by_text("Bob: Good morning, @Alice(edited)").wait_for(state="attached")
    await bob.delete(said)
    await shown.wait_for(state="detached")


async def test_replying_editing_and_deleting_by_the_keyboard(visitor: PageUser, room: Channel) -> None:
    await visitor.write("A first thuoght")
    await visitor.sees("A first thuoght")
    first = visitor.messages.first
    await first.get_by_role("button", name="Reply").press("Enter")
    await visitor.page.keyboard.type("An answer")
    await visitor.page.keyboard.press("Enter")
    answer = await visitor.sees("An answer")
    assert "Alice A first thuoght" in await answer.inner_text()
    await first.get_by_role("button", name="More").press("Enter")
    await visitor.page.get_by_role("menu").wait_for()
    await visitor.page.keyboard.press("End")
    await visitor.page.keyboard.press("ArrowUp")
    await visitor.page.keyboard.press("Enter")
    editor = visitor.page.get_by_label("Edit your message")
    await editor.fill("A first thought")
    await editor.press("Enter")
    await visitor.sees(re.compile("A first thought.*edited"))
    await visitor.message("An answer").get_by_role("button", name="More").press("Enter")
    await visitor.page.get_by_role("menu").wait_for()
    await visitor.page.keyboard.press("End")
    await visitor.page.keyboard.press("Enter")
    await visitor.message("An answer").wait_for(state="detached")
    assert [message.content for message in room.messages.values()] == ["A first thought"]


async def test_a_file_goes_along(visitor: PageUser, room: Channel) -> None:
    file = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"\x00\xffnotes")
    await visitor.page.locator("#composer input[type=file]").set_input_files(file)
    await visitor.page.get_by_text("notes.txt").wait_for()
    await visitor.text.press("Enter")
    link = (await visitor.sees("notes.txt")).get_by_role("link", name="notes.txt")
    async with visitor.page.expect_download() as download:
        await link.click()
    assert (await (await download.value).path()).read_bytes() == b"\x00\xffnotes"
    assert [file.data for message in room.messages.values() for file in message.attachments] == [b"\x00\xffnotes"]


async def test_what_is_missed_elsewhere_is_marked(visitor: PageUser, server: Page, room: Channel) -> None:
    env = server.context.env
    await env.bob.say(env.games, f"{env.alice.mention} are you there?")
    channels = visitor.page.get_by_role("navigation", name="Channels")
    await channels.get_by_role("button", name="games, you are mentioned").click()
    await visitor.sees("@Alice are you there?")
    assert await channels.get_by_role("button", name="games, you are mentioned").count() == 0
