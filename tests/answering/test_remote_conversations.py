"""A conversation that its provider keeps: when the next question goes on in it, and when it begins another one."""

from bot.domain.errors import ConnectionLost, PaymentRequired, RateLimited, TakenOver
from bot.domain.provider import Receipt
from tests.fakes.harness import AskedQuestion, Harness, kill, running_harness

ANEW = "-# Chatbase v2 couldn't go on from there, so I started a new conversation there"
TOLD = f"{ANEW} with what was said before."


def text(asking: AskedQuestion) -> str:
    """Return what an answer's messages say."""
    return "\n".join(frame.text for frame in asking.canvas.frames)


async def asked(harness: Harness, *questions: str) -> list[AskedQuestion]:
    """Ask one question after another."""
    return [await harness.answered(question) for question in questions]


async def test_the_next_question_goes_on_and_another_channel_begins_its_own() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        answers = await asked(harness, "One?", "Two?")
        await harness.answered("Elsewhere?", channel=2)
        await harness.answered("Three?")
        assert harness.keeping.sent == [("", None), ("c1", None), ("", None), ("c1", None)]
        assert text(answers[1]) == "a2: One?, Two?"
        run = (await harness.answer(answers[1])).runs[0]
        assert run.receipt == Receipt("c1", "a2", 1.5)
        assert (run.metrics.history_sent, run.metrics.history_left_out) == (0, 0)


async def test_the_next_process_goes_on_even_after_a_kill() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await harness.answered("One?")
        keeping, left = harness.keeping, kill(harness)
    async with running_harness(default="chatbase-v2", after=left, keeping=keeping) as harness:
        answer = await harness.answered("Two?")
        assert keeping.sent[-1] == ("c1", None)
        assert text(answer) == "a2: One?, Two?"
