"""What there is to try on the page: several people at once, a new server, the intent, and two separate servers."""

import pytest
from playwright.async_api import ViewportSize, expect

from sandbox.discord import Channel
from sandbox.page.server import Page
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = ViewportSize(width=390, height=780)


async def test_three_others_ask_at_once(visitor: PageUser, room: Channel, server: Page) -> None:
    panel = await visitor.open_panel()
    story = server.context.env.apis.chatbase.hold()
    await panel.get_by_role("button", name="Three others ask").press("Enter")
    await panel.get_by_text(f"Erin, Frank and Grace ask in {room.name}.").wait_for()
    for question in ("tell me a long story", "write me some Python code", "what is the weather like?"):
        await visitor.sees(f"@Switchboard {question}")
    await story.started()
    await visitor.sees("You're in line")
    await story.send("Once upon a time")
    await story.finish()
    await visitor.sees("Once upon a time")
    await visitor.sees("I have no window here")
    await visitor.sees("sorts for us")
    askers = [message.author for message in room.messages.values() if not message.author.is_bot]
    assert askers == [*server.context.personas.others, server.context.personas.others[0]]


async def test_three_others_ask_on_a_phone(visitor: PageUser) -> None:
    await visitor.page.set_viewport_size(PHONE)
    panel = await visitor.open_panel()
    await panel.get_by_role("button", name="Three others ask").click()
    await panel.wait_for(state="hidden")
    await visitor.page.get_by_role("alert").get_by_text("Erin asks twice").wait_for()
    await visitor.sees("tell me a long story")


@pytest.mark.parametrize("place", ["announcements", "staff", "help"])
async def test_others_ask_only_where_they_can(visitor: PageUser, place: str) -> None:
    await visitor.page.get_by_role("navigation", name="Channels").get_by_role("button", name=place).click()
    await visitor.page.get_by_role("heading", level=1, name=place).wait_for()
    panel = await visitor.open_panel()
    await panel.get_by_role("button", name="Three others ask").click()
    await visitor.page.get_by_text("Erin, Frank, Grace cannot ask here").wait_for()


async def test_the_bot_joins_new_servers(visitor: PageUser, server: Page) -> None:
    servers = visitor.page.get_by_role("navigation", name="Servers")
    for width, number in ((1280, 3), (390, 4)):
        await visitor.page.set_viewport_size(ViewportSize(width=width, height=780))
        if width < 760:
            await visitor.page.get_by_role("button", name="Close behind the scenes").click()
        panel = await visitor.open_panel()
        await visitor.press(panel.get_by_role("button", name="Invite the bot to a new server"))
        told = visitor.page.get_by_text(f"You own “Server {number}” now, and the bot was invited to it.")
        await told.and_(visitor.page.locator(":visible")).wait_for()
        await expect(visitor.page.locator("#server-name")).to_have_text(f"Server {number}")
        await visitor.sees("I bring a chatbot into this server")
    await visitor.page.reload()
    await visitor.page.set_viewport_size(ViewportSize(width=1280, height=780))
    await visitor.press(servers.get_by_role("button", name="Server 3"))
    await visitor.sees("I bring a chatbot into this server")
    await visitor.write("@Switchboard hello")
    guild = next(each for each in server.context.env.discord.state.guilds.values() if each.name == "Server 3")
    assert guild.system_channel is not None
    await guild.system_channel.next_message(by=server.context.env.app.bot)


async def test_the_intent_is_switched_and_stays_so_after_a_reload(visitor: PageUser, room: Channel) -> None:
    panel = await visitor.open_panel()
    box = panel.get_by_label("Message Content Intent")
    assert not await box.is_checked()
    await visitor.command("settings auto-reply", channel=f"#{room.name}", on="True")
    await visitor.sees("MESSAGE_CONTENT_INTENT")
    await box.press("Space")
    await panel.get_by_text("The Message Content Intent is on now.").wait_for()
    await visitor.page.reload()
    await visitor.enter(room.name)
    await visitor.open_panel()
    await panel.get_by_text("On: the bot reads every message it can see.").wait_for()
    assert await box.is_checked()
    await visitor.write("!ask what is the weather like?")
    await visitor.sees("I have no window here")
    await visitor.command("settings auto-reply", channel=f"#{room.name}", on="True")
    await visitor.sees("Only you can see this")
    await visitor.write("What is the capital of France?")
    await visitor.sees("The capital of France is Paris")
    await box.uncheck()
    await panel.get_by_text("The Message Content Intent is off now.").wait_for()
    await panel.get_by_text("Off: in servers, the bot reads only messages that mention it").wait_for()
    await visitor.write("@Switchboard what is your name?")
    await visitor.sees("a chatbot made by")


async def test_two_servers_share_nothing(visitor: PageUser, room: Channel, server: Page) -> None:
    servers = visitor.page.get_by_role("navigation", name="Servers")
    assert await servers.get_by_role("button", name="Next Door").count() == 1
    await visitor.command("settings name", value="Robo of Home")
    await visitor.sees("Robo of Home")
    env = server.context.env
    # Not by its new name, which the page may not know yet; and the answer quotes the question.
    await visitor.write(f"<@{env.app.bot.id}> remember that my cat is called Tom")
    await room.next_message(by=env.app.bot, after=await room.next_message(by=env.alice))
    await visitor.page.locator("#messages .author", has_text="Robo of Home").first.wait_for()
    await servers.get_by_role("button", name="Next Door").click()
    await visitor.page.get_by_role("heading", level=1, name="lobby").wait_for()
    await visitor.write("@Switchboard what did I say before?")
    answer = await visitor.sees("This is the first thing you have said to me")
    assert await answer.locator(".author").inner_text() == "Switchboard"
    assert await visitor.messages.first.locator(".author").inner_text() == "Alice next door"
    await servers.get_by_role("button", name="Home").click()
    await visitor.enter(room.name)
    mine = visitor.messages.filter(has_text="my cat").first
    assert await mine.locator(".author").inner_text() == "Alice"
    await visitor.command("settings name")
    await visitor.sees("Only you can see this")
    await visitor.become("Dave")
    await visitor.page.get_by_role("heading", level=1, name="lobby").wait_for()
    await visitor.command("settings show")
    shown = await visitor.sees("Only you can see this")
    assert "Robo" not in await shown.inner_text()
    assert "Carol" not in await visitor.page.locator("#room").inner_text()
