"""A small server with three people and a bot, for every test of the sandbox's Discord."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp
import pytest

from sandbox.discord import Application, Channel, Discord, Guild, Person
from tests.sandbox.discord.clients import Rest, Socket

Connect = Callable[..., Socket]


@dataclass
class Home:
    """The server "Home": alice owns it, bob is a member, the bot was invited; there is one channel."""

    guild: Guild
    general: Channel
    alice: Person
    bob: Person
    app: Application


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    async with Discord() as running:
        yield running


@pytest.fixture
def home(discord: Discord) -> Home:
    app = discord.create_application("Switchboard")
    app.session_starts.interval = 0  # many tests begin several sessions, and none sleeps
    alice, bob = discord.create_user("alice"), discord.create_user("bob")
    guild = discord.create_guild("Home", alice, bob)
    guild.add_bot(app)
    return Home(guild, guild.add_text_channel("general"), alice, bob, app)


@pytest.fixture
async def session(discord: Discord) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def rest(discord: Discord, home: Home, session: aiohttp.ClientSession) -> Rest:
    return Rest(discord, home.app, session)


@pytest.fixture
def connect(discord: Discord, session: aiohttp.ClientSession) -> Connect:
    def make(compress: str = "") -> Socket:
        return Socket(session, discord.gateway_url, compress)

    return make
