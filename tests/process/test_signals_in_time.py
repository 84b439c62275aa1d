"""The process ends at most a second after `DRAIN_SECONDS`, whatever hangs, and never loses what it cannot finish."""

import asyncio
import signal
import sqlite3
from contextlib import closing

import pytest
from yarl import URL

from sandbox.apis.replies.reply import Pace
from sandbox.bot_process import BotProcess
from sandbox.discord import Channel, Message
from sandbox.environment import Environment
from tests.fakes.relay import Relay
from tests.postgres import find_free_port
from tests.process.process_harness import settled, unfinished
from tests.process.stopwatch import Stopwatch

DRAIN_SECONDS = 2.0
"""What the setting says in these tests."""

EXIT_SECONDS = 1.0 + 0.5
"""How long the process may go on after these: a second, and half a second for a slow machine.

Waits for a processor do not count.
"""

pytestmark = pytest.mark.timeout(90)


async def _start(env: Environment, **settings: str) -> BotProcess:
    env.settings.update(settings, DRAIN_SECONDS=f"{DRAIN_SECONDS:g}")
    await env.start_bot()
    assert env.bot is not None
    return env.bot


async def _begin(env: Environment, channel: Channel) -> Message:
    """Ask for an answer that does not end, and return it once its reader sees the beginning."""
    env.apis.chatbase.answers("and on " * 1000)
    env.apis.chatbase.pace = Pace(0, 0.3)
    question = await env.alice.say(channel, f"{env.app.bot.mention} go on and on")
    answer = await channel.next_message(by=env.app.bot, after=question)
    await answer.wait_until(shows="and on")
    return answer


async def _end(bot: BotProcess, *signals: signal.Signals) -> Stopwatch:
    """Send the signals, the second half a second after the first; return how long the process went on."""

    async def signalled() -> int:
        for place, number in enumerate(signals):
            await asyncio.sleep(0.5 * place)
            bot.send_signal(number)
        return await bot.ended(60)

    stopwatch = Stopwatch(bot.pid)
    assert await stopwatch.until(signalled()) == 0
    assert list(bot.err) == []
    return stopwatch


@pytest.mark.parametrize("limited", [False, True], ids=["as ever", "global 429"])
async def test_two_hundred_answers_under_way(env: Environment, limited: bool) -> None:
    bot = await _start(env)
    channels = [env.guild.add_text_channel(f"channel-{number}") for number in range(200)]
    answers = await asyncio.gather(*(_begin(env, channel) for channel in channels))
    if limited:
        env.discord.rate_limit("*", "", 60, scope="global")
    assert (await _end(bot, signal.SIGTERM)).own_seconds < DRAIN_SECONDS + EXIT_SECONDS
    marked = sum("Interrupted" in answer.content for answer in answers)
    assert marked + unfinished(env) >= 200
    assert marked == 0 if limited else marked > 50
    env.discord.faults.clear()
    bot = await _start(env)
    await bot.printed("are dealt with", 60)
    assert all("Interrupted" in answer.content for answer in answers)


async def test_a_database_that_hangs(env: Environment) -> None:
    bot = await _start(env)
    answer = await _begin(env, env.general)
    with closing(sqlite3.connect(env.folder / "switchboard.db", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        assert (await _end(bot, signal.SIGTERM)).own_seconds < DRAIN_SECONDS + EXIT_SECONDS
        database.execute("ROLLBACK")
    await _start(env)
    await settled(env)
    assert "Interrupted" in answer.content


async def test_a_gateway_that_hangs(env: Environment) -> None:
    async with Relay.to(URL(env.discord.gateway_url).port or 0) as relay:
        bot = await _start(env, DISCORD_GATEWAY_URL=str(URL(env.discord.gateway_url).with_port(relay.port)))
        answer = await _begin(env, env.general)
        relay.flowing.clear()
        assert (await _end(bot, signal.SIGTERM)).own_seconds < DRAIN_SECONDS + EXIT_SECONDS
    assert "Interrupted" in answer.content


async def test_clients_of_the_operators_pages_that_hang(env: Environment) -> None:
    port = find_free_port()
    bot = await _start(env, PORT=str(port))
    answer = await _begin(env, env.general)
    hanging = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    for (_, writer), begun in zip(
        hanging, (b"", b"GET /", b"GET /metrics HTTP/1.1\r\nHo", b"\x00", b"POST"), strict=True
    ):
        writer.write(begun)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /readyz HTTP/1.1\r\nHost: probe\r\n\r\n")
    assert (await reader.read()).endswith(b"ready\n")
    assert (await _end(bot, signal.SIGTERM)).own_seconds < DRAIN_SECONDS + EXIT_SECONDS
    assert "Interrupted" in answer.content
    for _, each in [*hanging, (reader, writer)]:
        each.close()


async def test_a_provider_that_hangs(env: Environment) -> None:
    async with Relay.to(URL(env.apis.chatbase.origin).port or 0) as relay:
        bot = await _start(env, CHATBASE_API_URL=f"http://127.0.0.1:{relay.port}{env.apis.chatbase.path}")
        answer = await _begin(env, env.general)
        relay.flowing.clear()
        assert (await _end(bot, signal.SIGTERM)).own_seconds < DRAIN_SECONDS + EXIT_SECONDS
    assert "Interrupted" in answer.content


async def test_a_database_that_does_not_answer_at_the_start(env: Environment) -> None:
    async def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        accepted.set()

    opened: list[asyncio.StreamWriter] = []
    accepted = asyncio.Event()
    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        address = f"postgresql://bot:word@127.0.0.1:{server.sockets[0].getsockname()[1]}/bot"
        bot = await BotProcess.start({**env.bot_settings(), "DATABASE_URL": address}, env.folder)
        await asyncio.wait_for(accepted.wait(), 20)
        # Nothing is in flight: it need not wait.
        assert (await _end(bot, signal.SIGTERM)).own_seconds < EXIT_SECONDS
        for writer in opened:
            writer.close()


async def test_another_sigterm_changes_nothing(env: Environment) -> None:
    bot = await _start(env)
    answer = await _begin(env, env.general)
    taken = await _end(bot, signal.SIGTERM, signal.SIGTERM)
    assert taken.seconds > DRAIN_SECONDS
    assert taken.own_seconds < DRAIN_SECONDS + EXIT_SECONDS
    assert "Interrupted" in answer.content


async def test_another_ctrl_c_cuts_the_answers_off(env: Environment) -> None:
    bot = await _start(env)
    answer = await _begin(env, env.general)
    assert (await _end(bot, signal.SIGINT, signal.SIGINT)).own_seconds < 0.5 + EXIT_SECONDS
    assert "Interrupted" in answer.content
