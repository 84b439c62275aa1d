"""Waiting behind other questions: who waits sees their place and may take the question back; askers take turns."""

import pytest

from bot.answering.queue import queue_notice
from sandbox.discord import Message
from sandbox.discord.operations.messaging import delete_many
from tests.e2e.answer_controls import FINISHED, NOT_YOURS, built_prompt, controls, shown, told_alone
from tests.e2e.answer_steps import begin
from tests.e2e.reader import unnamed
from tests.e2e.stage import WAITS, Stage, crowd

TAKEN_BACK = "-# Cancelled. Your question wasn't sent."


@pytest.fixture
def told_early(brisk: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Give a stage on which people are told at once that they wait."""
    monkeypatch.setattr(queue_notice, "NOTICE_DELAY", 0.02)
    return brisk


async def place_of(stage: Stage, question: Message) -> Message:
    """Return the message that tells somebody how many are before them."""
    found = await stage.discord.wait_for(
        lambda: next((each for each in stage.by_bot(question.channel) if each.replied_to is question), None)
    )
    assert found.content.startswith(WAITS)
    assert not found.pinged
    return found


async def test_a_mention_waits_with_its_place_in_sight_until_its_turn_comes(told_early: Stage) -> None:
    stage = told_early
    stream, _, _ = await begin(stage)
    first, second = [await stage.alice.say(stage.general, stage.mention(f"number {number}")) for number in (1, 2)]
    ahead, behind = await place_of(stage, first), await place_of(stage, second)
    assert ahead.content.startswith(f"{WAITS}: 1 question ahead of yours (updated <t:")
    assert behind.content.startswith(f"{WAITS}: 2 questions ahead of yours (updated <t:")
    assert [controls(each) for each in (ahead, behind)] == [["Cancel"], ["Cancel"]]
    (stranger,) = crowd(stage, 1)
    assert await told_alone(stage, await stranger.press(ahead, "Cancel")) == NOT_YOURS
    await stage.alice.press(ahead, "Cancel")
    await stage.discord.wait_for(lambda: ahead.deleted)
    await behind.wait_until(f"{WAITS}: 1 question ahead of yours")
    await stream.finish()
    answer = await stage.answer(second)
    await shown(stage, answer, *FINISHED)
    await stage.idle()
    assert answer.pinged == {stage.alice}
    assert behind.deleted
    assert [unnamed(each.question) for each in stage.apis.chatbase.received] == ["please tell me all", "number 2"]
    assert len([each for each in stage.by_bot() if not each.ephemeral]) == 2


async def test_a_commands_response_shows_the_place_and_becomes_the_answer(told_early: Stage) -> None:
    stage = told_early
    stream, _, _ = await begin(stage)
    first, second = [await stage.alice.slash(stage.general, "ask", question=f"number {number}") for number in (1, 2)]
    location, response = await first.wait_until(WAITS), await second.wait_until(WAITS)
    assert [controls(each) for each in (location, response)] == [["Cancel"], ["Cancel"]]
    await stage.admin.press(location, "Cancel")
    told = await first.next_followup()
    assert (told.content, told.ephemeral, location.deleted) == (TAKEN_BACK, True, True)
    stage.apis.chatbase.answers("Here it is.", times=1)
    await stream.finish()
    await response.wait_until("Here it is.")
    await shown(stage, response, *FINISHED)
    assert [unnamed(each.question) for each in stage.apis.chatbase.received] == ["please tell me all", "number 2"]


async def test_a_retry_waits_below_the_answer_that_stays_until_its_turn_comes(told_early: Stage) -> None:
    stage = told_early
    stage.apis.chatbase.answers("Before.", times=1)
    answer = await stage.ask(stage.alice, "hello")
    stream, _, _ = await begin(stage)
    await stage.alice.press(answer, "Retry")
    location = await stage.discord.wait_for(
        lambda: next((each for each in stage.by_bot() if each.content.startswith(WAITS)), None)
    )
    assert answer.content == "Before."
    await stage.alice.press(location, "Cancel")
    await stage.discord.wait_for(lambda: location.deleted)
    await stream.finish()
    await stage.idle()
    assert (answer.content, controls(answer)) == ("Before.", FINISHED)
    assert (await built_prompt(stage))[:2] == ["hello", "Before."]


async def test_askers_take_turns_and_nobody_lines_up_without_end(brisk: Stage) -> None:
    stage = brisk
    stream, _, _ = await begin(stage)
    numbers = range(1, 11)
    lined_up = [await stage.alice.say(stage.general, stage.mention(f"alice {number}")) for number in numbers]
    too_many = await stage.alice.say(stage.general, stage.mention("alice 11"))
    assert (await stage.answer(too_many)).content == (
        "-# You already have 10 questions waiting in this channel. Please try again in a minute."
    )
    last = await stage.bob.say(stage.general, stage.mention("bob 1"))
    await stage.apis.chatbase.wait_received(2)
    await stream.finish()
    await stage.answer(last)
    await stage.apis.chatbase.wait_received(4)
    asked = [unnamed(each.question) for each in stage.apis.chatbase.received[1:4]]
    assert asked == ["bob 1", "alice 1", "alice 2"]
    delete_many(stage.general, lined_up)
    await stage.idle()
    assert len(stage.apis.chatbase.received) < len(lined_up)
