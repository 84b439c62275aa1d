"""Many at once, and changes in the middle of a question: limits, fallbacks and a server's own credentials hold."""

import asyncio
from functools import partial

import pytest

from sandbox.apis.faults.status import Status
from sandbox.discord import Message
from tests.e2e.answer_controls import controls
from tests.e2e.limit_steps import limit, replies
from tests.e2e.stage import Stage
from tests.e2e.test_fallbacks import no_pauses
from tests.e2e.test_servers_own_chatbots import HOSTS, OWN, asked, bring, keys, with_both
from tests.e2e.waiting import until

__all__ = ["no_pauses"]


@pytest.fixture
def covered(no_pauses: None, stage: Stage) -> Stage:
    """Give a stage where Tamako's place is taken by Chatbase v2, then Stammer.ai, if Chatbase is out."""
    stage.hurry()
    return stage


def can_be_retried(answer: Message) -> bool:
    return "Retry" in controls(answer)


async def set_fallback(stage: Stage) -> None:
    await stage.use(stage.admin, "settings fallback", value="chatbase-v2, stammer")


async def test_a_storm_of_retries_is_one_request_if_one_is_left(stage: Stage) -> None:
    stage.hurry()
    answers = [await stage.ask(stage.alice, f"is it {number} o'clock?") for number in range(4)]
    await stage.idle()
    await limit(stage, "member", 1)
    before = asked(stage)
    await asyncio.gather(*(stage.alice.press(answer, "Retry") for answer in answers * 3))
    await replies(stage)
    assert asked(stage) == before + 1
    for answer in answers:  # each can be retried later
        await until(partial(can_be_retried, answer))


async def test_a_question_that_is_deleted_goes_to_no_other_chatbot(covered: Stage) -> None:
    stage = covered
    await set_fallback(stage)
    stage.apis.chatbase.hold()
    question = await stage.alice.say(stage.general, stage.mention("is anybody there?"))
    await stage.apis.chatbase.wait_received(1)
    await stage.alice.delete(question)
    await stage.idle()
    assert asked(stage) == 1
    stage.apis.chatbase.clear()
    stage.apis.chatbase.fails(Status(500))
    stage.apis.find("chatbase-v2").hold()
    question = await stage.alice.say(stage.general, stage.mention("is anybody there?"))
    await stage.apis.find("chatbase-v2").wait_received(1)
    await stage.alice.delete(question)
    await stage.idle()
    assert not stage.apis.stammer.received
    await until(lambda: not [each for each in stage.by_bot() if each.replied_to is question])


async def test_a_question_that_is_edited_while_the_second_is_asked_begins_with_the_first(covered: Stage) -> None:
    stage = covered
    await set_fallback(stage)
    stage.apis.chatbase.fails(Status(500), times=1)
    stage.apis.find("chatbase-v2").hold()
    question = await stage.alice.say(stage.general, stage.mention("is anybody there?"))
    await stage.apis.find("chatbase-v2").wait_received(1)
    stage.apis.chatbase.answers("Here I am.")
    await stage.alice.edit(question, stage.mention("is somebody here?"))
    await until(lambda: any("Here I am." in each.content for each in stage.by_bot()))
    await stage.idle()
    last = stage.apis.chatbase.received[-1]
    assert "is somebody here?" in str(last.fields["messages"])
    assert not stage.apis.stammer.received
    (answer,) = [each for each in stage.by_bot() if each.replied_to is question]
    assert answer.content.splitlines()[0] == "Here I am."


@with_both
async def test_credentials_that_are_removed_while_a_question_is_asked_serve_it_alone(stage: Stage) -> None:
    stage.hurry()
    await bring(stage)
    stream = stage.apis.chatbase.hold()
    question = await stage.alice.say(stage.general, stage.mention("is anybody there?"))
    await stream.send("Half of it, ")
    await stage.bot.services.credentials.remove(stage.guild.id, "chatbase")
    await stream.send("and the rest.")
    await stream.finish()
    assert (await stage.answer(question)).content == "Half of it, and the rest."
    stage.apis.chatbase.answers("Another one.")
    assert (await stage.ask(stage.alice, "and now?")).content == "Another one."
    assert keys(stage.apis.chatbase.received) == [OWN, HOSTS]
