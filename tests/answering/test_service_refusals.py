"""Questions that are refused, or whose channel cannot be written to."""

import asyncio
from dataclasses import replace

import pytest

from bot.answering.queue.turn_queue import MAX_AT_ONCE, MAX_WAITING
from bot.domain.errors import (
    DatabaseUnavailable,
    EmptyQuestion,
    NotConfigured,
    QuestionTooLong,
    QueueFull,
    ShuttingDown,
)
from bot.domain.question import Question, Quote
from bot.streaming.canvas import (
    CanvasError,
    MessageNotFound,
    PlaceRefused,
    Refused,
    ThreadLocked,
    TokenExpired,
    Unavailable,
    Unconfirmed,
    WriteForbidden,
)
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import cannot_write, could_not_show, no_messages_there, thread_closed, too_late
from tests.fakes.harness import Harness, running_harness
from tests.fakes.providers_and_stores import Script, make_question


async def refusal(harness: Harness, question: Question | None = None) -> list[str]:
    """Ask, and return what the asker is told; nothing was sent to a provider nor shown in the channel."""
    canvas = harness.discord.canvas()
    asked = len(harness.stateless.prompts)
    await harness.service.answer(question or make_question(), canvas)
    assert len(harness.stateless.prompts) == asked
    assert canvas.calls == []
    return canvas.refusals


async def test_a_question_over_the_limit_is_refused_with_both_numbers() -> None:
    async with running_harness() as harness:
        harness.stateless.question_limit = 256
        assert await refusal(harness, make_question("x" * 257)) == [
            small(explain(QuestionTooLong("Chatbase", 257, 256)))
        ]
        await harness.service.answer(make_question("x" * 256), canvas := harness.discord.canvas())
        assert canvas.texts == ["An answer."]


@pytest.mark.parametrize("length", [200, 250, 256])
async def test_what_goes_along_with_a_question_is_left_out_before_it_is_refused(length: int) -> None:
    async with running_harness() as harness:
        harness.stateless.question_limit = 256
        question = replace(make_question("x" * length), quote=Quote("Ada", "y" * 60))
        await harness.service.answer(question, canvas := harness.discord.canvas())
        assert canvas.texts == ["An answer."]
        [prompt] = harness.stateless.prompts
        assert prompt.text.endswith("x" * length)
        assert len(prompt.text) <= 256
        assert "257" in (await refusal(harness, replace(question, text="x" * 257)))[0]


async def test_a_pressed_button_has_no_length() -> None:
    async with running_harness() as harness:
        harness.stateless.question_limit = 1
        question = replace(make_question("A long title"), jump="place")
        await harness.service.answer(question, canvas := harness.discord.canvas())
        assert canvas.texts == ["An answer."]
        assert harness.stateless.prompts[0].jump == "place"


async def test_a_question_of_nothing_is_refused() -> None:
    async with running_harness() as harness:
        assert await refusal(harness, make_question("")) == [small(explain(EmptyQuestion()))]


async def test_a_provider_without_credentials_is_refused() -> None:
    async with running_harness() as harness:
        question = replace(make_question(), provider="stammer")
        assert await refusal(harness, question) == [small(explain(NotConfigured("stammer")))]


@pytest.mark.parametrize("part", ["settings", "conversations"])
async def test_a_database_that_is_down_is_said_and_leaves_the_channel_free(part: str) -> None:
    async with running_harness() as harness:
        database = getattr(harness, part)
        database.down = True
        assert await refusal(harness) == [small(explain(DatabaseUnavailable()))]
        database.down = False
        await harness.service.answer(make_question(), canvas := harness.discord.canvas())
        assert canvas.texts == ["An answer."]


async def test_beyond_the_bound_of_the_queue_the_asker_is_told() -> None:
    async with running_harness([60.0, "An answer."]) as harness:
        canvases = [harness.discord.canvas() for _ in range(MAX_AT_ONCE + MAX_WAITING)]
        asked = [(make_question(asker=asker), canvas) for asker, canvas in enumerate(canvases)]
        waiting = [asyncio.create_task(harness.service.answer(*each)) for each in asked]
        await asyncio.sleep(1)
        assert await refusal(harness) == [small(explain(QueueFull(MAX_WAITING)))]
        await harness.service.answer(make_question(channel=2), elsewhere := harness.discord.canvas(2))
        assert elsewhere.texts == ["An answer."]
        await asyncio.gather(*waiting)
        assert all(canvas.texts == ["An answer."] for canvas in canvases)


async def test_a_slow_database_does_not_let_an_interaction_run_out() -> None:
    async with running_harness() as harness:
        canvas, load = harness.discord.canvas(), harness.settings.load

        async def slow(server: int | None, channel: int) -> object:
            await asyncio.sleep(0.0 if canvas.has_begun else 20)
            return await load(server, channel)

        harness.settings.load = slow  # type: ignore[method-assign, assignment]
        answering = asyncio.create_task(harness.service.answer(make_question(), canvas))
        await asyncio.sleep(2)
        assert canvas.has_begun
        await answering
        assert canvas.texts == ["An answer."]


async def test_after_the_last_call_questions_are_refused() -> None:
    async with running_harness() as harness:
        await harness.service.drain(10)
        assert await refusal(harness) == [small(explain(ShuttingDown()))]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (WriteForbidden("50013"), [cannot_write(1)]),
        (MessageNotFound("10008"), []),
        (Unavailable(), [could_not_show(1)]),
        (ThreadLocked("50083"), [thread_closed(1)]),
        (ThreadLocked("160005"), [thread_closed(1)]),
        (PlaceRefused("50008"), [no_messages_there(1)]),
        (Refused("401 0"), [could_not_show(1)]),
        (TokenExpired(), [too_late(1)]),
        (Unconfirmed(), []),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_where_nothing_can_be_said_the_asker_is_whispered_to(fault: CanvasError, told: list[str]) -> None:
    async with running_harness() as harness:
        canvas = harness.discord.canvas(1, *[fault] * 10)
        await harness.service.answer(make_question(), canvas)
        assert canvas.direct_messages == told
        assert harness.remembered == []
        await harness.service.answer(make_question(), canvas := harness.discord.canvas())
        assert canvas.texts == ["An answer."]
        assert harness.stateless.prompts[-1].history == ()


async def test_a_provider_is_not_read_on_where_nobody_can_see_its_answer() -> None:
    words: Script = [1.0, "words "] * 1000
    async with running_harness(["Some ", *words]) as harness:
        started = asyncio.get_running_loop().time()
        await harness.service.answer(make_question(), harness.discord.canvas(1, WriteForbidden()))
        assert asyncio.get_running_loop().time() - started < 5
        assert harness.stateless.open == 0


async def test_a_turn_is_taken_back_where_its_last_edit_fails() -> None:
    async with running_harness(["Some ", 1.0, "words."], ["Fine."]) as harness:
        canvas = harness.discord.canvas(1, None, WriteForbidden())
        await harness.service.answer(make_question(), canvas)
        assert [turn.answer for turn, _ in harness.conversations.recorded] == ["Some words."]
        assert harness.remembered == []
        assert canvas.direct_messages == [cannot_write(1)]
        await harness.service.answer(make_question(), harness.discord.canvas())
        assert harness.stateless.prompts[-1].history == ()


async def test_a_database_that_fails_to_take_a_turn_back_is_survived() -> None:
    async with running_harness(["Some ", 1.0, "words."]) as harness:
        canvas = harness.discord.canvas(1, None, WriteForbidden())

        def fail_from_now_on() -> None:
            asyncio.get_running_loop().call_soon(setattr, harness.conversations, "down", True)

        harness.answer_store.on_end = fail_from_now_on
        await harness.service.answer(make_question(), canvas)
        assert canvas.direct_messages == [cannot_write(1)]


async def test_a_refusal_that_cannot_be_said_is_whispered(caplog: pytest.LogCaptureFixture) -> None:
    async with running_harness() as harness:
        canvas = harness.discord.canvas()
        canvas.behaviour.refusal_fault, canvas.behaviour.takes_direct_messages = WriteForbidden(), False
        await harness.service.answer(replace(make_question(), provider="stammer"), canvas)
        assert canvas.direct_messages == [cannot_write(1)]
        assert "the asker could not be told either" in caplog.text
