"""Processes of the bot that are ended at any request: a Discord that knows nonces, and the rows of welcomes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import discord

from bot.discord.reading.admission import Admission
from bot.discord.welcome.cards import welcome_buttons
from bot.discord.welcome.greeter import Greeter
from bot.discord.welcome.posting import WelcomePosts
from bot.discord.welcome.shown import ShownWelcomes
from bot.domain.welcome import Welcome
from bot.streaming.canvas import CanvasError, Unconfirmed

ME = 1

NONCE_SECONDS = 180.0
"""For how long Discord knows a nonce: "the past few minutes"."""


def now() -> float:
    """Return the time: the loop's, long after 1970."""
    return 1_700_000_000 + asyncio.get_running_loop().time()


@dataclass
class World:
    """Discord and the database, which outlive a process. `posted` has each message's server, channel, nonce and time.

    The process ends at the request with the number `ends_at`, before or `after` it is carried out.
    """

    servers: list[int]
    posted: dict[int, tuple[int, int, str, float]] = field(default_factory=dict)
    rows: dict[int, Welcome] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    requests: int = 0
    ends_at: int = -1
    after: bool = False
    failures: list[CanvasError] = field(default_factory=list)
    channel: int = 0

    async def request(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever `work` returns
        """Carry a request out, unless the process ends with it."""
        self.requests += 1
        ends = self.requests == self.ends_at
        if ends and not self.after:
            await asyncio.Event().wait()
        result = work()
        if ends:
            await asyncio.Event().wait()
        await asyncio.sleep(0.01)
        return result

    def take(self, server: int, channel: int, nonce: str) -> int:
        """Post a message, or return the one with the same nonce."""
        for message, (_, place, known, at) in self.posted.items():
            if (place, known) == (channel, nonce) and now() - at < NONCE_SECONDS:
                return message
        message = len(self.posted) + 1
        self.posted[message] = (server, channel, nonce, now())
        return message

    def change(self, waiting: Welcome, changed: Welcome) -> bool:
        """Change a row that is as it was."""
        if self.rows.get(waiting.server) != waiting:
            return False
        self.rows[waiting.server] = changed
        return True

    def claim_now(self, server: int, *, welcome: bool) -> bool:
        """Note a server."""
        is_new = server not in self.known
        self.known.add(server)
        if is_new and welcome:
            self.rows[server] = Welcome(server, 0, 0, 0)
        return is_new


class Process:
    """One process of the bot: the database's port, and as much of discord.py as is asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.user = SimpleNamespace(id=ME)
        self.admission = Admission(cast("Any", None))
        self.facts = SimpleNamespace(get=self._greets)
        trace = SimpleNamespace(within=self._within, wait_until_idle=self._idle)
        self.requests = SimpleNamespace(trace=trace, send_repeatable=self._send)
        anything = cast("Any", self)
        shown = ShownWelcomes(anything, anything, anything, now=now)
        posts = WelcomePosts(anything, anything, shown, now=now)
        self.greeter = Greeter(anything, anything, anything, shown, posts)

    @property
    def guilds(self) -> list[Any]:
        """The servers."""
        return [self.get_guild(server) for server in self.world.servers]

    def get_guild(self, server: int) -> Any:  # noqa: ANN401 - a fake server
        """Return a server."""
        channel = SimpleNamespace(id=server * 1000 + self.world.channel, send=self._message_in(server))
        return (
            SimpleNamespace(id=server, unavailable=False, channel=channel, shard_id=0)
            if server in self.world.servers
            else None
        )

    def get_partial_messageable(self, channel: int) -> Any:  # noqa: ANN401 - a fake channel
        """Return a channel, whose history has what was posted there."""

        async def history(after: datetime, limit: int, *, oldest_first: bool) -> AsyncIterator[Any]:
            assert oldest_first
            assert limit
            found = await self.world.request(lambda: dict(self.world.posted))
            for message, (server, place, _, at) in found.items():
                if place == channel and datetime.fromtimestamp(at, UTC) >= after:
                    rows = welcome_buttons(server).to_components()
                    parts = [discord.components._component_factory(row) for row in rows]  # type: ignore[arg-type]
                    yield SimpleNamespace(id=message, author=self.user, components=parts)

        return SimpleNamespace(history=history)

    def _message_in(self, server: int) -> Callable[..., Coroutine[Any, Any, Any]]:
        async def send(*_: object, nonce: str, **__: object) -> int:
            if self.world.failures:
                error = self.world.failures.pop(0)
                if isinstance(error, Unconfirmed):
                    await self.world.request(lambda: self.world.take(server, self._channel(server), nonce))
                raise error
            channel = self._channel(server)
            return cast("int", await self.world.request(lambda: self.world.take(server, channel, nonce)))

        return send

    def _channel(self, server: int) -> int:
        return server * 1000 + self.world.channel

    async def _send(self, request: Callable[[], Coroutine[Any, Any, int]], *, booked: bool) -> int:
        assert not booked
        return await request()

    async def _within(self, _: float, request: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - its result
        return await request

    async def _idle(self) -> None:
        return None

    async def _greets(self, _: str) -> str:
        return "yes"

    async def answer_config(self, _: object) -> Any:  # noqa: ANN401 - a fake
        """Return who answers."""
        return SimpleNamespace(provider=SimpleNamespace(label="Tamako"))

    async def unknown_guilds(self, _: int, present: Collection[int]) -> Collection[int]:
        """Return the servers that are new."""
        return cast("set[int]", await self.world.request(lambda: set(present) - self.world.known))

    async def claim(self, _: int, server: int, *, welcome: bool) -> bool:
        """Note a server."""
        return cast("bool", await self.world.request(lambda: self.world.claim_now(server, welcome=welcome)))

    async def begin(self, _: int, waiting: Welcome, begun: Welcome) -> bool:
        """Note that a welcome is sent."""
        return cast("bool", await self.world.request(lambda: self.world.change(waiting, begun)))

    async def mark_posted(self, _: int, begun: Welcome, message: int) -> None:
        """Note a welcome's message."""
        await self.world.request(lambda: self.world.change(begun, replace(begun, message=message)))

    async def welcomes(self, _: int) -> list[Welcome]:
        """Return all welcomes."""
        return cast("list[Welcome]", await self.world.request(lambda: list(self.world.rows.values())))

    async def welcome(self, _: int, server: int) -> Welcome | None:
        """Return a server's welcome."""
        return cast("Welcome | None", await self.world.request(lambda: self.world.rows.get(server)))

    async def remove(self, _: int, server: int) -> None:
        """Drop a welcome."""
        await self.world.request(lambda: self.world.rows.pop(server, None))

    async def run(self, seconds: float) -> None:
        """Run for some seconds, then end as by a kill."""
        self.greeter.begin(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.Event().wait()
        await self.greeter.close()


def welcomed(world: World) -> list[int]:
    """Return the server of each message, in order."""
    return sorted(server for server, *_ in world.posted.values())


def all_stored(world: World) -> bool:
    """Return whether the database has where each message is."""
    return {row.server: row.message for row in world.rows.values()} == {
        server: message for message, (server, *_) in world.posted.items()
    }
