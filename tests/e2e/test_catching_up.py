"""What was asked while the bot was away: each question is answered once, if nobody answered it meanwhile."""

import pytest

from bot.discord.gateway import identify_limit
from bot.domain.runtime import timing
from bot.streaming import bucket_queues
from sandbox.discord import Channel, Message
from sandbox.discord.gateway import breaks
from sandbox.discord.limits.request_log import RequestRecord
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage, answers, caught_up, on_sqlite

HISTORY = ("GET", "/channels/{channel_id}/messages")


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let edits follow each other at once, and connections after a moment."""
    monkeypatch.setattr(timing, "MIN_PAUSE", 0.05)
    monkeypatch.setattr(identify_limit, "SPACING", 0.05)
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)


def replies(question: Message) -> int:
    """Return how often the bot replied to a message."""
    return sum(answers(each, question) for each in question.channel.messages.values() if not each.deleted)


def asked(stage: Stage) -> list[str]:
    """Return what the chatbot was asked, without the names of speakers and the titles of threads."""
    return [unnamed(received.question).rpartition("\n")[2] for received in stage.apis.chatbase.received]


async def run_once(stage: Stage) -> None:
    """Start the bot, let it answer what it finds, and stop it."""
    async with stage.running():
        await stage.idle()


@on_sqlite
async def test_what_was_asked_while_the_bot_was_down_is_answered_once_in_every_kind_of_place(
    resting_stage: Stage,
) -> None:
    stage, dm = resting_stage, resting_stage.alice.dm(resting_stage.app)
    async with stage.running():
        await stage.alice.say(dm, "hello")
        await dm.next_message(by=stage.app.bot)
        await stage.idle()
    thread = await stage.bob.start_thread(stage.general, "thread")
    places: list[Channel] = [stage.general, thread, stage.guild.add_voice_channel("voice")]
    questions = [await stage.bob.say(place, stage.mention(f"in {place.name}?")) for place in places]
    questions.append((await stage.bob.post(stage.guild.add_forum("forum"), "a title", stage.mention("in a post?")))[1])
    questions.append(await stage.alice.say(dm, "directly?"))
    await stage.alice.say(stage.other, "not for the bot")
    for _ in range(2):
        await run_once(stage)
        assert [replies(question) for question in questions] == [1] * 5
    assert sorted(asked(stage)) == ["directly?", "hello", "in a post?", "in general?", "in thread?", "in voice?"]
    assert not stage.by_bot(stage.other)


@on_sqlite
async def test_questions_are_asked_in_their_order_and_as_they_read_now(resting_stage: Stage) -> None:
    stage = resting_stage
    for text in ("first", "typo", "deleted", "third"):
        await stage.alice.say(stage.general, stage.mention(text))
    _, typo, deleted, _ = stage.general.messages.values()
    await stage.alice.edit(typo, stage.mention("second"))
    await stage.alice.delete(deleted)
    await run_once(stage)
    assert asked(stage) == ["first", "second", "third"]


@pytest.mark.parametrize("how", ["op 9", "dead session"])
async def test_what_a_lost_session_missed_is_answered_once(stage: Stage, how: str) -> None:
    answered = await stage.ask(stage.alice, "before")
    if how == "op 9":
        stage.discord.invalidate_sessions()
    else:
        stage.discord.gateway.breaks.resume = breaks.close(4000)
        stage.discord.gateway.sessions.clear()
        await stage.discord.disconnect(4000)
    missed = await stage.bob.say(stage.general, stage.mention("missed"))
    await stage.discord.bot_ready(stage.app, readies=2)
    assert await stage.answer(missed) is not answered
    stage.discord.state.events.message_created(missed)
    await stage.ask(stage.alice, "afterwards")
    assert asked(stage) == ["before", "missed", "afterwards"]


async def test_what_a_resumed_session_missed_comes_by_itself(stage: Stage) -> None:
    await stage.ask(stage.alice, "before")
    await stage.discord.disconnect(4000)
    await stage.answer(await stage.bob.say(stage.general, stage.mention("missed")))
    assert asked(stage) == ["before", "missed"]
    assert not stage.discord.requests.to(*HISTORY)


@on_sqlite
async def test_a_question_whose_asker_was_answered_since_is_left_alone(resting_stage: Stage) -> None:
    stage = resting_stage
    overtaken = await stage.alice.say(stage.general, stage.mention("overtaken"))
    missed = await stage.bob.say(stage.general, stage.mention("missed"))
    held = stage.discord.hold(is_history, carried_out=True)
    async with stage.running(settles=False):
        await held.arrived()
        await stage.use(stage.alice, "ask", question="asked again")
        held.let_go()
        await caught_up(stage.bot)
        await stage.answer(missed)
    assert asked(stage) == ["asked again", "missed"]
    assert not replies(overtaken)


@on_sqlite
@pytest.mark.parametrize("status", [403, 404, 429, 500])
async def test_a_channel_that_cannot_be_read_keeps_no_other_from_being_read(resting_stage: Stage, status: int) -> None:
    stage = resting_stage
    readable = await stage.bob.say(stage.general, stage.mention("readable"))
    unreadable = await stage.alice.say(stage.other, stage.mention("unreadable"))
    if status == 429:
        stage.discord.rate_limit(*HISTORY, 60, times=1)
    else:
        stage.discord.fail_next(*HISTORY, status)
    await run_once(stage)
    assert (replies(readable), replies(unreadable)) == (1, 0)
    assert len(stage.discord.requests.to(*HISTORY)) == 2
    assert "1 missed questions found in 2 channels; 1 could not be read" in stage.log.events("bot")
    assert len(stage.discord.rate_limited) == (status == 429)
    stage.discord.rate_limited.clear()


def is_history(record: RequestRecord) -> bool:
    """Tell whether a request reads a channel's messages."""
    return (record.method, record.route) == HISTORY


@on_sqlite
async def test_two_processes_that_catch_up_at_once_answer_once(resting_stage: Stage) -> None:
    stage = resting_stage
    missed = await stage.alice.say(stage.general, stage.mention("missed"))
    held = stage.discord.hold(is_history, carried_out=True)
    async with stage.running(settles=False), stage.running(settles=False):
        await stage.discord.wait_for(lambda: len(held.kept) == 2)
        held.let_go()
        await stage.answer(missed)
        await caught_up(stage.bot)
        await stage.idle()
    assert (asked(stage), replies(missed)) == (["missed"], 1)


@on_sqlite
async def test_a_question_that_is_deleted_while_it_is_read_is_not_answered(resting_stage: Stage) -> None:
    stage = resting_stage
    deleted = await stage.alice.say(stage.general, stage.mention("deleted"))
    held = stage.discord.hold(is_history, carried_out=True)
    async with stage.running(settles=False):
        await held.arrived()
        await stage.alice.delete(deleted)
        await stage.ask(stage.bob, "meanwhile", stage.other)
        held.let_go()
        await caught_up(stage.bot)
        await stage.idle()
    assert asked(stage) == ["meanwhile"]
