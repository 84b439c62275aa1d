"""Pictures: drawn by the page itself, from the bot or from people; those of other sites are links."""

import re

import pytest

from sandbox.apis import Reply, canned_samples, chatbot_stories
from sandbox.discord import Channel
from sandbox.page.server import FILES, Page
from tests.sandbox.page.page_user import PageUser
from tests.sandbox.page.scripted_bot import run_scripted_bot

pytestmark = pytest.mark.asyncio(loop_scope="session")

IS_SHOWN = "image => image.decode().then(() => image.naturalWidth > 1)"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000"
    "001349444154789c635068f80f440cff1b148008002d72067d68878c2e0000000049454e44ae426082"
)


async def test_each_picture_of_an_answer_is_drawn_here() -> None:
    stories = repr(chatbot_stories.tell_stories())
    named = set(re.findall(r"/pictures/([^\"')]+)\.png", repr(vars(canned_samples)) + stories))
    assert named == {path.stem for path in (FILES / "pictures").iterdir()}


async def test_an_address_that_looks_like_one_of_them_is_a_link(visitor: PageUser, server: Page, room: Channel) -> None:
    for name in ("none", "cat-", "constructor"):
        await server.context.env.bob.say(room, f"https://sandbox.invalid/pictures/{name}.png")
    link = (await visitor.sees("constructor")).get_by_role("link")
    assert await link.get_attribute("href") == "https://sandbox.invalid/pictures/constructor.png"
    assert await visitor.page.locator("#messages img").count() == 0


async def test_a_picture_that_a_text_links_to(visitor: PageUser) -> None:
    await visitor.write("@Switchboard a picture, please")
    shown = await visitor.sees("The lamp is lit")
    image = shown.get_by_role("img", name="A lighthouse at dusk")
    assert await image.evaluate(IS_SHOWN)
    link = shown.get_by_role("link", name="A lighthouse at dusk").first
    assert await link.get_attribute("href") == "pictures/lighthouse.svg"


async def test_pictures_of_cards_and_of_other_sites(visitor: PageUser, server: Page) -> None:
    await visitor.command("chatbot ask", question="Show me the menu")
    card = await visitor.sees("Tomato, mozzarella, basil")
    assert await card.get_by_role("img", name="Margherita").evaluate(IS_SHOWN)
    server.context.env.apis.chatbot.answers(
        Reply(fulfillment=[{"type": "image", "imageUrl": "https://elsewhere.invalid/oven%zz.png"}]),
        times=1,
    )
    await visitor.command("chatbot ask", question="far")
    far = visitor.messages.last.get_by_role("link", name="oven%zz.png")
    await far.wait_for()
    assert await visitor.messages.last.locator("img").count() == 0


async def test_a_picture_that_is_hidden_stays_so(visitor: PageUser, server: Page) -> None:
    server.context.env.apis.chatbot.clear()
    hidden = "Do not look: ||![A cat](https://sandbox.invalid/pictures/cat.png)|| Thanks."
    server.context.env.apis.chatbase.answers(Reply(hidden), times=1)
    await visitor.write("@Switchboard hide a picture")
    shown = await visitor.sees("Thanks.")
    assert await shown.locator("img").count() == 0


async def test_an_embeds_picture_may_be_attached(visitor: PageUser, server: Page, room: Channel) -> None:
    env = server.context.env
    embed = {"title": "Attached", "image": {"url": "attachment://dot.png"}}
    async with run_scripted_bot(env.discord, env.app, [], {}) as rest:
        await rest.form("POST", f"/channels/{room.id}/messages", {"embeds": [embed]}, ("dot.png", PNG))
    shown = await visitor.sees("Attached")
    assert await shown.locator(".embed").get_by_role("img", name="Attached").evaluate(IS_SHOWN)


async def test_the_greeting_leads_to_all_kinds_of_answers(tab: PageUser, server: Page, room: Channel) -> None:
    await tab.arrive(greeted=False)
    await tab.enter(room.name)
    wishes = tab.page.get_by_role("group", name="Or ask for")
    for wish, shown in {"A table": "Planet", "A formula": "They are real numbers", "A spoiler": "Click on it"}.items():
        await wishes.get_by_role("button", name=wish).click()
        await tab.sees(shown)
    hidden = tab.message("Click on it").get_by_role("button", name="Spoiler: reveal")
    await hidden.click()
    await tab.page.locator(".spoiler.revealed").wait_for()
