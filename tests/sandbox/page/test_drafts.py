"""Drafts: one for each channel and person, also after a reload; and edits, which keep their mentions."""

import pytest
from playwright.async_api import FilePayload, expect

from sandbox.discord import Channel
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOTES = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"notes")

UNRAVEL = """(contents) => import("./composer/mentions.js").then(({ encode, unravel }) => {
  const people = [["Bob", "1"], ["Bob Marley", "2"], ["bob", "3"], ["Zoë", "4"], ["C++ (x)/y-z.*", "5"]];
  const members = people.map(([name, digit]) => ({ name, id: digit.repeat(18) }));
  const guild = { roles: [{ name: "mods", id: "6".repeat(18) }], channels: [{ name: "help-me", id: "7".repeat(18) }] };
  return contents.map((content) => {
    const { text, names } = unravel(content, { members, guild });
    return [text, encode(text, names)];
  });
})"""


def _id(digit: int) -> str:
    return str(digit) * 18


async def _open(visitor: PageUser, channel: str) -> None:
    """Open a channel in which a command is being filled in."""
    await visitor.page.get_by_role("navigation", name="Channels").get_by_role("button", name=channel).click()
    await visitor.page.get_by_role("heading", level=1, name=channel, exact=True).wait_for()


async def test_each_channel_keeps_its_own_draft(visitor: PageUser, room: Channel, server: Page) -> None:
    said = await server.context.env.bob.say(room, "a question to me")
    await (await visitor.sees("a question to me")).get_by_role("button", name="Reply").click()
    await visitor.text.fill("half an answer")
    await visitor.page.locator("#composer input[type=file]").set_input_files(NOTES)
    chips = visitor.page.locator(".answering .chip")
    await visitor.enter("games")
    assert await visitor.text.input_value() == ""
    assert await chips.count() == 0
    await visitor.text.fill("something else")
    await visitor.enter(room.name)
    assert await visitor.text.input_value() == "half an answer"
    assert await chips.all_inner_texts() == ["Replying to Bob", "notes.txt"]
    await visitor.become("Bob")
    await expect(visitor.text).to_have_value("")
    assert await chips.count() == 0
    await visitor.text.fill("of Bob")
    await visitor.become("Alice")
    await expect(visitor.text).to_have_value("half an answer")
    await visitor.page.reload()
    # Files cannot be kept over a reload, and nothing says that they are still there.
    await visitor.page.get_by_text("Replying to Bob").wait_for()
    assert await chips.all_inner_texts() == ["Replying to Bob"]
    assert await visitor.text.input_value() == "half an answer"
    await visitor.text.press("Enter")
    await visitor.sees("half an answer")
    assert [message.replied_to for message in room.messages.values()] == [None, said]
    await visitor.page.reload()
    await visitor.sees("half an answer")
    assert await visitor.text.input_value() == ""
    await visitor.enter("games")
    assert await visitor.text.input_value() == "something else"
    await visitor.text.fill("")


async def test_a_command_that_is_half_filled_in(visitor: PageUser, room: Channel) -> None:
    form = await visitor.type_command("chatbot ask")
    await form.get_by_label("question").fill("Show me the")
    await visitor.enter("games")
    assert await form.count() == 0
    await _open(visitor, room.name)
    assert await form.get_by_label("question").input_value() == "Show me the"
    # Opening the panel, and a change elsewhere, leave it as it is.
    await visitor.open_panel()
    await visitor.page.reload()
    await form.wait_for()
    assert await form.get_by_label("question").input_value() == "Show me the"
    await form.get_by_label("question").press("End")
    await form.get_by_label("question").press_sequentially(" menu")
    await form.get_by_label("question").press("Enter")
    await visitor.sees("Tomato, mozzarella, basil")
    await form.wait_for(state="detached")
    await visitor.page.reload()
    await visitor.sees("Tomato, mozzarella, basil")
    assert await form.count() == 0


async def test_a_command_begun_by_typing(visitor: PageUser, room: Channel) -> None:
    await visitor.text.press_sequentially("/settings pro")
    await visitor.page.get_by_role("option", name="/settings provider").get_by_text("Switchboard").wait_for()
    await visitor.text.press("Escape")
    await visitor.enter("games")
    await visitor.page.reload()
    await visitor.enter(room.name)
    assert await visitor.text.input_value() == "/settings pro"
    await visitor.text.fill("")


async def test_an_edit_is_kept_while_one_is_elsewhere(visitor: PageUser, room: Channel, server: Page) -> None:
    env = server.context.env
    said = await env.alice.say(room, "first words")
    await visitor.sees("first words")
    await visitor.text.focus()
    await visitor.page.keyboard.press("ArrowUp")
    box = visitor.page.get_by_label("Edit your message")
    await box.press("End")
    await box.press_sequentially(" and more")
    # The message is drawn again while it is edited: the text, the caret and the focus stay.
    thread = await env.alice.start_thread(room, "aside", message=said)
    await visitor.page.get_by_role("button", name="Open the thread").wait_for()
    await box.press_sequentially("!")
    await visitor.enter("games")
    await visitor.enter(room.name)
    assert await box.input_value() == "first words and more!"
    await visitor.page.reload()
    await box.wait_for()
    assert await box.input_value() == "first words and more!"
    await box.press("Enter")
    await box.wait_for(state="detached")
    assert said.content == "first words and more!"
    thread.delete()


async def test_an_edited_question_keeps_its_mentions_and_is_answered_again(
    visitor: PageUser, room: Channel, server: Page
) -> None:
    env = server.context.env
    bot = env.app.bot.mention
    await visitor.write("Hello @Switchboard and @Bob, write me some Python code")
    await visitor.sees("sorts for us")
    question = next(iter(room.messages.values()))
    written = f"Hello {bot} and {env.bob.mention}, write me some Python code"
    assert question.content == written
    await visitor.text.focus()
    await visitor.page.keyboard.press("ArrowUp")
    box = visitor.page.get_by_label("Edit your message")
    assert await box.input_value() == "Hello @Switchboard and @Bob, write me some Python code"
    await box.fill("Hello @Switchboard and @Bob, what is your name?")
    await box.press("Enter")
    await box.wait_for(state="detached")
    assert question.content == f"Hello {bot} and {env.bob.mention}, what is your name?"
    await visitor.sees("a chatbot made by")


async def test_saving_without_a_change_changes_nothing(visitor: PageUser, room: Channel, server: Page) -> None:
    said = await server.context.env.alice.say(room, f"look at {room.mention} <@!{server.context.env.bob.id}>")
    await visitor.sees("look at")
    await visitor.text.focus()
    await visitor.page.keyboard.press("ArrowUp")
    box = visitor.page.get_by_label("Edit your message")
    assert await box.input_value() == f"look at #{room.name} @Bob"
    await box.press("Enter")
    await box.wait_for(state="detached")
    assert said.edited_timestamp is None


async def test_a_text_as_it_was_written(visitor: PageUser) -> None:
    unknown, command, emoji = f"<@{_id(9)}>", f"</settings story:{_id(8)}>", f"<a:wave:{_id(8)}>"
    cases = {
        f"<@{_id(1)}>": "@Bob",
        f"<@!{_id(1)}>?": "@Bob?",
        f"(<@{_id(2)}>, <@{_id(1)}>)": "(@Bob Marley, @Bob)",
        f"<@{_id(4)}>s <@&{_id(6)}> in <#{_id(7)}>": f"<@{_id(4)}>s @mods in #help-me",
        f"<@{_id(4)}> <@{_id(5)}>": "@Zoë @C++ (x)/y-z.*",
        f"<@{_id(3)}> is another bob": f"<@{_id(3)}> is another bob",
        f"{unknown} is nobody": f"{unknown} is nobody",
        f"{command} and {emoji} <@{_id(1)}>": "/settings story and :wave: @Bob",
        f"/settings story or {command} <@{_id(1)}>": f"/settings story or {command} @Bob",
        f"`<@{_id(1)}>` and <@{_id(1)}>": f"`<@{_id(1)}>` and @Bob",
        f"```\n<@{_id(1)}> @Bob\n```": f"```\n<@{_id(1)}> @Bob\n```",
        "": "",
        "mail@Bob and $&": "mail@Bob and $&",
    }
    told = await visitor.page.evaluate(UNRAVEL, list(cases))
    for (content, written), (text, again) in zip(cases.items(), told, strict=True):
        assert (text, again) == (written, content.replace("<@!", "<@"))


async def test_half_a_character_is_sent_and_nothing_is_lost(visitor: PageUser, room: Channel) -> None:
    half = "field => { field.value = 'half \\ud83d a character'; field.dispatchEvent(new Event('input')) }"
    await visitor.text.evaluate(half)
    await visitor.text.press("Enter")
    await visitor.sees("half \ufffd a character")
    assert await visitor.text.input_value() == ""
    assert [message.content for message in room.messages.values()] == ["half \ufffd a character"]
