"""What the painter does besides writing an answer: announce, write over, take away; and what that costs the others."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.domain.controls import Controls
from bot.streaming.canvas import CanvasError, Frame, MessageNotFound, PostedMessage, Unavailable, WriteForbidden
from bot.streaming.live_answer import LiveAnswer
from tests.fakes.canvas import Sheet, Studio, a_studio
from tests.fakes.providers_and_stores import a_page
from tests.virtual_time import virtual_loop

RUNNING = Controls("an-id", "running")
PAGES = [a_page(word) for word in ("one", "two", "three", "four", "five", "six")]


async def written(studio: Studio, sheet: Sheet, *pages: str) -> Sequence[int]:
    """Write an answer of so many pages, and return its messages."""
    live = studio.scheduler.open(sheet)
    for page in pages:
        live.push(page)
    await live.finish()
    return live.messages


def now() -> float:
    """Return the time."""
    return virtual_loop().time()


class TestAnnouncing:
    """A line that stands until there is something else."""

    async def test_it_gives_way_to_the_first_text(self) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.canvas()
            shown = await written(studio, sheet, PAGES[0])
            live = studio.scheduler.open(sheet, shown=shown)
            live.set_controls(RUNNING)
            live.show_placeholder("-# Asking…")
            await asyncio.sleep(2)
            assert sheet.frames == [Frame("-# Asking…", controls=RUNNING)]
            live.push("Text")
            await asyncio.sleep(2)
            assert sheet.frames == [Frame("Text ▌", controls=RUNNING)]
            live.set_controls(None)
            await live.finish()
            assert sheet.frames == [Frame("Text")]

    async def test_white_space_is_nothing_else(self) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.canvas()
            live = studio.scheduler.open(sheet, shown=await written(studio, sheet, *PAGES[:3]))
            live.show_placeholder("-# Asking…")
            live.push(" \n")
            await asyncio.sleep(5)
            assert len(sheet.texts) == 3
            live.push("Text")
            await asyncio.sleep(5)
            assert sheet.texts == ["Text ▌"]
            await live.finish()

    @pytest.mark.parametrize("tenths", range(0, 50, 7))
    @pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
    async def test_one_that_waits_for_room_does_not_keep_the_first_text_waiting(
        self, tenths: int, sliding: bool
    ) -> None:
        alone = await self.first_text(tenths, sliding=sliding, headline="")
        assert await self.first_text(tenths, sliding=sliding, headline="-# Asking…") < alone + 0.5

    async def first_text(self, tenths: int, *, sliding: bool, headline: str) -> float:
        """Return how long the first text takes beside another answer, so many tenths after the headline.

        The headline itself takes one of the channel's edits, which may put the next one off a little.
        """
        async with a_studio(sliding=sliding) as studio:
            sheet, other = studio.paper.canvas(), studio.scheduler.open(studio.paper.canvas())
            shown = await written(studio, sheet, "Old.")
            for number in range(100):
                other.push(f"{number} ")
                await asyncio.sleep(0.1)
            live = studio.scheduler.open(sheet, shown=shown)
            if headline:
                live.show_placeholder(headline)
            await asyncio.sleep(tenths / 10)
            began = now()
            live.push("Text")
            await asyncio.sleep(6)
            await asyncio.gather(live.finish(), other.finish())
            return next(call.at for call in sheet.calls if call.frame.text.startswith("Text")) - began


class TestTakingAway:
    """An answer that is removed, in any state."""

    @pytest.mark.parametrize("seconds", [0.0, 0.01, 0.07, 0.3, 0.65, 0.72, 3.0, 7.0])
    async def test_at_any_moment_of_its_growth(self, seconds: float) -> None:
        async with a_studio() as studio:
            sheet, noted = studio.paper.canvas(), list[Sequence[int]]()
            live = studio.scheduler.open(sheet, on_messages=noted.append)
            growing = asyncio.create_task(grow(live))
            await asyncio.sleep(seconds)
            async with asyncio.timeout(12):
                await live.remove()
            assert sheet.texts == []
            assert live.messages == []
            assert noted == [] or noted[-1] == []
            await growing
            await asyncio.sleep(20)
            assert sheet.texts == [], "what is pushed afterwards does not bring it back"
            assert len(sheet.typings) <= 1

    async def test_after_it_was_finished(self) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.canvas()
            live = studio.scheduler.open(sheet)
            for page in PAGES:
                live.push(page)
            await live.finish()
            await live.remove()
            assert sheet.texts == []

    async def test_pages_go_from_the_last_to_the_first(self) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.canvas()
            shown = await written(studio, sheet, *PAGES[:3])
            await studio.scheduler.open_notice(sheet, shown=shown).remove()
            assert [call.message for call in sheet.calls if call.verb == "delete"] == [3, 2, 1]

    async def test_what_somebody_else_took_away_is_no_fault(self) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.canvas()
            shown = await written(studio, sheet, *PAGES[:3])
            del sheet.messages[shown[1]]
            await studio.scheduler.open_notice(sheet, shown=shown).remove()
            assert sheet.texts == []

    @pytest.mark.parametrize("fault", [WriteForbidden(), Unavailable()], ids=["denied", "unavailable"])
    async def test_what_discord_does_not_let_go_is_told(self, fault: CanvasError) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.canvas()
            shown = await written(studio, sheet, "Text")
            sheet.faults = [fault] * 20
            with pytest.raises(type(fault)):
                await studio.scheduler.open_notice(sheet, shown=shown).remove()
            await studio.scheduler.open_notice(sheet, shown=shown).remove_quietly()
            assert sheet.texts == ["Text"]

    async def test_one_that_is_lost_already_keeps_nobody_waiting(self) -> None:
        async with a_studio() as studio:
            live = studio.scheduler.open(studio.paper.canvas(1, WriteForbidden()))
            live.push("Text")
            await asyncio.sleep(1)
            with pytest.raises(WriteForbidden):
                await live.remove()

    async def test_leaving_meanwhile_keeps_nobody_waiting(self) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.canvas()
            shown = await written(studio, sheet, *PAGES)
            removing = asyncio.create_task(studio.scheduler.open_notice(sheet, shown=shown).remove())
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


class TestWritingOver:
    """What stands there from before, and what becomes of it."""

    async def test_only_what_differs_is_written(self) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.left({1: Frame("same"), 2: Frame("other ▌"), 3: Frame("too much")})
            live = studio.scheduler.open_notice(sheet)
            live.adopt([PostedMessage(number, frame.text) for number, frame in sheet.messages.items()])
            await live.finish_as(["same", "other"], ["-# The end."])
            assert sheet.texts == ["same", "other\n-# The end."]
            assert [(call.verb, call.message) for call in sheet.calls] == [("edit", 2), ("delete", 3)]

    async def test_messages_that_are_gone_are_written_anew_unless_they_were_written_just_now(self) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.canvas()
            shown = await written(studio, sheet, *PAGES[:3])
            sheet.messages.clear()
            live = studio.scheduler.open(sheet, shown=shown)
            live.push("Text")
            await asyncio.sleep(6)
            assert sheet.texts == ["Text ▌"]
            sheet.messages.clear()
            with pytest.raises(MessageNotFound):
                await live.finish()

    async def test_pieces_that_are_replaced_leave_nothing_behind(self) -> None:
        async with a_studio() as studio:
            live = studio.scheduler.open(sheet := studio.paper.canvas(), progressive=False)
            live.push("Not this.")
            live.replace(["This."])
            await live.finish(["-# A notice."])
            assert sheet.texts == ["This.\n-# A notice."]
            assert live.stats.first_seen_at is None, "it was known before"

    async def test_nobody_types_where_something_is_only_revised(self) -> None:
        async with a_studio() as studio:
            sheet = studio.paper.canvas()
            shown = await written(studio, sheet, *PAGES[:2])
            typings = len(sheet.typings)
            live = studio.scheduler.open_edit(sheet, shown=shown)
            live.replace(["This."])
            await asyncio.sleep(30)
            await live.finish()
            assert (sheet.texts, len(sheet.typings)) == (["This."], typings)


async def test_taking_away_a_great_deal_holds_up_neither_first_texts_nor_last_edits() -> None:
    async with a_studio() as studio:
        sheets = [studio.paper.canvas() for _ in range(8)]
        pages = [await written(studio, sheet, *PAGES[:4]) for sheet in sheets]
        removing = [
            asyncio.create_task(studio.scheduler.open_notice(sheet, shown=shown).remove())
            for sheet, shown in zip(sheets, pages, strict=True)
        ]
        await asyncio.sleep(6)
        for _ in range(3):
            sheet, began = studio.paper.canvas(), now()
            live = studio.scheduler.open(sheet)
            live.push("First ")
            await asyncio.sleep(3)
            assert sheet.calls[0].at == began
            live.push("and last.")
            ended = now()
            await live.finish()
            assert now() - ended < 0.2
        await asyncio.gather(*removing)
        assert [sheet.texts for sheet in sheets] == [[]] * 8


async def test_a_page_too_many_goes_though_others_are_taken_away_as_well() -> None:
    async with a_studio() as studio:
        many = [studio.paper.canvas() for _ in range(5)]
        pages = [await written(studio, sheet, *PAGES[:5]) for sheet in many]
        shown = await written(studio, sheet := studio.paper.canvas(), *PAGES[:2])
        removing = [
            asyncio.create_task(studio.scheduler.open_notice(each, shown=own).remove())
            for each, own in zip(many, pages, strict=True)
        ]
        await asyncio.sleep(3)
        live = studio.scheduler.open_edit(sheet, shown=shown)
        live.replace(["This."])
        ended = now()
        await live.finish()
        assert now() - ended < 6
        await asyncio.gather(*removing)
