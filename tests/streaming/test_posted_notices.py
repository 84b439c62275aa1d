"""Notices, such as refusals that the channel is told, leave room for answers."""

import asyncio

import pytest

from bot.answering.queue.turn_queue import MAX_AT_ONCE, MAX_WAITING
from bot.domain.errors import QueueFull
from bot.streaming.canvas import WriteForbidden
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import cannot_write
from tests.fakes.canvas import running_scheduler
from tests.fakes.harness import running_harness
from tests.fakes.providers_and_stores import make_question
from tests.virtual_time import virtual_loop


async def test_a_flood_of_notices_delays_no_answer() -> None:
    async with running_scheduler() as running:
        notices = [
            asyncio.create_task(running.scheduler.open_notice(running.discord.canvas(1)).finish([f"no {n}"]))
            for n in range(15)
        ]
        await asyncio.sleep(1)
        canvas = running.discord.canvas(1)
        live = running.scheduler.open(canvas)
        asked = virtual_loop().time()
        live.push("The answer")
        await live.finish()
        assert virtual_loop().time() - asked < 0.5
        await asyncio.gather(*notices)
    written = [canvas.texts for canvas in running.discord.canvases]
    assert written == [[f"no {n}"] for n in range(15)] + [["The answer"]]


async def test_a_notice_that_cannot_be_posted_raises() -> None:
    async with running_scheduler() as running:
        with pytest.raises(WriteForbidden):
            await running.scheduler.open_notice(running.discord.canvas(1, WriteForbidden("50013"))).finish(["Sorry"])


async def test_a_refusal_that_cannot_be_private_is_told_the_channel() -> None:
    async with running_harness(*[[f"answer {n}"] for n in range(MAX_AT_ONCE + MAX_WAITING)]) as harness:
        canvases = [harness.discord.canvas(1) for _ in range(MAX_AT_ONCE + MAX_WAITING + 1)]
        for canvas in canvases:
            canvas.behaviour.can_refuse = False
        await asyncio.gather(
            *(
                harness.service.answer(make_question(f"question {n}", asker=n), canvas)
                for n, canvas in enumerate(canvases)
            )
        )
    assert canvases[-1].texts == [small(explain(QueueFull(MAX_WAITING)))]
    assert [canvas.texts for canvas in canvases[:-1]] == [[f"answer {n}"] for n in range(MAX_AT_ONCE + MAX_WAITING)]


async def test_an_answer_that_cannot_be_shown_is_not_read_any_further() -> None:
    forever = asyncio.Event()
    async with running_harness(["The beginning", forever]) as harness:
        canvas = harness.discord.canvas(1, WriteForbidden("50013"))
        asked = virtual_loop().time()
        await harness.service.answer(make_question(), canvas)
        assert virtual_loop().time() - asked < 1
        assert harness.stateless.open == 0
    assert canvas.direct_messages == [cannot_write(1)]
    assert harness.remembered == []
