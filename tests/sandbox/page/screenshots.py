"""`make screenshots`: the README's pictures of the page, light and dark, taken from the running sandbox."""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser

from sandbox.page.cast import furnish
from sandbox.page.keeper import BotKeeper
from sandbox.page.server import Page
from sandbox.stage import Stage, open_stage
from tests.sandbox.page.browser import find_chromium, open_browser
from tests.sandbox.page.visitor import Visitor

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "images"
SIZE = (1440, 860)


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
            await _talk(stage)
            return [await _picture(browser, page, scheme, folder) for scheme in ("light", "dark")]


async def _talk(stage: Stage) -> None:
    """Have a conversation that is worth a look."""
    mention = stage.app.bot.mention
    question = await stage.alice.say(stage.general, f"{mention} write me some Python code")
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    await answer.wait_until(shows="sorts for us")
    await stage.bob.say(stage.general, "Nice! And I am hungry **now**.")
    order = await stage.bob.slash(stage.general, "chatbot ask", question="Show me the menu")
    await order.wait_until(shows="Two to choose from")
    await order.next_followup()


async def _picture(browser: Browser, page: Page, scheme: str, folder: Path) -> Path:
    width, height = SIZE
    colours: Literal["dark", "light"] = "dark" if scheme == "dark" else "light"
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=colours)
    visitor = Visitor(await context.new_page(), context, page.address)
    await visitor.arrive()
    panel = await visitor.open_panel()
    await panel.locator(".buckets .bar").first.wait_for()
    await visitor.sees("Margherita")
    await visitor.page.locator("pre[data-language]").first.evaluate("code => code.closest('li').scrollIntoView()")
    target = folder / f"page-{scheme}.png"
    await visitor.page.screenshot(path=target)
    await context.close()
    return target


if __name__ == "__main__":
    for picture in asyncio.run(take()):
        sys.stdout.write(f"{picture.relative_to(Path.cwd())}  {picture.stat().st_size // 1024} KB\n")
