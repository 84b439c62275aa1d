"""What the edit scheduler does besides streaming: placeholders, edits of posted messages, deletions, and their cost."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.domain.controls import Controls
from bot.streaming.canvas import CanvasError, Frame, MessageNotFound, PostedMessage, Unavailable, WriteForbidden
from bot.streaming.live_answer import LiveAnswer
from tests.fakes.canvas import FakeCanvas, RunningScheduler, running_scheduler
from tests.fakes.providers_and_stores import make_page
from tests.virtual_time import virtual_loop

RUNNING = Controls("an-id", "running")
PAGES = [make_page(word) for word in ("one", "two", "three", "four", "five", "six")]


async def written(running: RunningScheduler, canvas: FakeCanvas, *pages: str) -> Sequence[int]:
    """Show an answer of these pages, and return its messages."""
    live = running.scheduler.open(canvas)
    for page in pages:
        live.push(page)
    await live.finish()
    return live.messages


def now() -> float:
    """Return the time."""
    return virtual_loop().time()


class TestPlaceholder:
    """A text that is shown until there is something else."""

    async def test_it_gives_way_to_the_first_text(self) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.canvas()
            shown = await written(running, canvas, PAGES[0])
            live = running.scheduler.open(canvas, shown=shown)
            live.set_controls(RUNNING)
            live.show_placeholder("-# Asking…")
            await asyncio.sleep(2)
            assert canvas.frames == [Frame("-# Asking…", controls=RUNNING)]
            live.push("Text")
            await asyncio.sleep(2)
            assert canvas.frames == [Frame("Text ▌", controls=RUNNING)]
            live.set_controls(None)
            await live.finish()
            assert canvas.frames == [Frame("Text")]

    async def test_white_space_does_not_replace_it(self) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.canvas()
            live = running.scheduler.open(canvas, shown=await written(running, canvas, *PAGES[:3]))
            live.show_placeholder("-# Asking…")
            live.push(" \n")
            await asyncio.sleep(5)
            assert len(canvas.texts) == 3
            live.push("Text")
            await asyncio.sleep(5)
            assert canvas.texts == ["Text ▌"]
            await live.finish()

    @pytest.mark.parametrize("tenths", range(0, 50, 7))
    @pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
    async def test_one_that_waits_for_a_slot_does_not_delay_the_first_text(self, tenths: int, sliding: bool) -> None:
        alone = await self.first_text(tenths, sliding=sliding, placeholder="")
        assert await self.first_text(tenths, sliding=sliding, placeholder="-# Asking…") < alone + 0.5

    async def first_text(self, tenths: int, *, sliding: bool, placeholder: str) -> float:
        """Return how long the first text takes beside another answer, `tenths` of a second after the placeholder.

        The placeholder itself takes one of the channel's edits, which may delay the next one a little.
        """
        async with running_scheduler(sliding=sliding) as running:
            canvas, other = running.discord.canvas(), running.scheduler.open(running.discord.canvas())
            shown = await written(running, canvas, "Old.")
            for number in range(100):
                other.push(f"{number} ")
                await asyncio.sleep(0.1)
            live = running.scheduler.open(canvas, shown=shown)
            if placeholder:
                live.show_placeholder(placeholder)
            await asyncio.sleep(tenths / 10)
            start = now()
            live.push("Text")
            await asyncio.sleep(6)
            await asyncio.gather(live.finish(), other.finish())
            return next(call.at for call in canvas.calls if call.frame.text.startswith("Text")) - start


class TestRemoving:
    """An answer that is removed, in any state."""

    @pytest.mark.parametrize("seconds", [0.0, 0.01, 0.07, 0.3, 0.65, 0.72, 3.0, 7.0])
    async def test_at_any_moment_of_its_growth(self, seconds: float) -> None:
        async with running_scheduler() as running:
            canvas, noted = running.discord.canvas(), list[Sequence[int]]()
            live = running.scheduler.open(canvas, on_messages=noted.append)
            growing = asyncio.create_task(grow(live))
            await asyncio.sleep(seconds)
            async with asyncio.timeout(12):
                await live.remove()
            assert canvas.texts == []
            assert live.messages == []
            assert noted == [] or noted[-1] == []
            await growing
            await asyncio.sleep(20)
            assert canvas.texts == [], "text that is pushed later does not bring it back"
            assert len(canvas.typings) <= 1

    async def test_after_it_was_finished(self) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.canvas()
            live = running.scheduler.open(canvas)
            for page in PAGES:
                live.push(page)
            await live.finish()
            await live.remove()
            assert canvas.texts == []

    async def test_pages_go_from_the_last_to_the_first(self) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.canvas()
            shown = await written(running, canvas, *PAGES[:3])
            await running.scheduler.open_notice(canvas, shown=shown).remove()
            assert [call.message for call in canvas.calls if call.verb == "delete"] == [3, 2, 1]

    async def test_a_message_that_somebody_else_deleted_is_no_failure(self) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.canvas()
            shown = await written(running, canvas, *PAGES[:3])
            del canvas.messages[shown[1]]
            await running.scheduler.open_notice(canvas, shown=shown).remove()
            assert canvas.texts == []

    @pytest.mark.parametrize("fault", [WriteForbidden(), Unavailable()], ids=["denied", "unavailable"])
    async def test_a_message_that_cannot_be_deleted_raises(self, fault: CanvasError) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.canvas()
            shown = await written(running, canvas, "Text")
            canvas.faults = [fault] * 20
            with pytest.raises(type(fault)):
                await running.scheduler.open_notice(canvas, shown=shown).remove()
            await running.scheduler.open_notice(canvas, shown=shown).remove_quietly()
            assert canvas.texts == ["Text"]

    async def test_one_that_is_lost_already_does_not_hang(self) -> None:
        async with running_scheduler() as running:
            live = running.scheduler.open(running.discord.canvas(1, WriteForbidden()))
            live.push("Text")
            await asyncio.sleep(1)
            with pytest.raises(WriteForbidden):
                await live.remove()

    async def test_closing_meanwhile_does_not_hang(self) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.canvas()
            shown = await written(running, canvas, *PAGES)
            removing = asyncio.create_task(running.scheduler.open_notice(canvas, shown=shown).remove())
            await asyncio.sleep(0.12)
        with pytest.raises(Unavailable):
            await removing


async def grow(live: LiveAnswer) -> None:
    """Push pages for some seconds."""
    for page in PAGES[:4]:
        for word in page.split():
            live.push(f"{word} ")
        live.push("\n\n")
        await asyncio.sleep(1.5)


class TestPostedMessages:
    """Messages that were posted before."""

    async def test_only_changed_ones_are_edited(self) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.reopened({1: Frame("same"), 2: Frame("other ▌"), 3: Frame("too much")})
            posted = [PostedMessage(number, frame.text) for number, frame in canvas.messages.items()]
            live = running.scheduler.open_notice(canvas, shown=posted)
            await live.finish_as(["same", "other"], ["-# The end."])
            assert canvas.texts == ["same", "other\n-# The end."]
            assert [(call.verb, call.message) for call in canvas.calls] == [("edit", 2), ("delete", 3)]

    async def test_deleted_ones_are_posted_again_unless_they_were_edited_just_now(self) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.canvas()
            shown = await written(running, canvas, *PAGES[:3])
            canvas.messages.clear()
            live = running.scheduler.open(canvas, shown=shown)
            live.push("Text")
            await asyncio.sleep(6)
            assert canvas.texts == ["Text ▌"]
            canvas.messages.clear()
            with pytest.raises(MessageNotFound):
                await live.finish()

    async def test_replaced_pieces_are_not_shown(self) -> None:
        async with running_scheduler() as running:
            live = running.scheduler.open(canvas := running.discord.canvas(), progressive=False)
            live.push("Not this.")
            live.replace(["This."])
            await live.finish(["-# A notice."])
            assert canvas.texts == ["This.\n-# A notice."]
            assert live.stats.first_seen_at is None, "the text is not new"

    async def test_an_edit_of_a_finished_answer_shows_no_typing(self) -> None:
        async with running_scheduler() as running:
            canvas = running.discord.canvas()
            shown = await written(running, canvas, *PAGES[:2])
            typings = len(canvas.typings)
            live = running.scheduler.open_edit(canvas, shown=shown)
            live.replace(["This."])
            await asyncio.sleep(30)
            await live.finish()
            assert (canvas.texts, len(canvas.typings)) == (["This."], typings)


async def test_many_deletions_delay_neither_first_texts_nor_final_edits() -> None:
    async with running_scheduler() as running:
        canvases = [running.discord.canvas() for _ in range(8)]
        pages = [await written(running, canvas, *PAGES[:4]) for canvas in canvases]
        removing = [
            asyncio.create_task(running.scheduler.open_notice(canvas, shown=shown).remove())
            for canvas, shown in zip(canvases, pages, strict=True)
        ]
        await asyncio.sleep(6)
        for _ in range(3):
            canvas, start = running.discord.canvas(), now()
            live = running.scheduler.open(canvas)
            live.push("First ")
            await asyncio.sleep(3)
            assert canvas.calls[0].at == start
            live.push("and last.")
            ended = now()
            await live.finish()
            assert now() - ended < 0.2
        await asyncio.gather(*removing)
        assert [canvas.texts for canvas in canvases] == [[]] * 8


async def test_a_surplus_page_is_deleted_although_other_answers_are_too() -> None:
    async with running_scheduler() as running:
        many = [running.discord.canvas() for _ in range(5)]
        pages = [await written(running, canvas, *PAGES[:5]) for canvas in many]
        shown = await written(running, canvas := running.discord.canvas(), *PAGES[:2])
        removing = [
            asyncio.create_task(running.scheduler.open_notice(each, shown=own).remove())
            for each, own in zip(many, pages, strict=True)
        ]
        await asyncio.sleep(3)
        live = running.scheduler.open_edit(canvas, shown=shown)
        live.replace(["This."])
        ended = now()
        await live.finish()
        assert now() - ended < 6
        await asyncio.gather(*removing)
