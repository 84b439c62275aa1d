"""Encrypting beside a bot: what it stored before a key, and under an old one, while it goes on answering from it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.crypto.keys import new_key
from sandbox.environment import Environment
from tests.process.bot_runs import Ended, run

QUESTIONS = ("Which feather is the kestrel's?", "Which one is the heron's?", "Whose nest is the lowest?")

pytestmark = pytest.mark.timeout(120)


async def _ask(env: Environment, question: str) -> list[str]:
    """Ask in #general, wait for the answer, and return what the chatbot was sent."""
    env.apis.chatbase.answers(f"Found: {question[-12:-1]}.", times=1)
    asked = await env.alice.say(env.general, f"{env.app.bot.mention} {question}")
    answer = await env.general.next_message(by=env.app.bot, after=asked)
    await answer.wait_until(shows=f"Found: {question[-12:-1]}.")
    sent: Any = env.apis.chatbase.received[-1].fields["messages"]
    return [message["content"] for message in sent]


async def _run(env: Environment, command: str, keys: str) -> Ended:
    return await run(env.bot_settings() | {"SECRET_KEY": keys}, env.folder, command)


async def test_texts_are_encrypted_while_the_bot_answers_from_them(env: Environment) -> None:
    old, new = new_key(), new_key()
    await env.start_bot()
    await _ask(env, QUESTIONS[0])
    refused = await _run(env, "encrypt-texts", old)
    assert (refused.code, len(refused.err)) == (1, 1)
    assert "restart it with this SECRET_KEY" in refused.err[0]
    for keys, command in ((old, "encrypt-texts"), (f"{new},{old}", "rotate-keys")):
        await env.stop_bot()
        await env.start_bot(SECRET_KEY=keys)
        ended = await _run(env, command, keys)
        assert (ended.code, ended.out[0][:10]) == (0, "Encrypted ")
        assert "a bot runs on" in ended.out[1]
    assert await _ask(env, QUESTIONS[1]) == [
        QUESTIONS[0],
        f"Found: {QUESTIONS[0][-12:-1]}.",
        QUESTIONS[1],
    ]
    assert env.bot is not None
    await env.bot.printed("in full")
    assert await env.bot.kill() == -9
    held = await asyncio.to_thread(_read_all, env.folder)
    assert not [words for words in ("feather", "heron", "Found: ") if words.encode() in held]
    await env.start_bot(SECRET_KEY=new)
    assert len(await _ask(env, QUESTIONS[2])) == 5


def _read_all(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.name.startswith("switchboard.db"))
