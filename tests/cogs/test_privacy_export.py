"""Exports: few people are handed files at once, and the others do not wait for ever."""

import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.discord.interactions import Refused
from bot.domain.cluster.signals import NO_SIGNALS
from cogs.privacy import EXPORT_SECONDS, Privacy
from tests.fakes.interactions import FakeInteraction
from tests.virtual_time import run_virtual


class Files:
    """Files that are ready once `open` is set."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.asked: list[int] = []

    async def export(self, person: int) -> AsyncGenerator[bytes]:
        """Return the person's files."""
        self.asked.append(person)
        return self._files()

    async def _files(self) -> AsyncGenerator[bytes]:
        await self.open.wait()
        yield b"{}"


async def crowd() -> None:
    """Have three people ask for their data while Discord takes the files of two slowly."""
    files = Files()
    cog = Privacy(cast("Any", SimpleNamespace()), cast("Any", files), NO_SIGNALS)
    export = cast("Any", Privacy.export).callback
    callers = [cast("Any", FakeInteraction(user=person)) for person in range(4)]
    slow = [asyncio.create_task(export(cog, caller)) for caller in callers[:2]]
    await asyncio.sleep(0)
    begun = asyncio.get_running_loop().time()
    with pytest.raises(Refused, match="try again in a minute"):
        await export(cog, callers[2])
    assert asyncio.get_running_loop().time() - begun == 20
    assert callers[2].deferred_privately
    assert files.asked == [0, 1]
    files.open.set()
    await asyncio.gather(*slow)
    await export(cog, callers[3])
    assert files.asked == [0, 1, 3]
    assert [len(caller.private) for caller in callers] == [1, 1, 0, 1]


def test_who_waits_too_long_is_asked_to_try_again() -> None:
    run_virtual(crowd())


async def hanging() -> None:
    """Have Discord never take the files of one person, who asks for them again meanwhile."""
    files = Files()
    cog = Privacy(cast("Any", SimpleNamespace()), cast("Any", files), NO_SIGNALS)
    export = cast("Any", Privacy.export).callback
    begun = asyncio.get_running_loop().time()
    hung = asyncio.create_task(export(cog, FakeInteraction(user=1)))
    await asyncio.sleep(0)
    with pytest.raises(Refused, match="already preparing your files"):
        await export(cog, FakeInteraction(user=1))
    with pytest.raises(Refused, match="took too long"):
        await hung
    assert asyncio.get_running_loop().time() - begun == pytest.approx(EXPORT_SECONDS, abs=1)
    files.open.set()
    again = FakeInteraction(user=1)
    await export(cog, again)
    assert len(again.private) == 1


def test_nobody_keeps_others_waiting_for_ever_or_gets_two_slots() -> None:
    run_virtual(hanging())
