"""Behind the scenes: faults switched on and coped with, the bot killed and started again, traffic without secrets."""

import re

import pytest

from sandbox.discord import Channel
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_chat_api_fails_and_the_bot_copes(visitor: PageUser) -> None:
    panel = await visitor.open_panel()
    await panel.get_by_label("Chatbase", exact=True).select_option("server-error")
    await visitor.write("@Switchboard is anybody there?")
    await visitor.sees(re.compile("Chatbase.*(problem|error|trouble|try again)", re.IGNORECASE))
    request = panel.locator("details").filter(has_text="is anybody there?").first
    await request.get_by_text("500, fault: status").wait_for()
    await panel.get_by_label("Chatbase", exact=True).select_option("no fault")
    await visitor.write("@Switchboard hello again")
    await visitor.sees(re.compile("Switchboard.*(help|good|hoping)", re.DOTALL))
    await panel.locator("details").filter(has_text="hello again").locator(".outcome.ok").wait_for()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("CHAT_CREDITS_EXHAUSTED", "out of credits"),
        ("tool-calls", "something done that I can't do"),
        ("taken_over", "A person has taken over this conversation"),
    ],
)
async def test_chatbase_v2_has_faults_of_its_own(visitor: PageUser, fault: str, told: str) -> None:
    panel = await visitor.open_panel()
    await visitor.command("chatbase-v2 ask", question=f"hello {fault}")
    await panel.locator("details").filter(has_text=f"hello {fault}").locator(".outcome.ok").wait_for()
    await panel.get_by_label("Chatbase v2", exact=True).select_option(fault)
    await visitor.command("chatbase-v2 ask", question="and again")
    await visitor.sees(told)
    assert not await panel.get_by_label("Tamako", exact=True).locator("option", has_text=fault).count()


async def test_traffic_is_shown_without_secrets(visitor: PageUser, server: Page) -> None:
    panel = await visitor.open_panel()
    await visitor.write("@Switchboard what is the weather like?")
    request = panel.locator("details").filter(has_text="what is the weather like?").first
    await request.locator("summary").click()
    detail = request.get_by_role("region")
    await detail.get_by_text("→ 200").wait_for()
    told = await detail.inner_text()
    assert "authorization: •••" in told.lower()
    assert "conversationId" in told
    for secret in (server.context.env.apis.chatbase.api_key, server.context.env.app.token):
        assert secret not in await visitor.page.content()


async def test_limits_drain_and_edits_are_counted(visitor: PageUser, room: Channel) -> None:
    panel = await visitor.open_panel()
    await visitor.write("@Switchboard write me some Python code")
    bucket = panel.locator(".buckets li").filter(has_text=f"edit messages, #{room.name}")
    await bucket.get_by_text(re.compile(r"[0-4] of 5 left, full in")).wait_for()
    await panel.get_by_text(re.compile(r"[1-9]\d* in 30 s")).wait_for()
    await bucket.get_by_text("5 of 5 left").wait_for()


async def test_a_refused_nicety_does_not_keep_answers_back(visitor: PageUser) -> None:
    panel = await visitor.open_panel()
    await panel.get_by_label(re.compile("^429 for an hour")).check()
    await visitor.write("@Switchboard write me some Python code")
    await visitor.sees("sorts for us")
    await panel.get_by_text(re.compile(r"Responses with status 429: \d")).wait_for()


async def test_discord_fails_and_the_bot_copes(visitor: PageUser, server: Page) -> None:
    panel = await visitor.open_panel()
    resumes = server.context.env.app.resumes
    await panel.get_by_role("button", name="Disconnect", exact=True).click()
    await server.context.env.discord.wait_for(lambda: server.context.env.app.resumes > resumes)
    await panel.get_by_label(re.compile("^Tight rate limit")).check()
    await visitor.write("@Switchboard write me some Python code")
    await visitor.sees("sorts for us")
    await panel.get_by_label(re.compile("^Tight rate limit")).uncheck()


async def test_the_bot_is_killed_and_started_again(visitor: PageUser) -> None:
    panel = await visitor.open_panel()
    await visitor.write("@Switchboard remember the number 7")
    await visitor.sees("This is the first thing you have said to me")
    await panel.get_by_role("button", name="Kill").click()
    await panel.get_by_text("Stopped. The bot was stopped by signal 9.").wait_for()
    await visitor.page.locator("#header").get_by_text("stopped").wait_for()
    await panel.get_by_role("button", name="Start").click()
    await panel.get_by_text(re.compile(r"Running as process \d+, connected\.")).wait_for()
    await panel.get_by_role("button", name="Restart").wait_for()
    await visitor.write("@Switchboard what did I say before?")
    await visitor.sees("remember the number 7”")
    assert "ready" in await panel.get_by_role("region", name="The bot's log").inner_text()


async def test_a_broken_connection_is_mended(visitor: PageUser, server: Page, room: Channel) -> None:
    await visitor.page.evaluate("window.still_here = true")
    for socket in list(server.sockets):
        await socket.close()
    await server.context.env.bob.say(room, "Said while nobody listened")
    await visitor.sees("Said while nobody listened")
    assert await visitor.page.evaluate("window.still_here")
