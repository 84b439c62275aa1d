"""The program's figures, each of them counted once."""

from typing import get_args

from prometheus_client import CollectorRegistry, ProcessCollector

from bot.domain.cluster.processes import ProcessState
from bot.domain.cluster.shard_states import ShardState, ShardStatus
from bot.domain.errors import QueueFull, Unreachable
from bot.domain.fair_use.usage import FinishedRun
from bot.operations.health.readiness import REASONS
from bot.operations.metrics.collector import Reading, StateCollector
from bot.operations.metrics.counting import CountingTelemetry
from bot.operations.metrics.state import State
from bot.providers import PROVIDERS

_NAMES = [provider.name for provider in PROVIDERS]

_STATE = State(
    waiting=0,
    answers=0,
    unseen=0.0,
    requests_per_second=50.0,
    is_damaged=False,
    breakers=dict.fromkeys(_NAMES, False),
    server_breakers=0,
    shards=[ShardStatus(0, "ready", 0.05)],
    shard_states=dict.fromkeys(get_args(ShardState), 0),
    identifies_left=1000,
    servers=1,
    processes=dict.fromkeys(get_args(ProcessState), 0),
    cluster_count=1,
)


class Figures:
    """A registry in which each metric has been counted once, and once more with each `count`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._telemetry = CountingTelemetry(self.registry, _NAMES)
        state = StateCollector()
        state.reading = Reading(REASONS, 0.0, 0.0, {"version": "1", "python": "3", "discord_py": "2"}, _STATE)
        self.registry.register(state)
        ProcessCollector(registry=self.registry)
        self.count()

    def count(self) -> None:
        """Let one of everything happen that is counted."""
        telemetry = self._telemetry
        telemetry.question_came()
        telemetry.question_refused(QueueFull(10))
        for status in (200, 304, 404, 429, 502, None):
            telemetry.discord_responded(status)
        for name in _NAMES:
            telemetry.provider_failed(name, Unreachable("no route"))
            telemetry.run_ended(FinishedRun(None, name, "answered", first_text=1, total=2))
        for writes in (False, True):
            telemetry.database_called(0.001, writes=writes, failed=True)
        telemetry.loop_lag.observe(0.001)
        telemetry.edit_shown("edit", 0.5)
