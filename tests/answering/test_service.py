"""The answering service: what is asked, what is shown, and what is remembered."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import ConnectionLost, RateLimited
from bot.domain.provider import Message
from bot.domain.question import Quote
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import not_read, not_remembered, quote_not_read
from tests.fakes.harness import a_house
from tests.fakes.providers_and_stores import Script, a_question
from tests.virtual_time import virtual_loop


async def test_a_whole_answer() -> None:
    async with a_house(["The ", 1.0, "answer ", 1.0, "is 42."]) as house:
        canvas = house.discord.canvas()
        await house.service.answer(a_question("What is it?"), canvas)
        assert canvas.has_begun
        assert canvas.texts == ["The answer is 42."]
        assert [call.frame.text for call in canvas.calls] == ["The ▌", "The answer ▌", "The answer is 42."]
        assert house.remembered == [("What is it?", "The answer is 42.")]
        assert canvas.refusals == canvas.direct_messages == []


async def test_what_was_said_before_goes_along_with_the_next_question() -> None:
    async with a_house(["Red."], ["Blue."]) as house:
        for text in ("One colour?", "Another?"):
            await house.service.answer(a_question(text), house.discord.canvas())
        first, second = house.forgetful.prompts
        assert (first.text, first.history) == ("One colour?", ())
        assert second.history == (Message("user", "One colour?"), Message("assistant", "Red."))
        assert first.conversation_id == second.conversation_id != ""


async def test_a_provider_that_remembers_is_sent_the_askers_key_and_nothing_is_stored() -> None:
    async with a_house() as house:
        house.conversations.renewals["tamako", 4711] = 2
        await house.service.answer(replace(a_question(), provider="tamako"), canvas := house.discord.canvas())
        assert canvas.texts == ["An answer."]
        assert [(prompt.user_key, prompt.history) for prompt in house.mindful.prompts] == [("4711.2", ())]
        assert house.remembered == []


async def test_questions_in_a_channel_are_answered_in_order_and_channels_do_not_wait_for_each_other() -> None:
    scripts: list[Script] = [[1.0, f"Answer {number}."] for number in range(6)]
    async with a_house(*scripts) as house:
        canvases = [house.discord.canvas(channel) for channel in (1, 1, 1, 1, 2)]
        await asyncio.gather(
            *(
                house.service.answer(a_question(f"{n}", channel=canvas.channel), canvas)
                for n, canvas in enumerate(canvases)
            )
        )
        ends = [canvas.seen[-1].at for canvas in canvases]
        assert ends[:4] == sorted(ends[:4])
        assert ends[4] < ends[1]
        assert [prompt.text for prompt in house.forgetful.prompts] == ["0", "4", "1", "2", "3"]
        assert [len(prompt.history) for prompt in house.forgetful.prompts] == [0, 0, 2, 4, 6]


async def test_a_fault_before_the_first_text_is_all_that_is_shown() -> None:
    async with a_house([RateLimited("Chatbase", 30)], ["Fine."]) as house:
        canvas = house.discord.canvas()
        await house.service.answer(a_question(), canvas)
        assert canvas.texts == [small(explain(RateLimited("Chatbase", 30)))]
        assert house.remembered == []
        await house.service.answer(a_question(), canvas := house.discord.canvas())
        assert canvas.texts == ["Fine."]
        assert house.forgetful.prompts[1].history == ()


async def test_a_fault_in_the_middle_stands_below_what_was_said() -> None:
    async with a_house(["Half of ", 2.0, ConnectionLost("Chatbase")]) as house:
        await house.service.answer(a_question(), canvas := house.discord.canvas())
        assert canvas.texts == [f"Half of\n{small(explain(ConnectionLost('Chatbase')))}"]
        assert house.remembered == []


@pytest.mark.parametrize("script", [[], [" \n"], ["", " "]])
async def test_an_answer_without_content_is_no_answer(script: list[str]) -> None:
    async with a_house(script) as house:
        await house.service.answer(a_question(), canvas := house.discord.canvas())
        assert canvas.texts == ["-# Chatbase returned an empty answer. Try rephrasing your question."]
        assert house.remembered == []


@pytest.mark.parametrize("fault", [ZeroDivisionError(), TimeoutError(), KeyError("x"), ExceptionGroup("", [OSError()])])
async def test_what_nobody_foresaw_never_escapes(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    async with a_house(["So far. ", 2.0, fault], ["Fine."]) as house:
        await house.service.answer(a_question("secret question"), canvas := house.discord.canvas())
        assert canvas.texts[0].startswith("So far.\n-# Something went wrong on my side.")
        assert house.remembered == []
        assert [record.message for record in caplog.records if record.exc_info] == [
            "chatbase: reading an answer failed"
        ]
        assert "secret question" not in caplog.text
        await house.service.answer(a_question(), canvas := house.discord.canvas())
        assert canvas.texts == ["Fine."]


async def test_a_turn_is_stored_before_its_last_edit() -> None:
    """Not even a kill may lose a turn that somebody saw finished."""
    async with a_house(["Some ", 1.0, "words."]) as house:
        canvas, shown = house.discord.canvas(), list[str]()
        house.answer_store.on_end = lambda: shown.extend(canvas.texts)
        await house.service.answer(a_question(), canvas)
        assert shown == ["Some ▌"]
        assert house.conversations.recorded[0][1] <= canvas.calls[-1].at
        assert canvas.texts == ["Some words."]


async def test_an_answer_that_cannot_be_stored_is_shown_all_the_same() -> None:
    async with a_house(["Some ", 1.0, "words."]) as house:
        canvas = house.discord.canvas()
        answering = asyncio.create_task(house.service.answer(a_question(), canvas))
        await asyncio.sleep(0.5)
        house.conversations.down = True
        await answering
        assert canvas.texts == [f"Some words.\n{not_remembered()}"]


async def test_a_turn_of_a_conversation_that_was_cleared_meanwhile_is_not_stored() -> None:
    async with a_house(["Some ", 1.0, "words."]) as house:
        answering = asyncio.create_task(house.service.answer(a_question(), canvas := house.discord.canvas()))
        await asyncio.sleep(0.5)
        await house.conversations.clear_conversation("chatbase", 1)
        await answering
        assert canvas.texts == ["Some words."]
        assert house.remembered == []


async def test_what_could_not_be_read_of_a_question_is_said() -> None:
    question = replace(a_question("See this"), quote=Quote("Ada", ""), attachments=("plan.pdf", "cat.png"))
    async with a_house() as house:
        await house.service.answer(question, canvas := house.discord.canvas())
        assert canvas.texts == [f"An answer.\n{quote_not_read()}\n{not_read(('plan.pdf', 'cat.png'))}"]
        assert house.forgetful.prompts[0].text.endswith("[attachment not read: cat.png]")


async def test_ten_attachments_with_the_longest_names_still_fit_below_an_answer() -> None:
    names = tuple(f"{number}{'*' * 255}.png" for number in range(10))
    question = replace(a_question(), quote=Quote("Ada", ""), attachments=names)
    async with a_house(["Half ", ConnectionLost("Chatbase")]) as house:
        await house.service.answer(question, canvas := house.discord.canvas())
        assert len(canvas.texts) == 1
        assert canvas.direct_messages == []


async def test_the_asker_sees_typing_while_the_provider_thinks() -> None:
    async with a_house([20.0, "At last."]) as house:
        started = virtual_loop().time()
        await house.service.answer(a_question(), canvas := house.discord.canvas())
        assert [at - started for at in canvas.typings] == pytest.approx([0, 8, 16])
