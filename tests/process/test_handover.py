"""A second process takes over from the first, on both databases: no question is lost, and a third is refused."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest

from sandbox.bot_process import BotProcess
from sandbox.discord import Channel, Message
from sandbox.environment import Environment
from tests.postgres import find_free_port

pytestmark = pytest.mark.timeout(120)

LEFT = "another process has taken over"
"""What the log of the first says when it has left its last shard."""

DRAIN_SECONDS = 3.0


class Processes:
    """Bots with one token on one database; all are killed at the end."""

    def __init__(self, env: Environment, stack: AsyncExitStack) -> None:
        self._env = env
        self._stack = stack

    async def launch(self, **settings: str) -> BotProcess:
        """Start one, and do not wait until it is ready."""
        bot = await BotProcess.start({**self._env.bot_settings(), **settings}, self._env.folder)
        self._stack.push_async_callback(self._end, bot)
        return bot

    async def start(self, **settings: str) -> BotProcess:
        """Start one, and wait until it is ready."""
        readies = self._env.app.readies
        bot = await self.launch(**settings)
        await self._env.discord.bot_ready(self._env.app, readies=readies + 1)
        return bot

    async def _end(self, bot: BotProcess) -> None:
        bot.send_signal(signal.SIGCONT)
        await bot.kill()


@pytest.fixture
async def processes(env: Environment, url: str) -> AsyncIterator[Processes]:
    """Give processes on one database after the other."""
    env.settings |= {"DATABASE_URL": url, "DRAIN_SECONDS": f"{DRAIN_SECONDS:g}"}
    async with AsyncExitStack() as stack:
        yield Processes(env, stack)


async def ask(env: Environment, channel: Channel, text: str = "and now?") -> Message:
    """Ask in a channel, and return the answer that begins."""
    question = await env.alice.say(channel, f"{env.app.bot.mention} {text}")
    return await channel.next_message(by=env.app.bot, after=question)


async def begin(env: Environment, channel: Channel) -> tuple[Message, Callable[[], Awaitable[None]]]:
    """Have an answer begin; return it, and what has it end."""
    stream = env.apis.chatbase.hold()
    sending = asyncio.create_task(stream.send("The beginning "))
    answer = await ask(env, channel, "tell me")
    await answer.wait_until(shows="The beginning")
    await sending

    async def end() -> None:
        await stream.send("and the end.")
        await stream.finish()

    return answer, end


async def test_the_first_leaves_finishes_and_ends_with_0(env: Environment, processes: Processes) -> None:
    first = await processes.start()
    answer, end = await begin(env, env.general)
    second = await processes.start()
    await first.printed(LEFT)
    env.apis.chatbase.answers("From the second.")
    other = await ask(env, env.games)
    await other.wait_until(shows="From the second.")
    assert first.code is None
    await end()
    assert await first.ended(DRAIN_SECONDS) == 0
    assert answer.content == "The beginning and the end."
    assert list(first.err) == []
    assert second.code is None


async def test_an_answer_that_does_not_end_is_marked_in_time(env: Environment, processes: Processes) -> None:
    first = await processes.start()
    answer, _ = await begin(env, env.general)
    await processes.start()
    await first.printed(LEFT)
    assert await first.ended(DRAIN_SECONDS + 3) == 0
    assert answer.content.startswith("The beginning")
    assert "-# Interrupted" in answer.content


async def test_what_waited_in_line_is_answered_by_the_first(env: Environment, processes: Processes) -> None:
    first = await processes.start()
    _, end = await begin(env, env.general)
    waiting = await env.alice.say(env.general, f"{env.app.bot.mention} and this?")
    await env.general.next_message(by=env.app.bot, after=waiting)
    await processes.start()
    await first.printed(LEFT)
    env.apis.chatbase.answers("And that.")
    await end()
    await env.discord.wait_for(
        lambda: [message for message in env.general.messages.values() if message.content == "And that."]
    )
    assert await first.ended(DRAIN_SECONDS) == 0


async def test_a_third_is_refused(env: Environment, processes: Processes) -> None:
    env.settings["DRAIN_SECONDS"] = "60"  # the first is there until the test is over
    first = await processes.start()
    await begin(env, env.general)
    await processes.start()
    await first.printed(LEFT)
    third = await processes.launch()
    assert await third.ended(15) == 1
    (line,) = third.err
    assert line.startswith("DATABASE_URL: two processes of this bot already run")


async def test_sigterm_lets_a_successor_that_is_joining_take_over_first(env: Environment, processes: Processes) -> None:
    first = await processes.start()
    env.app.session_starts.interval = 5.0
    readies = env.app.readies
    second = await processes.launch()
    await second.printed("hands them over")
    first.send_signal(signal.SIGTERM)
    await first.printed("stopping as soon as")
    assert await first.ended(DRAIN_SECONDS + 1) == 0
    await env.discord.bot_ready(env.app, readies=readies + 1)


async def test_a_successor_with_a_bad_token_disturbs_nobody(env: Environment, processes: Processes) -> None:
    first = await processes.start()
    second = await processes.launch(DISCORD_TOKEN="wrong")
    assert await second.ended(15) == 1
    assert "DISCORD_TOKEN" in second.err[0]
    env.apis.chatbase.answers("Still here.")
    await (await ask(env, env.general)).wait_until(shows="Still here.")
    assert first.code is None


async def becomes_ready(port: int) -> None:
    """Wait until the process that has the port says that it takes questions."""
    async with asyncio.timeout(30), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass  # for a moment it is nobody's
            await asyncio.sleep(0.05)


async def test_one_port_goes_to_the_successor_while_the_first_finishes(env: Environment, processes: Processes) -> None:
    port = find_free_port()
    same = {"PORT": str(port), "DRAIN_SECONDS": "60"}
    first = await processes.start(**same)
    await becomes_ready(port)
    answer, end = await begin(env, env.general)
    second = await processes.start(**same)
    await second.printed("PORT is in use; it is taken over")
    await first.printed("gave PORT up")
    await becomes_ready(port)
    assert first.code is None
    await end()
    assert await first.ended(20) == 0
    assert answer.content == "The beginning and the end."
    await becomes_ready(port)
    assert (list(first.err), list(second.err)) == ([], [])


async def test_the_port_of_a_killed_process_is_taken_by_its_successor(env: Environment, processes: Processes) -> None:
    port = find_free_port()
    first = await processes.start(PORT=str(port))
    env.app.session_starts.interval = 5.0
    second = await processes.launch(PORT=str(port))
    await second.printed("hands them over")
    await first.kill()
    await becomes_ready(port)
    assert second.code is None


async def test_another_programs_port_ends_a_start_beside_no_process_of_it(
    env: Environment, processes: Processes
) -> None:
    port = find_free_port()
    first = await processes.start()
    await first.stop()
    with socket.create_server(("127.0.0.1", port)):
        second = await processes.launch(PORT=str(port))
        assert await second.ended(15) == 1
    (line,) = second.err
    assert line.startswith(f"PORT: another program uses {port} on 127.0.0.1")
    assert env.app.readies == 1
