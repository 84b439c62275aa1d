"""The edit scheduler when Discord fails: what was shown stays, no text is lost, and other answers are not affected."""

import asyncio
import logging
from itertools import pairwise

import pytest

from bot.domain.content import Button, Buttons, Image
from bot.streaming.canvas import (
    BadRequest,
    BucketKey,
    CanvasError,
    Frame,
    MessageNotFound,
    Refused,
    Unavailable,
    Verb,
    WriteForbidden,
)
from bot.strings.notices import file_refused, without_extras
from tests.fakes.canvas import FakeCanvas, running_scheduler
from tests.virtual_time import virtual_loop

PICTURE = Image("https://example.com/cat.png")
CHOICES = Buttons("Choose:", (Button("Yes", "say", "yes", token="t"),))


async def test_nothing_is_lost_while_discord_is_unavailable_for_a_while() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, Unavailable(), Unavailable(), None, Unavailable())
        live = running.scheduler.open(canvas)
        for number in range(40):
            live.push(f"{number} ")
            await asyncio.sleep(0.25)
        await live.finish()
    assert canvas.texts == [" ".join(map(str, range(40)))]


async def test_the_number_of_tries_is_limited_and_then_the_answer_is_lost() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, *[Unavailable() for _ in range(100)])
        live = running.scheduler.open(canvas)
        live.push("Text")
        started = virtual_loop().time()
        with pytest.raises(Unavailable):
            await live.finish()
        assert virtual_loop().time() - started == pytest.approx(30, abs=2)
        live.push("more")
        await asyncio.sleep(60)
    assert len(canvas.calls) == 6
    assert [round(later.at - earlier.at) for earlier, later in pairwise(canvas.calls)] == [1, 2, 4, 8, 15]


async def test_a_success_in_between_resets_the_count() -> None:
    failures = [Unavailable() for _ in range(4)]
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, *failures, None, *failures, None, *failures)
        live = running.scheduler.open(canvas)
        for text in ("One", " two"):
            live.push(text)
            await asyncio.sleep(20)
        await live.finish()
    assert canvas.texts == ["One two"]


@pytest.mark.parametrize(
    "fault", [WriteForbidden("50013"), MessageNotFound("10003"), BadRequest("50035")], ids=lambda fault: type(fault)
)
async def test_a_refusal_is_final(fault: WriteForbidden | MessageNotFound | BadRequest) -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, fault)
        live = running.scheduler.open(canvas)
        live.push("Text")
        await asyncio.sleep(1)
        assert live.lost is fault
        live.push(" and more")
        with pytest.raises(type(fault)):
            await live.finish()
    assert len(canvas.calls) == 1


async def test_an_answer_that_disappears_while_it_grows_ends_there() -> None:
    async with running_scheduler() as running:
        live = running.scheduler.open(canvas := running.discord.canvas())
        live.push("Text")
        await asyncio.sleep(2)
        canvas.messages.clear()
        live.push(" and more")
        await asyncio.sleep(2)
        with pytest.raises(MessageNotFound):
            await live.finish()


@pytest.mark.parametrize(("progressive", "faults"), [(True, [None, BadRequest()]), (False, [BadRequest()])])
async def test_refused_buttons_are_left_out_and_a_notice_says_so(
    progressive: bool, faults: list[CanvasError | None]
) -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, *faults)
        live = running.scheduler.open(canvas, progressive=progressive)
        live.push("Text.")
        live.push(CHOICES)
        await live.finish(["-# A notice."])
    assert canvas.texts == [f"Text.\n\nChoose:\n-# A notice.\n{without_extras()}"]
    assert canvas.frames[0].rich == ()


@pytest.mark.parametrize("fault", [WriteForbidden("50013"), BadRequest("50045"), Refused("413 0")])
async def test_a_refused_file_is_left_out_and_a_notice_says_so(fault: CanvasError) -> None:
    text = "\n\n".join(["words " * 300] * 3)
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, None, fault)
        canvas.max_messages = 1
        live = running.scheduler.open(canvas, progressive=False)
        live.push(text)
        await live.finish(["-# A notice."])
    assert canvas.texts[1:] == [f"{file_refused(len(text))}\n-# A notice."]
    assert canvas.frames[-1].file is None


async def test_a_refused_picture_with_nothing_else_leaves_the_notice() -> None:
    async with running_scheduler() as running:
        live = running.scheduler.open(canvas := running.discord.canvas(1, BadRequest()))
        live.push(PICTURE)
        await live.finish()
    assert canvas.texts == [without_extras()]


async def test_an_answer_that_is_refused_without_extras_too_is_lost() -> None:
    async with running_scheduler() as running:
        live = running.scheduler.open(
            canvas := running.discord.canvas(1, BadRequest(), BadRequest()), progressive=False
        )
        live.push("Text.")
        live.push(CHOICES)
        with pytest.raises(BadRequest):
            await live.finish()
    assert len(canvas.calls) == 2


async def test_refused_buttons_below_a_picture_leave_no_text_twice() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, None, None, None, BadRequest())
        live = running.scheduler.open(canvas)
        live.push(PICTURE)
        await asyncio.sleep(3)
        live.push("Text.")
        await asyncio.sleep(3)
        live.push(CHOICES)
        await asyncio.sleep(3)
        await live.finish()
    assert [call.frame.rich for call in canvas.calls].count((CHOICES,)) == 1
    assert canvas.frames == [Frame("", (PICTURE,)), Frame(f"Text.\n\nChoose:\n{without_extras()}")]


async def test_a_picture_that_was_shown_stays_if_a_second_one_is_refused() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, None, BadRequest())
        live = running.scheduler.open(canvas)
        live.push(PICTURE)
        await asyncio.sleep(3)
        live.push(Image("https://example.com/broken.png"))
        await live.finish()
    assert canvas.frames == [Frame(without_extras(), (PICTURE,))]


async def test_a_text_that_is_refused_above_an_accepted_picture_is_lost() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas(1, None, BadRequest())
        live = running.scheduler.open(canvas)
        live.push(PICTURE)
        await asyncio.sleep(3)
        with pytest.raises(BadRequest):
            await live.finish(["-# A notice."])


class Broken(FakeCanvas):
    """A canvas with a bug."""

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        raise ZeroDivisionError

    async def typing(self) -> None:
        raise ZeroDivisionError


async def test_a_bug_in_showing_one_answer_does_not_affect_the_others(caplog: pytest.LogCaptureFixture) -> None:
    async with running_scheduler() as running:
        bad, good = (
            running.scheduler.open(Broken(running.discord, 1, [])),
            running.scheduler.open(running.discord.canvas(2)),
        )
        await asyncio.sleep(1)
        for live in (bad, good):
            live.push("Text")
        with pytest.raises(Unavailable):
            await bad.finish()
        await good.finish()
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == [
        "showing the typing indicator failed",
        "rendering an answer failed",
    ]


class TestClosing:
    """Closing with answers in any state: nothing hangs, and nothing is left, which `running_scheduler` checks."""

    async def test_while_an_answer_still_grows(self) -> None:
        async with running_scheduler() as running:
            running.scheduler.open(running.discord.canvas(2))
            for delay in (0.0, 0.02, 0.5):
                running.scheduler.open(running.discord.canvas()).push("Text")
                await asyncio.sleep(delay)
            live = running.scheduler.open(running.discord.canvas(3))
            live.push("Text")
            await asyncio.sleep(0.2)
            live.push(" with an edit to come")

    async def test_with_a_request_in_flight_and_more_to_show(self) -> None:
        async with running_scheduler() as running:
            live = running.scheduler.open(running.discord.canvas())
            live.push("Text")
            await asyncio.sleep(0.02)
            live.push(" and more")
            finishing = asyncio.create_task(live.finish())
        with pytest.raises(Unavailable):
            await finishing

    async def test_with_queued_finals(self) -> None:
        async with running_scheduler() as running:
            for _ in range(60):
                running.rate_limiter.start_other()
            lives = [running.scheduler.open(running.discord.canvas(channel)) for channel in range(3)]
            finishing = [asyncio.create_task(live.finish(["-# The end."])) for live in lives]
            await asyncio.sleep(1)
        ends = await asyncio.gather(*finishing, return_exceptions=True)
        assert [type(end) for end in ends] == [Unavailable] * 3

    async def test_during_a_pause_before_another_try(self) -> None:
        async with running_scheduler() as running:
            live = running.scheduler.open(running.discord.canvas(1, *[Unavailable() for _ in range(5)]))
            finishing = asyncio.create_task(live.finish(["-# The end."]))
            await asyncio.sleep(5)
        with pytest.raises(Unavailable):
            await finishing

    async def test_text_that_comes_afterwards_does_no_harm(self) -> None:
        async with running_scheduler() as running:
            live = running.scheduler.open(running.discord.canvas())
        live.push("Too late")
        with pytest.raises(Unavailable):
            await live.finish()
        running.scheduler.open(running.discord.canvas())
        await asyncio.sleep(20)
        assert virtual_loop().timers() == []
