"""How the program is at one moment: read from its parts at a scrape, in the event loop, and cheaply."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from bot.answering.service import AnsweringService
from bot.domain.cluster.processes import Process, ProcessState
from bot.domain.cluster.shard_states import ShardState, ShardStates, ShardStatus
from bot.domain.runtime.database_health import DatabaseHealth, Soundness
from bot.domain.runtime.slices import Slices
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.rate_limiter import RateLimiter


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the state is read.

    `hosts` are the names of the providers for which the operator has credentials; `servers` returns how many servers
    this process serves, and `processes` those that run this bot, as far as this one knows.
    """

    answering: AnsweringService
    scheduler: EditScheduler
    rate_limiter: RateLimiter
    health: DatabaseHealth
    hosts: Collection[str]
    shards: ShardStates
    servers: Callable[[], int]
    processes: Callable[[], Sequence[Process]]


@dataclass(frozen=True, slots=True)
class State:
    """What was read; times are in seconds."""

    waiting: int
    answers: int
    unseen: float
    requests_per_second: float
    is_damaged: bool
    breakers: Mapping[str, bool]
    server_breakers: int
    shards: Sequence[ShardStatus]
    shard_states: Mapping[str, int]
    identifies_left: int | None
    servers: int
    processes: Mapping[str, int]
    cluster_count: int


async def read_state(parts: Parts) -> State:
    """Return how everything is now; others go on between its parts, each of which may have thousands of entries."""
    slices = Slices()
    waiting = parts.answering.waiting()
    await slices.pause_if_due()
    unseen = parts.scheduler.longest_unseen()
    await slices.pause_if_due()
    opened = parts.answering.breaker.open_for()
    own = {key.provider for key in opened if key.server is None}
    await slices.pause_if_due()
    statuses = parts.shards.statuses
    await slices.pause_if_due()
    states = Counter(status.state for status in statuses)
    living = parts.processes()
    processes = Counter(process.state for process in living)
    return State(
        waiting=waiting,
        answers=len(parts.answering.active_runs),
        unseen=unseen,
        requests_per_second=parts.rate_limiter.global_limit,
        is_damaged=parts.health.soundness is Soundness.DAMAGED,
        breakers={name: name in own for name in parts.hosts},
        server_breakers=sum(key.server is not None for key in opened),
        shards=[status for status in statuses if status.state != "left"],
        shard_states={state: states[state] for state in get_args(ShardState)},
        identifies_left=parts.shards.identifies_left,
        servers=parts.servers(),
        processes={state: processes[state] for state in get_args(ProcessState)},
        cluster_count=max((process.clusters for process in living), default=0),
    )
