"""Who is told by direct message that the bot cannot write in a channel: each person once a day for each channel."""

import asyncio
from dataclasses import replace

import pytest

from bot.answering.refusing.outside_notices import MAX_TOLD, TOLD_SECONDS, OutsideNotices
from bot.domain.question import Location
from bot.streaming.canvas import CanvasError, ThreadLocked, TokenExpired, WriteForbidden
from bot.strings.notices import cannot_write
from tests.fakes.harness import running_harness
from tests.fakes.providers_and_stores import make_question


@pytest.mark.parametrize(("fault", "times"), [(WriteForbidden(), 1), (ThreadLocked(), 1), (TokenExpired(), 3)])
async def test_what_is_wrong_with_a_place_is_told_once_a_day_to_each_person(fault: CanvasError, times: int) -> None:
    async with running_harness() as harness:

        async def told(asker: int, channel: int) -> int:
            canvas = harness.discord.canvas(channel, *[fault] * 10)
            await harness.service.answer(make_question(asker=asker, channel=channel), canvas)
            return len(canvas.direct_messages)

        assert sum([await told(1, 1), await told(1, 1), await told(1, 1)]) == times
        assert await told(2, 1) == await told(1, 2) == 1
        await asyncio.sleep(TOLD_SECONDS - 3600)
        assert await told(1, 1) == (times == 3)
        await asyncio.sleep(2 * 3600)
        assert await told(1, 1) == 1


async def test_threads_are_told_about_with_their_channel_unless_they_are_locked() -> None:
    async with running_harness() as harness:
        for fault, expected in ((WriteForbidden(), [1, 0, 0]), (ThreadLocked(), [1, 1, 0])):
            sent = []
            for thread in (51, 52, 51):
                canvas = harness.discord.canvas(thread, *[fault] * 10)
                place = Location(channel=thread, settings_channel=1, server=2)
                await harness.service.answer(replace(make_question(), location=place), canvas)
                sent.append(len(canvas.direct_messages))
            assert sent == expected


async def test_who_was_only_overheard_is_told_when_they_ask() -> None:
    async with running_harness() as harness:
        overheard = harness.discord.canvas(1, WriteForbidden())
        overheard.behaviour.overheard = True
        await harness.service.answer(make_question(), overheard)
        await harness.service.answer(make_question(), asked := harness.discord.canvas(1, WriteForbidden()))
        assert asked.direct_messages == [cannot_write(1)]


async def test_who_takes_no_direct_messages_is_sent_one_a_day_not_each_time() -> None:
    async with running_harness() as harness:

        async def sent() -> int:
            canvas = harness.discord.canvas(1, *[WriteForbidden()] * 10)
            canvas.behaviour.takes_direct_messages = False
            await harness.service.answer(make_question(), canvas)
            return len(canvas.direct_messages)

        assert [await sent(), await sent(), await sent()] == [1, 0, 0]
        await asyncio.sleep(TOLD_SECONDS)
        assert await sent() == 1


async def test_of_many_people_and_channels_the_latest_are_remembered() -> None:
    async with running_harness() as harness:
        notices = OutsideNotices()
        for asker in range(MAX_TOLD + 1):
            question, canvas = make_question(asker=asker), harness.discord.canvas()
            assert await notices.tell(question, canvas, WriteForbidden())
        for asker, again in ((0, 1), (MAX_TOLD, 0)):
            canvas = harness.discord.canvas()
            await notices.tell(make_question(asker=asker), canvas, WriteForbidden())
            assert len(canvas.direct_messages) == again
