"""The watch for answers of processes that ended: each is repaired once, in time, however long something is away."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.answering.crash_recovery import CrashRecovery
from bot.domain.answer import Answer
from bot.domain.controls import Controls
from bot.domain.errors import DatabaseUnavailable
from bot.domain.leases import Lease
from bot.operations.recovery_watch import LOOK_SECONDS, RecoveryWatch
from bot.streaming.canvas import Frame, SavedCanvas, Unavailable
from bot.streaming.renderer import CURSOR
from bot.strings.notices import cut_off
from tests.fakes.harness import Harness, running_harness
from tests.fakes.interrupted_answer import InterruptedAnswer
from tests.virtual_time import virtual_loop

BEGUN = cut_off(begun=True)
OTHER = "other process"


@dataclass
class FakeLease(Lease):
    """A lease that knows which processes have ended."""

    ended: set[str] = field(default_factory=set)
    asked: list[Collection[str]] = field(default_factory=list)
    is_proxied: bool = False

    async def find_ended(self, owners: Collection[str]) -> Collection[str]:
        """Return those that ended."""
        if owners:  # else it costs nothing, as the port says
            self.asked.append(owners)
        return self.ended & {*owners}


@asynccontextmanager
async def watching(harness: Harness, lease: Lease, *left: InterruptedAnswer) -> AsyncIterator[None]:
    """Watch during this block."""
    store, canvases = harness.answer_store, {each.id: each.canvas for each in left}
    watch = RecoveryWatch(store, lease, harness.crash_recovery(), store.owner, harness.service.active_runs)
    task = asyncio.create_task(watch.watch(lambda answer: canvases[answer.id]))
    yield
    assert not task.done()
    task.cancel()
    await asyncio.wait({task})


async def leave(harness: Harness, owner: str = OTHER, name: str = "an-id", channel: int = 1) -> InterruptedAnswer:
    """Have another process be in the middle of an answer."""
    left = InterruptedAnswer(harness, name, channel)
    harness.answer_store.owner, own = owner, harness.answer_store.owner
    await left.begin()
    harness.answer_store.owner = own
    left.show({channel: Frame(f"Half{CURSOR}", controls=Controls(name, "running"))})
    return left


async def test_what_a_living_process_is_at_is_left_alone_until_it_ends() -> None:
    async with running_harness() as harness:
        left, lease = await leave(harness), FakeLease()
        async with watching(harness, lease, left):
            await asyncio.sleep(3600)
            assert left.canvas.texts == [f"Half{CURSOR}"]
            lease.ended.add(OTHER)
            await asyncio.sleep(LOOK_SECONDS + 3)
            assert left.canvas.texts == [f"Half\n{BEGUN}"]
            calls = len(left.canvas.calls)
            await asyncio.sleep(60)
            assert len(left.canvas.calls) == calls
        assert harness.answer_store.unfinished() == []


async def test_a_look_costs_one_question_and_nothing_if_no_other_process_is_at_anything() -> None:
    async with running_harness([600.0]) as harness:
        lease = FakeLease()
        harness.ask()
        await asyncio.sleep(10)  # until something is shown, and that is recorded
        harness.answer_store.log.clear()
        async with watching(harness, lease):
            await asyncio.sleep(10 * LOOK_SECONDS - 1)
        assert harness.answer_store.log == ["unfinished"] * 10
        assert lease.asked == []


async def test_nobodys_answers_are_taken_at_the_start_only() -> None:
    async with running_harness() as harness:
        first, lease = await leave(harness, owner=""), FakeLease({""})
        second = InterruptedAnswer(harness, "later", 2)
        async with watching(harness, lease, first, second):
            await asyncio.sleep(5)
            assert first.canvas.texts == [f"Half\n{BEGUN}"]
            second = await leave(harness, "", "later", 2)
            await asyncio.sleep(60)
            assert second.canvas.texts == [f"Half{CURSOR}"]


async def test_a_database_that_is_away_at_the_start_is_looked_at_later() -> None:
    async with running_harness() as harness:
        left, lease = await leave(harness, owner=""), FakeLease()
        harness.conversations.down = True
        async with watching(harness, lease, left):
            await asyncio.sleep(35)
            harness.conversations.down = False
            await asyncio.sleep(LOOK_SECONDS + 3)
            assert left.canvas.texts == [f"Half\n{BEGUN}"]


async def test_what_cannot_be_repaired_is_tried_again_and_keeps_no_other_from_being_seen(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    async with running_harness() as harness:
        stuck, lease = await leave(harness), FakeLease({OTHER, "third"})
        stuck.canvas.behaviour.posted_messages_fault = Unavailable()
        second = await leave(harness, "third", "another", 2)
        harness.answer_store.runs["another"][0].owner = "not yet"
        async with watching(harness, lease, stuck, second):
            await asyncio.sleep(600)
            harness.answer_store.runs["another"][0].owner = "third"
            await asyncio.sleep(LOOK_SECONDS + 3)
            assert second.canvas.texts == [f"Half\n{BEGUN}"]
            lines = sum("are dealt with" in record.message for record in caplog.records)
            assert lines < 20, "no more than one a minute, after the first few"
            stuck.canvas.behaviour.posted_messages_fault = None
            started = virtual_loop().time()
            while stuck.canvas.texts != [f"Half\n{BEGUN}"]:
                await asyncio.sleep(1)
            assert virtual_loop().time() - started < 65


async def test_what_was_taken_over_is_repaired_once_even_if_the_databases_reply_was_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_harness([600.0]) as harness:
        left, lease = await leave(harness), FakeLease({OTHER})
        stuck = await leave(harness, name="another", channel=2)
        stuck.canvas.behaviour.posted_messages_fault = Unavailable()
        later = InterruptedAnswer(harness, "later", 4)
        asking = harness.ask(channel=3)
        await asyncio.sleep(10)
        shown = list(asking.canvas.texts)
        take_over, repair = harness.answer_store.take_over, CrashRecovery.repair
        losses, repairs = [True, True, False, True], list[tuple[str, object]]()

        async def take_over_unheard(owners: Collection[str]) -> Sequence[Answer]:
            found = await take_over(owners)
            if losses and losses.pop(0):
                raise DatabaseUnavailable
            return found

        async def note(
            recovery: CrashRecovery, found: Sequence[Answer], open_canvas: Callable[[Answer], SavedCanvas]
        ) -> Sequence[Answer]:
            repairs.extend((answer.id, asyncio.current_task()) for answer in found)
            return await repair(recovery, found, open_canvas)

        monkeypatch.setattr(harness.answer_store, "take_over", take_over_unheard)
        monkeypatch.setattr(CrashRecovery, "repair", note)
        async with watching(harness, lease, left, stuck, later):
            await asyncio.sleep(2 * LOOK_SECONDS + 3)
            assert left.canvas.texts == [f"Half\n{BEGUN}"]
            later = await leave(harness, name="later", channel=4)
            await asyncio.sleep(2 * LOOK_SECONDS + 3)
            assert not losses
        assert {name for name, _ in repairs} == {"an-id", "another", "later"}
        assert len({*repairs}) == 3, "one repair for each answer"
        assert asking.canvas.texts == shown


async def test_a_mistake_in_a_look_does_not_end_the_watch(caplog: pytest.LogCaptureFixture) -> None:
    async with running_harness() as harness:
        left, lease = await leave(harness), FakeLease({OTHER})
        harness.answer_store.faults = {"take over": ZeroDivisionError()}
        async with watching(harness, lease, left):
            await asyncio.sleep(5)
            harness.answer_store.faults = {}
            await asyncio.sleep(LOOK_SECONDS + 3)
            assert left.canvas.texts == [f"Half\n{BEGUN}"]
    assert "looking for answers that were cut off failed" in caplog.text
