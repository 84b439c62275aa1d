"""A client of discord.py on the sandbox's Discord, kept connected by `bot.gateway`; its pauses pass at once."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import discord as library
import pytest

from bot.discord.gateway.gateway import Gateway
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.domain.cluster.shards import OwnShards
from bot.streaming.rate_limiter import RateLimiter
from sandbox.discord import Application, Channel, Discord, Person
from sandbox.discord.model.snowflakes import shard_of
from tests.fakes.turns import FreeTurns

SHARDS = 3
"""How many a test has that asks for `channels`."""


class Listener(library.AutoShardedClient):
    """Keeps the texts that reach it."""

    def __init__(self) -> None:
        super().__init__(
            intents=library.Intents(guilds=True, guild_messages=True),
            max_messages=None,
            guild_ready_timeout=0,
        )
        self.texts: list[str] = []

    async def on_message(self, message: library.Message) -> None:
        self.texts.append(message.content)


@dataclass
class GatewayHarness:
    """A bot in a server, whose pauses wind the sandbox's clock forward at once, unless they are held."""

    discord: Discord
    app: Application
    general: Channel
    alice: Person
    client: Listener = field(init=False)
    gateway: Gateway = field(init=False)
    turns: FreeTurns = field(default_factory=FreeTurns)
    task: asyncio.Task[None] = field(init=False)
    pauses: list[float] = field(default_factory=list)
    end: float = math.inf
    over: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, seconds: float) -> None:
        """Let the seconds pass at once, or if they lead beyond the end, after `go_on`."""
        if self.discord.clock.monotonic() + seconds > self.end:
            self.over.set()
            await self.goes_on.wait()
        self.pauses.append(seconds)
        self.discord.advance(seconds)
        await asyncio.sleep(0)

    async def hours(self, count: float) -> None:
        """Let the client go on for so many hours of nothing but failures, and stop in a pause."""
        self.hold(count * 3600)
        await self.held()

    def hold(self, seconds: float = 0.0) -> None:
        """Let the first pause that leads beyond so many seconds last until `go_on`."""
        self.end = self.discord.clock.monotonic() + seconds
        self.over.clear()
        self.goes_on.clear()

    async def held(self) -> None:
        """Wait until the client is in that pause."""
        async with asyncio.timeout(30):
            await self.over.wait()

    def go_on(self) -> None:
        """Let the client go on as long as it likes."""
        self.end = math.inf
        self.goes_on.set()

    async def ready(self, readies: int = 1) -> None:
        """Wait until the client was sent READY so many times, and hears what is said."""
        await self.discord.bot_ready(self.app, readies=readies)
        await self.hears(f"are you there after {readies}?")

    async def hears(self, text: str) -> None:
        """Hold that the client hears what is said now, once."""
        await self.alice.say(self.general, self.mention(text))
        async with asyncio.timeout(10):
            while self.mention(text) not in self.client.texts:
                await asyncio.sleep(0.001)
        assert self.client.texts.count(self.mention(text)) == 1

    def mention(self, text: str) -> str:
        """Return a text that the client may read."""
        return f"{self.app.bot.mention} {text}"

    @asynccontextmanager
    async def running(
        self, address: str | None = None, shards: int = 1, own: range | None = None
    ) -> AsyncIterator[None]:
        """Keep a client connected with its `own` of so many shards, None for all; `address` as in `Gateway`."""
        clock = self.discord.clock.monotonic
        trace = RateLimitTrace(RateLimiter())
        async with Listener() as self.client:
            await self.client.login(self.app.token)
            self.gateway = Gateway(self.client, address, self.turns, trace.within, 1, self.pause, clock)
            share = OwnShards(shards, range(shards) if own is None else own)
            self.task = asyncio.create_task(self.gateway.stay_connected(share))
            try:
                yield
            finally:
                self.task.cancel()
                await asyncio.wait({self.task})


@pytest.fixture
async def harness(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GatewayHarness]:
    """Give the harness; its client does not run yet."""
    async with Discord() as discord:
        monkeypatch.setattr(library.http.Route, "BASE", discord.api_url)
        app = discord.create_application("Switchboard")
        alice = discord.create_user("alice")
        guild = discord.create_guild("Home", alice)
        guild.add_bot(app)
        yield GatewayHarness(discord, app, guild.add_text_channel("general"), alice)


@pytest.fixture
def channels(harness: GatewayHarness) -> list[Channel]:
    """Give a channel of each shard, by number.

    The harness winds the clock instead of waiting, often before the sandbox has read an IDENTIFY: the distance between
    these is held by when they were dialled.
    """
    harness.app.session_starts.interval = 0
    channels = []
    assert harness.general.guild is not None
    for number in range(SHARDS):
        if shard_of(harness.general.guild.id, SHARDS) == number:
            channels.append(harness.general)
            continue
        guild = harness.discord.create_guild(f"Of shard {number}", harness.alice, shard=(number, SHARDS))
        guild.add_bot(harness.app)
        channels.append(guild.add_text_channel("general"))
    return channels
