"""What the edit scheduler promises for one answer: first text at once, the final edit never late, no blocking."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.streaming.canvas import TextFile
from bot.streaming.live_answer import LiveAnswer
from bot.streaming.segment import MAX_MESSAGES
from tests.fakes.canvas import FakeCanvas, running_scheduler
from tests.virtual_time import virtual_loop


async def speak(live: LiveAnswer, seconds: float, *, every: float = 0.05, words: Iterator[str] | None = None) -> None:
    """Push a word every `every` seconds for `seconds`."""
    for _ in range(round(seconds / every)):
        live.push(next(words) if words else "word ")
        await asyncio.sleep(every)


async def test_the_first_text_goes_at_once() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas()
        live = running.scheduler.open(canvas)
        await asyncio.sleep(3)
        live.push("Hello")
        at = virtual_loop().time()
        await asyncio.sleep(0.2)
        assert [(call.at, call.verb, call.frame.text, call.first) for call in canvas.calls] == [
            (at, "create", "Hello ▌", True)
        ]
        await live.finish()
    assert canvas.texts == ["Hello"]


async def test_the_first_edit_waits_until_there_is_something_to_read() -> None:
    async with running_scheduler() as running:
        live = running.scheduler.open(canvas := running.discord.canvas())
        await speak(live, 2, every=0.02)
        created, edited = canvas.calls[0].at, canvas.calls[1].at
        assert 0.6 <= edited - created <= 0.8
        await live.finish()


async def test_full_messages_are_edited_if_what_they_hid_was_no_spoiler() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas()
        live = running.scheduler.open(canvas)
        live.push("||")
        await speak(live, 30, words=(f"{number} of them " for number in range(1000)))
        assert len(canvas.texts) > 2
        assert all(text.startswith("||") for text in canvas.texts)
        await live.finish()
    assert "".join(canvas.texts).count("||") == 1
    assert canvas.texts[0].startswith("||0 of them")


async def test_a_whole_answer_grows_and_ends_as_it_should() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas()
        live = running.scheduler.open(canvas)
        await speak(live, 10, words=(f"{number} " for number in range(1000)))
        await live.finish(["-# A notice."])
        done_at = virtual_loop().time()
    whole = " ".join(str(number) for number in range(200))
    assert canvas.texts == [f"{whole}\n-# A notice."]
    seen = [each.frame.text for each in canvas.seen]
    assert len(seen) > 6
    assert all(text.endswith(" ▌") and whole.startswith(text.removesuffix(" ▌")) for text in seen[:-1])
    assert canvas.seen[-1].at <= done_at


@pytest.mark.parametrize("tenths", range(1, 60, 4))
async def test_the_final_edit_waits_for_one_request_at_most(tenths: int) -> None:
    async with running_scheduler(delay=lambda: (0.2, 0.2)) as running:
        canvas = running.discord.canvas()
        live = running.scheduler.open(canvas)
        await speak(live, tenths / 10)
        in_flight, ended_at = canvas.busy, virtual_loop().time()
        await live.finish()
        final = canvas.calls[-1]
    assert final.at - ended_at <= (0.4 if in_flight else 0.0)
    assert not final.frame.text.endswith("▌")


async def test_one_answer_after_another_in_a_channel_starts_and_ends_on_time() -> None:
    async with running_scheduler() as running:
        for _ in range(10):
            live = running.scheduler.open(canvas := running.discord.canvas())
            started_at = virtual_loop().time()
            await speak(live, 7)
            assert canvas.calls[0].at == started_at
            ended_at = virtual_loop().time()
            await live.finish()
            assert virtual_loop().time() - ended_at <= 0.2 + 1e-6


async def test_a_slow_create_blocks_nothing_and_then_the_newest_text_is_shown() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas()
        canvas.behaviour.hold = asyncio.Event()
        live = running.scheduler.open(canvas)
        started = virtual_loop().time()
        for number in range(100):
            live.push(f"{number} ")
            await asyncio.sleep(0.1)
        assert virtual_loop().time() - started == pytest.approx(10)
        assert len(canvas.calls) == 0
        canvas.behaviour.hold.set()
        await asyncio.sleep(2)
        assert [call.verb for call in canvas.calls] == ["create", "edit"]
        assert canvas.texts[0].endswith("98 99 ▌")
        await live.finish()
    assert len(canvas.messages) == 1


async def test_a_finish_during_a_slow_create_shows_everything_once() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas()
        canvas.behaviour.hold = asyncio.Event()
        live = running.scheduler.open(canvas)
        live.push("The beginning")
        await asyncio.sleep(1)
        live.push(" and the end.")
        finishing = asyncio.create_task(live.finish())
        await asyncio.sleep(9)
        assert not finishing.done()
        canvas.behaviour.hold.set()
        await finishing
    assert canvas.texts == ["The beginning and the end."]


async def test_an_answer_that_does_not_stream_is_shown_when_it_is_complete() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas()
        live = running.scheduler.open(canvas, progressive=False)
        live.push("The whole ")
        await asyncio.sleep(30)
        assert canvas.calls == []
        live.push("of it.")
        await live.finish()
    assert [call.frame.text for call in canvas.calls] == ["The whole of it."]


async def test_nothing_new_is_no_edit() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas()
        live = running.scheduler.open(canvas)
        live.push("Text")
        for _ in range(20):
            await asyncio.sleep(1)
            live.push(" ")
        assert len(canvas.calls) == 1
        await live.finish()
    assert len(canvas.calls) == 2


async def test_only_the_first_message_of_many_is_marked_as_such() -> None:
    async with running_scheduler() as running:
        canvas = running.discord.canvas()
        live = running.scheduler.open(canvas)
        await speak(live, 60, every=0.1, words=(f"word number {number}, " for number in range(10_000)))
        await live.finish()
    assert len(canvas.messages) > 5
    first = next(iter(canvas.messages))
    assert all(call.first == (call.message in (None, first)) for call in canvas.calls if call.verb == "edit")
    assert [call.first for call in canvas.calls if call.verb == "create"] == [True] + [False] * (
        len(canvas.messages) - 1
    )


async def test_an_answer_for_twenty_six_messages_is_shown_within_half_a_minute_and_ends_in_a_file() -> None:
    text = "words " * 12_000
    async with running_scheduler() as running:
        canvas = running.discord.canvas()
        live = running.scheduler.open(canvas)
        live.push(text)
        started = virtual_loop().time()
        await live.finish()
        assert virtual_loop().time() - started < 30
    assert len(canvas.messages) == MAX_MESSAGES + 1
    assert canvas.frames[-1].file == TextFile("answer.md", text)


class TestTyping:
    """The typing indicator."""

    @staticmethod
    def since(canvas: FakeCanvas, start: float) -> list[float]:
        return [at - start for at in canvas.typings]

    async def test_it_shows_until_the_first_text_and_not_after(self) -> None:
        async with running_scheduler() as running:
            start, canvas = virtual_loop().time(), running.discord.canvas()
            live = running.scheduler.open(canvas)
            await asyncio.sleep(20)
            live.push("Text")
            await asyncio.sleep(60)
            assert self.since(canvas, start) == pytest.approx([0, 8, 16])
            await live.finish()
        assert len(canvas.typings) == 3

    async def test_it_shows_until_an_answer_that_does_not_stream_is_complete(self) -> None:
        async with running_scheduler() as running:
            start, canvas = virtual_loop().time(), running.discord.canvas()
            live = running.scheduler.open(canvas, progressive=False)
            live.push("Some of it")
            await asyncio.sleep(10)
            await live.finish()
            await asyncio.sleep(30)
        assert self.since(canvas, start) == pytest.approx([0, 8])

    async def test_it_delays_no_other_request(self) -> None:
        async with running_scheduler() as running:
            for _ in range(30):
                running.rate_limiter.start_other()
            live = running.scheduler.open(canvas := running.discord.canvas())
            await asyncio.sleep(1)
            assert canvas.typings == []
            for _ in range(30):
                running.rate_limiter.finish_other(virtual_loop().time())
            await asyncio.sleep(8)
            assert len(canvas.typings) == 1
            await live.finish(["-# Nothing."])
