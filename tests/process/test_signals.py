"""Stopping the process: what is under way ends well, nothing new begins, and the exit code is 0."""

import asyncio
import signal

import pytest

from bot.__main__ import DRAIN_SECONDS
from sandbox.bot_process import BotProcess
from sandbox.discord import Message
from sandbox.discord.gateway import breaks
from sandbox.environment import Stage
from tests.process.process_harness import unfinished
from tests.process.short_drain import PATIENCE

STOPPING = "stopping"
"""What the log says once a signal to stop has arrived."""

pytestmark = pytest.mark.timeout(90)


async def _start(stage: Stage) -> BotProcess:
    await stage.start_bot()
    assert stage.bot is not None
    return stage.bot


async def _begin_answer(stage: Stage, beginning: str) -> Message:
    """Ask in #general and return the answer, of which the reader sees the beginning."""
    question = await stage.alice.say(stage.general, f"{stage.app.bot.mention} go on and on")
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    await answer.wait_until(shows=beginning)
    return answer


async def test_an_answer_in_flight_finishes_and_none_begins(stage: Stage) -> None:
    bot = await _start(stage)
    stream = stage.apis.chatbase.hold()
    sending = asyncio.create_task(stream.send("The beginning "))
    answer = await _begin_answer(stage, "The beginning")
    await sending
    bot.send_signal(signal.SIGTERM)
    await bot.printed(STOPPING)
    late = await stage.bob.say(stage.games, f"{stage.app.bot.mention} one more")
    reply = await stage.games.next_message(by=stage.app.bot, after=late)
    await stream.send("and the end.")
    await stream.finish()
    assert await bot.ended(10) == 0
    assert answer.content == "The beginning and the end."
    assert reply.content.startswith("-# ")
    assert len(stage.apis.chatbase.received) == 1
    assert list(bot.err) == []


async def test_an_answer_that_does_not_end_is_marked_in_time(stage: Stage) -> None:
    assert DRAIN_SECONDS == 10
    bot = await BotProcess.start(stage.environment(), stage.folder, module="tests.process.short_drain")
    try:
        await stage.discord.bot_ready(stage.app, syncs=1)
        stream = stage.apis.chatbase.hold()
        sending = asyncio.create_task(stream.send("The beginning "))
        answer = await _begin_answer(stage, "The beginning")
        await sending
        waiting = await stage.bob.say(stage.general, f"{stage.app.bot.mention} and me?")
        signalled = stage.discord.clock.monotonic()
        bot.send_signal(signal.SIGTERM)
        assert await bot.ended(16) == 0
    finally:
        await bot.kill()
    await stream.left()
    text, _, notice = answer.content.partition("\n")
    assert text.rstrip() == "The beginning"
    assert notice.startswith("-# Interrupted")
    assert PATIENCE * 0.95 < answer.frames[-1].at - signalled < PATIENCE + 4
    told = await stage.general.next_message(by=stage.app.bot, after=waiting)
    assert told.content == "-# I am about to restart. Please ask again in a minute."
    assert told.frames[-1].at - signalled < 5
    # The next start has nothing to repair.
    assert unfinished(stage) == 0


async def test_an_idle_bot_stops_at_once(stage: Stage) -> None:
    # SIGTERM is what all others are stopped by.
    bot = await _start(stage)
    bot.send_signal(signal.SIGINT)
    assert await bot.ended(5) == 0
    assert list(bot.err) == []
    assert not stage.discord.gateway.connected(stage.app)


async def test_discord_out_of_reach_at_the_start(stage: Stage) -> None:
    await stage.discord.go_down()
    bot = await BotProcess.start(stage.environment(), stage.folder)
    try:
        await bot.printed("Discord cannot be reached")
        await stage.discord.come_back()
        await stage.discord.bot_ready(stage.app, syncs=1)
        assert sum("Discord cannot be reached" in line for line in bot.out) == 1
        assert not any("logging in" in line for line in bot.out)
        question = await stage.alice.say(stage.general, f"{stage.app.bot.mention} hello")
        answer = await stage.general.next_message(by=stage.app.bot, after=question)
        await answer.wait_until(shows=stage.apis.chatbase.received[-1].answered.text)
    finally:
        assert await bot.stop() == 0


async def test_a_start_that_discord_breaks_off_half_way_is_tried_again(stage: Stage) -> None:
    stage.discord.fail_next("GET", "/gateway/bot", 404)
    bot = await _start(stage)
    assert sum("Discord cannot be reached" in line for line in bot.out) == 1


async def test_commands_that_discord_refuses_do_not_keep_the_bot_from_answering(stage: Stage) -> None:
    stage.discord.fail_next("PUT", "/commands", 400)
    bot = await BotProcess.start(stage.environment(), stage.folder)
    try:
        await bot.printed("the commands are not registered")
        await stage.discord.bot_ready(stage.app, syncs=1)
        await bot.printed(f"registered {len(stage.app.commands)} commands")
        question = await stage.alice.say(stage.general, f"{stage.app.bot.mention} hello")
        answer = await stage.general.next_message(by=stage.app.bot, after=question)
        await answer.wait_until(shows=stage.apis.chatbase.received[-1].answered.text)
    finally:
        assert await bot.stop() == 0


async def test_a_signal_ends_the_waiting_for_discord(stage: Stage) -> None:
    await stage.discord.go_down()
    bot = await BotProcess.start(stage.environment(), stage.folder)
    try:
        await bot.printed("Discord cannot be reached")
    finally:
        assert await bot.stop(5) == 0


@pytest.mark.parametrize("how", ["no session may be begun", "each session is refused", "no resume succeeds"])
async def test_a_signal_ends_the_waiting_for_the_gateway(stage: Stage, how: str) -> None:
    gateway = stage.discord.gateway
    if how == "no session may be begun":
        stage.app.starts_left, stage.app.starts_reset_after = 0, 3_600_000
    elif how == "each session is refused":
        gateway.breaks.identify = breaks.invalidate(resumable=False)
    else:
        gateway.breaks.resume = breaks.close(4000)
    bot = await BotProcess.start(stage.environment(), stage.folder)
    try:
        if how == "no session may be begun":
            await bot.printed("no session for now; the next waits 3600 s")
        else:
            if how == "no resume succeeds":
                await stage.discord.bot_ready(stage.app, syncs=1)
                await stage.discord.disconnect(4000)
            await bot.printed("Discord cannot be reached")
        signalled = stage.discord.clock.monotonic()
    finally:
        assert await bot.stop(5) == 0
    assert stage.discord.clock.monotonic() - signalled < 2
    assert list(bot.err) == []
    assert len(gateway.tries.dials) <= 3
