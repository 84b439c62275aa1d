"""Which requests to Discord the operator's figures count, and how: over a real connection."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from bot.discord.rate_limits.max_wait import wait_at_most
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.domain.runtime.telemetry import Telemetry
from bot.streaming.rate_limiter import RateLimiter


@dataclass
class Told(Telemetry):
    """Remembers what it is told."""

    statuses: list[int | None] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)

    def discord_responded(self, status: int | None) -> None:
        self.statuses.append(status)

    def discord_limited(self, scope: str) -> None:
        self.scopes.append(scope)


@dataclass
class Wire:
    """A connection to a server that answers `/<status>` so, `/socket` as a gateway, and hangs up at `/gone`."""

    told: Told
    session: aiohttp.ClientSession
    server: BaseTestServer
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> None:
        async with self.session.get(self.server.make_url(f"/api/v10/{path}")) as response:
            await response.read()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    opened: list[Wire] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        what = request.match_info["what"]
        if what == "gone":
            assert request.transport is not None
            request.transport.abort()
        if what == "socket":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.close()
            return socket
        return web.Response(
            status=int(what) if what.isdigit() else 200,
            headers=opened[0].headers,
            text="{}",
            content_type="application/json",
        )

    told = Told()
    trace = RateLimitTrace(RateLimiter(), telemetry=told)
    app = web.Application()
    app.router.add_get("/api/v10/{what}", answer)
    async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[trace.trace_config()]) as session:
        opened.append(Wire(told, session, server))
        yield opened[0]
    await trace.close()


async def test_each_request_is_counted_once_by_its_status(wire: Wire) -> None:
    for path in ("204", "404", "502"):
        await wire.get(path)
    with pytest.raises(aiohttp.ClientError):
        await wire.get("gone")
    assert wire.told.statuses == [204, 404, 502, None]


async def test_one_that_is_given_up_after_its_response_is_counted_once(wire: Wire) -> None:
    with wait_at_most(-1.0), pytest.raises(TimeoutError):
        await wire.get("503")
    assert wire.told.statuses == [503]


async def test_the_gateway_is_no_request(wire: Wire) -> None:
    async with wire.session.ws_connect(str(wire.server.make_url("/api/v10/socket")).replace("http", "ws", 1)):
        pass
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await wire.session.ws_connect(str(wire.server.make_url("/api/v10/404")).replace("http", "ws", 1))
    assert wire.told.statuses == []


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        ({"X-RateLimit-Scope": "user"}, "user"),
        ({"X-RateLimit-Scope": "Shared"}, "shared"),
        ({"X-RateLimit-Scope": "global", "X-RateLimit-Global": "true"}, "global"),
        ({"X-RateLimit-Global": "true"}, "global"),
        ({}, ""),
    ],
)
async def test_a_429_says_whom_it_is_for(wire: Wire, headers: dict[str, str], scope: str) -> None:
    wire.headers = {"Retry-After": "0.01", **headers}
    await wire.get("204")
    assert wire.told.scopes == []
    with pytest.raises(discord.RateLimited):
        await wire.get("429")
    assert (wire.told.statuses, wire.told.scopes) == ([204, 429], [scope])
