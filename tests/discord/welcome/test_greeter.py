"""Which servers are welcomed, and when: in virtual time, with a database that is sometimes away."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.discord.reading.admission import Admission
from bot.discord.welcome.greeter import Greeter
from bot.discord.welcome.shown import PAUSE
from bot.domain.access import Access
from bot.domain.errors import DatabaseUnavailable

ME = 1

BLOCKED = frozenset({666})


@dataclass
class Database:
    """The servers that the bot is known to be in, and facts; refuses everything while it is `down`."""

    known: set[int] = field(default_factory=set)
    facts: dict[str, str] = field(default_factory=dict)
    down: bool = False

    async def unknown_guilds(self, bot: int, present: Collection[int]) -> Collection[int]:
        """Return those that are not known."""
        self.reach()
        return set(present) - self.known

    async def note_guilds(self, bot: int, servers: Collection[int]) -> None:
        """Note servers."""
        self.reach()
        self.known.update(servers)

    async def left(self, bot: int, server: int) -> None:
        """Forget a server."""
        self.known.discard(server)

    async def claim(self, bot: int, server: int, *, welcome: bool) -> bool:
        """Note a server, and return whether it is new."""
        self.reach()
        await asyncio.sleep(0)
        is_new = server not in self.known
        self.known.add(server)
        return is_new

    async def get(self, name: str) -> str | None:
        """Return a fact."""
        self.reach()
        return self.facts.get(name)

    async def set(self, name: str, value: str) -> None:
        """Store a fact."""
        self.reach()
        self.facts[name] = value

    def reach(self) -> None:
        if self.down:
            raise DatabaseUnavailable


class Bot:
    """As much of the bot as is asked; `servers` are those that it is in."""

    def __init__(self, database: Database) -> None:
        self.user = SimpleNamespace(id=ME)
        self.shards = 1
        self.admission = Admission(cast("Any", None), Access(blocked_servers=BLOCKED))
        self.facts = database
        self.servers: dict[int, SimpleNamespace] = {}

    def shard_of(self, server: int) -> int:
        """Return which of the shards brings a server."""
        return server % self.shards

    @property
    def guilds(self) -> list[SimpleNamespace]:
        """The servers."""
        return list(self.servers.values())

    def get_guild(self, server: int) -> SimpleNamespace | None:
        """Return a server."""
        return self.servers.get(server)


class Process:
    """One process of the bot; `welcomed` has the servers that it welcomed, and `times` when that was."""

    def __init__(self, database: Database, *servers: int) -> None:
        self.bot = Bot(database)
        self.add(*servers)
        self.welcomed: list[int] = []
        self.times: list[float] = []
        self.sweeps = 0
        shown, posts = cast("Any", SimpleNamespace(sweep=self._sweep)), cast("Any", SimpleNamespace(post=self._post))
        self.greeter = Greeter(cast("Any", self.bot), cast("Any", database), database, shown, posts)

    def add(self, *servers: int, unavailable: bool = False) -> None:
        """Have the bot be in servers."""
        for server in servers:
            self.bot.servers[server] = SimpleNamespace(
                id=server, unavailable=unavailable, shard_id=self.bot.shard_of(server)
            )

    def join(self, *servers: int) -> None:
        """Have the bot be added to servers while it runs."""
        self.add(*servers)
        for server in servers:
            self.greeter.joined(server)

    async def start(self) -> None:
        """Begin a session, and let what follows be done."""
        self.greeter.begin(0)
        await asyncio.sleep(1000)

    async def _post(self, guild: SimpleNamespace) -> bool:
        self.welcomed.append(guild.id)
        self.times.append(asyncio.get_running_loop().time())
        return True

    async def _sweep(self) -> list[int]:
        self.bot.facts.reach()
        self.sweeps += 1
        return []


async def test_nobody_is_welcomed_at_the_first_start_and_who_joins_afterwards_is() -> None:
    process = Process(Database(), 1, 2)
    process.greeter.joined(2)  # an outage ended while the session began
    await process.start()
    assert process.welcomed == []
    process.join(3)
    await asyncio.sleep(1)
    assert process.welcomed == [3]
    await process.greeter.close()


async def test_who_was_known_is_not_welcomed_again_whatever_discord_sends() -> None:
    process = Process(Database(known={1, 2}, facts={"greets 1 0": "yes"}), 1, 2, 3)
    process.greeter.joined(1)
    await process.start()
    await process.start()
    process.greeter.joined(3)
    await asyncio.sleep(10)
    assert process.welcomed == [3]
    await process.greeter.close()


@pytest.mark.parametrize("facts", [{}, {"greets 1 0": "yes"}])
async def test_a_server_that_the_host_blocked_is_neither_noted_nor_welcomed(facts: dict[str, str]) -> None:
    database = Database(facts=dict(facts))
    process = Process(database, 1, *BLOCKED)
    await process.start()
    await asyncio.sleep(10)
    assert database.known == {1}
    assert process.welcomed == ([1] if facts else [])
    await process.greeter.close()


async def test_a_hundred_joins_are_paced() -> None:
    process = Process(Database())
    await process.start()
    process.join(*range(100))
    await asyncio.sleep(100 * PAUSE + 1)
    assert process.welcomed == list(range(100))
    pauses = [later - earlier for earlier, later in zip(process.times, process.times[1:], strict=False)]
    assert min(pauses) >= PAUSE
    await process.greeter.close()


async def test_two_processes_welcome_a_server_once() -> None:
    database = Database()
    processes = [Process(database), Process(database)]
    await asyncio.gather(*(process.start() for process in processes))
    for process in processes:
        process.join(1, 2, 3)
    await asyncio.sleep(60)
    assert sorted(processes[0].welcomed + processes[1].welcomed) == [1, 2, 3]
    for process in processes:
        await process.greeter.close()


async def test_old_welcomes_are_looked_for_each_hour_and_later_if_the_database_is_away() -> None:
    database = Database()
    process = Process(database)
    process.greeter.begin(0)
    await asyncio.sleep(1)
    assert process.sweeps == 1
    database.down = True
    await asyncio.sleep(3700)
    assert process.sweeps == 1
    database.down = False
    await asyncio.sleep(1000)
    assert process.sweeps == 2
    await process.greeter.close()


@pytest.mark.parametrize("begun", [True, False])
async def test_while_the_database_is_away_nobody_is_welcomed_and_afterwards_everybody_once(begun: bool) -> None:
    database = Database(facts={"greets 1 0": "yes"})
    process = Process(database)
    if begun:
        await process.start()
    database.down = True
    process.join(1, 2)
    await process.start()
    assert process.welcomed == []
    database.down = False
    await asyncio.sleep(1000)
    assert sorted(process.welcomed) == [1, 2]
    await process.greeter.close()


async def test_a_server_that_cannot_be_seen_yet_is_welcomed_when_it_comes() -> None:
    process = Process(Database(facts={"greets 1 0": "yes"}))
    process.add(1, unavailable=True)
    await process.start()
    assert process.welcomed == []
    process.add(1)
    process.greeter.arrived(1)
    await asyncio.sleep(1)
    assert process.welcomed == [1]
    await process.greeter.close()


async def test_a_server_that_is_there_though_nobody_said_it_was_joined_is_only_noted() -> None:
    database = Database(facts={"greets 1 0": "yes"})
    process = Process(database)
    await process.start()
    process.add(1)
    process.greeter.arrived(1)
    await asyncio.sleep(10)
    assert database.known == {1}
    await process.start()
    assert process.welcomed == []
    await process.greeter.close()


async def test_a_server_that_the_bot_was_removed_from_meanwhile_is_left_alone() -> None:
    database = Database(facts={"greets 1 0": "yes"})
    process = Process(database)
    await process.start()
    process.join(1, 2)
    process.greeter.left(1)
    claim = database.claim

    async def removed_meanwhile(bot: int, server: int, *, welcome: bool) -> bool:
        del process.bot.servers[server]
        return await claim(bot, server, welcome=welcome)

    database.claim = removed_meanwhile  # type: ignore[method-assign]
    await asyncio.sleep(10)
    assert process.welcomed == []
    assert database.known == set()
    await process.greeter.close()


async def ready(process: Process, *shards: int) -> None:
    """Begin sessions of some shards, one after the other."""
    for shard in shards:
        process.greeter.begin(shard)
        await process.greeter.compared(shard)
        await asyncio.sleep(100)


async def test_at_the_first_start_of_many_shards_nobody_is_welcomed_whichever_comes_first() -> None:
    process = Process(Database())
    process.bot.shards = 3
    process.add(*range(1, 10))
    await ready(process, 2, 0, 1)
    assert process.welcomed == []
    process.join(11)
    await asyncio.sleep(10)
    assert process.welcomed == [11]
    await process.greeter.close()


async def test_a_server_of_a_shard_that_was_not_compared_yet_is_welcomed_once_it_is() -> None:
    database = Database(known={1, 2, 3, 4}, facts={"greets 1 0": "yes", "greets 1 1": "yes"})
    process = Process(database)
    process.bot.shards = 2
    process.add(2, 4, 6)
    await ready(process, 0)
    assert process.welcomed == [6]
    process.add(1, 3, 5)
    process.greeter.arrived(5)  # Discord sends it before discord.py says that its shard is ready
    await asyncio.sleep(1)
    await ready(process, 1)
    assert process.welcomed == [6, 5]
    process.add(7)
    process.greeter.arrived(7)
    await asyncio.sleep(100)
    assert process.welcomed == [6, 5], "nobody said that it was joined"
    assert 7 in database.known
    await process.greeter.close()


async def test_with_more_shards_than_before_who_came_meanwhile_is_welcomed() -> None:
    process = Process(Database(known={1, 2, 3, 4}, facts={"greets 1 0": "yes"}))
    process.bot.shards = 4
    process.add(*range(1, 8))
    await ready(process, 0, 1, 2, 3)
    assert process.welcomed == [5, 6, 7]
    await process.greeter.close()


async def test_a_shard_that_begins_again_while_the_database_is_away_is_compared_once_it_is_back() -> None:
    database = Database(known={1, 2}, facts={"greets 1 0": "yes", "greets 1 1": "yes"})
    process = Process(database, 1, 2)
    process.bot.shards = 2
    database.down = True
    for shard in (0, 1, 0):
        process.greeter.begin(shard)
    await asyncio.sleep(100)
    database.down = False
    process.add(3, 4)
    await asyncio.sleep(200)
    assert sorted(process.welcomed) == [3, 4]
    await process.greeter.close()
