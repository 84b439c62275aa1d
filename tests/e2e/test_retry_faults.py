"""Asking again while something is in the way: a fault, a database that is gone, a place that the bot is a guest in."""

import pytest

from sandbox.apis import Reply
from sandbox.apis.chatbot_stories import button
from sandbox.discord import Channel, Message
from tests.e2e.answer_controls import FINISHED, built_prompt, controls, shown, told_alone, version
from tests.e2e.chatbot_answers import choices, offered, sent
from tests.e2e.reader import bare, bare_text, below_caption, prose, words
from tests.e2e.stage import Stage


async def test_a_retry_that_fails_or_is_stopped_leaves_what_was_there(brisk: Stage) -> None:
    stage, text = brisk, prose(2500)
    stage.apis.chatbase.answers(text, times=1)
    await stage.alice.say(stage.general, stage.mention("tell me"))
    await stage.discord.wait_for(lambda: bare(stage.by_bot()) == bare_text(text))
    await stage.idle()
    messages = stage.by_bot()
    stage.apis.chatbase.fails("server-error", times=1)
    await stage.alice.press(messages[-1], "Retry")
    await messages[-1].wait_until(
        "-# I couldn't get another answer, so this is the previous one. Chatbase is having problems (error 500)."
    )
    await stage.idle()
    check_restored(stage, messages, text)
    stream = stage.apis.chatbase.hold()
    await stage.alice.press(messages[-1], "Retry")
    await stream.send("Something new")
    await messages[0].wait_until("Something new")
    await shown(stage, messages[0], "Stop")
    await stage.alice.press(messages[0], "Stop")
    await version(stage, messages[0], "2/2")
    assert messages[0].content.startswith("Something new\n-# Stopped.")
    assert await built_prompt(stage) == [], "what was stopped is not remembered, nor what it stands in place of"
    await stage.alice.press(messages[0], "◀")
    await stage.discord.wait_for(lambda: "1/2" in controls(stage.by_bot()[-2]) or "1/2" in controls(stage.by_bot()[-1]))
    assert (await built_prompt(stage))[:2] == ["tell me", text]


def check_restored(stage: Stage, messages: list[Message], text: str) -> None:
    """Hold that the first version is shown again, with what happened below it."""
    assert stage.by_bot() == messages
    said, notice = "\n".join(each.content for each in messages).rsplit("\n-# ", 1)
    assert bare_text(said) == bare_text(text)
    assert notice.startswith("I couldn't get another answer, so this is the previous one.")
    assert [controls(each) for each in messages] == [[], FINISHED]


async def test_without_its_database_a_press_is_answered_privately(stage: Stage) -> None:
    answer = await stage.ask(stage.alice, "hello")
    before = answer.content
    await stage.idle()
    stage.lose("answer_messages")
    for label in FINISHED:
        told = await told_alone(stage, await stage.alice.press(answer, label))
        assert told == "I can't reach my database right now. Please try again in a minute."
    assert (answer.content, controls(answer)) == (before, FINISHED)


async def test_what_is_not_kept_any_more_cannot_be_asked_again(stage: Stage) -> None:
    answer = await stage.ask(stage.alice, "hello")
    await stage.idle()
    erase = await stage.use(stage.alice, "privacy forget")
    await stage.alice.press(erase, "Erase")
    await erase.wait_until("Deleted")
    await stage.idle()
    told = await told_alone(stage, await stage.alice.press(answer, "Retry"))
    assert told == "I no longer have this question. Please ask it again."


@pytest.fixture
def abroad(stage: Stage) -> Channel:
    """Give a channel of a server that the bot is no member of, with alice, who has installed it, bob and the admin."""
    stage.app.install_for(stage.alice)
    guild = stage.discord.create_guild("Abroad", stage.admin, stage.alice, stage.bob)
    return guild.add_text_channel("lobby")


async def test_a_guests_answer_is_given_again_below(stage: Stage, abroad: Channel) -> None:
    stage.apis.chatbase.answers("First.", times=1)
    stage.apis.chatbase.answers("Second.", times=1)
    stage.apis.tamako.answers("Third.")
    first = await stage.use(stage.alice, "ask", at=abroad, question="hello")
    second = await below(stage, abroad, first, "Retry")
    assert (words(first), words(second)) == ("First.", "Second.")
    offer = await (await stage.alice.press(second, "Ask another")).wait_until()
    third = await below(stage, abroad, offer, "Tamako")
    assert (words(third), controls(third)) == ("Third.", FINISHED)
    assert all(each.visible_to(stage.bob) for each in (first, second, third))
    told = await told_alone(stage, await stage.bob.press(third, "Retry"))
    assert told.startswith("Only the person who asked")
    stream = stage.apis.chatbase.hold()
    asking = await stage.alice.slash(abroad, "ask", question="and now?")
    await stream.send("It begins")
    await shown(stage, await asking.wait_until("It begins"), "Stop")
    await stage.alice.press(await asking.wait_until(), "Stop")
    await shown(stage, await asking.wait_until(), *FINISHED)
    assert below_caption(asking.content).startswith("It begins\n-# Stopped.")


async def below(stage: Stage, channel: Channel, message: Message, label: str) -> Message:
    """Press a button, and return the answer that comes below."""
    known = stage.by_bot(channel)
    await stage.alice.press(message, label)

    def find() -> Message | None:
        new = [each for each in stage.by_bot(channel) if each not in known and not each.ephemeral]
        return new[-1] if new and not new[-1].thinking and controls(new[-1]) == FINISHED else None

    found = await stage.discord.wait_for(find)
    await stage.idle()
    return found


@pytest.mark.environment(DEFAULT_PROVIDER="chatbot")
async def test_what_the_answer_offers_stands_above_the_controls_and_goes_on_working(brisk: Stage) -> None:
    stage = brisk
    many = {"type": "quickReplies", "title": "Choose", "buttons": choices(25)}
    stage.apis.chatbot.answers(Reply(fulfillment=[many]), times=1)
    few = {"type": "quickReplies", "title": "Again", "buttons": [button("postback", "One", "uno")]}
    stage.apis.chatbot.answers(Reply(fulfillment=[few]), times=1)
    await stage.ask(stage.alice, "go on")
    await stage.idle()
    messages = stage.by_bot()
    assert [len(offered(each)) for each in messages] == [20, 5]
    assert [controls(each) for each in messages] == [[], FINISHED]
    await stage.alice.press(messages[-1], "Retry")
    await version(stage, messages[0], "2/2")
    assert stage.by_bot() == messages[:1]
    assert (messages[0].content, offered(messages[0])) == ("Again", ["One"])
    await stage.told(await stage.bob.press(messages[0], "One"))
    assert sent(stage, "query") == "uno"
    await stage.alice.press(messages[0], "◀")
    await stage.discord.wait_for(lambda: [len(offered(each)) for each in stage.by_bot() if offered(each)][:1] == [20])
    await stage.idle()
    first = messages[0]
    await stage.told(await stage.bob.press(first, "T7"))
    assert sent(stage, "query") == "v7"
