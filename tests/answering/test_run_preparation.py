"""What is recorded of a question before its turn, and with which context it is asked."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.conversation import Conversation
from bot.domain.conversation_key import ConversationKey
from tests.fakes.harness import running_harness
from tests.fakes.providers_and_stores import make_question

SHOWN_AFTER = 1.15
"""Seconds after which Discord shows the end of an answer that takes one second; it says so 0.05 s later."""


async def test_a_question_whose_turn_comes_at_once_is_begun_as_it_is_read() -> None:
    async with running_harness(["One."]) as harness:
        await harness.answered()
        assert harness.answer_store.log[:1] == ["begin"]
        assert harness.conversations.asked_for == [21]


async def test_a_question_that_waits_is_sent_with_what_was_said_meanwhile() -> None:
    async with running_harness([1.0, "One."], ["Two."]) as harness:
        first, second = harness.ask("1?"), harness.ask("2?")
        await asyncio.gather(first.task, second.task)
        assert [message.text for message in harness.stateless.prompts[1].history] == ["1?", "One."]
        assert len(harness.conversations.asked_for) == 2


@pytest.mark.parametrize(("later", "steps"), [(0.02, ["read", "begin"]), (-0.5, ["begin", "read"])])
async def test_a_question_that_comes_as_the_answer_before_it_ends_waits_to_be_read_at_once(
    later: float, steps: list[str]
) -> None:
    async with running_harness([1.0, "One."], ["Two."]) as harness:
        log, conversation = harness.answer_store.log, harness.conversations.conversation

        async def read(provider: str, key: ConversationKey, *, most: int, before: int | None = None) -> Conversation:
            log.append("read")
            return await conversation(provider, key, most=most, before=before)

        harness.conversations.conversation = read  # type: ignore[method-assign]
        first = harness.ask("1?")
        await asyncio.sleep(SHOWN_AFTER + later)
        assert not first.task.done()
        second = harness.ask("2?")
        await asyncio.gather(first.task, second.task)
        assert [message.text for message in harness.stateless.prompts[1].history] == ["1?", "One."]
        assert [step for step in log if step in ("read", "begin")] == ["read", "begin", *steps]


async def test_a_refused_question_is_not_begun() -> None:
    async with running_harness() as harness:
        await harness.service.answer(make_question(""), harness.discord.canvas())
        unknown = replace(make_question(), provider="stammer")
        await harness.service.answer(unknown, harness.discord.canvas())
        assert harness.answer_store.log == []


async def test_a_question_that_is_emptied_while_it_is_begun_leaves_no_run_in_progress() -> None:
    async with running_harness() as harness:
        load = harness.settings.load

        async def slowly(server: int | None, channel: int) -> object:
            await asyncio.sleep(1)
            return await load(server, channel)

        harness.settings.load = slowly  # type: ignore[method-assign, assignment]
        asking = harness.ask("1?")
        await asyncio.sleep(0.5)
        harness.active_run(asking).update_question(replace(asking.question, text=""))
        await asking.task
        assert harness.stateless.prompts == []
        assert harness.answer_store.unfinished() == []
        assert len(asking.canvas.refusals) == 1
