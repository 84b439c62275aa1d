"""What may happen to the connection while an answer is written: nothing is missed, nothing is answered twice."""

import asyncio

import pytest

from bot.discord.canvases.message_canvas import MessageCanvas
from bot.discord.gateway import identify_limit
from bot.domain.runtime import timing
from bot.streaming import bucket_queues, scheduled_answer
from bot.streaming.canvas import CanvasError, Frame
from sandbox.discord.gateway import breaks
from tests.e2e.answer_steps import begin, check_next
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let edits follow each other at once, and connections after a moment."""
    monkeypatch.setattr(timing, "MIN_PAUSE", 0.05)
    monkeypatch.setattr(identify_limit, "SPACING", 0.05)
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)


def watch_failures(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Return what is set as soon as an edit has failed."""
    failed, edit = asyncio.Event(), MessageCanvas.edit

    async def watched(self: MessageCanvas, message: int, frame: Frame, *, first: bool) -> None:
        try:
            await edit(self, message, frame, first=first)
        except CanvasError:
            failed.set()
            raise

    monkeypatch.setattr(MessageCanvas, "edit", watched)
    return failed


@pytest.mark.parametrize("code", [None, 1000, 1001, 4000, 4001, 4008, 4009])
async def test_an_answer_goes_on_and_nothing_is_missed_while_the_gateway_is_gone(
    stage: Stage, code: int | None
) -> None:
    stream, _, answer = await begin(stage)
    stage.apis.chatbase.answers("No.")
    await stage.discord.disconnect(code)
    meanwhile = await stage.bob.say(stage.general, stage.mention("did you miss this?"))
    await stream.send(" and goes on.")
    await stream.finish()
    assert (await stage.finished(answer)).content == "It begins and goes on."
    assert (await stage.answer(meanwhile)).content == "No."
    await check_next(stage, remembered=("please tell me all", "It begins and goes on.", "did you miss this?", "No."))
    asked = [unnamed(received.question) for received in stage.apis.chatbase.received]
    assert asked.count("did you miss this?") == 1


@pytest.mark.parametrize("how", ["op 7", "resumable", "not resumable"])
async def test_an_answer_goes_on_when_the_session_ends(stage: Stage, how: str) -> None:
    stream, _, answer = await begin(stage)
    readies, resumes = stage.app.readies, stage.app.resumes
    if how == "op 7":
        stage.discord.gateway.ask_to_reconnect()
    else:
        stage.discord.invalidate_sessions(resumable=how == "resumable")
    await stage.discord.wait_for(lambda: stage.app.readies + stage.app.resumes > readies + resumes)
    assert (stage.app.readies > readies) == (how == "not resumable")
    await stream.send(" and goes on.")
    await stream.finish()
    assert (await stage.finished(answer)).content == "It begins and goes on."
    await check_next(stage, remembered=("please tell me all", "It begins and goes on."))


async def test_a_discord_that_goes_down_and_comes_back_gets_the_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduled_answer, "RETRY_PAUSES", (0.05,) * 1000)
    failed = watch_failures(monkeypatch)
    stream, _, answer = await begin(stage)
    resumes = stage.app.resumes
    await stage.discord.go_down()
    await stream.send(" and goes on.")
    await asyncio.wait_for(failed.wait(), 30)
    await stream.finish()
    await stage.discord.come_back()
    assert (await stage.finished(answer)).content == "It begins and goes on."
    await stage.discord.wait_for(lambda: stage.app.resumes > resumes)
    await check_next(stage, remembered=("please tell me all", "It begins and goes on."))


@pytest.mark.parametrize("how", ["close 1000", "close 4000", "close 4007", "cut", "op 7", "op 9", "dead address"])
async def test_an_answer_goes_on_where_no_session_can_be_resumed(stage: Stage, how: str) -> None:
    gateway = stage.discord.gateway
    if how == "dead address":
        # READY has named the living address already: the next session gets the dead one.
        gateway.resume_url = stage.discord.dead_gateway_url
        stage.discord.invalidate_sessions()
        await stage.discord.bot_ready(stage.app, readies=2)
    else:
        gateway.breaks.resume = {
            "cut": breaks.cut,
            "op 7": breaks.ask_to_reconnect,
            "op 9": breaks.invalidate(resumable=True),
        }.get(how) or breaks.close(int(how.split()[1]))
    stream, _, answer = await begin(stage)
    readies = stage.app.readies
    await stage.discord.disconnect(4000)
    await stream.send(" and goes on.")
    await stage.discord.bot_ready(stage.app, readies=readies + 1)
    await stream.finish()
    assert (await stage.finished(answer)).content == "It begins and goes on."
    await check_next(stage, remembered=("please tell me all", "It begins and goes on."))
    assert len(gateway.attempts.resumes) + len(gateway.attempts.dead_dials) == 3
    assert stage.app.readies == readies + 1


async def test_the_bot_answers_again_after_a_gateway_that_refused_each_session(stage: Stage) -> None:
    gateway = stage.discord.gateway
    gateway.breaks.identify = gateway.breaks.resume = breaks.invalidate(resumable=False)
    await stage.discord.disconnect(4000)
    await stage.discord.wait_for(lambda: len(gateway.attempts.identifies) >= 4)
    gateway.breaks.identify = gateway.breaks.resume = None
    await stage.discord.bot_ready(stage.app, readies=2)
    await check_next(stage)


async def test_a_message_that_is_delivered_twice_is_answered_once(stage: Stage) -> None:
    stream, question, answer = await begin(stage)
    stage.discord.state.events.message_created(question)
    await stream.send(" and ends.")
    await stream.finish()
    await stage.finished(answer)
    await check_next(stage, remembered=("please tell me all", "It begins and ends."))
    assert len(stage.by_bot()) == 2


async def test_an_interaction_that_is_delivered_twice_is_answered_once(stage: Stage) -> None:
    stage.apis.chatbase.answers("Once.")
    asking = await stage.alice.slash(stage.general, "ask", question="once?")
    stage.discord.state.events.interaction_created(asking)
    await stage.told(asking)
    await check_next(stage, remembered=("once?", "Once."))
    assert len(stage.by_bot()) == 2
