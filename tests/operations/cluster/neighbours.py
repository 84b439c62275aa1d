"""Several processes in one test: their rows, their leases, their signals and their shards, all in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.cluster.processes import Admit, Process, ProcessStore
from bot.domain.cluster.shard_states import ShardStates, ShardStatus
from bot.domain.cluster.shards import OwnShards, ShardShare
from bot.domain.cluster.signals import Payload, Signals
from bot.domain.errors import DatabaseUnavailable
from bot.domain.leases import Lease
from bot.operations.cluster.cluster import LOOK_WITHOUT_SIGNALS, Cluster
from bot.operations.cluster.rest_share import RestShare
from bot.streaming.rate_limiter import RateLimiter

BOT = 1


class SharedDatabase(ProcessStore, Lease):
    """The rows of all processes, and which of them are alive."""

    is_proxied = False

    def __init__(self) -> None:
        self.rows: dict[str, Process] = {}
        self.ended = set[str]()
        self.is_away = False
        self.is_file = False
        self.calls: list[str] = []
        self.gates: list[asyncio.Event] = []
        """For each of the next writes and joins, what it waits for."""

    async def list(self, bot: int | None) -> Sequence[Process]:
        self._called("list")
        return sorted((row for row in self.rows.values() if bot in (None, row.bot)), key=lambda row: row.joined_at)

    async def join(
        self, process: Process, ended: Collection[str], admit: Admit
    ) -> tuple[Process | None, Sequence[Process]]:
        self._called("join")
        self._remove(ended)
        others = [row for row in await self.list(process.bot) if row.id != process.id]
        admitted = admit(process, others)
        if admitted is not None:
            admitted = replace(admitted, joined_at=max([0, *(other.joined_at for other in others)]) + 1)
            self.rows[process.id] = admitted
            await self._passed()
        return admitted, others

    async def write(self, process: Process, ended: Collection[str] = ()) -> None:
        self._called("write")
        self._remove(ended)
        await self._passed()
        self.rows[process.id] = process

    async def leave(self, process: str) -> None:
        self._called("leave")
        self._remove([process])

    def is_alone(self) -> bool:
        return self.is_file and len(self.rows) < 2

    async def find_ended(self, owners: Collection[str]) -> Collection[str]:
        return () if self.is_away else [owner for owner in owners if owner in self.ended]

    async def _passed(self) -> None:
        if self.gates:
            await self.gates.pop(0).wait()

    def _remove(self, ended: Collection[str]) -> None:
        for each in ended:
            self.rows.pop(each, None)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.is_away:
            raise DatabaseUnavailable("away")


class SharedSignals:
    """What several processes say to each other."""

    def __init__(self, *, is_instant: bool) -> None:
        self.is_instant = is_instant
        self.ends: list[SignalsEnd] = []

    def end(self) -> "SignalsEnd":
        """Return one process's end of it."""
        self.ends.append(SignalsEnd(self))
        return self.ends[-1]


class SignalsEnd(Signals):
    """One process's end of the signals."""

    def __init__(self, shared: SharedSignals) -> None:
        self._shared = shared
        self._listeners: list[tuple[str, Callable[[Payload], None]]] = []

    @property
    def is_instant(self) -> bool:
        return self._shared.is_instant

    async def send(self, kind: str, payload: Payload, *, to_all_bots: bool = False) -> None:
        assert not to_all_bots
        for end in self._shared.ends:
            if end is not self and self.is_instant:
                end.receive(kind, payload)

    def listen(self, kind: str, receive: Callable[[Payload], None], missed: Callable[[], None]) -> None:
        self._listeners.append((kind, receive))

    def receive(self, kind: str, payload: Payload) -> None:
        for wanted, receive in self._listeners:
            if wanted == kind:
                receive(payload)


class Shards(ShardStates):
    """The shards of one process, whose sessions begin when the test says so; `log` tells what was done with them."""

    identifies_left = None

    def __init__(self) -> None:
        self._tell: Callable[[], None] = lambda: None
        self.log: list[str] = []
        self.states: dict[int, ShardStatus] = {}
        self._count = 0

    @property
    def shard_count(self) -> int:
        return self._count

    @property
    def statuses(self) -> Sequence[ShardStatus]:
        return list(self.states.values())

    def on_change(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    def take(self, own: OwnShards) -> None:
        """Begin to connect these."""
        self._count = own.count
        self.states = {number: ShardStatus(number, "waiting") for number in own.own}

    def ready(self, *numbers: int) -> None:
        """Have sessions begin."""
        for number in numbers:
            self.states[number] = ShardStatus(number, "ready")
        self._tell()

    def lost(self, number: int) -> None:
        """Have a connection end."""
        self.states[number] = ShardStatus(number, "lost")
        self._tell()

    async def leave(self, shard: int) -> None:
        self.log.append(f"left {shard}")
        self.states[shard] = ShardStatus(shard, "left")
        self._tell()

    def take_back(self, shard: int) -> None:
        self.log.append(f"back {shard}")
        self.states[shard] = ShardStatus(shard, "waiting")
        self._tell()

    @property
    def held(self) -> list[int]:
        """The shards that were not left."""
        return [number for number, status in self.states.items() if status.state != "left"]


@dataclass
class Neighbour:
    """One process."""

    cluster: Cluster
    limiter: RateLimiter
    shards: Shards = field(default_factory=Shards)
    task: asyncio.Task[None] | None = None
    begun: list[str] = field(default_factory=list)

    async def start(self, recommended: int = 1) -> None:
        """Join, and run."""
        self.cluster.on_begin(lambda: self.begun.append("duty"))
        self.shards.take(await self.cluster.join(BOT, _answer(recommended)))
        self.task = asyncio.create_task(self.cluster.run(self.shards))

    async def stop(self) -> None:
        """Stop looking, and remove the row."""
        await self.halt()
        await self.cluster.__aexit__()

    async def halt(self) -> None:
        """Stop looking, as a process does that is killed or hangs."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)


def _answer(count: int) -> Callable[[], Awaitable[int]]:
    async def recommended() -> int:
        return count

    return recommended


class Neighbourhood:
    """All processes on one database."""

    def __init__(self, *, is_instant: bool = True) -> None:
        self.database = SharedDatabase()
        self.signals = SharedSignals(is_instant=is_instant)
        self.all: list[Neighbour] = []

    def process(self, share: ShardShare = ShardShare()) -> Neighbour:  # noqa: B008 - a frozen value
        """Return a process that has not begun."""
        limiter, name = RateLimiter(), f"{len(self.all):015x}"
        rest_share = RestShare(limiter, asyncio.get_running_loop().time)
        cluster = Cluster(self.database, self.database, self.signals.end(), share, name, rest_share)
        self.all.append(Neighbour(cluster, limiter))
        return self.all[-1]

    async def started(self, share: ShardShare = ShardShare(), recommended: int = 1) -> Neighbour:  # noqa: B008
        """Return a process that has joined."""
        process = self.process(share)
        await process.start(recommended)
        return process

    async def close(self) -> None:
        """Stop all of them."""
        for each in self.all:
            await each.halt()

    async def kill(self, process: Neighbour) -> None:
        """End a process without a word."""
        await process.halt()
        self.database.ended.add(process.cluster.own.id)


A_MOMENT = 0.01
"""Seconds."""


async def seen(there: Neighbourhood) -> None:
    """Wait until each process has seen what the others did last."""
    await asyncio.sleep(A_MOMENT if there.signals.is_instant else LOOK_WITHOUT_SIGNALS + A_MOMENT)
