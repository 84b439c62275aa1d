"""One port for a process and its successor, in virtual time: who has it when, and when a start ends because of it."""

import asyncio
import errno
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from bot.domain.cluster.shards import ShardShare
from bot.operations.cluster.cluster import LOOK_SECONDS
from bot.operations.cluster.port_handover import TRY_SECONDS, PortHandover
from bot.operations.health.errors import PortUnavailable
from tests.operations.cluster.neighbours import BOT, Neighbour, Neighbourhood

A_MOMENT = 0.01
SOON = 2 * TRY_SECONDS + A_MOMENT


class Machine:
    """Has one port, and says who holds it."""

    def __init__(self) -> None:
        self.holder: object = None
        self.facts: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        return self.facts.get(name)

    async def set(self, name: str, value: str) -> None:
        self.facts[name] = value


class Socket:
    """One process's end of the port."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    @property
    def is_open(self) -> bool:
        return self._machine.holder is self

    async def open(self) -> None:
        if self._machine.holder not in (None, self):
            raise PortUnavailable("127.0.0.1", 8080, OSError(errno.EADDRINUSE, "in use"))
        self._machine.holder = self

    async def close(self) -> None:
        if self.is_open:
            self._machine.holder = None


class Shown:
    """A process that shows itself on the machine's port."""

    def __init__(self, there: Neighbourhood, machine: Machine, share: ShardShare) -> None:
        self.there = there
        self.neighbour: Neighbour = there.process(share)
        self.socket = Socket(machine)
        facts, port = cast("Any", machine), cast("Any", self.socket)
        cluster, database = self.neighbour.cluster, there.database
        self.port = PortHandover(port, cluster, database, database, facts, asyncio.sleep)
        self.tasks = list[asyncio.Task[None]]()

    async def start(self, bot: int = BOT) -> None:
        """Open the port as the program does first of all, check it, join and run."""
        try:
            await self.socket.open()
        except PortUnavailable:
            await self.port.check()
        neighbour = self.neighbour
        neighbour.shards.take(await self.port.join(bot, self._recommended))
        self.tasks = [
            asyncio.create_task(neighbour.cluster.run(neighbour.shards)),
            asyncio.create_task(self.port.run(neighbour.shards)),
        ]
        await asyncio.sleep(A_MOMENT)

    async def ready(self) -> None:
        """Have its only shard begin a session."""
        self.neighbour.shards.ready(0)
        await asyncio.sleep(A_MOMENT)

    async def finish(self) -> None:
        """Take nothing new from now on, as after SIGTERM."""
        await self.neighbour.cluster.finish(1)
        await self.neighbour.shards.leave(0)

    async def stop(self) -> None:
        """Stop running; its port is closed and its row removed, in this order."""
        await self.halt()
        await self.port.close()
        await self.neighbour.cluster.__aexit__()

    async def kill(self) -> None:
        """End without a word; the system closes the port."""
        await self.halt()
        await self.socket.close()
        self.there.database.ended.add(self.neighbour.cluster.own.id)

    async def halt(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @staticmethod
    async def _recommended() -> int:
        return 1


class Scene:
    """Processes on one database; those of one machine share its port."""

    def __init__(self) -> None:
        self.there = Neighbourhood()
        self.machine = Machine()
        self.all: list[Shown] = []

    def process(self, machine: Machine | None = None, share: ShardShare = ShardShare()) -> Shown:  # noqa: B008
        self.all.append(Shown(self.there, machine or self.machine, share))
        return self.all[-1]

    async def running(self, machine: Machine | None = None) -> Shown:
        """Return a process that has its shard."""
        process = self.process(machine)
        await process.start()
        await process.ready()
        return process


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Give a machine on which nothing runs yet."""
    scene = Scene()
    yield scene
    for each in scene.all:
        await each.halt()


async def refused(process: Shown, bot: int = BOT) -> None:
    """Start a process that is to end for its port."""
    with pytest.raises(PortUnavailable, match=r"^PORT: another program uses 8080"):
        await process.start(bot)


async def test_the_port_goes_to_the_successor_once_it_has_all_shards(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.operations.cluster.port_handover")
    first, second = await scene.running(), scene.process()
    await second.start()
    await asyncio.sleep(60)
    assert first.socket.is_open, "the first is the one that serves"
    await second.ready()
    await asyncio.sleep(SOON)
    assert second.socket.is_open
    assert [record.levelname for record in caplog.records if "port_handover" in record.name] == ["INFO", "INFO"]


async def test_nobody_answers_for_a_second_at_most(scene: Scene) -> None:
    first, second = await scene.running(), await scene.running()
    while first.socket.is_open:
        await asyncio.sleep(A_MOMENT)
    await asyncio.sleep(TRY_SECONDS)
    assert second.socket.is_open


async def test_a_process_that_finishes_gives_it_to_one_that_starts_then(scene: Scene) -> None:
    first = await scene.running()
    await first.finish()
    await asyncio.sleep(60)
    assert first.socket.is_open, "there is nobody else to see"
    second = scene.process()
    await second.start()
    await asyncio.sleep(SOON)
    assert second.socket.is_open


async def test_it_goes_on_from_each_to_the_next(scene: Scene) -> None:
    before = await scene.running()
    for _ in range(3):
        after = await scene.running()
        await asyncio.sleep(SOON)
        assert after.socket.is_open
        await before.stop()
        before = after


async def test_the_port_of_one_that_ends_or_is_killed_is_taken_within_a_second(scene: Scene) -> None:
    for end in (Shown.stop, Shown.kill):
        first, second = await scene.running(), scene.process()
        await second.start()
        await end(first)
        await asyncio.sleep(TRY_SECONDS + A_MOMENT)
        assert second.socket.is_open
        await second.stop()


async def test_on_ports_of_their_own_each_keeps_its_own_to_the_end(scene: Scene) -> None:
    first, second = await scene.running(), await scene.running(Machine())
    await asyncio.sleep(60)
    assert first.neighbour.shards.held == []
    assert first.socket.is_open
    assert second.socket.is_open


async def test_another_programs_port_ends_a_start_before_discord_is_asked(scene: Scene) -> None:
    scene.machine.holder = "another program"
    process = scene.process()
    process.port.join = cast("Any", None)  # type: ignore[method-assign]  # it is not even called
    await refused(process)


async def test_a_process_that_was_killed_does_not_count(scene: Scene) -> None:
    await (await scene.running()).kill()
    scene.machine.holder = "another program"
    await refused(scene.process())


async def test_a_process_of_another_cluster_does_not_count(scene: Scene) -> None:
    first = scene.process(share=ShardShare(0, 2))
    await first.start()
    await refused(scene.process(share=ShardShare(1, 2)))
    assert first.socket.is_open


async def test_a_process_of_another_bot_does_not_count_as_soon_as_that_is_known(scene: Scene) -> None:
    first = await scene.running()
    await refused(scene.process(), BOT + 1)
    assert first.socket.is_open


async def test_a_port_that_is_free_by_now_is_taken(scene: Scene) -> None:
    process = scene.process()
    await process.port.check()
    assert process.socket.is_open


async def test_a_database_that_is_away_ends_no_start(scene: Scene) -> None:
    first, second = await scene.running(), scene.process()
    scene.there.database.is_away = True
    await second.start()
    scene.there.database.is_away = False
    await asyncio.sleep(LOOK_SECONDS + A_MOMENT)
    await second.ready()
    await asyncio.sleep(SOON)
    assert second.socket.is_open
    assert not first.socket.is_open


async def test_a_port_that_was_another_programs_after_all_is_told_once_and_still_taken(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = await scene.running(Machine())
    scene.machine.holder = "another program"
    second = await scene.running()
    await elsewhere.stop()
    await asyncio.sleep(60)
    (warning,) = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warning.startswith("PORT: another program uses 8080 on 127.0.0.1")
    scene.machine.holder = None
    await asyncio.sleep(SOON)
    assert second.socket.is_open
