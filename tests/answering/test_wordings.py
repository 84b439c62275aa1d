"""Which wording of an edited question the shown answer is to: said below it, unless it is the newest."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.answer import Answer
from bot.domain.errors import RateLimited
from bot.streaming.canvas import BlockedByRule
from bot.strings.errors import not_again
from bot.strings.notices import answers_wording, repeat_cut_off
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import AskedQuestion, Harness, kill, running_harness
from tests.fakes.providers_and_stores import Script

BUSY = RateLimited("Chatbase", 30)
OLD = answers_wording("What is it?")


async def reword(harness: Harness, asking: AskedQuestion, text: str) -> None:
    """Have the asker change the question, and wait until it was asked again."""

    def reopen(_: Answer) -> FakeCanvas:
        return asking.canvas

    await harness.answer_actions.reask_edited(replace(asking.question, text=text), reopen)


async def test_if_the_edited_question_fails() -> None:
    async with running_harness(["One."], [BUSY], ["Two."]) as harness:
        asking = await harness.answered()
        await reword(harness, asking, "Or what?")
        assert asking.canvas.texts == [f"One.\n{OLD}\n{not_again(BUSY)}"]
        await harness.retry(asking)
        assert asking.canvas.texts == [f"Two.\n{OLD}"], "what is shown is what is asked again"


@pytest.mark.parametrize("then", [["Three."], ["Half ", BUSY]])
async def test_if_an_older_wording_is_asked_again(then: Script) -> None:
    async with running_harness(["One."], ["Two."], then, [BUSY], ["Five."]) as harness:
        asking = await harness.answered()
        await reword(harness, asking, "Or what?")
        assert asking.canvas.texts == ["Two."]
        await harness.show_version(asking, 1)
        assert asking.canvas.texts == [f"One.\n{OLD}"]
        await harness.retry(asking)
        [text] = asking.canvas.texts
        assert text.startswith(str(then[0]).strip())
        assert text.endswith(OLD)
        await harness.retry(asking)
        assert asking.canvas.texts == [f"{text}\n{not_again(BUSY)}"]
        await harness.show_version(asking, 2)
        assert asking.canvas.texts == ["Two."], "it answers what the message says"
        await harness.show_version(asking, 3)
        assert asking.canvas.texts == [text]
        await reword(harness, asking, "Or what?")
        assert asking.canvas.texts == [text], "nothing was edited since"
        await harness.show_version(asking, 2)
        await harness.retry(asking)
        assert asking.canvas.texts == ["Five."]
        assert [prompt.text for prompt in harness.stateless.prompts][2:] == ["What is it?"] * 2 + ["Or what?"]


async def test_if_the_question_is_changed_back() -> None:
    async with running_harness(["One."], ["Two."], ["Three."]) as harness:
        asking = await harness.answered()
        await reword(harness, asking, "Or what?")
        await reword(harness, asking, "What is it?")
        assert asking.canvas.texts == ["Three."]
        await harness.show_version(asking, 1)
        assert asking.canvas.texts == ["One."]
        await harness.show_version(asking, 2)
        assert asking.canvas.texts == [f"Two.\n{answers_wording('Or what?')}"]


@pytest.mark.parametrize("refused", [False, True], ids=["as_it_is", "refused"])
async def test_if_a_repair_shows_the_older_one(refused: bool) -> None:
    async with running_harness(["One."], [5.0, "Two."]) as harness:
        asking = await harness.answered()
        again = asyncio.create_task(reword(harness, asking, "Or what?"))
        await asyncio.sleep(3)
        left = kill(harness)
        await again
    async with running_harness(after=left) as harness:
        [messages] = left.messages.values()
        canvas = harness.discord.reopened(messages)
        canvas.faults += [BlockedByRule()] if refused else []
        await harness.recover(lambda _: canvas)
        assert canvas.texts == ["\n".join(["One.", *([] if refused else [OLD]), repeat_cut_off()])]


async def test_a_wording_that_discord_refuses_is_left_out_of_a_version() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered()
        await reword(harness, asking, "Or what?")
        asking.canvas.faults.append(BlockedByRule())
        await harness.show_version(asking, 1)
        assert asking.canvas.texts == ["One."]
        assert (await harness.answer(asking)).shown == 1


async def test_a_version_that_is_shown_again_has_its_line_again() -> None:
    async with running_harness(["One."], ["Two."]) as harness:
        asking = await harness.answered()
        await reword(harness, asking, "Or what?")
        await harness.show_version(asking, 1)
        asking.canvas.faults.append(BlockedByRule())
        with pytest.raises(BlockedByRule):
            await harness.show_version(asking, 2)
        assert asking.canvas.texts == [f"One.\n{OLD}"]


async def test_if_another_process_took_the_new_one_over() -> None:
    async with running_harness(["One."], [5.0, "Two."]) as harness:
        asking = await harness.answered()
        again = asyncio.create_task(reword(harness, asking, "Or what?"))
        await asyncio.sleep(3)
        for run in harness.answer_store.runs[(await harness.answer(asking)).id]:
            run.owner = "another" if run.state != "done" else run.owner
        await again
        assert asking.canvas.texts == [f"One.\n{OLD}\n{repeat_cut_off()}"]
