"""Stopping an answer: by whom, where and twice; and a press by somebody whose answer it is not."""

import asyncio

from sandbox.discord import Message
from tests.e2e.answer_controls import FINISHED, NOT_YOURS, built_prompt, controls, shown, told_alone
from tests.e2e.answer_steps import begin
from tests.e2e.reader import words
from tests.e2e.stage import SIGN, Stage

STOPPED = "-# Stopped. This answer is incomplete, and I won't remember it."


async def test_stop_by_the_asker_wherever_they_asked(stage: Stage) -> None:
    chat = stage.alice.dm(stage.app)
    thread = await stage.alice.start_thread(stage.other, "aside")
    for location in (stage.general, chat, thread):
        stream = stage.apis.chatbase.hold()
        asked = stage.mention("tell me all") if location.guild else "tell me all"
        question = await stage.alice.say(location, asked)
        await stream.send("It begins")
        answer = await location.next_message(by=stage.app.bot, after=question)
        await check_stop(stage, answer)
        await stream.left()
    stream = stage.apis.chatbase.hold()
    asking = await stage.alice.slash(stage.general, "ask", question="tell me all")
    await stream.send("It begins")
    await check_stop(stage, await asking.wait_until("It begins"))
    await stream.left()
    assert await built_prompt(stage) == []


async def check_stop(stage: Stage, answer: Message) -> None:
    """Stop an answer that has begun, twice at once, and see what becomes of it."""
    assert controls(await shown(stage, answer, "Stop")) == ["Stop"]
    first, second = await asyncio.gather(*(stage.alice.press(answer, "Stop") for _ in range(2)))
    await shown(stage, answer, *FINISHED)
    assert words(answer) == f"It begins\n{STOPPED}"
    assert not [each for press in (first, second) for each in press.followups]


async def test_strangers_press_in_vain_and_who_manages_messages_does_not(stage: Stage) -> None:
    stream, _, answer = await begin(stage)
    refused = await stage.bob.press(answer, "Stop")
    assert await told_alone(stage, refused) == NOT_YOURS
    await stream.send(" and goes on")
    await stage.admin.press(answer, "Stop")
    await shown(stage, answer, *FINISHED)
    assert answer.content == f"It begins and goes on\n{STOPPED}"
    for label in FINISHED:
        assert await told_alone(stage, await stage.bob.press(answer, label)) == NOT_YOURS
    offer = await stage.admin.press(answer, "Ask another")
    await stage.admin.press(await offer.wait_until(), "Tamako")
    await shown(stage, answer, *FINISHED, "◀", "2/2", "▶")
    await stage.idle()
    assert await told_alone(stage, await stage.bob.press(answer, "◀")) == NOT_YOURS
    assert len(stage.apis.tamako.received) == 1
    assert SIGN not in answer.content


async def test_an_answer_that_was_stopped_before_it_began_can_be_asked_again(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    asking = await stage.alice.slash(stage.general, "ask", question="tell me all")
    await stream.started()
    reservation = stage.bot.services.answering.active_runs.by_question(asking.id)
    assert reservation is not None
    assert reservation.run is not None
    stage.bot.services.actions.stop(reservation.run)
    answer = await shown(stage, await asking.wait_until(), *FINISHED)
    assert words(answer) == "-# Stopped before I wrote anything."
    stage.apis.chatbase.answers("Here is all.", times=1)
    await stage.alice.press(answer, "Retry")
    await answer.wait_until("Here is all.")
    await stage.idle()
    assert controls(answer) == FINISHED
    assert await built_prompt(stage) == ["tell me all", "Here is all."]
