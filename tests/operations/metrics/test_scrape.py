"""What one scrape says, and for how long it holds the event loop with ten thousand of everything."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.answering.health.breaker import MAX_OUTAGES, Breaker
from bot.answering.queue.turn_queue import TurnQueue
from bot.domain.cluster.processes import Process
from bot.domain.cluster.shard_states import ShardStates, ShardStatus
from bot.domain.errors import AnswerError, Unreachable
from bot.domain.fair_use.usage import FinishedRun
from bot.domain.runtime.database_health import DatabaseHealth, Soundness
from bot.domain.secrets.credentials import CredentialId
from bot.operations.health.readiness import Conditions, DatabaseLook
from bot.operations.metrics.state import Parts
from bot.operations.view import OperatorsView
from bot.streaming.canvas import BucketKey, Frame, Verb
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.rate_limiter import RateLimiter
from tests.clocks import FakeClock
from tests.loop_meter import measure_steps, slowness
from tests.operations.test_readiness import Facts

MANY, FEW = 10_000, 200
PAGE = Path(__file__).resolve().parents[3] / "docs" / "operating.md"


class Shards(ShardStates):
    identifies_left = 777

    def __init__(self, many: int) -> None:
        self._many = many

    @property
    def shard_count(self) -> int:
        return self._many

    @property
    def statuses(self) -> Sequence[ShardStatus]:
        return [ShardStatus(number, "lost" if number % 10 == 0 else "ready", 0.04) for number in range(self._many)]

    def on_change(self, tell: Callable[[], None]) -> None: ...

    async def leave(self, shard: int) -> None: ...

    def take_back(self, shard: int) -> None: ...


class Damaged(DatabaseHealth):
    soundness = Soundness.DAMAGED

    def last_failure(self) -> float | None:
        return None


class Answering:
    """The part of an answering service that a scrape reads: in each channel one is answered, and one waits."""

    def __init__(self, many: int) -> None:
        self.breaker, self._queue = Breaker(), TurnQueue(max_at_once=1)
        self.active_runs = range(2 * many)
        for channel in range(many):
            self._queue.join(channel, 1)
            self._queue.join(channel, 2)
        for key in (CredentialId("tamako"), *(CredentialId("chatbase", server) for server in range(many - 1))):
            for _ in range(MAX_OUTAGES):
                permit = self.breaker.permit(key)
                assert permit is not None
                permit.end(is_up=False)

    def waiting(self) -> int:
        return self._queue.waiting()


class Channel:
    """A channel in which nothing is ever shown."""

    max_messages = deadline = None

    def __init__(self, number: int) -> None:
        self._key = str(number)

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        return BucketKey(verb, self._key)

    async def create(self, frame: Frame, *, after: int | None) -> int:
        await asyncio.Event().wait()
        raise AssertionError("nothing is shown")

    async def typing(self) -> None: ...


@asynccontextmanager
async def busy_view(many: int = FEW, clock: FakeClock | None = None) -> AsyncIterator[OperatorsView]:
    """Give the view of a process that has so `many` of everything; its text has come seven seconds ago."""
    loop, ahead = asyncio.get_running_loop(), 0.0
    limiter, shards = RateLimiter(), Shards(many)
    async with EditScheduler(limiter, lambda: loop.time() + ahead) as scheduler:
        for channel in range(many):
            scheduler.open(cast("Any", Channel(channel))).push("text ")
        ahead = 7.0
        view = OperatorsView(["tamako", "chatbase"], "1.2.3", clock or FakeClock())
        conditions = Conditions(shards, lambda: True, lambda: True, DatabaseLook(Facts(), loop.time))
        processes = [Process("a", 1, 0, 1, 1, state="running"), Process("b", 1, 0, 1, 1, state="starting")]
        parts = Parts(
            cast("Any", Answering(many)),
            scheduler,
            limiter,
            Damaged(),
            ["tamako", "chatbase"],
            shards,
            lambda: many,
            lambda: processes,
        )
        async with view.watching(conditions, parts):
            yield view
        scheduler.stop()


def tell_everything(view: OperatorsView) -> None:
    """Have each thing happen once."""
    telemetry, error = view.telemetry, Unreachable("Tamako")
    telemetry.question_came()
    telemetry.question_refused(AnswerError())
    telemetry.provider_failed("tamako", error)
    telemetry.run_ended(FinishedRun(1, "tamako", "answered", first_text=100, total=200))
    telemetry.edit_shown("edit", 0.5)
    telemetry.discord_responded(200)
    telemetry.database_called(0.01, writes=False, failed=True)


async def scrape(view: OperatorsView) -> str:
    body = (await view.metrics()).body
    assert isinstance(body, bytes)
    return body.decode()


async def test_a_scrape_says_how_everything_is() -> None:
    async with busy_view(FEW) as view:
        text = await scrape(view)
    found = {
        (sample.name.removeprefix("switchboard_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["queue_length",] == FEW
    assert found["answers_in_progress",] == 2 * FEW
    assert found["staleness_max_seconds",] >= 7.0
    assert found["discord_requests_per_second_limit",] == 48
    assert found["breaker_open", "tamako"] == 1
    assert found["breaker_open", "chatbase"] == 0
    assert found["breaker_open_servers",] == FEW - 1
    assert found["shards", "ready"] == FEW * 0.9
    assert found["shards", "lost"] == FEW * 0.1
    assert found["shard_ready", "10"] == 0
    assert found["shard_ready", "11"] == 1
    assert found["shard_latency_seconds", "11"] == 0.04
    assert found["identifies_left",] == 777
    assert found["servers",] == FEW
    assert found["processes", "running"] == found["processes", "starting"] == 1
    assert found["database_damaged",] == 1
    assert found["not_ready", "shards"] == 1
    assert found["not_ready", "database"] == 0


@pytest.mark.slow
async def test_it_holds_the_event_loop_for_less_than_twenty_milliseconds() -> None:
    async with busy_view(MANY) as view:
        with measure_steps() as meter:
            await scrape(view)
    assert meter.seconds <= 0.02 or meter.seconds <= 0.02 * slowness(), f"{meter.seconds * 1000:.0f} ms: {meter.what}"


async def test_scrapes_within_a_second_are_one() -> None:
    clock = FakeClock()
    async with busy_view(clock=clock) as view:
        tell_everything(view)
        first = await asyncio.gather(*(scrape(view) for _ in range(20)))
        tell_everything(view)
        assert await scrape(view) == first[0]
        clock.now += 1.0
        assert await scrape(view) != first[0]
    assert len(set(first)) == 1


async def test_the_page_has_a_row_for_each_figure_and_each_figure_a_row() -> None:
    async with busy_view() as view:
        tell_everything(view)
        text = await scrape(view)
    served = {
        (
            f"{family.name}_total" if family.type == "counter" else family.name,
            family.type,
            frozenset(label for sample in family.samples for label in sample.labels if label != "le"),
        )
        for family in text_string_to_metric_families(text)
        if not family.name.startswith(("process_", "python_"))
    }
    assert all(name.startswith("switchboard_") for name, _, _ in served)
    rows = re.findall(r"^\| `(\w+)` \| (counter|gauge|histogram) \|([^|]*)\| [^|]+ \|$", PAGE.read_text(), re.MULTILINE)
    assert {(name, kind, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows} == served
    assert len(rows) == len(served)
