"""Fixtures: a browser for each process, a running sandbox for each file, a tab and a channel for each test.

The sandbox is not kept from file to file: other tests run between them, on other event loops. Meanwhile the sandbox's
loop does nothing, the bot's heartbeats stay unanswered, and it would still be reconnecting when the next file asks.
"""

import os
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from sandbox.discord import Channel
from sandbox.environment import open_environment
from sandbox.page.bot_supervisor import BotSupervisor
from sandbox.page.personas import set_up_personas
from sandbox.page.server import Page
from tests.sandbox.page.browser import find_chromium, open_browser
from tests.sandbox.page.page_user import PageUser

_numbers = count(1)

_TEST_SECONDS = 240
"""For a test that has no limit of its own; a browser takes several times as long on a machine that does much else."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the page's tests their limit."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(_TEST_SECONDS))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of a Chromium, or skip without one, unless CI is set: then that is a failure."""
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium for the page's tests: install Debian's chromium")
        pytest.skip("no Chromium is installed")
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Give a browser."""
    async with open_browser(chromium) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sandbox_page() -> AsyncIterator[Page]:
    """Give the page with everything behind it, the bot running in a process of its own."""
    async with open_environment(pause=0.02) as env:
        env.app.session_starts.interval = 0  # a bot that is restarted need not wait 5 s
        personas = set_up_personas(env)
        async with BotSupervisor(env) as supervisor, Page(env, personas, supervisor) as page:
            await supervisor.start()
            yield page


@pytest_asyncio.fixture(loop_scope="session")
async def server(sandbox_page: Page) -> AsyncIterator[Page]:
    """Give the page, mended after the test: nothing is broken by order, and the bot runs."""
    yield sandbox_page
    faults = sandbox_page.context.faults
    for api in sandbox_page.context.env.apis.all:
        await faults.switch_api(api.name, "")
    for fault in list(faults.of_discord):
        await faults.switch_discord(fault, on=False)
    await sandbox_page.context.supervisor.start()


@pytest.fixture
def room(server: Page) -> Iterator[Channel]:
    """Give a channel of Home of which no other test knows."""
    channel = server.context.env.guild.add_text_channel(f"room-{next(_numbers)}")
    yield channel
    channel.delete()


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser: Browser, server: Page) -> AsyncIterator[PageUser]:
    """Give a tab that has not gone anywhere yet."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    visitor = PageUser(await context.new_page(), context, server.address)
    yield visitor
    visitor.check()
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(tab: PageUser, room: Channel) -> PageUser:
    """Give a visitor who has come before, as alice, in a channel with nothing in it."""
    await tab.arrive()
    await tab.enter(room.name)
    return tab
