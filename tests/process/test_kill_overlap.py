"""Processes that overlap, as at a deploy: each answer has one owner, and is marked once if that ends."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.domain.cluster.shards import shard_of
from bot.domain.errors import Interrupted
from bot.strings.errors import explain
from bot.strings.markup import small
from sandbox.apis import Status
from sandbox.bot_process import BotProcess
from sandbox.environment import READY_SECONDS, Environment
from tests.process.kill_scenarios import INTERRUPTED, Scenario
from tests.process.process_harness import ProcessHarness

pytestmark = pytest.mark.timeout(150)

DEALT_WITH = "answers that were cut off are dealt with"
KILLED_SECONDS, STOPPED_SECONDS = 20.0, 45.0
TWO_LOOKS = 21.0


class Processes:
    """Bots with one token on one database; all are killed at the end."""

    def __init__(self, env: Environment, stack: AsyncExitStack) -> None:
        self.harness = ProcessHarness(env)
        self._env = env
        self._stack = stack

    async def start(self, **settings: str) -> BotProcess:
        """Start one more."""
        await self._env.start_bot(READY_SECONDS, **settings)
        assert self._env.bot is not None
        bot, self._env.bot = self._env.bot, None
        self._stack.push_async_callback(self._end, bot)
        return bot

    async def begin(self, *, slash: bool = False) -> Scenario:
        """Have an answer begin, whose end is still to come."""
        scenario = self.harness.channel(slash=slash)
        await scenario.begin()
        return scenario

    async def marked(self, scenario: Scenario, limit: float, notice: str = INTERRUPTED) -> None:
        """Wait until an answer is marked as interrupted."""
        scenario.shows = f"{scenario.word} begins\n{notice}"
        await self._env.discord.wait_for(lambda: scenario.is_truthful, limit)

    async def _end(self, bot: BotProcess) -> None:
        bot.send_signal(signal.SIGCONT)
        await bot.kill()


@pytest.fixture
async def processes(env: Environment, url: str) -> AsyncIterator[Processes]:
    """Give processes on one database after the other."""
    env.settings["DATABASE_URL"] = url
    async with AsyncExitStack() as stack:
        yield Processes(env, stack)


async def test_what_the_old_process_is_at_is_left_to_it_until_it_is_killed(
    env: Environment, processes: Processes
) -> None:
    env.settings["DRAIN_SECONDS"] = "60"  # it has left its shard, and goes on with what it is at
    old = await processes.start()
    first, second = await processes.begin(), await processes.begin(slash=True)
    new = await processes.start()
    await asyncio.sleep(TWO_LOOKS)
    await first.end()
    first.is_whole()
    await processes.harness.is_truthful([first])
    assert not [line for line in new.out if "cut off" in line]
    await old.kill()
    await processes.marked(second, KILLED_SECONDS)
    await new.printed(DEALT_WITH)
    assert first.is_truthful


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_two_survivors_mark_each_answer_once(env: Environment, processes: Processes) -> None:
    env.settings |= {"SHARD_COUNT": "3", "CLUSTER_COUNT": "3"}
    shard = shard_of(env.guild.id, 3)
    survivors = [await processes.start(CLUSTER_ID=str(number)) for number in range(3)]
    old = survivors.pop(shard)
    scenario = await processes.begin()
    await old.kill()
    await processes.marked(scenario, KILLED_SECONDS)
    await asyncio.sleep(TWO_LOOKS)
    lines = [line for each in survivors for line in each.out if DEALT_WITH in line]
    assert len(lines) == 1
    assert scenario.is_truthful


async def test_the_logs_of_both_processes_tell_one_story(processes: Processes) -> None:
    env = processes.harness.env
    env.settings.update(LOG_FORMAT="json", LOG_LEVEL="DEBUG")
    old = await processes.start()
    other, scenario = await processes.begin(), processes.harness.channel(slash=False)
    env.apis.chatbase.fails(Status(503, retry_after="0.1"), times=1)
    env.discord.rate_limit("POST", f"/channels/{scenario.place.id}/messages", 0.5, times=1)
    await scenario.begin()
    new = await processes.start()
    await old.kill()
    for each in (other, scenario):
        await processes.marked(each, KILLED_SECONDS)
    await new.printed(DEALT_WITH)
    question, foreign = [next(iter(each.place.messages)) for each in (scenario, other)]
    before, after = story(old, question), story(new, question)
    told = [event["message"] for event in before]
    assert told[:2] == [f"question {question} begins", f"question {question} is claimed"]
    assert "Chatbase: try 1 failed (ServerFault), another follows" in told
    assert [line for line in told if line.startswith("Discord has POST ") and line.endswith("(429)")]
    assert told[-1].startswith("Discord took request ")
    assert after[-1]["message"] == f"question {question}: its answer was cut off, and is dealt with"
    assert (after[-1]["outcome"], after[-1]["run"], after[-1]["answer"]) == ("interrupted", 1, before[0]["answer"])
    assert {event["pid"] for event in before} == {old.pid}
    assert {event["pid"] for event in after} == {new.pid}
    assert str(foreign) not in json.dumps([before, after])


def story(bot: BotProcess, question: int) -> list[dict[str, Any]]:
    """Return the events in a process's log that belong to a question."""
    events = [json.loads(line) for line in bot.out]
    return [event for event in events if event.get("correlation_id") == str(question)]


async def test_what_a_process_leaves_at_its_end_is_marked_by_the_other(processes: Processes) -> None:
    old = await processes.start()
    scenario = await processes.begin()
    held = scenario.hold("begins\n", final=True)
    new = await processes.start()
    ending = asyncio.create_task(old.stop())
    await held.arrived(20)
    await ending
    processes.harness.env.discord.holds.forget()
    await processes.marked(scenario, KILLED_SECONDS, small(explain(Interrupted())))
    await new.printed(DEALT_WITH)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_process_that_is_stopped_is_given_up_and_does_no_harm_when_it_wakes(processes: Processes) -> None:
    old = await processes.start()
    scenario = await processes.begin()
    new = await processes.start()
    old.send_signal(signal.SIGSTOP)
    await processes.marked(scenario, STOPPED_SECONDS)
    await new.printed(DEALT_WITH)
    old.send_signal(signal.SIGCONT)
    await scenario.end()
    scenario.shows = f"{scenario.word} begins and {scenario.word} ends\n{INTERRUPTED}"
    await processes.harness.is_truthful([scenario])
