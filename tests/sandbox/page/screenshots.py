"""`make screenshots`: the README's pictures of the page, light and dark, taken from the running sandbox."""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser

from sandbox.apis import HeldStream
from sandbox.discord.people.components import button_names
from sandbox.environment import Environment, open_environment
from sandbox.page.bot_supervisor import BotSupervisor
from sandbox.page.personas import set_up_personas
from sandbox.page.server import Page
from tests.sandbox.page.browser import find_chromium, open_browser
from tests.sandbox.page.page_user import PageUser

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "images"
SIZE = (1440, 920)


async def take(folder: Path = FOLDER) -> list[Path]:
    """Take both pictures and return where they are; exits if no Chromium is installed."""
    path = find_chromium()
    if path is None:
        sys.exit("screenshots: no Chromium is installed (Debian: apt-get install chromium fonts-noto-color-emoji)")
    folder.mkdir(parents=True, exist_ok=True)
    async with open_environment(pause=0.02) as env, open_browser(path) as browser:
        personas = set_up_personas(env)
        async with BotSupervisor(env) as supervisor, Page(env, personas, supervisor) as page:
            await supervisor.start()
            stream = await _talk(env)
            pictures = [await _picture(browser, page, scheme, folder) for scheme in ("light", "dark")]
            await stream.finish()
            return pictures


async def _talk(env: Environment) -> HeldStream:
    """Have a conversation that shows what can be done with answers; returns the stream of one that is still written."""
    mention = env.app.bot.mention
    question = await env.alice.say(env.general, f"{mention} write me some Python code")
    answer = await env.general.next_message(by=env.app.bot, after=question)
    await env.discord.wait_for(lambda: "Retry" in button_names(answer))
    await env.alice.press(answer, "Retry", wait=False)
    await env.discord.wait_for(lambda: any(name.startswith("2/2") for name in button_names(answer)))
    stream = env.apis.chatbase.hold()
    question = await env.bob.say(env.general, f"{mention} and why do the tides turn?")
    await stream.started()
    await stream.send("The Moon pulls at the sea, more on its near side than on its far side, and so ")
    writing = await env.general.next_message(by=env.app.bot, after=question)
    await writing.wait_until(shows="and so")
    question = await env.bob.say(env.general, f"{mention} is it the same on Mars?")  # after the first one's answer
    waiting = await env.general.next_message(by=env.app.bot, after=question)
    await env.discord.wait_for(lambda: "Cancel" in button_names(waiting))
    return stream


async def _picture(browser: Browser, page: Page, scheme: str, folder: Path) -> Path:
    width, height = SIZE
    colours: Literal["dark", "light"] = "dark" if scheme == "dark" else "light"
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=colours)
    visitor = PageUser(await context.new_page(), context, page.address)
    await visitor.arrive()
    panel = await visitor.open_panel()
    await panel.locator(".buckets .bar").first.wait_for()
    await visitor.sees("You're in line")
    await visitor.page.locator("pre[data-language]").first.evaluate("code => code.closest('li').scrollIntoView()")
    target = folder / f"page-{scheme}.png"
    await visitor.page.screenshot(path=target)
    await context.close()
    return target


if __name__ == "__main__":
    for picture in asyncio.run(take()):
        sys.stdout.write(f"{picture.relative_to(Path.cwd())}  {picture.stat().st_size // 1024} KB\n")
