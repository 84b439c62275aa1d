"""Tells Prometheus's client how the program was when it was last read."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.operations.health.readiness import REASONS, Reason
from bot.operations.metrics.state import State


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scrape has read; `state` is None as long as the program is not put together."""

    not_ready: Collection[Reason]
    longest_lag: float
    started_at: float
    build: Mapping[str, str]
    state: State | None = None


class StateCollector(Collector):
    """Yields what is in `reading`, which each scrape sets; it touches nothing else, and so may work in any thread."""

    def __init__(self) -> None:
        self.reading: Reading | None = None

    def describe(self) -> Iterable[Metric]:
        """Return nothing: what there is to tell is not known before the first scrape."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield all of it."""
        reading = self.reading
        if reading is None:
            return
        build = GaugeMetricFamily("switchboard_build_info", "What runs", labels=list(reading.build))
        build.add_metric(list(reading.build.values()), 1)
        yield build
        yield _gauge("switchboard_start_time_seconds", "When the process started, since 1970", reading.started_at)
        yield _gauges(
            "switchboard_not_ready",
            "Why /readyz answers 503",
            "reason",
            {reason: reason in reading.not_ready for reason in REASONS},
        )
        yield _gauge("switchboard_event_loop_lag_max_seconds", "The longest of the last minutes", reading.longest_lag)
        if reading.state is not None:
            yield from _answering(reading.state)
            yield from _surroundings(reading.state)
            yield from _shards(reading.state)


def _answering(state: State) -> Iterator[Metric]:
    yield _gauge("switchboard_queue_length", "Questions that wait in line", state.waiting)
    yield _gauge("switchboard_answers_in_progress", "Answers under way", state.answers)
    yield _gauge("switchboard_staleness_max_seconds", "How long text has been unseen now", state.unseen)
    yield _gauges(
        "switchboard_breaker_open", "Whether the operator's provider is left alone", "provider", state.breakers
    )
    yield _gauge("switchboard_breaker_open_servers", "Servers' own credentials left alone", state.server_breakers)


def _surroundings(state: State) -> Iterator[Metric]:
    yield _gauge(
        "switchboard_discord_requests_per_second_limit", "This process's share of 50", state.requests_per_second
    )
    yield _gauge("switchboard_database_damaged", "Whether the database is known to be damaged", state.is_damaged)
    yield _gauge("switchboard_servers", "Servers of this process", state.servers)
    yield _gauges("switchboard_processes", "Processes that run this bot", "state", state.processes)
    yield _gauge("switchboard_cluster_count", "Processes that should run it: CLUSTER_COUNT", state.cluster_count)


def _shards(state: State) -> Iterator[Metric]:
    yield _gauges("switchboard_shards", "Shards of this process", "state", state.shard_states)
    yield _gauges(
        "switchboard_shard_ready",
        "Whether a shard's events arrive",
        "shard",
        {str(status.shard): status.state == "ready" for status in state.shards},
    )
    yield _gauges(
        "switchboard_shard_latency_seconds",
        "From a heartbeat to its acknowledgement",
        "shard",
        {str(status.shard): status.latency for status in state.shards if status.latency is not None},
    )
    if state.identifies_left is not None:
        yield _gauge("switchboard_identifies_left", "Sessions that Discord allows today", state.identifies_left)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return one gauge for each value of a label."""
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
