"""What Discord did not take is tried again: after growing pauses, sooner on a hint, never before Discord lets it."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from bot.discord.startup_task import StartupTask
from tests.virtual_time import run_virtual, virtual_loop


class Thing:
    """Something to try; `asked` is what each try ends in, and None from then on."""

    def __init__(self, *asked: float) -> None:
        self.attempts: list[float] = []
        self._asked = list(asked)

    async def attempt(self) -> float | None:
        self.attempts.append(virtual_loop().time())
        return self._asked.pop(0) if self._asked else None

    def check_pauses(self, *shortest: float) -> None:
        """Hold how long the pauses were; each may be a fifth longer."""
        pauses = [later - earlier for earlier, later in pairwise(self.attempts)]
        assert len(pauses) == len(shortest)
        for pause, least in zip(pauses, shortest, strict=True):
            assert least <= round(pause, 3) <= least * 1.2


def trying(thing: Thing, meanwhile: Callable[[StartupTask], None] | None = None, after: float = 1.0) -> None:
    """Try a thing for a day; `meanwhile` is done `after` seconds."""

    async def main() -> None:
        loop = StartupTask(thing.attempt)
        loop.begin()
        await asyncio.sleep(after)
        if meanwhile is not None:
            meanwhile(loop)
        await asyncio.sleep(86_400)
        await loop.close()

    run_virtual(main())


def test_what_is_done_is_not_tried_again() -> None:
    thing = Thing()
    trying(thing, StartupTask.hurry)
    assert len(thing.attempts) == 1


def test_pauses_grow_up_to_a_quarter_of_an_hour() -> None:
    thing = Thing(*[0.0] * 9)
    trying(thing)
    thing.check_pauses(15, 30, 60, 120, 240, 480, 750, 750, 750)


def test_nothing_is_tried_before_discord_lets_it() -> None:
    thing = Thing(3600.0, 0.5, 0.0)
    trying(thing, StartupTask.hurry)
    thing.check_pauses(3600, 15, 30)


@pytest.mark.parametrize("hint", [StartupTask.hurry, StartupTask.begin])
def test_a_hint_ends_a_pause(hint: Callable[[StartupTask], None]) -> None:
    thing = Thing(0.0, 0.0)
    trying(thing, hint, after=5.0)
    thing.check_pauses(5, 30)


def test_nothing_is_tried_while_discord_is_out_of_reach_and_at_once_when_it_is_back() -> None:
    thing = Thing(0.0, 0.0)
    connected = False

    async def main() -> None:
        nonlocal connected
        task = StartupTask(thing.attempt, lambda: connected)
        task.begin()
        for _ in range(24):
            await asyncio.sleep(3600)
            task.hurry()  # a connection that came and went
        connected = True
        task.hurry()
        await asyncio.sleep(3600)
        await task.close()

    run_virtual(main())
    thing.check_pauses(86_400, 15)


def test_what_is_done_can_be_begun_again() -> None:
    thing = Thing()
    trying(thing, StartupTask.begin)
    assert len(thing.attempts) == 2


def test_the_first_try_is_waited_for_but_not_for_long() -> None:
    async def main() -> tuple[float, float]:
        begun, hangs = virtual_loop().time(), asyncio.Event()

        async def hang() -> None:
            await hangs.wait()

        slow, quick = StartupTask(hang), StartupTask(Thing(0.0).attempt)
        slow.begin()
        await slow.tried(3.0)
        waited = virtual_loop().time() - begun
        quick.begin()
        await quick.tried(3.0)
        await slow.close()
        await quick.close()
        return waited, virtual_loop().time() - begun - waited

    assert run_virtual(main()) == (3.0, 0.0)
