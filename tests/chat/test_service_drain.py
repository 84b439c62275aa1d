"""The end of the answering service: running answers may finish, the others are told, nothing is left half said."""

import asyncio

from bot.chat.canvas import Unavailable
from bot.chat.errors import Interrupted, ShuttingDown
from bot.chat.sentences import explain, small
from tests.chat.fakes import a_question
from tests.chat.house import House, a_house
from tests.chat.paper import Sheet
from tests.virtual_time import virtual_loop

INTERRUPTED = small(explain(Interrupted()))


def ask(house: House, channel: int = 1) -> tuple[Sheet, asyncio.Task[None]]:
    """Ask a question without waiting for its answer."""
    sheet = house.paper.canvas(channel)
    return sheet, asyncio.create_task(house.service.answer(a_question(channel=channel), sheet))


async def seconds_to_drain(house: House, seconds: float) -> float:
    """Drain the service, and return how long that took."""
    started = virtual_loop().time()
    await house.service.drain(seconds)
    return virtual_loop().time() - started


async def test_nothing_to_wait_for_takes_no_time() -> None:
    async with a_house() as house:
        assert await seconds_to_drain(house, 10) == 0


async def test_running_answers_finish_and_waiting_questions_are_told() -> None:
    async with a_house(["Some ", 6.0, "words."]) as house:
        running, first = ask(house)
        elsewhere, second = ask(house, 2)
        waiting, third = ask(house)
        await asyncio.sleep(1)
        assert 5 <= await seconds_to_drain(house, 10) < 6
        await asyncio.gather(first, second, third)
        assert running.texts == elsewhere.texts == ["Some words."]
        assert (waiting.texts, waiting.refusals) == ([], [small(explain(ShuttingDown()))])
        assert len(house.remembered) == 2


async def test_what_takes_too_long_is_marked_interrupted_and_not_remembered() -> None:
    async with a_house(["Some ", 60.0, "words."]) as house:
        (talking, first), (silent, second) = ask(house), ask(house, 2)
        await asyncio.sleep(1)
        assert 10 <= await seconds_to_drain(house, 10) < 12
        await asyncio.gather(first, second)
        assert talking.texts == silent.texts == [f"Some\n{INTERRUPTED}"]
        assert house.remembered == []
        assert house.forgetful.open == 0


async def test_an_answer_without_text_yet_says_so_too() -> None:
    async with a_house([60.0, "Too late."]) as house:
        sheet, answering = ask(house)
        await asyncio.sleep(1)
        await seconds_to_drain(house, 0)
        await answering
        assert sheet.texts == [INTERRUPTED]


async def test_a_discord_that_is_away_does_not_keep_the_process_from_ending() -> None:
    async with a_house(["Some ", 60.0, "words."]) as house:
        sheet, answering = ask(house)
        await asyncio.sleep(1)
        sheet.faults.extend(Unavailable() for _ in range(20))
        assert await seconds_to_drain(house, 10) <= 16
        await answering
        assert sheet.whispers


async def test_an_answer_whose_question_was_still_being_looked_up_is_interrupted_too() -> None:
    async with a_house(["Some ", 60.0, "words."]) as house:
        load, waited = house.memory.conversation, asyncio.Event()

        async def slow(provider: str, channel: int, *, most: int, before: int | None = None) -> object:
            await waited.wait()
            return await load(provider, channel, most=most, before=before)

        house.memory.conversation = slow  # type: ignore[method-assign, assignment]
        sheet, answering = ask(house)
        await asyncio.sleep(1)
        virtual_loop().call_later(11, waited.set)
        assert await seconds_to_drain(house, 10) < 13
        await answering
        assert sheet.texts == [INTERRUPTED]
