"""A process that is killed: the next one knows every finished turn, and none that was not."""

import asyncio

from sandbox.discord import Message
from sandbox.environment import Stage


async def _ask(stage: Stage, text: str) -> Message:
    question = await stage.alice.say(stage.general, f"{stage.app.bot.mention} {text}")
    return await stage.general.next_message(by=stage.app.bot, after=question)


def _sent_history(stage: Stage) -> list[str]:
    """Return the texts of the messages that Chatbase was sent last."""
    messages = stage.apis.chatbase.received[-1].fields["messages"]
    assert isinstance(messages, list)
    return [message["content"] for message in messages]


async def _ask_and_read(stage: Stage, text: str, answer: str) -> None:
    """Ask, and return once the whole answer stands there, without the sign that it goes on."""
    shown = await _ask(stage, text)
    await stage.discord.wait_for(lambda: shown.content == answer)


async def _kill(stage: Stage) -> None:
    assert stage.bot is not None
    assert await stage.bot.kill() == -9


async def test_a_kill_loses_no_finished_turn_and_keeps_no_half_one(stage: Stage) -> None:
    await stage.start_bot()
    stage.apis.chatbase.answers("Answer one.", times=1)
    await _ask_and_read(stage, "question one", "Answer one.")
    # Whoever sees the whole answer may rely on it, even if the process has not a moment more to live.
    await _kill(stage)

    await stage.start_bot()
    stream = stage.apis.chatbase.hold()
    sending = asyncio.create_task(stream.send("Half an answer "))
    await (await _ask(stage, "question two")).wait_until(shows="Half an answer")
    await sending
    assert _sent_history(stage) == ["question one", "Answer one.", "question two"]
    await _kill(stage)

    await stage.start_bot()
    stage.apis.chatbase.answers("Answer three.", times=1)
    await _ask_and_read(stage, "question three", "Answer three.")
    assert _sent_history(stage) == ["question one", "Answer one.", "question three"]
    assert await stage.stop_bot() == 0
