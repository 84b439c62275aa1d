"""What it costs that several processes are one bot: a claim, a lease, joining, a signal, a turn to begin a session."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.figures import Figure
from bench.scale.databases import postgres
from bot.domain.answer import RunStart
from bot.domain.cluster.processes import Process
from bot.domain.cluster.signals import Signals
from bot.domain.leases import Owner, new_owner_id
from bot.domain.question import Location
from bot.operations.cluster.session_turns import StoredTurns
from bot.store.open import open_lease, open_store
from bot.store.ports.base import Stores
from bot.store.signals import open_signals
from tests.fakes.relay import Relay

_BOT, _CHANNEL, _SERVER, _ASKER = 7, 1_290_000_000_000_000_001, 1_290_000_000_000_000_002, 1_290_000_000_000_000_003
_PROCESSES = 4
"""How many others there are to look at."""

Work = Callable[[], Awaitable[object]]

MOST_ROUND_TRIPS: Mapping[str, int] = {
    "a claim, with the beginning of its run": 6,
    "a claim that another process had first": 5,
    "a look at which of 4 processes live": 6,
    "a look at the rows of 4 processes": 2,
    "joining 4 processes": 7,
    "a change of this process's row": 4,
    "a turn to begin a session": 8,
    "a signal": 2,
}
"""Round trips to PostgreSQL at the most: the ping of each connection of the pool is one, and each statement that is not
kept prepared, as on the connections of leases and signals, takes two."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work took: microseconds on the clock and of processor time, and round trips."""

    wall: float
    processor: float
    round_trips: float = 0.0


async def measure(*, rounds: int) -> list[Figure]:
    """Measure each so often on both databases; the processor time is the bot's, not the server's."""
    figures = []
    with TemporaryDirectory(prefix="switchboard-bench-") as folder:
        costs = await _costs(f"sqlite:///{Path(folder) / 'switchboard.db'}", rounds)
    figures += _show(costs, "SQLite")
    async with postgres() as server:
        if server is None:
            return figures
        costs = await _costs(server.create_database(), rounds)
        return [*figures, *_show(costs, "PostgreSQL"), *await _count(server.create_database(), rounds=20)]


async def count_trips() -> list[Figure]:
    """Count the round trips to PostgreSQL alone."""
    async with postgres() as server:
        return [] if server is None else await _count(server.create_database(), rounds=20)


async def _count(url: str, rounds: int) -> list[Figure]:
    parts = urlsplit(url)
    async with Relay.to(parts.port or 0) as relay:
        through = parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{relay.port}").geturl()
        costs = await _costs(through, rounds, relay)
    return [
        Figure(f"round trips of {what}", costs[what].round_trips, "", None, most, "max", counted=True)
        for what, most in MOST_ROUND_TRIPS.items()
    ]


def _show(costs: Mapping[str, Cost], database: str) -> list[Figure]:
    return [
        Figure(f"processor time of {what}, {database} (on the clock)", cost.processor, "µs", cost.wall)
        for what, cost in costs.items()
    ]


async def _costs(url: str, rounds: int, relay: Relay | None = None) -> Mapping[str, Cost]:
    async with _works(url) as works:
        return {what: await _median(work, rounds, relay) for what, work in works.items()}


@asynccontextmanager
async def _works(url: str) -> AsyncIterator[Mapping[str, Work]]:
    """Yield each piece of work, as one process of several does it."""
    async with AsyncExitStack() as opened:
        owners = [Owner(new_owner_id(), lambda: _BOT) for _ in range(2)]
        own, other = [await opened.enter_async_context(open_store(url, owner=owner)) for owner in owners]
        lease = await opened.enter_async_context(open_lease(url, owners[0].id))
        others = [new_owner_id() for _ in range(_PROCESSES)]
        for each in others:
            await opened.enter_async_context(open_lease(url, each))
        for number, each in enumerate(others):
            await _join(own, each, number)
        turns = await opened.enter_async_context(StoredTurns(own.session_turns, lease, owners[0].id))
        claimed, lost, buckets = count(1), count(1), count(1)

        async def take_turn() -> None:
            async with turns.turn(_BOT, next(buckets), 0.0):
                pass

        works: dict[str, Work] = {
            "a claim, with the beginning of its run": lambda: _claim(own, next(claimed), "first"),
            "a claim that another process had first": lambda: _claim(other, next(lost), "second"),
            "a look at which of 4 processes live": lambda: lease.find_ended(others),
            "a look at the rows of 4 processes": lambda: own.processes.list(_BOT),
            "joining 4 processes": lambda: _join(own, owners[0].id, 9),
            "a change of this process's row": lambda: own.processes.write(_row(owners[0].id, 9)),
            "a turn to begin a session": take_turn,
            "a lease, taken and given back": lambda: _hold(url),
        }
        sender, receiver = [await opened.enter_async_context(open_signals(url, owner)) for owner in owners]
        if sender.is_instant:
            works["a signal"] = _signalling(sender, receiver)
        yield works


async def _claim(stores: Stores, number: int, answer: str) -> None:
    location = Location(_CHANNEL, _CHANNEL, _SERVER)
    asked = f"{answer}-{number:06}", 1, _CHANNEL + 10 + number, True, location, _ASKER, "chatbase", '{"text": "a word"}'
    assert await stores.answers.begin(RunStart(*asked)) is (answer == "first")


async def _join(stores: Stores, process: str, cluster: int) -> None:
    joined, _ = await stores.processes.join(_row(process, cluster), (), lambda own, _: own)
    assert joined is not None


def _row(process: str, cluster: int) -> Process:
    return Process(process, _BOT, cluster, _PROCESSES, 16, frozenset(range(4)), "running", 1)


async def _hold(url: str) -> None:
    async with open_lease(url, new_owner_id()):
        pass


def _signalling(sender: Signals, receiver: Signals) -> Work:
    """Return what sends a signal and waits until it has arrived."""
    arrived = asyncio.Event()
    receiver.listen("bench", lambda _: arrived.set(), lambda: None)

    async def signal() -> None:
        arrived.clear()
        await sender.send("bench", {"number": 1})
        await arrived.wait()

    return signal


async def _median(work: Work, rounds: int, relay: Relay | None) -> Cost:
    """Return the median cost; statements are prepared by then. What leases do meanwhile falls into few rounds."""
    for _ in range(5):
        await work()
    walls, processors, trips = [], [], []
    for _ in range(rounds):
        made = 0 if relay is None else relay.round_trips
        began, spent = time.perf_counter(), time.process_time()
        await work()
        walls.append(time.perf_counter() - began)
        processors.append(time.process_time() - spent)
        trips.append(0 if relay is None else relay.round_trips - made)
    return Cost(median(walls) * 1e6, median(processors) * 1e6, median(trips))
