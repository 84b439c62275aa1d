"""Calling an asker back who will have left: after a long time, or when the talk has moved on."""

import pytest

from bot.answering.notices import call_backs
from sandbox.discord import Message
from tests.e2e.answer_controls import FINISHED, shown
from tests.e2e.answer_steps import begin
from tests.e2e.stage import Stage


def link(answer: Message) -> str:
    """Return an answer's address."""
    location = answer.channel.guild.id if answer.channel.guild is not None else "@me"
    return f"https://discord.com/channels/{location}/{answer.channel.id}/{answer.id}"


async def last(stage: Stage, answer: Message) -> Message:
    """Return what the bot wrote after an answer."""
    await shown(stage, answer, *FINISHED)
    await stage.idle()
    (found,) = [each for each in stage.by_bot(answer.channel) if each.id > answer.id and not each.ephemeral]
    return found


async def test_after_long_the_asker_is_called_back(brisk: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_backs, "CALL_BACK_AFTER", 0.0)
    stage, chat = brisk, brisk.alice.dm(brisk.app)
    for channel in (stage.general, chat):
        stream, question, answer = await begin(stage, channel)
        await stream.finish()
        told = await last(stage, answer)
        assert told.content == f"Your answer is ready. [Jump to it]({link(answer)})"
        assert told.replied_to is question
        assert told.pinged == {stage.alice}
    stream = stage.apis.chatbase.hold()
    asking = await stage.alice.slash(stage.other, "ask", question="think long")
    await stream.send("It begins")
    response = await asking.wait_until("It begins")
    await stream.finish()
    told = await last(stage, response)
    assert told.content == f"{stage.alice.mention} Your answer is ready. [Jump to it]({link(response)})"
    assert told.pinged == {stage.alice}


async def test_far_up_the_asker_is_called_back_and_otherwise_left_alone(brisk: Stage) -> None:
    stage = brisk
    for messages in (14, 15):
        stream, question, answer = await begin(stage)
        for number in range(messages):
            await stage.bob.say(stage.general, f"talk {number}")
        await stage.use(stage.bob, "help")  # answered after the talk before it was taken note of
        recent = stage.bot.requests.recent_messages
        assert recent.others_below(stage.general.id, answer.id, question.author.id) == messages
        await stream.finish()
        if messages == 15:
            told = await last(stage, answer)
            assert told.content == f"Your answer is ready. [Jump to it]({link(answer)})"
            assert told.pinged == {stage.alice}
        else:
            await shown(stage, answer, *FINISHED)
            await stage.idle()
            assert [each for each in stage.by_bot() if not each.ephemeral] == [answer]


async def test_nobody_is_called_back_to_what_only_they_see(brisk: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_backs, "CALL_BACK_AFTER", 0.0)
    stage = brisk
    abroad = stage.discord.create_guild("Abroad", stage.alice).add_text_channel("lobby")
    stage.app.install_for(stage.alice)
    for channel, private in ((stage.general, True), (abroad, False)):
        stream = stage.apis.chatbase.hold()
        asking = await stage.alice.slash(channel, "ask", question="think long", private=private)
        await stream.send("It begins")
        await stream.finish()
        response = await shown(stage, await asking.wait_until("It begins"), *FINISHED)
        await stage.idle()
        assert stage.by_bot(channel) == [response]
    stream, _, answer = await begin(stage)
    await stream.finish()
    assert (await last(stage, answer)).content.startswith("Your answer is ready.")
