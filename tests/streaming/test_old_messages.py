"""Edits that Discord does not take since the messages are old (30046): what is new is posted below, and says so."""

import asyncio

import pytest

from bot.streaming.canvas import EditLimited, Frame
from bot.strings.notices import posted_below
from tests.fakes.canvas import FakeCanvas, RunningScheduler, running_scheduler
from tests.fakes.providers_and_stores import make_page
from tests.virtual_time import virtual_loop

OLD = {1: Frame("Old page."), 2: Frame("Old end.")}
PAGES = [make_page(word) for word in ("one", "two", "three")]


def old(running: RunningScheduler, *faults: EditLimited | None) -> FakeCanvas:
    """Return a canvas with an answer of two messages from long ago."""
    canvas = running.discord.reopened(OLD)
    canvas.faults = list(faults)
    return canvas


async def test_the_new_version_is_posted_below_at_once_and_the_old_one_left_alone() -> None:
    async with running_scheduler() as running:
        canvas, reports = old(running, EditLimited()), list[list[int]]()
        live = running.scheduler.open(canvas, shown=[1, 2], on_messages=lambda ids: reports.append(list(ids)))
        live.show_placeholder("-# Asking…")
        await asyncio.sleep(1)
        assert canvas.texts == ["Old page.", "Old end.", "-# Asking…"]
        live.push("New.")
        await live.finish()
        new = live.messages[0]
        assert canvas.texts == ["Old page.", "Old end.", f"New.\n{posted_below()}"]
        assert [call.verb for call in canvas.calls[:3]] == ["edit", "create", "edit"]
        assert all(call.first for call in canvas.calls)
        assert live.messages == [new, 1, 2]
        assert reports[-1] == [new, 1, 2]


async def test_what_was_posted_below_is_edited_from_then_on_and_deleted_with_what_was_left() -> None:
    async with running_scheduler() as running:
        canvas = old(running, EditLimited())
        live = running.scheduler.open_edit(canvas, shown=[1, 2])
        live.replace(["Two."])
        await live.finish()
        messages = live.messages
        again = running.scheduler.open_edit(canvas, shown=messages)
        again.replace(PAGES)
        await again.finish()
        assert canvas.texts[:2] == ["Old page.", "Old end."]
        assert len(canvas.texts) == 5
        assert again.messages == [*list(canvas.messages)[2:], 1, 2]
        await running.scheduler.open_notice(canvas, shown=again.messages).remove_quietly()
        assert canvas.texts == []


async def test_a_page_in_the_middle_that_cannot_be_edited_does_not_stay_between_the_new_ones() -> None:
    async with running_scheduler() as running:
        canvas = old(running, None, EditLimited())
        live = running.scheduler.open_edit(canvas, shown=[1, 2])
        live.replace(PAGES)
        await live.finish()
        assert list(canvas.messages) == [1, *live.messages[1:]]
        assert len(live.messages) == 3
        assert canvas.texts[-1].endswith(posted_below())
        assert "Old end." not in canvas.texts


async def test_a_message_that_grew_old_while_it_was_written_does_not_look_unfinished() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, None, EditLimited())
        live = running.scheduler.open(canvas)
        live.push("It begins")
        await asyncio.sleep(2)
        live.push(" and ends.")
        await live.finish()
        assert canvas.texts == [f"It begins and ends.\n{posted_below()}"]


async def test_a_notice_is_not_posted_again_but_ends_there() -> None:
    async with running_scheduler() as running:
        canvas = old(running, *[EditLimited()] * 9)
        started = virtual_loop().time()
        with pytest.raises(EditLimited):
            await running.scheduler.open_notice(canvas, shown=[1, 2]).finish_as(["Old page."], ["-# Interrupted."])
        assert virtual_loop().time() - started < 1
        assert canvas.texts == ["Old page.", "Old end."]


async def test_a_notice_that_misses_an_update_is_deleted_all_the_same() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, None, EditLimited())
        note = running.scheduler.open_notice(canvas)
        note.show_placeholder("-# You're in line: 2 questions ahead of yours.")
        await asyncio.sleep(10)
        note.show_placeholder("-# You're in line: 1 question ahead of yours.")
        await asyncio.sleep(20)
        assert [call.verb for call in canvas.calls] == ["create", "edit"]
        await note.remove_quietly()
        assert canvas.texts == []
