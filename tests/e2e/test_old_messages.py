"""Answers older than an hour, of which Discord takes no more edits (429, code 30046): people get what they ask for."""

import asyncio

import pytest

from sandbox.discord import Message
from tests.e2e.answer_controls import FINISHED, built_prompt, controls, version
from tests.e2e.stage import Stage
from tests.e2e.waiting import AT_ONCE, check_answers_come, see_refused

HOURS = 2 * 3600.0
BELOW = "-# Discord doesn't let me edit my old message right now, so I posted a new one."
RESPOND = ("POST", "/interactions/{interaction_id}/{token}/callback")


async def asked_long_ago(stage: Stage, *texts: str) -> Message:
    """Return an answer with these versions, which is older than Discord lets be edited."""
    for text in texts:
        stage.apis.chatbase.answers(text, times=1)
    answer = await stage.ask(stage.alice, "a colour?")
    for number in range(1, len(texts)):
        await stage.alice.press(answer, "Retry")
        await version(stage, answer, f"{number + 1}/{number + 1}")
    stage.discord.advance(HOURS)
    stage.discord.faults.limit_old_edits(3600)
    return answer


async def below(stage: Stage, old: Message, text: str) -> Message:
    """Return the message that shows `text` below the old one, once it is finished."""
    async with asyncio.timeout(AT_ONCE):
        found = await stage.discord.wait_for(
            lambda: next((each for each in stage.by_bot() if each is not old and each.content.startswith(text)), None)
        )
        await stage.finished(found)
    await stage.idle()
    return found


async def test_a_retry_is_answered_below_and_nobody_else_waits(brisk: Stage) -> None:
    old = await asked_long_ago(brisk, "Red.")
    brisk.apis.chatbase.answers("Green.", times=1)
    await brisk.alice.press(old, "Retry")
    new = await below(brisk, old, "Green.")
    assert new.content == f"Green.\n{BELOW}"
    assert new.replied_to is old.replied_to
    assert controls(new) == [*FINISHED, "◀", "2/2", "▶"]
    assert old.content == "Red."
    await see_refused(brisk, 1)
    await check_answers_come(brisk, brisk.general)
    brisk.apis.chatbase.answers("Blue.", times=1)
    await brisk.alice.press(old, "Retry")
    assert (await version(brisk, new, "3/3")).content == "Blue."
    assert (await built_prompt(brisk))[:2] == ["a colour?", "Blue."]


async def test_another_version_is_shown_below_and_the_history_keeps_it(brisk: Stage) -> None:
    old = await asked_long_ago(brisk, "Red.", "Green.")
    await brisk.alice.press(old, "◀")
    new = await below(brisk, old, "Red.")
    assert new.content == f"Red.\n{BELOW}"
    assert controls(new) == [*FINISHED, "◀", "1/2", "▶"]
    assert (await built_prompt(brisk)) == ["a colour?", "Red."]
    await see_refused(brisk, 1)
    brisk.discord.faults.clear()
    await brisk.alice.press(new, "▶")
    assert (await version(brisk, new, "2/2")).content == "Green."
    assert old.content == "Green."
    assert new.replied_to is not None
    await brisk.alice.delete(new.replied_to)
    await brisk.discord.wait_for(lambda: old.deleted and new.deleted)


@pytest.mark.parametrize("retry_after", [1.0, 3600.0])
async def test_a_private_message_that_cannot_be_edited_keeps_nothing_from_being_done(
    brisk: Stage, retry_after: float
) -> None:
    answer = await asked_long_ago(brisk, "Red.")
    offer = await (await brisk.alice.press(answer, "Ask another")).wait_until()
    body = {"code": 30046, "message": "Maximum number of edits to messages older than 1 hour reached"}
    brisk.discord.faults.rate_limit(*RESPOND, retry_after, times=1, body=body)
    brisk.apis.stammer.answers("Green.")
    press = await brisk.alice.press(offer, "Stammer.ai", wait=False)
    await below(brisk, answer, "Green.")
    assert press.message is not None
    assert press.message.content.startswith("Asking Stammer.ai")
    assert press.message.ephemeral
    await see_refused(brisk, 2)
