"""After an outage the next provider answers with its own context; after a refusal of the question nobody else does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.domain import errors
from bot.domain.attachments import AttachedFile
from bot.domain.provider import LookingUp, Message, Receipt
from bot.strings.errors import explain, not_again
from bot.strings.errors.outages import answered_instead
from bot.strings.markup import small
from bot.strings.notices import asking, stopped_early, waiting_for
from tests.domain.test_outages import OUTAGES, REFUSALS
from tests.fakes.harness import Harness, kill, running_harness
from tests.fakes.providers_and_stores import Script, make_question

OUT = errors.ServerFault("Chatbase", 503)


def told(*outages: errors.AnswerError, label: str = "Tamako") -> str:
    return answered_instead(outages, label)


@asynccontextmanager
async def falling_back(*scripts: Script, to: str = "tamako") -> AsyncIterator[Harness]:
    """Yield the program, in whose server some answer instead; the first chat API plays `scripts`."""
    async with running_harness(*scripts) as harness:
        harness.settings.values["server", 7] = {"fallback": to}
        yield harness


def error_of(kind: errors.AnswerError) -> errors.AnswerError:
    """Return the error as Chatbase's."""
    error = type(kind).__new__(type(kind), *kind.args)
    vars(error).update(vars(kind), label="Chatbase")
    return error


@pytest.mark.parametrize("error", OUTAGES, ids=repr)
async def test_after_an_outage_the_next_one_answers_and_a_small_line_says_why(error: errors.AnswerError) -> None:
    async with falling_back([1.0, error_of(error)]) as harness:
        asking = await harness.answered()
        assert asking.canvas.texts == [f"An answer.\n{told(error_of(error))}"]
        assert asking.canvas.texts[0].endswith(", so Tamako answered.")
        run = (await harness.answer(asking)).runs[0]
        assert (run.provider, run.outcome, run.error) == ("tamako", "whole", None)


@pytest.mark.parametrize("error", REFUSALS, ids=repr)
async def test_after_a_refusal_of_the_question_nobody_else_is_asked(error: errors.AnswerError) -> None:
    async with falling_back([1.0, error_of(error)]) as harness:
        asking = await harness.answered()
        assert asking.canvas.texts == [small(explain(error_of(error)))]
        assert harness.stateful.prompts == []


@pytest.mark.parametrize("error", [OUT, errors.IdleTimeout("Chatbase", 60), errors.ConnectionLost("Chatbase")])
async def test_once_there_is_text_nobody_else_is_asked(error: errors.AnswerError) -> None:
    async with falling_back(["Half of ", error]) as harness:
        asking = await harness.answered()
        assert asking.canvas.texts == [f"Half of\n{small(explain(error))}"]
        assert harness.stateful.prompts == []


@pytest.mark.parametrize("script", [[Receipt("c", "a", 1.0), OUT], [LookingUp(), 1.0, OUT], ["  \n", OUT]])
async def test_what_shows_nothing_is_no_text(script: Script) -> None:
    async with falling_back(script) as harness:
        asking = await harness.answered()
        assert asking.canvas.texts == [f"An answer.\n{told(OUT)}"]
        assert (await harness.answer(asking)).runs[0].receipt == Receipt()


async def test_without_a_fallback_all_is_as_before() -> None:
    for value in (None, "chatbase", "stammer", " , "):
        async with running_harness([OUT]) as harness:
            harness.settings.values["server", 7] = {} if value is None else {"fallback": value}
            assert (await harness.answered()).canvas.texts == [small(explain(OUT))]


async def test_the_first_that_is_set_up_and_not_out_answers() -> None:
    async with falling_back([OUT], to="stammer,chatbase,tamako,chatbase-v2") as harness:
        harness.stateful.scripts = [[errors.Unreachable("Tamako")]]
        asking = await harness.answered()
        (text,) = asking.canvas.texts
        assert text.endswith(f"\n{told(OUT, errors.Unreachable('Tamako'), label='Chatbase v2')}")
        assert "(error 503) and Tamako can't be reached" in text


async def test_if_all_are_out_each_is_told() -> None:
    async with falling_back([OUT], to="tamako,chatbase-v2") as harness:
        harness.stateful.scripts = [[errors.Unreachable("Tamako")]]
        harness.keeping.fault = errors.Rejected("Chatbase v2", 400, "No.")
        asking = await harness.answered()
        causes = [OUT, errors.Unreachable("Tamako"), errors.Rejected("Chatbase v2", 400, "No.")]
        assert asking.canvas.texts == ["\n".join(small(explain(each)) for each in causes)]
        run = (await harness.answer(asking)).runs[0]
        assert (run.outcome, run.error) == ("failed", "Rejected")


async def test_each_has_its_own_context_and_the_turn_enters_the_history_of_the_one_that_answered() -> None:
    async with falling_back(["Red."], [OUT], ["Blue."], to="chatbase-v2") as harness:
        await harness.answered("One colour?")
        await harness.answered("Another?")
        await harness.answered("A third?")
        assert harness.keeping.prompts[0].history == ()
        assert harness.keeping.prompts[0].conversation_id == ""
        assert [prompt.text for prompt in harness.stateless.prompts] == ["One colour?", "Another?", "A third?"]
        red = (Message("user", "One colour?"), Message("assistant", "Red."))
        assert harness.stateless.prompts[2].history == red
        turns = harness.conversations.turns.values()
        assert [turn.question for turn in turns] == ["One colour?", "Another?", "A third?"]
        harness.stateless.scripts = [[OUT]]
        await harness.answered("A fourth?")
        assert harness.keeping.sent == [("", None), ("c1", None)]


async def test_one_that_remembers_people_gets_the_askers_key() -> None:
    async with falling_back([OUT]) as harness:
        harness.conversations.renewals["tamako", 4711] = 2
        await harness.answered()
        assert [(prompt.user_key, prompt.history) for prompt in harness.stateful.prompts] == [("4711.2", ())]
        assert harness.remembered == []


async def test_one_for_which_the_question_is_too_long_is_skipped() -> None:
    async with falling_back([OUT], to="tamako,chatbase-v2") as harness:
        harness.stateful.question_limit = 5
        asking = await harness.answered("What is it?")
        assert told(OUT, label="Chatbase v2") in asking.canvas.texts[0]
        assert harness.stateful.prompts == []


async def test_a_question_that_is_too_long_for_the_chosen_one_is_refused() -> None:
    async with falling_back() as harness:
        harness.stateless.question_limit = 5
        asking = await harness.answered("What is it?")
        assert asking.canvas.refusals == [small(explain(errors.QuestionTooLong("Chatbase", 11, 5)))]
        assert harness.stateful.prompts == []


async def test_a_step_of_a_providers_own_flow_is_nothing_for_another_one() -> None:
    async with falling_back([OUT]) as harness:
        question = replace(make_question(), jump="step-2", provider="chatbase")
        await harness.service.answer(question, canvas := harness.discord.canvas())
        assert canvas.texts == [small(explain(OUT))]


async def test_files_are_loaded_once() -> None:
    async with falling_back([OUT]) as harness:
        question = replace(make_question(), files=(AttachedFile("a.txt", "text:hidden words"),))
        await harness.service.answer(question, canvas := harness.discord.canvas())
        assert canvas.texts == [f"An answer.\n{told(OUT)}"]
        assert "hidden words" in harness.stateful.prompts[0].text
        assert harness.stateful.prompts[0].text == harness.stateless.prompts[0].text


async def test_direct_messages_and_other_servers_have_no_fallback() -> None:
    async with falling_back([OUT]) as harness:
        for server in (None, 8):
            location = replace(make_question().location, server=server)
            question = replace(make_question(), location=location)
            await harness.service.answer(question, canvas := harness.discord.canvas())
            assert canvas.texts == [small(explain(OUT))]
        assert harness.stateful.prompts == []


async def test_the_notice_names_the_one_that_is_waited_for() -> None:
    async with falling_back([8.0, OUT]) as harness:
        harness.stateful.scripts = [[8.0, "Late."]]
        asked = harness.ask()
        await asyncio.sleep(7)
        assert asked.canvas.texts == [small(waiting_for("Chatbase"))]
        await asyncio.sleep(2)
        assert asked.canvas.texts == [small(asking("Tamako"))]
        await asked.task
        assert asked.canvas.texts == [f"Late.\n{told(OUT)}"]
        assert len(asked.canvas.messages) == 1


async def test_a_fallback_that_streams_is_shown_as_it_grows() -> None:
    async with running_harness(["The ", 2.0, "answer."], default="tamako") as harness:
        harness.settings.values["server", 7] = {"fallback": "chatbase"}
        harness.stateful.scripts = [[OUT]]
        asked = harness.ask()
        await asyncio.sleep(1)
        assert asked.canvas.texts == ["The ▌"]
        await asked.task
        assert asked.canvas.texts == [f"The answer.\n{told(OUT, label='Chatbase')}"]


@pytest.mark.parametrize("after", [0.5, 3.0])
async def test_stop_works_while_either_is_asked(after: float) -> None:
    async with falling_back([1.0, OUT]) as harness:
        harness.stateful.scripts = [[60.0, "Too late."]]
        asked = harness.ask()
        await asyncio.sleep(after)
        harness.answer_actions.stop(harness.active_run(asked))
        await asked.task
        outages = [small(explain(OUT))] if after > 1 else []
        assert asked.canvas.texts == ["\n".join([*outages, stopped_early()])]
        run = (await harness.answer(asked)).runs[0]
        assert run.outcome == "stopped"


async def test_retry_asks_the_chosen_one_first() -> None:
    async with falling_back([OUT], ["Back."]) as harness:
        asked = await harness.answered()
        assert asked.canvas.texts == [f"An answer.\n{told(OUT)}"]
        await harness.retry(asked)
        assert asked.canvas.texts == ["Back."]
        assert [run.provider for run in (await harness.answer(asked)).runs] == ["tamako", "chatbase"]
        assert len(harness.stateful.prompts) == 1


async def test_retry_after_a_fallback_falls_back_again() -> None:
    async with falling_back([OUT]) as harness:
        asked = await harness.answered()
        harness.stateful.scripts = [["Another."]]
        await harness.retry(asked)
        await harness.retry(asked)
        assert asked.canvas.texts == [f"Another.\n{told(OUT)}"]
        assert len(harness.stateless.prompts) == 3


async def test_a_retry_that_fails_everywhere_keeps_the_answer_and_says_what_happened_to_the_chosen_one() -> None:
    async with falling_back(["First."], [OUT]) as harness:
        harness.stateful.scripts = [[errors.Unreachable("Tamako")]]
        asked = await harness.answered()
        await harness.retry(asked)
        assert asked.canvas.texts == [f"First.\n{not_again(OUT)}"]


async def test_ask_another_asks_that_one_alone() -> None:
    async with falling_back(["First."], to="chatbase-v2") as harness:
        harness.stateful.scripts = [[errors.Unreachable("Tamako")]]
        asked = await harness.answered()
        await harness.retry(asked, "tamako")
        assert asked.canvas.texts == [f"First.\n{not_again(errors.Unreachable('Tamako'))}"]
        assert harness.keeping.prompts == []


async def test_a_question_that_is_edited_while_the_second_is_asked_is_asked_again_from_the_first() -> None:
    async with falling_back([OUT]) as harness:
        harness.stateful.scripts = [[30.0, "Too late."], ["Answered."]]
        asked = harness.ask("What?")
        await asyncio.sleep(2)
        edited = replace(asked.question, text="What else?")
        await harness.answer_actions.reask_edited(edited, lambda _: asked.canvas)
        await asked.task
        assert asked.canvas.texts == [f"Answered.\n{told(OUT)}"]
        assert [prompt.text for prompt in harness.stateless.prompts] == ["What?", "What else?"]


async def test_a_question_that_is_deleted_while_the_second_is_asked_leaves_nothing() -> None:
    async with falling_back([OUT]) as harness:
        harness.stateful.scripts = [[30.0, "Too late."]]
        asked = harness.ask()
        await asyncio.sleep(8)
        await harness.answer_actions.delete(asked.question.id, lambda _: asked.canvas)
        await asked.task
        assert asked.canvas.messages == {}


async def test_a_kill_between_two_is_repaired_and_retry_asks_the_chosen_one() -> None:
    async with falling_back([OUT]) as harness:
        harness.stateful.scripts = [[30.0, "Too late."]]
        asked = harness.ask()
        await asyncio.sleep(7)
        state = kill(harness)
        harness.answer_actions.stop(harness.active_run(asked))
    async with running_harness(["Back."], after=state) as harness:
        harness.settings.values["server", 7] = {"fallback": "tamako"}
        canvas = harness.discord.canvas()
        canvas.messages.update(state.messages[asked.question.id])
        assert await harness.recover(lambda _: canvas)
        assert "I was restarted" in canvas.texts[0]
        answer = await harness.answer(asked)
        assert [run.provider for run in answer.runs] == ["tamako"]
        await harness.answer_actions.retry(answer, None, canvas)
        assert canvas.texts == ["Back."]


async def test_a_fallback_that_keeps_conversations_is_asked_one_at_a_time_in_each() -> None:
    async with falling_back([OUT], to="chatbase-v2") as harness:
        asked = [harness.ask(f"{number}?", asker=number) for number in (1, 2, 3)]
        await asyncio.gather(*(each.task for each in asked))
        assert harness.keeping.most_at_once == 1
        second, third = "Someone (2): 2?", "Someone (3): 3?"
        answers = ["a1: 1?", f"a2: 1?, {second}", f"a3: 1?, {second}, {third}"]
        assert [each.canvas.texts[0].splitlines()[0] for each in asked] == answers


async def test_it_also_waits_for_those_that_were_to_go_there_and_they_for_it() -> None:
    async with falling_back([OUT], to="chatbase-v2") as harness:
        first = harness.ask("0?", asker=1, provider="chatbase-v2")
        second = harness.ask("1?", asker=2)
        third = harness.ask("2?", asker=3, provider="chatbase-v2")
        await asyncio.gather(*(each.task for each in (first, second, third)))
        assert harness.keeping.most_at_once == 1
        assert sorted(harness.keeping.conversations) == ["c1"]


async def test_a_question_that_waits_for_the_fallbacks_conversation_can_be_stopped() -> None:
    async with falling_back([OUT], to="chatbase-v2") as harness:
        harness.keeping.seconds = 60.0
        first, second = (harness.ask(f"{number}?", asker=number) for number in range(2))
        await asyncio.sleep(5)
        harness.answer_actions.stop(harness.active_run(second))
        await second.task
        assert stopped_early() in second.canvas.texts[0]
        await first.task
        third = await harness.answered("2?", asker=0)
        assert third.canvas.texts[0].startswith("a2: 0?, 2?")


async def test_the_failed_one_holds_its_conversation_no_more() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        harness.settings.values["server", 7] = {"fallback": "tamako"}
        await harness.answered("0?")
        harness.keeping.fault = errors.Unreachable("Chatbase v2")
        asked = await harness.answered("1?")
        assert asked.canvas.texts == [f"An answer.\n{told(errors.Unreachable('Chatbase v2'))}"]
        third = await harness.answered("2?")
        assert third.canvas.texts == ["a3: 0?, 2?"]
        assert harness.keeping.sent == [("", None), ("c1", None), ("c1", None)]
