"""How soon the bot is back, whatever was out of reach, and how little the log says meanwhile."""

import asyncio
import logging

import pytest

from bot.discord.gateway import gateway_info, shard
from bot.discord.rate_limits import trace
from sandbox.discord.gateway.client import Client
from sandbox.discord.limits.request_log import RequestRecord
from tests.discord.gateway.conftest import GatewayHarness
from tests.discord.gateway.test_resuming import mute_server
from tests.fakes.relay import Relay


@pytest.mark.parametrize("address", ["502", "closed port", "no address", "nobody answers"])
@pytest.mark.parametrize("losses", [0, 8])
async def test_a_dead_address_for_resuming_costs_less_than_a_minute(
    harness: GatewayHarness, monkeypatch: pytest.MonkeyPatch, address: str, losses: int
) -> None:
    discord = harness.discord
    takes = shard.RESUME_SECONDS
    async with mute_server(dialled=lambda: discord.advance(takes)) as mute:
        addresses = {"502": discord.dead_gateway_url, "closed port": "ws://127.0.0.1:9/", "nobody answers": mute}
        async with harness.running():
            await harness.ready()
            for _ in range(losses):
                await discord.disconnect(4000)
                await discord.wait_for(lambda: discord.gateway.connected(harness.app))
            discord.gateway.resume_url = addresses.get(address, "nonsense")
            discord.invalidate_sessions()
            await harness.ready(readies=2)
            if address == "nobody answers":
                monkeypatch.setattr(shard, "RESUME_SECONDS", 0.05)
            lost = discord.clock.monotonic()
            await discord.disconnect(4000)
            await harness.ready(readies=3)
            assert discord.clock.monotonic() - lost < 60
            assert len(discord.gateway.attempts.identifies) == 3


async def test_hours_without_discord(harness: GatewayHarness, caplog: pytest.LogCaptureFixture) -> None:
    discord = harness.discord
    async with harness.running():
        await harness.ready()
        caplog.clear()
        with caplog.at_level(logging.INFO):
            await discord.go_down()
            await harness.hours(1.5)
            assert 40 <= len(caplog.records) <= 90
            assert not any(record.exc_info for record in caplog.records)
            back = discord.clock.monotonic()
            await discord.come_back()
            harness.go_on()
            await harness.ready(readies=2)
            assert discord.clock.monotonic() - back <= 60
        assert caplog.records[-1].getMessage() == "Discord can be reached again"
        assert len(discord.gateway.attempts.identifies) == 2


@pytest.mark.parametrize("seconds", [70, 200, 400])
async def test_discord_comes_back_with_another_address_for_resuming(harness: GatewayHarness, seconds: float) -> None:
    discord = harness.discord
    discord.gateway.resume_url = discord.dead_gateway_url
    async with harness.running():
        await harness.ready()
        harness.hold(seconds)
        await discord.go_down()
        await harness.held()
        back = discord.clock.monotonic()
        await discord.come_back()
        harness.go_on()
        await harness.ready(readies=2)
        assert discord.clock.monotonic() - back <= 60


async def test_a_gateway_that_says_nothing_after_identify_is_given_up(
    harness: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say_nothing_once(_: Client) -> None:
        harness.discord.gateway.breaks.identify = None

    monkeypatch.setattr(shard, "BEGIN_SECONDS", 0.05)
    harness.discord.gateway.breaks.identify = say_nothing_once
    async with harness.running():
        await harness.discord.wait_for(lambda: harness.app.readies)
        monkeypatch.setattr(shard, "BEGIN_SECONDS", 30.0)
        assert len(harness.discord.gateway.attempts.identifies) >= 2
        await harness.discord.wait_for(lambda: len(harness.discord.gateway.connections) == 1)


async def test_a_request_for_the_address_that_is_never_answered_holds_up_no_other(
    harness: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[RequestRecord] = []

    def is_first(record: RequestRecord) -> bool:
        if record.route == "/gateway/bot" and not kept:
            kept.append(record)
            return True
        return False

    monkeypatch.setattr(gateway_info, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(trace, "_GRACE", 0.0)
    held = harness.discord.hold(is_first)
    async with harness.running():
        await harness.discord.wait_for(lambda: kept)
        monkeypatch.setattr(gateway_info, "ASK_SECONDS", 10.0)
        await harness.ready()
        await asyncio.sleep(0)
    held.let_go()


async def test_a_connection_that_has_gone_silent_is_left_at_once(harness: GatewayHarness) -> None:
    discord = harness.discord
    async with Relay.to(discord.port) as relay, harness.running(f"ws://127.0.0.1:{relay.port}/gateway"):
        await discord.wait_for(lambda: discord.gateway.attempts.dials)
        await harness.ready()
        assert harness.client.shards[0].latency >= 0
        relay.flowing.clear()
        shard = harness.client.get_shard(0)
        assert shard is not None
        # As discord.py does once the server did not acknowledge a heartbeat.
        closing = asyncio.create_task(shard._parent.ws.close(4000))
        await discord.wait_for(lambda: harness.app.resumes)
        await closing
        await harness.hears("and now?")


async def test_an_address_that_discord_does_not_tell_is_asked_for_about_once_a_minute(harness: GatewayHarness) -> None:
    harness.discord.fail_next("GET", "/gateway/bot", 404, times=1000)
    async with harness.running():
        await harness.hours(1)
        assert 60 <= len(harness.discord.requests.to("GET", "/gateway/bot")) <= 80
        assert harness.discord.gateway.attempts.dials == []


@pytest.mark.parametrize(("left", "waits"), [(0, True), (1, True), (49, True), (50, False), (1000, False)])
async def test_the_last_fifty_sessions_of_a_day_are_left_alone(
    harness: GatewayHarness, caplog: pytest.LogCaptureFixture, left: int, waits: bool
) -> None:
    discord = harness.discord
    harness.app.session_starts.remaining, harness.app.session_starts.reset_after = left, 7_200_000
    async with harness.running():
        if waits:
            harness.hold(7100)
            await harness.held()
            assert discord.gateway.attempts.dials == []
            told = [record for record in caplog.records if "begins no session for now" in record.getMessage()]
            assert len(told) == 1
            assert "the next waits 7200 s" in told[0].getMessage()
            harness.app.session_starts.remaining = 1000
            harness.go_on()
        await harness.ready()
    assert sum(harness.pauses) == (7200 if waits else 0)


async def test_what_is_left_is_read_before_each_session(harness: GatewayHarness) -> None:
    discord = harness.discord
    harness.app.session_starts.remaining, harness.app.session_starts.reset_after = 51, 3_600_000
    async with harness.running():
        await harness.ready()
        discord.invalidate_sessions()
        await harness.ready(readies=2)
        harness.hold(3500)
        discord.invalidate_sessions()
        await harness.held()
        assert (harness.app.session_starts.remaining, len(discord.gateway.attempts.identifies)) == (49, 2)
