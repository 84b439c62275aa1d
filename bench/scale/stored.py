"""What a million stored turns change: each piece of work with the database, beside the same on an empty one."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.figures import Figure
from bench.scale import year
from bench.scale.databases import postgres
from bench.scale.year import ALONE, BUSY_CHANNEL, ITS_SERVER, OF_PERSON, PERSON, PROVIDER, SERVERS
from bot.conversation.chatbots import Chatbots
from bot.conversation.server_settings import ServerSettings
from bot.domain.conversation_key import ConversationKey
from bot.limits.meter import Meter
from bot.limits.usage_reports import UsageReports
from bot.privacy.retention import RetentionJob
from bot.privacy.service import PrivacyService
from bot.store.open import open_store
from bot.store.ports.base import Stores

Work = Callable[[], Awaitable[object]]

_BOT = 1_130_000_000_000_000_000

_MOST = {
    "reading a history": 1.2,
    "the settings of a question": 1.2,
    "/usage": 1.5,
    "/privacy": 1.5,
    "what was cut off": 1.5,
    "/privacy export": 1.5,
    "/privacy forget": 2.0,
}
"""How many times as long each may take as on an empty database."""

_FEW_STEPS, _MORE_STEPS = 5, 0.25
"""How many more it may be, in all and by share: the larger a table is, the more pages lead to a row, and others' turns
move along if somebody's are erased between them."""

_NEXT_RUN_STATEMENTS = 2 * (SERVERS // 100 + 2) + 10 + 20
"""For the servers with something old, a hundred in one; for some conversations without turns; and for all the rest."""


@dataclass(slots=True)
class Cost:
    """The seconds that a piece of work took, SQL statements, and hundreds of steps of SQLite's virtual machine."""

    seconds: float
    statements: int
    steps: int


@dataclass(slots=True)
class _Counter:
    statements: int = 0
    steps: int = 0
    _heard: list[tuple[str, Any]] = field(default_factory=list)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what goes to any database meanwhile."""
        self._heard = [("before_cursor_execute", self._count), ("connect", self._watch)]
        for name, listener in self._heard:
            event.listen(Engine, name, listener)
        try:
            yield
        finally:
            for name, listener in self._heard:
                event.remove(Engine, name, listener)

    def _count(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.statements += not statement.startswith(("BEGIN", "PRAGMA"))

    def _watch(self, connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's
        if hasattr(connection, "set_progress_handler"):
            connection.set_progress_handler(self._step, 100)

    def _step(self) -> int:
        self.steps += 1
        return 0


async def measure(*, rows: int, rounds: int) -> list[Figure]:
    """Measure a database with so many rows beside an empty one, on SQLite and on PostgreSQL."""
    figures = []
    with TemporaryDirectory(prefix="switchboard-bench-") as folder:
        files = [f"sqlite:///{Path(folder) / f'{name}.db'}" for name in ("empty", "year")]
        figures += await _compare("SQLite", files, rows, rounds)
    async with postgres() as server:
        if server is not None:
            figures += await _compare("PostgreSQL", [server.create_database() for _ in range(2)], rows, rounds)
    return figures


async def count(*, rows: int) -> list[Figure]:
    """Count what a database with so many rows costs beside an empty one, on SQLite."""
    with TemporaryDirectory(prefix="switchboard-bench-") as folder:
        urls = [f"sqlite:///{Path(folder) / f'{name}.db'}" for name in ("empty", "year")]
        empty, full = await _costs(urls, (ALONE, rows), rounds=3)
    figures = [
        Figure(
            f"hundreds of SQLite's steps, {name}, {rows:,} turns (empty)",
            full[name].steps,
            "",
            empty[name].steps,
            _FEW_STEPS + _MORE_STEPS * empty[name].steps,
            "beyond",
            counted=True,
        )
        for name in _MOST
    ]
    return [*figures, *_count_statements("SQLite", full)]


async def _compare(database: str, urls: list[str], rows: int, rounds: int) -> list[Figure]:
    empty, full = await _costs(urls, (ALONE, rows), rounds)
    figures = [
        Figure(
            f"{name}, {rows:,} turns of {SERVERS} servers, {database} (empty)",
            full[name].seconds * 1000,
            "ms",
            one.seconds * 1000,
            _MOST.get(name),
        )
        for name, one in empty.items()
    ]
    return [*figures, *_count_statements(database, full)]


def _count_statements(database: str, costs: Mapping[str, Cost]) -> list[Figure]:
    found = costs["the retention's next run"].statements
    what = f"SQL statements of the retention's next run, {SERVERS} servers, {database}"
    return [Figure(what, found, "", None, _NEXT_RUN_STATEMENTS, "max", counted=True)]


async def _costs(urls: Sequence[str], counts: Sequence[int], rounds: int) -> Sequence[Mapping[str, Cost]]:
    """Return what each piece of work costs on databases with so many rows, measured in turn; what erases comes last."""
    for url, count in zip(urls, counts, strict=True):
        await year.make(url, rows=count, bot=_BOT)
    counter = _Counter()
    with counter.counting():
        async with AsyncExitStack() as opened:
            databases = [await opened.enter_async_context(_opened(url)) for url in urls]
            found = await _in_turn([_reading(*database) for database in databases], rounds, counter)
            for works in zip(*(_once(*database) for database in databases), strict=True):
                costs = await _in_turn([work for work, _ in works], works[0][1], counter)
                found = [{**one, **more} for one, more in zip(found, costs, strict=True)]
            return found


async def _in_turn(works: Sequence[Mapping[str, Work]], rounds: int, counter: _Counter) -> Sequence[Mapping[str, Cost]]:
    """Do each piece of work on one database after the other, so often, and return the least costs of each.

    Not the median: on a busy machine that tells more of the others.
    """
    taken: list[dict[str, list[Cost]]] = [{name: [] for name in each} for each in works]
    for name in works[0]:
        for _ in range(rounds):
            for each, costs in zip(works, taken, strict=True):
                costs[name].append(await _cost(each[name], counter))
    return [{name: _least(costs) for name, costs in each.items()} for each in taken]


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[tuple[Stores, ServerSettings]]:
    async with open_store(url) as stores:
        yield stores, await ServerSettings.load(stores.server_settings, Chatbots({}, None))


def _reading(stores: Stores, settings: ServerSettings) -> Mapping[str, Work]:
    reports = UsageReports(Meter(stores.usage), stores.usage, {PROVIDER: "Chatbase"})
    privacy = PrivacyService(stores.personal_data, settings, {})
    key = ConversationKey(BUSY_CHANNEL)
    return {
        "reading a history": lambda: stores.conversations.conversation(PROVIDER, key, most=21),
        "the settings of a question": lambda: stores.server_settings.load(ITS_SERVER, BUSY_CHANNEL),
        "/usage": lambda: reports.report(ITS_SERVER, 30),
        "/privacy": lambda: privacy.account(PERSON, ITS_SERVER),
        "what was cut off": stores.answers.unfinished_owners,
        "settings kept in memory": settings.kept.reload,
    }


def _once(stores: Stores, settings: ServerSettings) -> Iterator[tuple[Mapping[str, Work], int]]:
    """Yield what erases, and what takes too long to be done as often, in order; and how often it is done."""
    privacy = PrivacyService(stores.personal_data, settings, {})
    retention = RetentionJob(stores.personal_data, settings, stores.usage)
    yield {"/privacy export": lambda: _export(privacy)}, 3
    yield {"the retention's daily run": retention.run_once}, 1
    yield {"the retention's next run": retention.run_once}, 5
    yield {"/privacy forget": lambda: privacy.erase(PERSON)}, 1


async def _cost(work: Work, counter: _Counter) -> Cost:
    statements, steps, began = counter.statements, counter.steps, time.perf_counter()
    await work()
    return Cost(time.perf_counter() - began, counter.statements - statements, counter.steps - steps)


def _least(costs: Sequence[Cost]) -> Cost:
    """Return the least time, and what the latest needed: by then statements are compiled."""
    return Cost(min(one.seconds for one in costs), costs[-1].statements, costs[-1].steps)


async def _export(privacy: PrivacyService) -> None:
    """Read all that is stored about a person, who asked `OF_PERSON` questions."""
    size = 0
    async with aclosing(await privacy.export(PERSON)) as files:
        async for file in files:
            size += len(file)
    assert size > OF_PERSON * 100
