"""Everything but the bot, and a client; a program error in the log fails the test."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aiohttp
import pytest

from sandbox.environment import Environment, open_environment
from sandbox.page.bot_supervisor import BotSupervisor
from sandbox.page.personas import set_up_personas
from sandbox.page.server import Page

SendRaw = Callable[[int, bytes], Awaitable[int]]


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Hold that no program error is logged."""
    yield
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]


@pytest.fixture
async def env() -> AsyncIterator[Environment]:
    """Give everything but the bot; leaving it raises whatever broke inside."""
    async with open_environment() as opened:
        opened.discord.limits.enabled = False
        yield opened


@pytest.fixture
async def page(env: Environment) -> AsyncIterator[Page]:
    """Give the page with its people."""
    personas = set_up_personas(env)
    async with BotSupervisor(env) as supervisor, Page(env, personas, supervisor) as opened:
        yield opened


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Give a client that is no bot and no browser."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def send_raw() -> SendRaw:
    """Give a way to send bytes to a port; it returns the answer's status."""

    async def send(port: int, request: bytes) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        line = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        return int(line.split()[1])

    return send
