"""Threads and forum posts on the page: opened, listed, written in, closed and reopened; the bot answers there."""

import re

import pytest
from playwright.async_api import Locator, ViewportSize, expect

from sandbox.discord import Channel
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = ViewportSize(width=390, height=780)


def _listed(visitor: PageUser, channel: str) -> Locator:
    return visitor.page.get_by_role("list", name=f"Threads in {channel}").get_by_role("button")


def _is_archived(thread: Channel) -> bool:
    return thread.thread is not None and thread.thread.archived


async def _start_thread(visitor: PageUser, text: str, name: str) -> None:
    """Open a thread at a message, by the keyboard alone."""
    await visitor.message(text).get_by_role("button", name="More").press("Enter")
    await visitor.page.get_by_role("menuitem", name="Create thread").press("Enter")
    await visitor.page.get_by_label("Thread name").fill(name)
    await visitor.page.keyboard.press("Enter")
    await visitor.page.get_by_role("heading", level=1, name=name, exact=True).wait_for()


async def test_a_thread_by_the_keyboard_alone(visitor: PageUser, room: Channel) -> None:
    await visitor.write("Shall we talk about **cheese**?")
    await visitor.sees("Shall we talk about cheese?")
    await _start_thread(visitor, "Shall we talk", "Cheese")
    await expect(_listed(visitor, room.name)).to_have_text(["Cheese"])
    crumb = visitor.page.get_by_role("navigation", name="Breadcrumb").get_by_role("button", name=room.name)
    await visitor.write("@Switchboard hello")
    await visitor.sees(re.compile("Switchboard.*(help|good|hoping)", re.DOTALL))
    await crumb.press("Enter")
    await visitor.page.get_by_role("heading", level=1, name=room.name, exact=True).wait_for()
    link = visitor.page.get_by_role("button", name="Open the thread Cheese")
    await link.press("Enter")
    await visitor.sees("@Switchboard hello")
    await visitor.page.get_by_role("button", name="Go to its message").press("Enter")
    await visitor.page.locator(".thread-link:focus").wait_for()
    await visitor.message("cheese").get_by_role("button", name="More").press("Enter")
    await visitor.page.get_by_role("menuitem", name="Delete").wait_for()
    assert await visitor.page.get_by_role("menuitem", name="Create thread").count() == 0


async def test_a_thread_that_began_long_ago(visitor: PageUser, room: Channel, server: Page) -> None:
    await visitor.write("Where it began")
    await visitor.sees("Where it began")
    await visitor.message("Where it").get_by_role("button", name="More").press("Enter")
    await visitor.page.get_by_role("menuitem", name="Create thread").press("Enter")
    await visitor.page.get_by_label("Thread name").wait_for()
    await visitor.page.keyboard.type("Long ago")  # in place of the name that is suggested
    await visitor.page.keyboard.press("Enter")
    await visitor.page.get_by_role("heading", level=1, name="Long ago", exact=True).wait_for()
    for number in range(120):
        await server.context.env.alice.say(room, f"since then {number}")
    await visitor.page.reload()
    await visitor.page.get_by_role("button", name="Go to its message").press("Enter")
    await visitor.page.locator(".thread-link:focus").wait_for()
    await visitor.message("Where it began").wait_for()


async def test_a_thread_is_closed_reopened_and_stays_so_after_a_reload(visitor: PageUser, room: Channel) -> None:
    await visitor.write("Opened for a while")
    await visitor.sees("Opened for a while")
    await _start_thread(visitor, "Opened for", "A while")
    thread = next(iter(room.messages.values())).thread
    assert thread is not None
    bar = visitor.page.get_by_role("group", name="This thread")
    await bar.get_by_role("button", name="Close thread").press("Enter")
    await bar.get_by_text("This thread is closed. A message opens it again.").wait_for()
    assert _is_archived(thread)
    await visitor.enter(room.name)
    await _listed(visitor, room.name).wait_for(state="detached")
    await visitor.page.reload()
    await visitor.enter(room.name)
    await visitor.page.get_by_role("button", name="Open the thread A while").get_by_text("closed").click()
    await bar.get_by_role("button", name="Reopen thread").click()
    await bar.get_by_text("You are in a thread.").wait_for()
    assert not _is_archived(thread)
    await bar.get_by_role("button", name="Close thread").click()
    await bar.get_by_text("This thread is closed").wait_for()
    await visitor.write("A message opens it")
    await bar.get_by_text("You are in a thread.").wait_for()
    await expect(_listed(visitor, room.name)).to_have_text(["A while"])


async def test_only_moderators_and_its_owner_close_a_thread(visitor: PageUser, room: Channel, server: Page) -> None:
    env = server.context.env
    thread = await env.alice.start_thread(room, "Alice's own")
    await visitor.sees("started a thread: Alice's own")
    await visitor.become("Bob")
    await visitor.enter(room.name)
    await visitor.page.get_by_role("button", name="Open the thread Alice's own").click()
    bar = visitor.page.get_by_role("group", name="This thread")
    await bar.get_by_text("You are in a thread.").wait_for()
    assert await bar.get_by_role("button").count() == 0
    await env.alice.close_thread(thread, locked=True)
    await bar.get_by_text("This thread is locked: only moderators can write here.").wait_for()
    assert await visitor.text.is_disabled()
    assert await bar.get_by_role("button").count() == 0


async def test_answers_in_threads(visitor: PageUser, room: Channel) -> None:
    await visitor.command("settings threads", channel=f"#{room.name}", on="True")
    await visitor.sees("Only you can see this")
    await visitor.write("@Switchboard what is the weather like?")
    await _listed(visitor, room.name).wait_for()
    link = visitor.page.locator(".thread-link")
    assert await link.get_attribute("aria-label") == "Open the thread what is the weather like?"
    await link.click()
    await visitor.page.get_by_role("heading", level=1, name="what is the weather like?").wait_for()
    await visitor.write("@Switchboard what did I say before?")
    await visitor.sees("what is the weather like?”")


async def test_a_post_on_a_phone(visitor: PageUser, server: Page) -> None:
    await visitor.page.set_viewport_size(PHONE)
    await visitor.page.get_by_role("button", name="Servers and channels").click()
    await visitor.page.get_by_role("navigation", name="Channels").get_by_role("button", name="help").click()
    posts = visitor.page.get_by_role("region", name="Posts")
    await posts.get_by_text("A forum: each question is a post").wait_for()
    assert not await visitor.text.is_visible()
    await posts.get_by_role("button", name="New post").click()
    await visitor.page.get_by_label("Title").fill("How do birds find home?")
    await visitor.page.get_by_label("Message", exact=True).fill("@Switchboard how do birds find home?")
    await visitor.page.get_by_role("button", name="Post", exact=True).click()
    await visitor.page.get_by_role("heading", level=1, name="How do birds find home?").wait_for()
    answer = visitor.messages.filter(has=visitor.page.locator(".tag")).last
    await answer.locator(".content").wait_for()
    assert await visitor.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await visitor.page.get_by_role("navigation", name="Breadcrumb").get_by_role("button", name="help").click()
    post = posts.get_by_role("button", name="How do birds find home?")
    await post.get_by_text("2 messages").wait_for()
    assert "Alice: @Switchboard how do birds" in await post.inner_text()
    await server.context.env.bob.post(_forum(server), "A second one", "with a text")
    first = posts.get_by_role("listitem").first
    await first.get_by_text("A second one").wait_for()
    assert "1 message" in await first.inner_text()


@pytest.mark.parametrize(
    ("title", "text", "said"), [("   ", "a", "A name of 0 characters."), ("a", "   ", "A post of 0 characters.")]
)
async def test_a_refused_post_stays_in_its_dialog(visitor: PageUser, title: str, text: str, said: str) -> None:
    await visitor.page.get_by_role("navigation", name="Channels").get_by_role("button", name="help").click()
    await visitor.page.get_by_role("button", name="New post").press("Enter")
    await visitor.page.get_by_label("Title").fill(title)
    await visitor.page.get_by_label("Message", exact=True).fill(text)
    await visitor.page.get_by_role("button", name="Post", exact=True).click()
    await visitor.page.get_by_role("dialog").get_by_text(said).wait_for()
    await visitor.page.keyboard.press("Escape")
    await visitor.page.get_by_role("dialog").wait_for(state="detached")


def _forum(server: Page) -> Channel:
    return next(each for each in server.context.env.guild.channels.values() if each.name == "help")
