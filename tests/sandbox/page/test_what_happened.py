"""What happened beside an answer: opened, followed while it runs, read as picture and as table, by everybody."""

import json
import re

import aiohttp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator

from sandbox.apis import Reply
from sandbox.discord import Channel, Message
from sandbox.discord.people.components import button_names
from sandbox.page.server import Page
from sandbox.page.what_happened import tell
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

OUTSIDE = """pane => [...pane.querySelectorAll('*')].filter((each) => {
  const { left, right } = each.getBoundingClientRect();
  return right > innerWidth + 0.5 || left < -0.5;
}).map((each) => each.outerHTML.slice(0, 80))"""

OVERLAPS = """pane => {
  const boxes = [...pane.querySelectorAll('.lanes text')].flatMap((text) => [...text.childNodes].map((part) => {
    const range = document.createRange();
    range.selectNodeContents(part);
    const { left, right, top, bottom } = range.getBoundingClientRect();
    return { left, right, top: top + 3, bottom: bottom - 3, words: part.textContent };
  }));
  return boxes.flatMap((one, place) => boxes.slice(place + 1).filter((other) =>
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom,
  ).map((other) => `${one.words} / ${other.words}`));
}"""


async def answered(server: Page, room: Channel, question: str) -> Message:
    """Let alice ask, and return the answer once it is finished."""
    env = server.context.env
    asked = await env.alice.say(room, f"{env.app.bot.mention} {question}")
    answer = await env.discord.wait_for(
        lambda: next((each for each in room.messages.values() if each.replied_to is asked), None)
    )
    await env.discord.wait_for(lambda: "Retry" in button_names(answer))
    return answer


async def open_pane(visitor: PageUser, text: str) -> Locator:
    """Open what happened to the newest message with this text."""
    await visitor.message(text).get_by_role("button", name="What happened").first.click()
    pane = visitor.page.get_by_role("complementary", name="What happened")
    await pane.locator("tbody tr").first.wait_for()
    return pane


async def rows_of(pane: Locator) -> list[str]:
    """Return the table's rows."""
    return [re.sub(r"\s+", " ", text) for text in await pane.locator("tbody tr").all_inner_texts()]


async def test_an_answer_is_explained_by_picture_and_table(visitor: PageUser, server: Page, room: Channel) -> None:
    answer = await answered(server, room, "write me some Python code")
    await visitor.sees("sorts for us")
    pane = await open_pane(visitor, "sorts for us")
    await pane.get_by_text(re.compile("^Chatbase took .* Readers saw the first words after")).wait_for()
    picture = pane.get_by_role("img", name=re.compile("Picture of the seconds"))
    for words in (
        "Alice asks",
        "is asked",
        "first part",
        "last part: 576 bytes in all",
        "first words",
        "characters in all",
    ):
        assert words in re.sub(r"\s+", " ", await picture.inner_text()), words
    assert await pane.get_by_role("table", name="The same as a table").count() == 1
    assert await pane.get_by_role("columnheader").all_inner_texts() == ["After", "Who", "What happened"]
    rows = await rows_of(pane)
    assert rows[0].endswith("People Alice asks")
    assert sum("shows an edit" in row for row in rows) == len(answer.frames) - 1
    assert any("has sent all of it: 576 bytes" in row for row in rows)
    assert "most_common" not in await pane.inner_text()


async def test_a_running_answer_is_followed(visitor: PageUser, server: Page) -> None:
    stream = server.context.env.apis.chatbase.hold()
    await visitor.write("@Switchboard tell me slowly")
    await stream.started()
    await stream.send("The first words ")
    await visitor.sees("The first words")
    pane = await open_pane(visitor, "The first words")
    await pane.get_by_text("Chatbase is answering.").wait_for()
    before = len(await rows_of(pane))
    await stream.send("and a few more, which make it longer. ")
    await pane.locator("tbody tr").nth(before).wait_for()
    await pane.get_by_text("shows an edit").first.wait_for()
    await stream.finish()
    await pane.get_by_text(re.compile("^Chatbase took")).wait_for()
    await pane.get_by_text("has sent all of it: 54 bytes").wait_for()


async def test_each_run_of_an_answer(visitor: PageUser, server: Page, room: Channel) -> None:
    await answered(server, room, "some code")
    await visitor.press((await visitor.sees("sorts for us")).get_by_role("button", name="Retry"))
    await visitor.sees("walks through the list")
    pane = await open_pane(visitor, "walks through the list")
    assert (await rows_of(pane))[0].endswith("Alice presses “Retry”")
    choice = pane.get_by_label("Which time?")
    assert await choice.locator("option").all_inner_texts() == ["1. Alice asks", "2. Alice presses “Retry”"]
    await choice.select_option("1. Alice asks")
    await pane.locator("tbody tr").first.get_by_text("Alice asks").wait_for()


async def test_limits_are_told(visitor: PageUser, server: Page, room: Channel) -> None:
    env = server.context.env
    env.discord.rate_limit("PATCH", "/messages/", 0.7, times=1)
    answer = await answered(server, room, "some Python code")
    pane = await open_pane(visitor, "sorts for us")
    await pane.get_by_text("Discord refused 1 request").wait_for()
    assert any("Discord refuses an edit (429): wait 0.7 s" in row for row in await rows_of(pane))
    (*_, limits) = tell(env, answer, env.alice)["lanes"]
    assert [span["kind"] for span in limits["spans"]].count("refused") == 1
    assert await pane.locator(".span.refused path").count() == 1  # stripes, so that colour is not all


async def test_failures_and_commands_are_told(visitor: PageUser, server: Page, room: Channel) -> None:
    server.context.env.apis.chatbase.fails("server-error", times=1)
    await answered(server, room, "does it work?")
    pane = await open_pane(visitor, "500")
    assert any("fails: status 500" in row for row in await rows_of(pane))
    await visitor.page.keyboard.press("Escape")
    await visitor.command("settings show")
    shown = await visitor.sees("Only you can see this")
    await shown.get_by_role("button", name="What happened").click()
    await pane.get_by_text("No local chat API was asked for this.").wait_for()
    assert (await rows_of(pane))[0].endswith("Alice uses /settings show")


async def test_the_keyboard_and_the_menu(visitor: PageUser, server: Page, room: Channel) -> None:
    await answered(server, room, "some code")
    answer = await visitor.sees("sorts for us")
    opener = answer.get_by_role("button", name="What happened")
    await opener.focus()
    await visitor.page.keyboard.press("Enter")
    pane = visitor.page.get_by_role("complementary", name="What happened")
    await pane.locator("tbody tr").first.wait_for()
    assert await visitor.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Close what happened"
    await visitor.page.keyboard.press("Escape")
    await pane.wait_for(state="hidden")
    assert await opener.evaluate("each => each === document.activeElement")
    await answer.get_by_role("button", name="More").press("Enter")
    await visitor.page.get_by_role("menuitem", name="What happened (sandbox)").click()
    await pane.wait_for()
    await visitor.page.get_by_role("button", name="Behind the scenes", exact=True).click()
    await pane.wait_for(state="hidden")  # one of them at a time


async def test_it_closes_when_the_visitor_leaves(visitor: PageUser, server: Page, room: Channel) -> None:
    await answered(server, room, "some code")
    await visitor.sees("sorts for us")
    pane = await open_pane(visitor, "sorts for us")
    await visitor.enter("general")
    await pane.wait_for(state="hidden")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 640), ("dark", 360)])
async def test_it_fits_everybody(tab: PageUser, server: Page, room: Channel, scheme: str, width: int) -> None:
    await tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await tab.page.set_viewport_size({"width": width, "height": 640})
    await tab.arrive()
    if width < 760:
        await tab.page.get_by_role("button", name="Servers and channels").click()
    await tab.enter(room.name)
    env = server.context.env
    env.discord.rate_limit("PATCH", "/messages/", 0.7, times=1)
    await answered(server, room, "some code")
    pane = await open_pane(tab, "sorts for us")
    await pane.locator(".lanes").wait_for()
    assert await pane.evaluate(OUTSIDE) == []
    assert await pane.evaluate(OVERLAPS) == []
    results = await Axe().run(tab.page)
    assert results.violations_count == 0, results.generate_report()


async def test_nobody_is_told_of_what_others_alone_can_see(server: Page, room: Channel) -> None:
    env = server.context.env
    secret = await env.bob.slash(room, "ask", question="my secret wish", private=True)
    message = await secret.wait_until("secret wish")
    assert not message.visible_to(env.alice)
    asking = {"id": 1, "do": "what-happened", "channel": str(room.id), "message": str(message.id)}
    origin = server.address.rsplit("/", 2)[0]
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{server.address}live", origin=origin) as socket:
        await socket.send_json(asking)  # as alice, who is the first persona
        while "re" not in (told := json.loads((await socket.receive(10)).data)):
            pass
    assert told == {"re": 1, "refused": "This message was deleted."}
    public = await answered(server, room, "what is my wish?")
    told = tell(env, public, env.alice)
    assert len([row for row in told["rows"] if row["what"] == "is asked"]) == 1
    assert "wish" not in str(told)
    assert "Bob" not in str(told)


async def test_answers_of_several_people_are_kept_apart(server: Page, room: Channel) -> None:
    env = server.context.env
    questions = {env.alice: "the first joke", env.bob: "another, a second joke"}
    for person, question in questions.items():
        await person.slash(room, "tamako ask", question=question)
    answers = [each for each in room.messages.values() if each.author is env.app.bot]
    for answer, person in zip(answers, questions, strict=True):
        await env.discord.wait_for(lambda answer=answer: "Retry" in button_names(answer))  # type: ignore[misc]
        told = tell(env, answer, env.alice)
        assert told["rows"][0]["what"] == f"{person.name.capitalize()} uses /tamako ask"
        assert [row["who"] for row in told["rows"]].count("Tamako") == 3


async def test_every_page_of_an_answer_tells_of_all_of_it(server: Page, room: Channel) -> None:
    env = server.context.env
    env.apis.chatbase.answers(Reply("So many words. " * 300, pause=0.0), times=1)
    await env.alice.say(room, f"{env.app.bot.mention} talk to me")
    await env.discord.wait_for(lambda: "Retry" in button_names(list(room.messages.values())[-1]))
    pages = [each for each in room.messages.values() if each.author is env.app.bot]
    assert len(pages) == 3
    told = [tell(env, page, env.alice) for page in pages]
    assert all(each["rows"] == told[0]["rows"] for each in told)
    assert "in 3 messages" in told[0]["summary"]
