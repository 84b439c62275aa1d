"""A process that is killed: the next one knows every finished turn, and none that was not."""

import asyncio

from sandbox.discord import Message
from sandbox.environment import Environment


async def _ask(env: Environment, text: str) -> Message:
    question = await env.alice.say(env.general, f"{env.app.bot.mention} {text}")
    return await env.general.next_message(by=env.app.bot, after=question)


def _sent_history(env: Environment) -> list[str]:
    """Return the texts of the messages that Chatbase was sent last."""
    messages = env.apis.chatbase.received[-1].fields["messages"]
    assert isinstance(messages, list)
    return [message["content"] for message in messages]


async def _ask_and_read(env: Environment, text: str, answer: str) -> None:
    """Ask, and return once the whole answer is shown, without the sign that it goes on."""
    shown = await _ask(env, text)
    await env.discord.wait_for(lambda: shown.content == answer)


async def _kill(env: Environment) -> None:
    assert env.bot is not None
    assert await env.bot.kill() == -9


async def test_a_kill_loses_no_finished_turn_and_keeps_no_half_one(env: Environment) -> None:
    await env.start_bot()
    env.apis.chatbase.answers("Answer one.", times=1)
    await _ask_and_read(env, "question one", "Answer one.")
    # A person who sees the whole answer can rely on it, even if the process dies at that moment.
    await _kill(env)

    await env.start_bot()
    stream = env.apis.chatbase.hold()
    sending = asyncio.create_task(stream.send("Half an answer "))
    await (await _ask(env, "question two")).wait_until(shows="Half an answer")
    await sending
    assert _sent_history(env) == ["question one", "Answer one.", "question two"]
    await _kill(env)

    await env.start_bot()
    env.apis.chatbase.answers("Answer three.", times=1)
    await _ask_and_read(env, "question three", "Answer three.")
    assert _sent_history(env) == ["question one", "Answer one.", "question three"]
    assert await env.stop_bot() == 0


async def test_a_kill_leaves_the_id_of_a_conversation_that_is_kept_elsewhere(env: Environment) -> None:
    keeper = env.apis.chatbase_v2
    await env.start_bot(DEFAULT_PROVIDER="chatbase-v2")
    keeper.answers("Answer one.", times=1)
    await _ask_and_read(env, "question one", "Answer one.")
    await _kill(env)

    await env.start_bot(DEFAULT_PROVIDER="chatbase-v2")
    stream = keeper.hold()
    sending = asyncio.create_task(stream.send("Half an answer "))
    await (await _ask(env, "question two")).wait_until(shows="Half an answer")
    await sending
    (kept,) = keeper.conversations
    assert keeper.received[-1].fields["conversationId"] == kept.id
    await _kill(env)

    # What Chatbase has of the question that was cut off is not known: it is not gone on from.
    await env.start_bot(DEFAULT_PROVIDER="chatbase-v2")
    keeper.answers("Answer three.", times=1)
    told = await _ask(env, "question three")
    await env.discord.wait_for(lambda: told.content.startswith("Answer three.\n-# Chatbase v2 couldn't go on"))
    assert "conversationId" not in keeper.received[-1].fields
    assert "Answer one." in str(keeper.received[-1].fields["message"])
    assert "question two" not in str(keeper.received[-1].fields["message"])
    assert await env.stop_bot() == 0
