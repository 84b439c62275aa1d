"""What the wire makes of Discord's answers: who has to wait for a 429, and how long a request waits at most."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import aiohttp
import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from bot.discord.errors import MessageLimited
from bot.discord.rate_limits.max_wait import wait_at_most
from bot.discord.rate_limits.routes import channel_bucket, interaction_bucket, typing_bucket
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.streaming.canvas import BucketKey
from bot.streaming.rate_limiter import Priority, RateLimiter

MESSAGE, MESSAGES, TYPING, NICKNAME = (
    "/channels/1/messages/8",
    "/channels/1/messages",
    "/channels/1/typing",
    "/guilds/2/members/@me",
)
RESPONSE, CALLBACK = "/webhooks/3/a-token/messages/@original", "/interactions/4/a-token/callback"
HERE, THERE = channel_bucket("create", 1), channel_bucket("create", 2)
USER = {"X-RateLimit-Scope": "user"}

Headers = dict[str, str]


@dataclass
class Line:
    """A wire to a server that gives every request the same answer; times are of the budget's clock, which stands."""

    rate_limiter: RateLimiter
    trace: RateLimitTrace
    session: aiohttp.ClientSession
    server: BaseTestServer
    status: int = 429
    headers: Headers = field(default_factory=dict)
    body: str = ""

    async def request(self, path: str, method: str = "POST") -> int:
        """Make a request and read its answer, as discord.py does."""
        async with self.session.request(method, self.server.make_url(f"/api/v10{path}")) as response:
            await response.read()
            return response.status

    async def refused(self, path: str, headers: Headers, body: str = "", method: str = "POST") -> None:
        """Have a request refused with a 429 of these headers, which nobody waits for."""
        self.headers, self.body = headers, body
        with pytest.raises(discord.RateLimited):
            await self.request(path, method)

    def held(self, lane: BucketKey | None) -> float:
        """Return for how long nothing goes out on a lane, or with None at all."""
        at = (
            self.rate_limiter.next_global_slot(0.0, Priority.FINAL)
            if lane is None
            else self.rate_limiter.next_slot(lane, 0.0, Priority.FINAL)
        )
        assert at is not None, "a request was never finished"
        return at

    def all_held(self) -> Mapping[str, float]:
        """Return for how long each is held that a request could count for; what is not held is left out."""
        lanes = {
            "all": None,
            "here": HERE,
            "there": THERE,
            "edits": channel_bucket("edit", 1),
            "typing": typing_bucket(1),
            "token": interaction_bucket("a-token"),
        }
        return {name: round(held) for name, lane in lanes.items() if (held := self.held(lane)) > 0}


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """Give a wire to a server on loopback."""
    rate_limiter = RateLimiter()
    trace = RateLimitTrace(rate_limiter, lambda: 0.0)
    opened: list[Line] = []

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=opened[0].status, headers=opened[0].headers, body=opened[0].body.encode())

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[trace.trace_config()]) as session:
        opened.append(Line(rate_limiter, trace, session, server))
        yield opened[0]
        await trace.close()


@pytest.mark.parametrize(
    ("path", "headers", "held"),
    [
        (NICKNAME, {"Retry-After": "3600"} | USER, {}),
        (NICKNAME, {"Retry-After": "3600"}, {}),
        (NICKNAME, {"Retry-After": "3600", "X-RateLimit-Global": "false"}, {}),
        (CALLBACK, {"Retry-After": "3600"} | USER, {}),
        (TYPING, {"Retry-After": "25"} | USER, {"typing": 25}),
        (TYPING, {"Retry-After": "3600", "X-RateLimit-Scope": "shared"}, {"typing": 3600}),
        (MESSAGES, {"Retry-After": "3600"} | USER, {"here": 3600}),
        (MESSAGES, {"Retry-After": "3600", "X-RateLimit-Scope": "shared"}, {"here": 3600}),
        (MESSAGES, {"Retry-After": "3600", "X-RateLimit-Global": "false"}, {"here": 3600}),
        (RESPONSE, {"Retry-After": "3600"} | USER, {"token": 3600}),
        (NICKNAME, {"Retry-After": "3600", "X-RateLimit-Global": "true"}, {"all": 3600}),
        (TYPING, {"Retry-After": "3600", "X-RateLimit-Global": "TRUE"}, {"all": 3600}),
        (MESSAGES, {"Retry-After": "3600", "X-RateLimit-Scope": "global"}, {"all": 3600}),
        # Cloudflare's: without any header of Discord's, and so for nobody else.
        (NICKNAME, {"Retry-After": "3600", "Content-Type": "text/html"}, {}),
        (MESSAGES, {"Retry-After": "3600", "Content-Type": "text/html"}, {"here": 3600}),
        # Nonsense silences nobody for long.
        (MESSAGES, USER, {"here": 5}),
        (MESSAGES, {"Retry-After": "1e300"} | USER, {"here": 5}),
        (MESSAGES, {"Retry-After": "nan", "X-RateLimit-Scope": "global"}, {"all": 5}),
        (MESSAGES, {"Retry-After": "-3600"} | USER, {"here": 5}),
        (MESSAGES, {"Retry-After": "14:59"} | USER, {"here": 5}),
    ],
)
async def test_a_429_counts_for_its_own_lane_and_only_a_global_one_for_all(
    line: Line, path: str, headers: Headers, held: Mapping[str, float]
) -> None:
    await line.refused(path, headers, method="PATCH" if path in (NICKNAME, RESPONSE) else "POST")
    assert line.all_held() == held


async def test_the_body_tells_what_the_headers_do_not(line: Line) -> None:
    typed = {"Content-Type": "application/json"}
    await line.refused(NICKNAME, typed, '{"retry_after": 300, "global": false}')
    assert line.all_held() == {}
    await line.refused(MESSAGES, typed | USER, '{"retry_after": 300, "global": true}')
    assert line.all_held() == {"here": 300}
    await line.refused(NICKNAME, typed, '{"retry_after": 100.2, "global": true}')
    assert line.all_held() == {"here": 300, "all": 100}


@pytest.mark.parametrize("code", [30046, 20022])
@pytest.mark.parametrize("retry_after", [2.5, 3600])
async def test_a_429_about_one_message_is_raised_at_once_and_holds_nothing(
    line: Line, code: int, retry_after: float
) -> None:
    line.headers = {"Retry-After": "3600", "Content-Type": "application/json", "X-RateLimit-Remaining": "0"} | USER
    line.body = f'{{"retry_after": {retry_after}, "global": false, "code": {code}, "message": "Maximum number"}}'
    for path, method in ((MESSAGE, "PATCH"), (RESPONSE, "PATCH"), (CALLBACK, "POST")):
        with pytest.raises(MessageLimited) as raised:
            await line.request(path, method)
        assert raised.value.code == code
    assert line.all_held() == {}


async def test_what_discord_py_can_wait_for_is_left_to_it(line: Line) -> None:
    line.headers = {"Retry-After": "3", "Content-Type": "application/json"} | USER
    line.body = '{"retry_after": 2.7, "global": false}'
    assert await line.request(MESSAGES) == 429
    assert line.all_held() == {"here": 3}


@pytest.mark.parametrize(
    ("path", "seconds", "waits"),
    [(NICKNAME, 59, True), (NICKNAME, 61, False), (RESPONSE, 59, True), (RESPONSE, 61, False), (CALLBACK, 2, False)],
)
async def test_nothing_waits_longer_than_a_minute_and_a_callback_not_beyond_its_time(
    line: Line, path: str, seconds: int, waits: bool
) -> None:
    line.headers = {"Content-Type": "application/json"} | USER
    line.body = f'{{"retry_after": {seconds}, "global": false}}'
    if waits:
        assert await line.request(path) == 429
    else:
        with pytest.raises(discord.RateLimited) as raised:
            await line.request(path)
        assert raised.value.retry_after == seconds


async def test_a_request_that_may_wait_for_less_time_fails_at_once(line: Line) -> None:
    line.headers = {"Content-Type": "application/json"} | USER
    line.body = '{"retry_after": 8, "global": false}'
    assert await line.trace.within(30, line.request(NICKNAME)) == 429
    with pytest.raises(discord.RateLimited):
        await line.trace.within(5, line.request(NICKNAME))
    line.status = 500
    with wait_at_most(30):
        assert await line.request(NICKNAME) == 500
    with wait_at_most(0), pytest.raises(TimeoutError):
        await line.request(NICKNAME)
    assert await line.request(NICKNAME) == 500
    assert line.all_held() == {}
    assert line.rate_limiter.global_bucket.outstanding == 0
    assert len(line.rate_limiter.global_bucket.free_at) == 5, "each was counted once"


async def test_a_request_that_was_answered_is_not_late_though_discord_py_holds_it_back(line: Line) -> None:
    line.status, line.body = 200, "taken"

    async def holds_back() -> str:
        await line.request(NICKNAME, "PATCH")
        await asyncio.Event().wait()
        return "never"

    answered = line.trace.first_response(holds_back(), lambda body: body.decode(), booked=False)
    assert await line.trace.within(5, answered) == "taken"
    assert line.rate_limiter.global_bucket.outstanding == 0
    assert len(line.rate_limiter.global_bucket.free_at) == 1


async def test_a_late_request_is_left_to_itself_and_ended_with_the_wire(line: Line) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def hangs() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(TimeoutError):
        await line.trace.within(0.01, hangs())
    assert begun.is_set()
    assert not cancelled.is_set()
    await line.trace.close()
    assert cancelled.is_set()


async def test_a_wait_that_is_given_up_does_not_cancel_the_request(line: Line) -> None:
    """discord.py would keep all requests waiting for ever if one were cancelled in the middle of a global limit."""
    released, ended = asyncio.Event(), asyncio.Event()

    async def waits() -> None:
        await released.wait()
        ended.set()

    waiting = asyncio.create_task(line.trace.within(60, waits()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    released.set()
    await asyncio.wait_for(ended.wait(), 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Limit": "1e9", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "5"},
        {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "-1e9", "X-RateLimit-Reset-After": "5"},
        {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1e300"},
    ],
)
async def test_nonsense_in_the_headers_of_a_success_costs_and_silences_nothing(line: Line, headers: Headers) -> None:
    line.status, line.headers, line.body = 200, headers | {"Content-Type": "application/json"}, "{}"
    assert await line.request(MESSAGES) == 200
    assert line.all_held() == {}


async def test_a_refusal_is_in_the_log_without_the_token_and_of_typing_only_for_who_looks(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    for path in (RESPONSE, TYPING):
        await line.refused(path, {"Retry-After": "3600"} | USER)
    told = [(record.levelname, record.getMessage()) for record in caplog.records if record.name.startswith("bot")]
    assert told == [
        ("WARNING", "Discord refuses POST /api/v10/webhooks/3/…/messages/@original for 3600 s (429)"),
        ("DEBUG", "Discord refuses POST /api/v10/channels/1/typing for 3600 s (429)"),
    ]


async def test_short_waits_have_a_line_a_minute(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    line.headers = {"Retry-After": "2", "Content-Type": "application/json", "Via": "1.1 google"} | USER
    line.body = '{"message": "Slow down.", "retry_after": 2.0, "global": false}'
    for _ in range(5):
        assert await line.request(MESSAGES) == 429
    told = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert told == ["Discord has POST /api/v10/channels/1/messages wait for 2 s (429)"]


async def test_a_lane_is_free_until_it_is_held(line: Line) -> None:
    assert line.trace.is_free(typing_bucket(1))
    await line.refused(TYPING, {"Retry-After": "30"} | USER)
    assert not line.trace.is_free(typing_bucket(1))
    assert line.trace.is_free(typing_bucket(2))
