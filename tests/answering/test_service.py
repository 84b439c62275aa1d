"""The answering service: what is asked, shown and stored."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.controls import Controls
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import AnswerError, ConnectionLost, IdleTimeout, NoReply, RateLimited
from bot.domain.provider import Message
from bot.domain.question import Quote
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import not_read, not_remembered, quote_not_read, stopped_early
from tests.fakes.harness import running_harness
from tests.fakes.providers_and_stores import Script, make_question


async def test_a_whole_answer() -> None:
    async with running_harness(["The ", 1.0, "answer ", 1.0, "is 42."]) as harness:
        canvas = harness.discord.canvas()
        await harness.service.answer(make_question("What is it?"), canvas)
        assert canvas.has_begun
        assert canvas.texts == ["The answer is 42."]
        assert [call.frame.text for call in canvas.calls] == ["The ▌", "The answer ▌", "The answer is 42."]
        assert harness.remembered == [("What is it?", "The answer is 42.")]
        assert canvas.refusals == canvas.direct_messages == []


async def test_what_was_said_before_goes_along_with_the_next_question() -> None:
    async with running_harness(["Red."], ["Blue."]) as harness:
        for text in ("One colour?", "Another?"):
            await harness.service.answer(make_question(text), harness.discord.canvas())
        first, second = harness.stateless.prompts
        assert (first.text, first.history) == ("One colour?", ())
        assert second.history == (Message("user", "One colour?"), Message("assistant", "Red."))
        assert first.conversation_id == second.conversation_id != ""


async def test_a_provider_that_remembers_is_sent_the_askers_key_and_nothing_is_stored() -> None:
    async with running_harness() as harness:
        harness.conversations.renewals["tamako", 4711] = 2
        await harness.service.answer(replace(make_question(), provider="tamako"), canvas := harness.discord.canvas())
        assert canvas.texts == ["An answer."]
        assert [(prompt.user_key, prompt.history) for prompt in harness.stateful.prompts] == [("4711.2", ())]
        assert harness.remembered == []


async def test_questions_in_a_channel_are_answered_in_order_and_channels_do_not_wait_for_each_other() -> None:
    scripts: list[Script] = [[1.0, f"Answer {number}."] for number in range(6)]
    async with running_harness(*scripts) as harness:
        canvases = [harness.discord.canvas(channel) for channel in (1, 1, 1, 1, 2)]
        await asyncio.gather(
            *(
                harness.service.answer(make_question(f"{n}", channel=canvas.channel), canvas)
                for n, canvas in enumerate(canvases)
            )
        )
        ends = [canvas.seen[-1].at for canvas in canvases]
        assert ends[:4] == sorted(ends[:4])
        assert ends[4] < ends[1]
        assert [prompt.text for prompt in harness.stateless.prompts] == ["0", "4", "1", "2", "3"]
        assert [len(prompt.history) for prompt in harness.stateless.prompts] == [0, 0, 2, 4, 6]


async def test_a_fault_before_the_first_text_is_all_that_is_shown() -> None:
    async with running_harness([RateLimited("Chatbase", 30)], ["Fine."]) as harness:
        canvas = harness.discord.canvas()
        await harness.service.answer(make_question(), canvas)
        assert canvas.texts == [small(explain(RateLimited("Chatbase", 30)))]
        assert harness.remembered == []
        await harness.service.answer(make_question(), canvas := harness.discord.canvas())
        assert canvas.texts == ["Fine."]
        assert harness.stateless.prompts[1].history == ()


async def test_a_fault_in_the_middle_stands_below_what_was_said() -> None:
    async with running_harness(["Half of ", 2.0, ConnectionLost("Chatbase")]) as harness:
        await harness.service.answer(make_question(), canvas := harness.discord.canvas())
        assert canvas.texts == [f"Half of\n{small(explain(ConnectionLost('Chatbase')))}"]
        assert harness.remembered == []


@pytest.mark.parametrize("script", [[], [" \n"], ["", " "]])
async def test_an_answer_without_content_is_no_answer(script: list[str]) -> None:
    async with running_harness(script) as harness:
        await harness.service.answer(make_question(), canvas := harness.discord.canvas())
        assert canvas.texts == ["-# Chatbase returned an empty answer. Try rephrasing your question."]
        assert harness.remembered == []


@pytest.mark.parametrize("fault", [ZeroDivisionError(), TimeoutError(), KeyError("x"), ExceptionGroup("", [OSError()])])
async def test_what_nobody_foresaw_never_escapes(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    async with running_harness(["So far. ", 2.0, fault], ["Fine."]) as harness:
        await harness.service.answer(make_question("secret question"), canvas := harness.discord.canvas())
        assert canvas.texts[0].startswith("So far.\n-# Something went wrong on my side.")
        assert harness.remembered == []
        assert [record.message for record in caplog.records if record.exc_info] == [
            "chatbase: reading an answer failed"
        ]
        assert "secret question" not in caplog.text
        await harness.service.answer(make_question(), canvas := harness.discord.canvas())
        assert canvas.texts == ["Fine."]


async def test_a_turn_is_stored_before_its_last_edit() -> None:
    """Not even a kill may lose a turn that somebody saw finished."""
    async with running_harness(["Some ", 1.0, "words."]) as harness:
        canvas, shown = harness.discord.canvas(), list[str]()
        harness.answer_store.on_end = lambda: shown.extend(canvas.texts)
        await harness.service.answer(make_question(), canvas)
        assert shown == ["Some ▌"]
        assert harness.conversations.recorded[0][1] <= canvas.calls[-1].at
        assert canvas.texts == ["Some words."]


async def test_an_answer_that_cannot_be_stored_is_shown_all_the_same() -> None:
    async with running_harness(["Some ", 1.0, "words."]) as harness:
        canvas = harness.discord.canvas()
        answering = asyncio.create_task(harness.service.answer(make_question(), canvas))
        await asyncio.sleep(0.5)
        harness.conversations.down = True
        await answering
        assert canvas.texts == [f"Some words.\n{not_remembered()}"]


async def test_a_turn_of_a_conversation_that_was_cleared_meanwhile_is_not_stored() -> None:
    async with running_harness(["Some ", 1.0, "words."]) as harness:
        answering = asyncio.create_task(harness.service.answer(make_question(), canvas := harness.discord.canvas()))
        await asyncio.sleep(0.5)
        await harness.conversations.clear_conversation("chatbase", ConversationKey(1))
        await answering
        assert canvas.texts == ["Some words."]
        assert harness.remembered == []


async def test_what_could_not_be_read_of_a_question_is_said() -> None:
    question = replace(make_question("See this"), quote=Quote("Ada", ""), attachments=("plan.pdf", "cat.png"))
    async with running_harness() as harness:
        await harness.service.answer(question, canvas := harness.discord.canvas())
        assert canvas.texts == [f"An answer.\n{quote_not_read()}\n{not_read(('plan.pdf', 'cat.png'))}"]
        assert harness.stateless.prompts[0].text.endswith("[attachment not read: cat.png]")


async def test_ten_attachments_with_the_longest_names_still_fit_below_an_answer() -> None:
    names = tuple(f"{number}{'*' * 255}.png" for number in range(10))
    question = replace(make_question(), quote=Quote("Ada", ""), attachments=names)
    async with running_harness(["Half ", ConnectionLost("Chatbase")]) as harness:
        await harness.service.answer(question, canvas := harness.discord.canvas())
        assert len(canvas.texts) == 1
        assert canvas.direct_messages == []


async def test_the_asker_sees_typing_and_then_that_the_provider_is_waited_for() -> None:
    async with running_harness([20.0, "At last."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(4.9)
        assert (len(asking.canvas.typings), asking.canvas.texts) == (1, [])
        await asyncio.sleep(0.3)
        assert asking.canvas.texts == ["-# Waiting for Chatbase…"]
        assert asking.controls == Controls((await harness.answer(asking)).id, "running")
        await asking.task
        assert asking.canvas.texts == ["At last."]
        assert len(asking.canvas.messages) == 1


async def test_an_asker_who_saw_text_is_not_told_of_a_pause() -> None:
    async with running_harness(["At first ", 20.0, "and at last."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(10)
        assert asking.canvas.texts == ["At first ▌"]
        await asking.task
        assert not any("Waiting" in call.frame.text for call in asking.canvas.calls)


@pytest.mark.parametrize("end", [IdleTimeout("Chatbase", 60), NoReply("Chatbase"), RateLimited("Chatbase", 90)])
async def test_an_error_takes_the_place_of_the_waiting(end: AnswerError) -> None:
    async with running_harness([8.0, end]) as harness:
        asking = harness.ask()
        await asking.task
        assert asking.canvas.texts == [small(explain(end))]


async def test_a_provider_that_is_waited_for_can_be_stopped() -> None:
    async with running_harness([60.0, "Too late."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(7)
        harness.answer_actions.stop(harness.active_run(asking))
        await asking.task
        assert asking.canvas.texts == [stopped_early()]
