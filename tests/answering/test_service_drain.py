"""Stopping the program: running answers may finish, other askers are told, and no answer looks unfinished."""

import asyncio
from collections.abc import Sequence

from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import Interrupted, ShuttingDown
from bot.streaming.canvas import Unavailable
from bot.strings.errors import explain
from bot.strings.markup import small
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import Script
from tests.virtual_time import virtual_loop

INTERRUPTED = small(explain(Interrupted()))


async def seconds_to_drain(harness: Harness, seconds: float) -> float:
    """Drain the service, and return how long that took."""
    started = virtual_loop().time()
    await harness.service.drain(seconds)
    return virtual_loop().time() - started


async def test_nothing_to_wait_for_takes_no_time() -> None:
    async with running_harness() as harness:
        assert await seconds_to_drain(harness, 10) == 0


async def test_running_answers_finish_and_waiting_questions_are_told() -> None:
    async with running_harness(["Some ", 6.0, "words."]) as harness:
        running, elsewhere, waiting = harness.ask(), harness.ask(channel=2), harness.ask()
        await asyncio.sleep(1)
        assert 5 <= await seconds_to_drain(harness, 10) < 6
        await asyncio.gather(running.task, elsewhere.task, waiting.task)
        assert running.canvas.texts == elsewhere.canvas.texts == ["Some words."]
        assert (waiting.canvas.texts, waiting.canvas.refusals) == ([], [small(explain(ShuttingDown()))])
        assert len(harness.remembered) == 2


async def test_at_a_handover_waiting_questions_are_answered_too_as_far_as_there_is_time() -> None:
    async with running_harness(["Some ", 4.0, "words."]) as harness:
        running, waiting, too_late = harness.ask(), harness.ask(), harness.ask()
        await asyncio.sleep(1)
        draining = asyncio.create_task(harness.service.drain(9, answers_waiting=True))
        await asyncio.sleep(0)
        new = harness.ask()
        await draining
        await asyncio.gather(running.task, waiting.task, too_late.task, new.task)
        assert running.canvas.texts == waiting.canvas.texts == ["Some words."]
        assert too_late.canvas.texts == [f"Some\n{INTERRUPTED}"]
        assert new.canvas.refusals == [small(explain(ShuttingDown()))]


async def test_what_is_never_its_turn_is_refused_at_the_end_of_a_handover() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        running, waiting = harness.ask(), harness.ask()
        await asyncio.sleep(1)
        await harness.service.drain(10, answers_waiting=True)
        await asyncio.gather(running.task, waiting.task)
        assert running.canvas.texts == [f"Some\n{INTERRUPTED}"]
        # Not that it is restarting: the other process has been there for a while.
        assert waiting.canvas.refusals == [small(explain(ShuttingDown(is_replaced=True)))]


async def test_what_takes_too_long_is_marked_interrupted_and_not_remembered() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        here, there = harness.ask(), harness.ask(channel=2)
        await asyncio.sleep(1)
        assert 10 <= await seconds_to_drain(harness, 10) < 12
        await asyncio.gather(here.task, there.task)
        assert here.canvas.texts == there.canvas.texts == [f"Some\n{INTERRUPTED}"]
        assert harness.remembered == []
        assert harness.stateless.open == 0


async def test_an_answer_without_text_yet_says_so_too() -> None:
    async with running_harness([60.0, "Too late."]) as harness:
        asked = harness.ask()
        await asyncio.sleep(1)
        await seconds_to_drain(harness, 0)
        await asked.task
        assert asked.canvas.texts == [INTERRUPTED]


async def test_a_discord_that_is_away_does_not_keep_the_process_from_ending() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        asked = harness.ask()
        await asyncio.sleep(1)
        asked.canvas.faults.extend(Unavailable() for _ in range(20))
        assert await seconds_to_drain(harness, 10) <= 10.8
        await asked.task
        # The next start marks the answer: there is nothing else to say.
        assert asked.canvas.direct_messages == []
        assert len(harness.answer_store.unfinished()) == 1


async def test_an_answer_whose_question_was_still_being_looked_up_is_interrupted_too() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        load, waited = harness.conversations.conversation, asyncio.Event()

        async def slow(provider: str, key: ConversationKey, *, most: int, before: int | None = None) -> object:
            await waited.wait()
            return await load(provider, key, most=most, before=before)

        harness.conversations.conversation = slow  # type: ignore[method-assign, assignment]
        asked = harness.ask()
        await asyncio.sleep(1)
        virtual_loop().call_later(10.2, waited.set)
        assert await seconds_to_drain(harness, 10) < 10.8
        await asked.task
        assert asked.canvas.texts == [INTERRUPTED]


async def ask_in_channels(harness: Harness, count: int) -> Sequence[AskedQuestion]:
    """Ask in so many channels, and wait until all are answered with what does not end."""
    asked = [harness.ask(channel=channel) for channel in range(count)]
    await asyncio.sleep(8)
    assert all(each.canvas.texts for each in asked)
    return asked


def interrupted_at(harness: Harness) -> list[float]:
    """Return when each mark was seen, in seconds since the loop began."""
    return [seen.at for seen in harness.discord.seen if INTERRUPTED in seen.frame.text]


FOREVER: Script = ["Some ", *(piece for _ in range(60) for piece in (2.0, "more "))]


async def test_marking_begins_earlier_only_if_discord_takes_too_few_edits_in_a_second() -> None:
    async with running_harness(FOREVER) as harness:
        await ask_in_channels(harness, 20)
        began = virtual_loop().time()
        await seconds_to_drain(harness, 10)
        marks = interrupted_at(harness)
        assert len(marks) == 20
        assert began + 10 <= min(marks) <= max(marks) < began + 10.8


async def test_two_hundred_answers_are_marked_three_seconds_earlier_as_far_as_discord_takes_them() -> None:
    async with running_harness(FOREVER) as harness:
        asked = await ask_in_channels(harness, 200)
        began = virtual_loop().time()
        assert await seconds_to_drain(harness, 10) < 10.8
        marks = interrupted_at(harness)
        assert began + 7 <= min(marks) <= max(marks) < began + 10.8
        assert len(marks) > 140
        await asyncio.gather(*(each.task for each in asked))
        left = harness.answer_store.unfinished()
        # A mark whose response comes too late is made once more.
        assert 200 <= len(marks) + len(left) < 210
        assert not any(each.canvas.direct_messages for each in asked)


async def test_a_limit_over_everything_keeps_nobody_from_stopping_and_cuts_nobody_off_early() -> None:
    async with running_harness(FOREVER) as harness:
        asked = await ask_in_channels(harness, 200)
        harness.discord.refuse(None, 60)
        began = virtual_loop().time()
        assert await seconds_to_drain(harness, 10) < 10.8
        await asyncio.gather(*(each.task for each in asked))
        assert not [at for at in interrupted_at(harness) if at > began]
        assert len(harness.answer_store.unfinished()) == 200
        assert not any(each.canvas.direct_messages for each in asked)


async def test_marking_begins_when_such_a_limit_ends() -> None:
    async with running_harness(FOREVER) as harness:
        await ask_in_channels(harness, 100)
        began = virtual_loop().time()
        harness.discord.refuse(None, 8.5)
        assert await seconds_to_drain(harness, 10) < 10.8
        marks = interrupted_at(harness)
        assert len(marks) > 80
        assert began + 8.5 < min(marks)


async def test_half_a_second_to_drain_marks_at_once_what_does_not_end() -> None:
    async with running_harness(FOREVER) as harness:
        await ask_in_channels(harness, 100)
        assert await seconds_to_drain(harness, 0.5) < 1.3
        assert len(interrupted_at(harness)) > 40


async def test_a_place_in_line_that_cannot_be_removed_is_left_to_the_next_process() -> None:
    async with running_harness(["Some ", 60.0, "words."]) as harness:
        running, waiting = harness.ask(), harness.ask()
        await asyncio.sleep(10)
        (notice,) = waiting.canvas.queue_notices
        (shown,) = notice.texts
        assert shown.startswith("-# You're in line")
        notice.faults += [Unavailable("away")] * 20
        await harness.service.drain(1)
        await asyncio.gather(running.task, waiting.task)
        assert waiting.canvas.refusals == [small(explain(ShuttingDown()))]
        assert notice.texts == [shown]
        assert [run.asked.question_id for run in harness.answer_store.unfinished()] == [waiting.question.id]
