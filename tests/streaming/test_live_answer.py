"""What the holder of a live answer is told: which messages it has, that it is lost, and how it was shown."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.streaming.canvas import BadRequest, CanvasError, Frame, PostedMessage, Unavailable, WriteForbidden
from bot.streaming.live_answer import EditStats
from tests.fakes.canvas import running_scheduler
from tests.fakes.providers_and_stores import make_page
from tests.virtual_time import virtual_loop


class TestStats:
    """How an answer was shown."""

    async def test_requests_and_the_time_of_the_first_text_are_counted(self) -> None:
        async with running_scheduler() as running:
            live = running.scheduler.open(running.discord.canvas())
            start = virtual_loop().time()
            live.show_placeholder("-# Asking…")
            await asyncio.sleep(3)
            assert live.stats == EditStats(edits=1)
            live.push("Text")
            await live.finish()
            assert (live.stats.edits, live.stats.retries) == (3, 0), "placeholder, first text, end"
            assert live.stats.first_seen_at == pytest.approx(start + 3.1)

    async def test_requests_that_discord_did_not_take_count_as_retries_or_not_at_all(self) -> None:
        async with running_scheduler() as running:
            live = running.scheduler.open(running.discord.canvas(1, Unavailable(), Unavailable()), progressive=False)
            live.push("Text")
            await live.finish()
            assert (live.stats.edits, live.stats.retries) == (1, 2)

    async def test_they_are_those_of_one_answer(self) -> None:
        async with running_scheduler() as running:
            one, other = (running.scheduler.open(running.discord.canvas(channel)) for channel in (1, 2))
            await one.finish(["-# The end."])
            assert (one.stats.edits, other.stats) == (1, EditStats())


class TestObservers:
    """The callbacks that an answer is opened with."""

    async def test_messages_are_reported_when_one_is_added_or_removed(self) -> None:
        async with running_scheduler() as running:
            reported = list[Sequence[int]]()
            live = running.scheduler.open(running.discord.canvas(), on_messages=reported.append)
            for word in ("one", "two"):
                live.push(make_page(word))
            await live.finish()
            await live.remove()
            assert reported == [[1], [1, 2], [1], []]

    @pytest.mark.parametrize("fault", [WriteForbidden(), BadRequest()], ids=lambda fault: type(fault).__name__)
    async def test_a_failure_is_reported_once(self, fault: CanvasError) -> None:
        async with running_scheduler() as running:
            failures = list[float]()
            live = running.scheduler.open(
                running.discord.canvas(1, fault), on_failure=lambda: failures.append(virtual_loop().time())
            )
            start = virtual_loop().time()
            live.push("Text")
            await asyncio.sleep(1)
            live.push(" and more")
            with pytest.raises(type(fault)):
                await live.finish()
            assert failures == [pytest.approx(start + 0.1)]

    async def test_an_answer_that_is_shown_has_no_failure(self) -> None:
        async with running_scheduler() as running:
            failures = list[str]()
            canvas = running.discord.canvas(1, Unavailable())
            live = running.scheduler.open(canvas, on_failure=lambda: failures.append("lost"))
            live.push("Text")
            await live.finish()
        assert failures == []


@pytest.mark.parametrize(
    ("posted", "edits"),
    [
        (PostedMessage(1, "Text"), 0),
        (PostedMessage(1, "Text", steered=True), 1),
        (PostedMessage(1, "Other text"), 1),
        (1, 1),
    ],
    ids=["same", "with-buttons", "other", "not-known"],
)
async def test_a_posted_message_is_edited_unless_it_surely_shows_the_same(
    posted: int | PostedMessage, edits: int
) -> None:
    async with running_scheduler() as running:
        canvas = running.discord.reopened({1: Frame("Text")})
        live = running.scheduler.open_notice(canvas, shown=[posted])
        await live.finish_as(["Text"], [])
        assert [call.verb for call in canvas.calls] == ["edit"] * edits
