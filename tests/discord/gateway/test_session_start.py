"""When a session may be begun: what GET /gateway/bot says is kept to, and what it says wrong does no harm."""

import asyncio
import logging
from typing import Any, cast

import discord
import pytest
from yarl import URL

from bot.discord.gateway import gateway_info
from bot.discord.gateway.gateway_info import GatewayInfo
from bot.discord.gateway.identify_limit import IdentifyLimit
from bot.discord.gateway.session_start import SessionStart
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.domain.runtime.timing import Pause, Within
from bot.streaming.rate_limiter import RateLimiter
from tests.clocks import FakeClock
from tests.discord.gateway.conftest import GatewayHarness
from tests.fakes.turns import FreeTurns

SILENCE = "silence"
"""In place of an answer: none comes."""

MAIN = "wss://gateway.example/"
NOW = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}


class FakeClient:
    """Answers GET /gateway/bot with one thing after the other, and with the last for ever; an exception is raised."""

    def __init__(self, *answers: object) -> None:
        self.http = self
        self.answers = list(answers)
        self.asked = 0
        self.cancelled = False

    async def request(self, _: object) -> object:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if answer == SILENCE:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        return answer


def answer(url: object = MAIN, **limit: object) -> dict[str, object]:
    """Return an answer of Discord's in which `limit` differs from an ordinary one."""
    return {"url": url, "shards": 1, "session_start_limit": NOW | limit}


def within() -> Within:
    return RateLimitTrace(RateLimiter()).within


def starting(client: FakeClient, clock: FakeClock, address: str | None = None) -> SessionStart:
    return with_pause(client, clock, clock.pause, address)


def with_pause(
    client: FakeClient, clock: FakeClock, pause: Pause, address: str | None = None, shards: int = 1
) -> SessionStart:
    info = GatewayInfo(cast("Any", client), address, clock, within())
    return SessionStart(1, info, IdentifyLimit(clock, shards), FreeTurns(), pause, clock)


async def begin(start: SessionStart, shard: int = 0) -> URL:
    """Begin a session when it may be, and return where."""
    async with start.turn(shard) as address:
        return address


async def test_the_address_is_discords() -> None:
    clock = FakeClock()
    assert await begin(starting(FakeClient(answer()), clock)) == URL(MAIN)
    assert clock.now == 1000


async def test_the_operators_address_wins_and_discords_limit_counts_all_the_same() -> None:
    clock = FakeClock()
    client = FakeClient(answer(remaining=0, reset_after=90_000), answer())
    assert await begin(starting(client, clock, "ws://127.0.0.1:1/")) == URL("ws://127.0.0.1:1/")
    assert clock.now == 1090


async def test_it_asks_anew_for_each_session() -> None:
    clock = FakeClock()
    start = starting(FakeClient(answer(), answer("wss://other.example/")), clock)
    assert await begin(start) == URL(MAIN)
    assert await begin(start) == URL("wss://other.example/")
    assert 1005 <= clock.now <= 1006


async def test_a_used_up_limit_of_discords_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    client = FakeClient(answer(remaining=0, reset_after=3_600_000), answer(remaining=0, reset_after=5_000), answer())
    await begin(starting(client, clock))
    assert clock.now == 1000 + 3600 + 5
    assert client.asked == 3
    told = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "the next waits 3600 s" in told[0].getMessage()


@pytest.mark.parametrize(
    "limit",
    [
        {"remaining": 0, "reset_after": 0},
        {"remaining": 0, "reset_after": -5},
        {"remaining": -1, "reset_after": "soon"},
        {"remaining": 0, "reset_after": None},
        {"remaining": 0, "reset_after": float("nan")},
    ],
)
async def test_a_limit_that_is_never_lifted_is_asked_for_about_once_a_minute(
    limit: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()

    async def pause(seconds: float) -> None:
        clock.now += seconds
        if clock.now > 1000 + 3600:
            raise EOFError

    client = FakeClient(answer(**limit))
    with pytest.raises(EOFError):
        await begin(with_pause(client, clock, pause))
    assert 60 <= client.asked <= 80
    assert len(caplog.records) == 1


async def test_a_wait_of_more_than_a_day_is_none() -> None:
    clock = FakeClock()
    await begin(starting(FakeClient(answer(remaining=0, reset_after=1e300), answer()), clock))
    assert clock.now == 1000 + 86_400


@pytest.mark.parametrize(
    "wrong",
    [{"url": MAIN}, answer(remaining="many"), answer(remaining=None), {"url": MAIN, "session_start_limit": []}],
)
async def test_a_limit_that_makes_no_sense_is_none(wrong: object) -> None:
    clock = FakeClock()
    assert await begin(starting(FakeClient(wrong), clock)) == URL(MAIN)
    assert clock.now == 1000


@pytest.mark.parametrize("wrong", ["<html>", [], {}, {"url": None}, OSError(), SILENCE])
async def test_without_an_answer_the_address_known_serves(wrong: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_info, "ASK_SECONDS", 0.01)
    clock = FakeClock()
    with pytest.raises((OSError, TypeError, KeyError, AttributeError)):
        await begin(starting(FakeClient(wrong), clock))
    client = FakeClient(answer(), wrong)
    start = starting(client, clock)
    await begin(start)
    assert await begin(start) == URL(MAIN)
    assert not client.cancelled, "discord.py would hold all other requests up for ever"
    assert await begin(starting(FakeClient(wrong), clock, "ws://127.0.0.1:1/")) == URL("ws://127.0.0.1:1/")


async def test_without_an_answer_what_was_left_counts() -> None:
    clock = FakeClock()
    client = FakeClient(answer(remaining=51, reset_after=3_600_000), OSError())
    start = starting(client, clock)
    for _ in range(2):
        await begin(start)
    assert clock.now < 1010
    await begin(start)
    assert 4600 <= clock.now <= 4601, "two of 51 are gone; until the next day begins, no third"
    await begin(start)
    assert clock.now < 4610


async def test_a_token_that_is_refused_is_no_missing_answer() -> None:
    response = cast("Any", type("Response", (), {"status": 401, "reason": "Unauthorized"}))
    start = starting(FakeClient(answer(), discord.HTTPException(response, "no")), FakeClock())
    await begin(start)
    with pytest.raises(discord.HTTPException):
        await begin(start)


async def test_no_session_is_begun_while_discord_lets_none_begin(harness: GatewayHarness) -> None:
    harness.app.session_starts.remaining, harness.app.session_starts.reset_after = 0, 7_200_000
    async with harness.running():
        await harness.hours(1.9)
        assert harness.discord.gateway.attempts.dials == []
        harness.app.session_starts.remaining = 1000
        harness.go_on()
        await harness.ready()


async def test_shards_of_other_buckets_dial_at_the_same_time_and_those_of_one_bucket_in_turn() -> None:
    clock = FakeClock()
    start = with_pause(FakeClient(answer(max_concurrency=4)), clock, clock.pause, shards=8)
    dialling, goes_on = list[int](), asyncio.Event()

    async def dial(shard: int) -> None:
        async with start.turn(shard):
            dialling.append(shard)
            await goes_on.wait()

    shards = [asyncio.create_task(dial(shard)) for shard in range(8)]
    for _ in range(50):
        await asyncio.sleep(0)
    assert dialling == [0, 1, 2, 3]
    goes_on.set()
    await asyncio.gather(*shards)
    assert dialling == list(range(8))
    assert 1005 <= clock.now < 1010 + 4 * 5.5


async def test_shards_that_lose_their_sessions_at_once_keep_to_the_hour_together() -> None:
    clock = FakeClock()
    start = with_pause(FakeClient(answer(max_concurrency=16)), clock, clock.pause, shards=16)
    sent: list[float] = []

    async def dial(shard: int) -> None:
        for _ in range(6):
            async with start.turn(shard):
                await asyncio.sleep(0)
                sent.append(clock.now)

    await asyncio.gather(*(dial(shard) for shard in range(16)))
    assert len(sent) == 16 * 6
    for first in sent:
        assert len([moment for moment in sent if first <= moment < first + 3600]) <= 40 + 16


@pytest.mark.parametrize(("shards", "recommended"), [(1, 1), (32, 32), (0, 1), (-3, 1), ("many", 1), (10**9, 10_000)])
async def test_what_discord_recommends(shards: object, recommended: int) -> None:
    clock = FakeClock()
    info = GatewayInfo(cast("Any", FakeClient(answer() | {"shards": shards})), None, clock, within())
    await info.ask()
    assert info.recommended_shards == recommended
