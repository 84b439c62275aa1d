"""A conversation that its provider keeps: when the next question goes on in it, and when it begins another one."""

import asyncio
from dataclasses import replace

import pytest

from bot.conversation.history import Bounds
from bot.domain.errors import ConnectionLost, PaymentRequired, ProviderError, RateLimited, ServerFault, TakenOver
from bot.domain.provider import Message, Receipt
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


async def test_a_kill_while_an_answer_is_written_begins_another_conversation_that_is_told() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await harness.answered("One?")
        harness.ask("Two?")
        await asyncio.sleep(0.7)
        keeping, left = harness.keeping, kill(harness)
    async with running_harness(default="chatbase-v2", after=left, keeping=keeping) as harness:
        answers = await asked(harness, "Three?", "Four?")
        assert keeping.sent[2:] == [("", None), ("c3", None)]
        assert text(answers[0]) == f"a3: One?, Three?\n{TOLD}"
        assert "\n" not in text(answers[1]), "it is said once"


async def test_retrying_the_last_answer_replaces_it_there() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        _, last = await asked(harness, "One?", "Two?")
        await harness.retry(last)
        await harness.retry(last)
        await harness.answered("Three?")
        assert harness.keeping.sent[2:] == [("c1", "a2"), ("c1", "a3"), ("c1", None)]
        assert "\n" not in text(last)


async def test_retrying_another_answer_begins_another_conversation_and_cuts_nothing() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        first, second, third = await asked(harness, "One?", "Two?", "Three?")
        await harness.retry(second)
        assert harness.keeping.sent[3] == ("", None)
        assert text(second) == f"a4: One?, Two?\n{TOLD}"
        fourth = await harness.answered("Four?")
        assert harness.keeping.sent[4] == ("", None), "neither conversation there has all turns"
        assert text(fourth) == "a5: One?, Two?, Three?, Four?"
        await harness.retry(first)
        assert text(first) == f"a6: One?\n{ANEW}."
        assert text(third) == "a3: One?, Two?, Three?"
        await asked(harness, "Five?", "Six?")
        assert harness.keeping.sent[-1] == ("c7", None)


async def test_asking_on_after_an_older_version_begins_another_conversation() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        answer = await harness.answered("One?")
        await harness.retry(answer)
        await harness.show_version(answer, 1)
        following = await harness.answered("Two?")
        assert harness.keeping.sent[2] == ("", None)
        assert harness.keeping.prompts[2].history == (Message("user", "One?"), Message("assistant", "a1: One?"))
        assert text(following) == f"a3: One?, Two?\n{TOLD}"


async def test_leafing_back_and_forth_leaves_the_conversation_as_it_is() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        answer = await harness.answered("One?")
        await harness.retry(answer)
        await harness.show_version(answer, 1)
        await harness.show_version(answer, 2)
        await harness.answered("Two?")
        assert harness.keeping.sent[2] == ("c1", None)


async def test_retrying_while_an_older_version_is_shown_begins_another_conversation() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        _, answer = await asked(harness, "One?", "Two?")
        await harness.retry(answer)
        await harness.show_version(answer, 1)
        await harness.retry(answer)
        assert harness.keeping.sent[3] == ("", None)
        assert text(answer) == f"a4: One?, Two?\n{TOLD}"
        await harness.answered("Three?")
        assert harness.keeping.sent[4] == ("c4", None), "what was retried was the last turn"


async def test_a_version_by_another_chatbot_takes_the_answer_out_of_the_conversation() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        _, answer = await asked(harness, "One?", "Two?")
        await harness.retry(answer, "tamako")
        following = await harness.answered("Three?")
        assert text(following) == f"a3: One?, Three?\n{TOLD}"
        await harness.show_version(answer, 1)
        assert text(await harness.answered("Four?")) == "a4: One?, Two?, Three?, Four?"


async def test_a_stopped_answer_begins_another_conversation_at_the_next_question() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await harness.answered("One?")
        stopped = harness.ask("Two?")
        await asyncio.sleep(0.8)
        harness.answer_actions.stop(harness.active_run(stopped))
        await stopped.task
        answers = await asked(harness, "Three?", "Four?")
        assert harness.keeping.sent[2:] == [("", None), ("c3", None)]
        assert text(answers[0]) == f"a3: One?, Three?\n{TOLD}"


@pytest.mark.parametrize(
    ("fault", "late", "goes_on"),
    [
        (PaymentRequired("Chatbase v2"), False, True),
        (RateLimited("Chatbase v2", 3), False, True),
        (ServerFault("Chatbase v2", 503), False, True),
        (TakenOver("Chatbase v2"), False, True),
        (ServerFault("Chatbase v2", 500), False, False),
        (ConnectionLost("Chatbase v2"), False, False),
        (ConnectionLost("Chatbase v2"), True, False),
        (RateLimited("Chatbase v2", 3), True, False),
    ],
)
async def test_after_a_failure_it_goes_on_only_if_nothing_of_the_question_can_be_there(
    fault: ProviderError, late: bool, goes_on: bool
) -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await harness.answered("One?")
        harness.keeping.fault, harness.keeping.late = fault, late
        await harness.answered("Two?")
        await harness.answered("Three?")
        assert harness.keeping.sent[2] == ("c1" if goes_on else "", None)
        assert harness.keeping.conversations[f"c{1 if goes_on else 3}"] == ["One?", "Three?"]


async def test_a_conversation_that_the_provider_gave_up_is_told_of_and_left() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await harness.answered("One?")
        harness.keeping.over.add("c1")
        answers = await asked(harness, "Two?", "Three?")
        assert harness.keeping.sent[1:] == [("c1", None), ("c2", None)]
        assert text(answers[0]) == f"a2: One?, Two?\n{TOLD}"
        assert "\n" not in text(answers[1])


async def test_a_deleted_question_begins_another_conversation_without_it() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        first, _ = await asked(harness, "One?", "Two?")
        await harness.answer_actions.delete(first.question.id, lambda _: first.canvas)
        following = await harness.answered("Three?")
        assert text(following) == "a3: Two?, Three?"


async def test_a_question_deleted_while_the_next_is_answered_does_not_come_back() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        first = await harness.answered("One?")
        second = harness.ask("Two?")
        await asyncio.sleep(0.5)
        await harness.answer_actions.delete(first.question.id, lambda _: first.canvas)
        await second.task
        assert text(second) == "a2: One?, Two?"
        assert text(await harness.answered("Three?")) == "a3: Two?, Three?"


async def test_an_edited_question_is_asked_in_another_conversation() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        _, last = await asked(harness, "One?", "Two?")
        edited = replace(last.question, text="Two, really?")
        await harness.answer_actions.reask_edited(edited, lambda _: last.canvas)
        assert harness.keeping.sent[2] == ("", None)
        assert text(last) == f"a3: One?, Two, really?\n{TOLD}"
        assert text(await harness.answered("Three?")) == "a4: One?, Two, really?, Three?"
        assert harness.keeping.sent[3] == ("c3", None)


async def test_a_long_conversation_goes_on_and_only_its_latest_turns_are_told() -> None:
    async with running_harness(default="chatbase-v2", bounds=Bounds(8, 1000)) as harness:
        await asked(harness, *"abcdefg")
        assert [sent for sent, _ in harness.keeping.sent] == ["", *["c1"] * 6]
        harness.keeping.fault = ConnectionLost("Chatbase v2")
        await harness.answered("h")
        assert text(await harness.answered("i")) == f"a9: g, i\n{TOLD}"
        assert text(await harness.answered("j")) == "a10: g, i, j"


async def test_questions_wait_for_each_other_and_carry_their_speakers_names() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        asking = [harness.ask(f"{asker}?", asker=asker) for asker in (1, 2, 3, 4)]
        await asyncio.gather(*(each.task for each in asking))
        assert harness.keeping.most_at_once == 1
        assert [prompt.text.rpartition(": ")[2] for prompt in harness.keeping.prompts] == ["1?", "2?", "3?", "4?"]
        assert [sent for sent, _ in harness.keeping.sent] == ["", "c1", "c1", "c1"]
        assert ":" in harness.keeping.prompts[1].text
        assert harness.keeping.prompts[1].is_personal is False


async def test_another_chatbots_questions_in_the_channel_do_not_wait_for_them() -> None:
    async with running_harness(["Done."], default="chatbase-v2") as harness:
        kept = [harness.ask(asker=asker) for asker in (1, 2, 3)]
        others = [harness.ask(asker=asker, provider="chatbase") for asker in (4, 5)]
        started = asyncio.get_running_loop().time()
        await asyncio.gather(*(each.task for each in others))
        assert asyncio.get_running_loop().time() - started < 1
        await asyncio.gather(*(each.task for each in kept))


async def test_who_waits_for_the_conversation_sees_the_place_in_line() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        harness.keeping.seconds = 4.0
        asking = [harness.ask(asker=asker) for asker in range(3)]
        await asyncio.sleep(3.5)
        notices = [text for each in asking for notice in each.canvas.queue_notices for text in notice.texts]
        assert [notice[: notice.index(" of yours")] for notice in notices] == [
            "-# You're in line: 1 question ahead",
            "-# You're in line: 2 questions ahead",
        ]
        await asyncio.gather(*(each.task for each in asking))
        assert [notice.texts for each in asking for notice in each.canvas.queue_notices] == [[], []]


async def test_members_with_conversations_of_their_own_are_answered_at_once() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await harness.settings.save("server", 7, 7, "conversation", "personal")
        asking = [harness.ask(asker=asker) for asker in (1, 2, 3)]
        await asyncio.gather(*(each.task for each in asking))
        assert harness.keeping.most_at_once == 3
        assert {(prompt.user_key, prompt.is_personal) for prompt in harness.keeping.prompts} == {
            ("1", True),
            ("2", True),
            ("3", True),
        }
        await harness.answered(asker=2)
        assert harness.keeping.sent[3] == ("c2", None)
        await harness.settings.save("server", 7, 7, "conversation", None)
        await harness.answered(asker=2)
        await harness.settings.save("server", 7, 7, "conversation", "personal")
        await harness.answered(asker=2)
        assert harness.keeping.sent[4:] == [("", None), ("c2", None)]
