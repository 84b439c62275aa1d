"""Stopping the process: what is under way ends well, nothing new begins, and the exit code is 0."""

import asyncio
import signal

import pytest

from sandbox.bot_process import BotProcess
from sandbox.discord import Message
from sandbox.discord.gateway import breaks
from sandbox.environment import Environment
from tests.process.process_harness import unfinished

STOPPING = "stopping"
"""What the log says once a signal to stop has arrived."""

pytestmark = pytest.mark.timeout(90)


async def _start(env: Environment) -> BotProcess:
    await env.start_bot()
    assert env.bot is not None
    return env.bot


async def _begin_answer(env: Environment, beginning: str) -> Message:
    """Ask in #general and return the answer, of which the reader sees the beginning."""
    question = await env.alice.say(env.general, f"{env.app.bot.mention} go on and on")
    answer = await env.general.next_message(by=env.app.bot, after=question)
    await answer.wait_until(shows=beginning)
    return answer


async def test_an_answer_in_flight_finishes_and_the_next_start_answers_what_came_meanwhile(env: Environment) -> None:
    bot = await _start(env)
    stream = env.apis.chatbase.hold()
    sending = asyncio.create_task(stream.send("The beginning "))
    answer = await _begin_answer(env, "The beginning")
    await sending
    bot.send_signal(signal.SIGTERM)
    await bot.printed(STOPPING)
    await env.discord.wait_for(lambda: not env.discord.gateway.connected())
    late = await env.bob.say(env.games, f"{env.app.bot.mention} one more")
    await stream.send("and the end.")
    await stream.finish()
    assert await bot.ended(10) == 0
    assert answer.content == "The beginning and the end."
    assert len(env.apis.chatbase.received) == 1
    assert list(bot.err) == []
    env.apis.chatbase.answers("Here you are.")
    await _start(env)
    reply = await env.games.next_message(by=env.app.bot, after=late)
    await reply.wait_until(shows="Here you are.")


async def test_an_answer_that_does_not_end_is_marked_in_time(env: Environment) -> None:
    env.settings["DRAIN_SECONDS"] = "1"
    bot = await _start(env)
    stream = env.apis.chatbase.hold()
    sending = asyncio.create_task(stream.send("The beginning "))
    answer = await _begin_answer(env, "The beginning")
    await sending
    waiting = await env.alice.say(env.general, f"{env.app.bot.mention} and this?")
    signalled = env.discord.clock.monotonic()
    bot.send_signal(signal.SIGTERM)
    assert await bot.ended(10) == 0
    assert env.discord.clock.monotonic() - signalled < 2
    await stream.left()
    text, _, notice = answer.content.partition("\n")
    assert text.rstrip() == "The beginning"
    assert notice.startswith("-# Interrupted")
    assert 0.95 < answer.frames[-1].at - signalled < 2
    told = await env.general.next_message(by=env.app.bot, after=waiting)
    assert told.content == "-# I'm restarting. Please ask again in a minute."
    assert told.frames[-1].at - signalled < 2
    # The next start has nothing to repair.
    assert unfinished(env) == 0


async def test_an_idle_bot_stops_at_once(env: Environment) -> None:
    # SIGTERM is what all others are stopped by.
    bot = await _start(env)
    bot.send_signal(signal.SIGINT)
    assert await bot.ended(5) == 0
    assert list(bot.err) == []
    assert not env.discord.gateway.connected(env.app)


async def test_discord_out_of_reach_at_the_start(env: Environment) -> None:
    await env.discord.go_down()
    bot = await BotProcess.start(env.bot_settings(), env.folder)
    try:
        await bot.printed("Discord cannot be reached")
        await env.discord.come_back()
        await env.discord.bot_ready(env.app, syncs=1)
        assert sum("Discord cannot be reached" in line for line in bot.out) == 1
        assert not any("logging in" in line for line in bot.out)
        question = await env.alice.say(env.general, f"{env.app.bot.mention} hello")
        answer = await env.general.next_message(by=env.app.bot, after=question)
        await answer.wait_until(shows=env.apis.chatbase.received[-1].answered.text)
    finally:
        assert await bot.stop() == 0


async def test_a_start_that_discord_breaks_off_half_way_is_tried_again(env: Environment) -> None:
    env.discord.fail_next("GET", "/gateway/bot", 404)
    bot = await _start(env)
    assert sum("Discord cannot be reached" in line for line in bot.out) == 1


async def test_commands_that_discord_refuses_do_not_keep_the_bot_from_answering(env: Environment) -> None:
    env.discord.fail_next("PUT", "/commands", 400)
    bot = await BotProcess.start(env.bot_settings(), env.folder)
    try:
        await bot.printed("the commands are not registered")
        await env.discord.bot_ready(env.app, syncs=1)
        await bot.printed(f"registered {len(env.app.commands)} commands")
        question = await env.alice.say(env.general, f"{env.app.bot.mention} hello")
        answer = await env.general.next_message(by=env.app.bot, after=question)
        await answer.wait_until(shows=env.apis.chatbase.received[-1].answered.text)
    finally:
        assert await bot.stop() == 0


async def test_a_signal_ends_the_waiting_for_discord(env: Environment) -> None:
    await env.discord.go_down()
    bot = await BotProcess.start(env.bot_settings(), env.folder)
    try:
        await bot.printed("Discord cannot be reached")
    finally:
        assert await bot.stop(5) == 0


@pytest.mark.parametrize("how", ["no session may be begun", "each session is refused", "no resume succeeds"])
async def test_a_signal_ends_the_waiting_for_the_gateway(env: Environment, how: str) -> None:
    gateway = env.discord.gateway
    if how == "no session may be begun":
        env.app.session_starts.remaining, env.app.session_starts.reset_after = 0, 3_600_000
    elif how == "each session is refused":
        gateway.breaks.identify = breaks.invalidate(resumable=False)
    else:
        gateway.breaks.resume = breaks.close(4000)
    bot = await BotProcess.start(env.bot_settings(), env.folder)
    try:
        if how == "no session may be begun":
            await bot.printed("no session for now; the next waits 3600 s")
        else:
            if how == "no resume succeeds":
                await env.discord.bot_ready(env.app, syncs=1)
                await env.discord.disconnect(4000)
            await bot.printed("Discord cannot be reached")
        signalled = env.discord.clock.monotonic()
    finally:
        assert await bot.stop(5) == 0
    assert env.discord.clock.monotonic() - signalled < 2
    assert list(bot.err) == []
    assert len(gateway.attempts.dials) <= 3
