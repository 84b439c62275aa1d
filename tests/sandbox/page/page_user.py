"""A visitor: somebody in front of the page, who looks, types and clicks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.async_api import TimeoutError, expect  # noqa: A004

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request

PATIENCE = 60_000
"""Milliseconds in which whatever a visitor waits for has to show, also on a machine that does much else."""

expect.set_options(timeout=PATIENCE)

MARK_SEEN = "all => all.forEach((each) => { each.dataset.seen = 'yes' })"
"""What is drawn again loses the mark: it is as good as new."""


class PageUser:
    """One browser tab on the page. `problems` lists what must not happen, whatever the visitor does.

    Whatever the visitor does by these methods, `sees` takes only a message that came or changed since.
    """

    def __init__(self, page: Page, context: BrowserContext, address: str) -> None:
        self.page = page
        self.address = address
        self.problems: list[str] = []
        self.requested: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        context.on("request", self._note)

    async def arrive(self, *, greeted: bool = True) -> None:
        """Open the page; unless it is a first visit, the greeting was closed before."""
        if greeted:
            await self.page.add_init_script("localStorage.setItem('switchboard-greeted', 'yes')")
        await self.page.goto(self.address)
        await self.page.locator("h1").wait_for()

    async def enter(self, channel: str) -> None:
        """Open a channel of the server that is open."""
        await self.press(self.page.get_by_role("navigation", name="Channels").get_by_role("button", name=channel))
        await self.page.get_by_role("heading", level=1, name=channel, exact=True).wait_for()
        await self.page.locator(f"#text[aria-label='Message #{channel}']").wait_for()

    async def become(self, name: str) -> None:
        """Be somebody else, and wait until the page is theirs: its address names the person."""
        choices = self.page.get_by_label("You are", exact=True)
        person = await choices.locator("option", has_text=re.compile(f"^{name}")).get_attribute("value")
        await self.mark_seen()
        await choices.select_option(value=person)
        await self.page.wait_for_url(re.compile(rf"as={person}\b"))

    async def write(self, text: str) -> None:
        """Write a message, and send it."""
        await self.mark_seen()
        await self.text.fill(text)
        await self.text.press("Escape")
        await self.text.press("Enter")

    async def command(self, name: str, **options: str) -> None:
        """Use a slash command: find it by typing, fill in its fields, send it."""
        form = await self.type_command(name)
        for option, value in options.items():
            field = form.locator(f"#option-{option}")
            if await field.evaluate("field => field.localName") == "select":
                await field.select_option(label=value)
            else:
                await field.fill(value)
        await self.press(form.get_by_role("button", name="Send"))

    async def type_command(self, name: str) -> Locator:
        """Find a slash command by typing, and return its form."""
        await self.text.press_sequentially(f"/{name}")
        await self.text.press("Enter")
        form = self.page.get_by_role("form", name=f"Command /{name}", exact=True)
        await form.wait_for()
        return form

    async def press(self, button: Locator) -> None:
        """Press a button."""
        await self.mark_seen()
        await button.click()

    async def mark_seen(self) -> None:
        """Count what is shown by now as seen before: whatever is done next is what counts."""
        await self.messages.evaluate_all(MARK_SEEN)

    @property
    def text(self) -> Locator:
        """The box to write in."""
        return self.page.locator("#text")

    @property
    def messages(self) -> Locator:
        """All messages that are shown."""
        return self.page.locator("#messages > li")

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """Return the newest message that holds a text."""
        return self.messages.filter(has_text=text).last

    async def sees(self, text: str | re.Pattern[str]) -> Locator:
        """Wait for a message that holds a text and is new since the last act, and return it."""
        found = self.page.locator("#messages > li:not([data-seen])").filter(has_text=text).last
        try:
            key = await found.get_attribute("id")
            await self.page.locator(f"#{key}").wait_for()
        except TimeoutError as missing:
            missing.add_note(f"The page shows: {await self.messages.all_inner_texts()}")
            raise
        return self.page.locator(f"#{key}")

    async def open_panel(self) -> Locator:
        """Look behind the scenes."""
        await self.page.get_by_role("button", name="Behind the scenes", exact=True).click()
        panel = self.page.get_by_role("complementary", name="Behind the scenes")
        await panel.get_by_text("Running as process").wait_for()
        return panel

    def check(self) -> None:
        """Hold what is true of every visit: no error on the console, no request off this machine."""
        assert not self.problems
        strangers = {urlsplit(address).hostname for address in self.requested} - {"127.0.0.1"}
        assert not strangers

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text}")

    def _note(self, request: Request) -> None:
        self.requested.append(request.url)
