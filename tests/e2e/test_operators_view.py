"""The operator's view of the whole bot: its probes and its figures while it answers, and while something is away."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.answering.health.breaker import MAX_OUTAGES
from bot.app import open_bot
from bot.app.life import Life
from bot.domain.runtime.telemetry import NO_TELEMETRY
from bot.operations import view
from bot.operations.cluster import cluster, port_handover
from bot.operations.health import readiness
from bot.operations.health.errors import PortUnavailable
from sandbox.apis.faults.status import Status
from sandbox.discord.limits.rate_limits import Scope
from tests.e2e.answer_steps import begin
from tests.e2e.stage import Stage, Stop, open_stage
from tests.e2e.test_database_calls import relayed
from tests.e2e.waiting import until
from tests.postgres import find_free_port

SCOPES: tuple[Scope, ...] = ("user", "shared", "global")


def _written(name: str, labels: Mapping[str, str]) -> str:
    return f"{name}{{{','.join(f'{key}={value}' for key, value in sorted(labels.items()))}}}"


@dataclass
class Watched:
    """A stage, whose bot shows itself at `address`."""

    stage: Stage
    address: str
    http: aiohttp.ClientSession

    async def probe(self, page: str = "readyz") -> tuple[int, str]:
        """Return the status and the text of a page."""
        async with self.http.get(f"{self.address}/{page}") as response:
            return response.status, await response.text()

    async def figures(self) -> dict[str, float]:
        """Return every figure, by its name and labels as they are written in a query."""
        status, text = await self.probe("metrics")
        assert status == 200
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return {_written(sample.name, sample.labels): sample.value for sample in samples}

    async def sees(self, name: str, value: float) -> None:
        """Wait until a figure is this."""
        async with asyncio.timeout(30):
            while (await self.figures()).get(name) != value:
                await asyncio.sleep(0.01)

    async def becomes(self, status: int, text: str) -> None:
        """Wait until /readyz answers so."""
        async with asyncio.timeout(30):
            while await self.probe() != (status, text):
                await asyncio.sleep(0.01)


@pytest.fixture
async def watched(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    """Give a stage whose bot does not run yet."""
    monkeypatch.setattr(view, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(port_handover, "TRY_SECONDS", 0.02)
    port = find_free_port()
    async with (
        open_stage(database_url, PORT=str(port)) as stage,
        aiohttp.ClientSession() as http,
    ):
        stage.hurry()
        yield Watched(stage, f"http://127.0.0.1:{port}", http)


def gains(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Return which of the program's own counts have grown, and by how much."""
    return {
        name.removeprefix("switchboard_"): value - before.get(name, 0.0)
        for name, value in after.items()
        if value != before.get(name, 0.0) and re.fullmatch(r"switchboard_\w+_(total|count)\{.*\}", name)
    }


async def test_a_question_is_in_the_figures(watched: Watched) -> None:
    async with watched.stage.running():
        before = await watched.figures()
        stream, question, _ = await begin(watched.stage)
        during = await watched.figures()
        await stream.finish()
        await watched.stage.answer(question)
        await watched.stage.idle()
        after = await watched.figures()
    assert during["switchboard_answers_in_progress{}"] == 1
    assert after["switchboard_answers_in_progress{}"] == 0
    gained = gains(before, after)
    calls = {name: gained.pop(name) for name in list(gained) if name.startswith(("database_", "discord_", "edits_"))}
    assert gained.pop("event_loop_lag_seconds_count{}", 0) >= 0
    assert gained.pop("staleness_seconds_count{}") >= 1
    assert gained == {
        "questions_total{}": 1,
        "answers_total{ending=answered,provider=chatbase}": 1,
        "first_text_seconds_count{provider=chatbase}": 1,
        "answer_seconds_count{provider=chatbase}": 1,
    }
    assert calls["edits_total{kind=create}"] == 1
    assert calls["edits_total{kind=edit}"] >= 1
    assert calls["discord_requests_total{status=2xx}"] >= 2
    assert calls["database_call_seconds_count{operation=write}"] >= 2


async def test_a_direct_message_is_counted_too(watched: Watched) -> None:
    stage = watched.stage
    async with stage.running():
        before = await watched.figures()
        await stage.ask(stage.alice, "are you there, in private?", stage.alice.dm(stage.app))
        await stage.idle()
        gained = gains(before, await watched.figures())
    assert gained["answers_total{ending=answered,provider=chatbase}"] == 1


async def test_a_429_is_in_the_figures_by_its_scope(watched: Watched) -> None:
    stage = watched.stage
    async with stage.running():
        before = await watched.figures()
        for scope in SCOPES:
            stage.discord.rate_limit("POST", "/channels/{channel_id}/messages", 0.01, scope=scope, times=1)
            await stage.ask(stage.alice, f"do you know about {scope}?", stage.other)
            await stage.idle()
        gained = gains(before, await watched.figures())
        stage.discord.rate_limited.clear()
    assert gained["discord_requests_total{status=429}"] == 3
    limited = {name: gained[name] for name in gained if name.startswith("discord_rate_limited")}
    assert limited == {f"discord_rate_limited_total{{scope={scope}}}": 1 for scope in SCOPES}


async def test_a_chatbot_that_is_out_is_in_the_figures(watched: Watched) -> None:
    stage = watched.stage
    async with stage.running():
        for number in range(MAX_OUTAGES + 1):
            stage.apis.chatbase.fails(Status(500))
            await stage.ask(stage.alice, f"is anybody there, for the {number}th time?")
        figures = await watched.figures()
    assert figures["switchboard_failures_total{kind=ServerFault,provider=chatbase}"] == MAX_OUTAGES
    assert figures["switchboard_refusals_total{kind=ProviderOut}"] == 1
    assert figures["switchboard_breaker_open{provider=chatbase}"] == 1
    assert figures["switchboard_breaker_open{provider=tamako}"] == 0


async def test_a_start_becomes_ready_and_an_end_is_not(watched: Watched) -> None:
    stage = watched.stage
    configuration = stage.configuration
    async with open_bot(configuration):
        assert await watched.probe("healthz") == (200, "ok\n")
        assert await watched.probe() == (
            503,
            "not logged in to Discord yet\nthe commands are not registered with Discord yet\n",
        )
        assert (await watched.figures())["switchboard_not_ready{reason=shards}"] == 1
    async with stage.running() as bot:
        await watched.becomes(200, "ready\n")
        await bot.services.answering.drain(0)
        assert await watched.probe() == (503, "this process takes no more questions, since it ends\n")
        assert await watched.probe("healthz") == (200, "ok\n")
    with pytest.raises(aiohttp.ClientConnectorError):
        await watched.probe("healthz")


async def test_a_process_that_is_taken_over_is_not_ready_and_the_other_is(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LOOK_WITHOUT_SIGNALS", 0.05)
    stage, port = watched.stage, find_free_port()
    stage.drain_seconds = 60.0
    async with stage.running():
        await watched.becomes(200, "ready\n")
        stream, _, answer = await begin(stage)
        stage.changed["PORT"] = str(port)
        async with stage.running():
            newer = Watched(stage, f"http://127.0.0.1:{port}", watched.http)
            await newer.becomes(200, "ready\n")
            await watched.becomes(503, "this process takes no more questions, since it ends\n")
            figures = await watched.figures()
            assert figures["switchboard_shards{state=left}"] == 1
            assert figures["switchboard_answers_in_progress{}"] == 1
            assert "switchboard_shard_ready{shard=0}" not in figures
            await newer.sees("switchboard_processes{state=finishing}", 1)
            await stream.finish()
            await stage.finished(answer)


async def test_discord_away_is_not_ready_and_healthy(watched: Watched) -> None:
    stage = watched.stage
    async with stage.running():
        await stage.discord.go_down()
        await watched.becomes(503, "not connected to Discord: shard 0\n")
        assert await watched.probe("healthz") == (200, "ok\n")
        figures = await watched.figures()
        assert figures["switchboard_shards{state=lost}"] == 1
        assert figures["switchboard_gateway_disconnects_total{}"] >= 1
        await stage.discord.come_back()
        await watched.becomes(200, "ready\n")


async def test_a_database_that_is_away_is_not_ready_and_comes_back(watched: Watched) -> None:
    stage = watched.stage
    file = Path(stage.database.removeprefix("sqlite:///"))
    async with stage.running():
        elsewhere = file.rename(file.with_name("elsewhere.db"))
        await watched.becomes(503, "the database does not answer\n")
        assert await watched.probe("healthz") == (200, "ok\n")
        figures = await watched.figures()
        assert figures["switchboard_not_ready{reason=database}"] == 1
        assert figures["switchboard_database_errors_total{operation=read}"] >= 1
        elsewhere.rename(file)
        await watched.becomes(200, "ready\n")


@pytest.mark.slow
async def test_a_database_server_that_hangs_is_not_ready_and_comes_back(postgres_url: str) -> None:
    port = find_free_port()
    async with relayed(postgres_url, PORT=str(port)) as (stage, relay), aiohttp.ClientSession() as http:
        watched = Watched(stage, f"http://127.0.0.1:{port}", http)
        await watched.becomes(200, "ready\n")
        relay.flowing.clear()
        await watched.becomes(503, "the database does not answer\n")
        assert await watched.probe("healthz") == (200, "ok\n")
        assert (await watched.figures())["switchboard_not_ready{reason=database}"] == 1
        relay.flowing.set()
        await watched.becomes(200, "ready\n")


async def test_commands_that_are_not_registered_are_not_ready(watched: Watched) -> None:
    stage = watched.stage
    stage.discord.rate_limit("PUT", "/applications/{application_id}/commands", 3600.0)
    async with stage.running(settles=False):
        await watched.becomes(503, "the commands are not registered with Discord yet\n")
        stage.discord.rate_limited.clear()


async def test_nothing_listens_without_a_port(database_url: str) -> None:
    async with open_stage(database_url) as stage, stage.running() as bot:
        assert bot.telemetry is NO_TELEMETRY


async def test_a_port_in_use_ends_the_start_on_a_database_that_nobody_has_used(watched: Watched) -> None:
    stage = watched.stage
    async with open_bot(stage.configuration):
        stage.database += ".new"
        with pytest.raises(PortUnavailable, match="PORT: another program uses"):
            async with open_bot(stage.configuration):
                pass
    assert not Path(stage.database.removeprefix("sqlite:///")).exists()


async def test_a_port_in_use_ends_the_start_if_no_process_lives_that_may_have_it(watched: Watched) -> None:
    stage = watched.stage
    async with stage.running():
        pass
    await stage.discord.go_down()
    with socket.create_server(("127.0.0.1", int(stage.changed["PORT"]))):
        async with open_bot(stage.configuration) as bot:
            error = await Life(bot, stage.configuration.bot, Stop(1.0)).run()
    assert isinstance(error, PortUnavailable)
    assert str(error).startswith("PORT: another program uses")


async def test_a_port_of_another_bot_on_the_same_database_ends_the_start_before_a_session(watched: Watched) -> None:
    stage = watched.stage
    async with stage.running():
        another = stage.discord.create_application("Another", owner="robin")
        stage.changed["DISCORD_TOKEN"] = another.token
        async with open_bot(stage.configuration) as bot:
            error = await Life(bot, stage.configuration.bot, Stop(1.0)).run()
        assert isinstance(error, PortUnavailable)
        assert (another.readies, another.syncs) == (0, 0)
        await watched.becomes(200, "ready\n")


async def test_one_port_goes_from_a_process_to_its_successor_while_an_answer_ends(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LOOK_WITHOUT_SIGNALS", 0.05)
    stage = watched.stage
    stage.drain_seconds = 60.0
    async with stage.running():
        await watched.becomes(200, "ready\n")
        stream, _, answer = await begin(stage)
        older = stage.life
        async with stage.running() as newer:
            await until(lambda: newer.port is not None and newer.port.is_open)
            await watched.becomes(200, "ready\n")
            assert not older.done()
            figures = await watched.figures()
            assert figures["switchboard_answers_in_progress{}"] == 0
            assert figures["switchboard_shards{state=ready}"] == 1
            await watched.sees("switchboard_processes{state=finishing}", 1)
            await stream.finish()
            await stage.finished(answer)
            assert await older is None
            assert await watched.probe() == (200, "ready\n")
