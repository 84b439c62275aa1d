"""`make screenshots`: the README's pictures of the page, light and dark, taken from the running sandbox."""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser

from sandbox.apis import HeldStream
from sandbox.discord.people.components import button_names
from sandbox.environment import Stage, open_stage
from sandbox.page.bot_supervisor import BotKeeper
from sandbox.page.personas import furnish
from sandbox.page.server import Page
from tests.sandbox.page.browser import find_chromium, open_browser
from tests.sandbox.page.page_user import PageUser

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "images"
SIZE = (1440, 920)


async def take(folder: Path = FOLDER) -> list[Path]:
    """Take both pictures and return where they are; exits where no Chromium is installed."""
    path = find_chromium()
    if path is None:
        sys.exit("screenshots: no Chromium is installed (Debian: apt-get install chromium fonts-noto-color-emoji)")
    folder.mkdir(parents=True, exist_ok=True)
    async with open_stage(pause=0.02) as stage, open_browser(path) as browser:
        cast = furnish(stage)
        async with BotKeeper(stage) as keeper, Page(stage, cast, keeper) as page:
            await keeper.start()
            stream = await _talk(stage)
            pictures = [await _picture(browser, page, scheme, folder) for scheme in ("light", "dark")]
            await stream.finish()
            return pictures


async def _talk(stage: Stage) -> HeldStream:
    """Have a conversation that shows what can be done with answers; returns the stream of one that is still written."""
    mention = stage.app.bot.mention
    question = await stage.alice.say(stage.general, f"{mention} write me some Python code")
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    await stage.discord.wait_for(lambda: "Retry" in button_names(answer))
    await stage.alice.press(answer, "Retry", wait=False)
    await stage.discord.wait_for(lambda: "2/2" in button_names(answer))
    stream = stage.apis.chatbase.hold()
    question = await stage.bob.say(stage.general, f"{mention} and why do the tides turn?")
    await stream.started()
    await stream.send("The Moon pulls at the sea, more on its near side than on its far side, and so ")
    writing = await stage.general.next_message(by=stage.app.bot, after=question)
    await writing.wait_until(shows="and so")
    question = await stage.alice.say(stage.general, f"{mention} is it the same on Mars?")
    waiting = await stage.general.next_message(by=stage.app.bot, after=question)
    await stage.discord.wait_for(lambda: "Cancel" in button_names(waiting))
    return stream


async def _picture(browser: Browser, page: Page, scheme: str, folder: Path) -> Path:
    width, height = SIZE
    colours: Literal["dark", "light"] = "dark" if scheme == "dark" else "light"
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=colours)
    visitor = PageUser(await context.new_page(), context, page.address)
    await visitor.arrive()
    panel = await visitor.open_panel()
    await panel.locator(".buckets .bar").first.wait_for()
    await visitor.sees("waits its turn")
    await visitor.page.locator("pre[data-language]").first.evaluate("code => code.closest('li').scrollIntoView()")
    target = folder / f"page-{scheme}.png"
    await visitor.page.screenshot(path=target)
    await context.close()
    return target


if __name__ == "__main__":
    for picture in asyncio.run(take()):
        sys.stdout.write(f"{picture.relative_to(Path.cwd())}  {picture.stat().st_size // 1024} KB\n")
