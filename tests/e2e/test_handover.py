"""One process takes over from another shard by shard; what each person sees of it is that all goes on.

They are two bots in one process; `tests/processes/test_handover.py` has real ones.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from yarl import URL

from bot.app import App, open_bot
from bot.app.life import Life
from bot.discord.gateway.session_start import SessionStart
from bot.domain.cluster.processes import JoinRefused
from bot.operations.cluster import cluster
from sandbox.discord import Channel
from tests.e2e.answer_steps import begin
from tests.e2e.reader import words
from tests.e2e.stage import Stage, Stop, open_stage
from tests.e2e.waiting import until

LONG_ENOUGH = 60.0
"""Seconds that answers may go on; each test ends them sooner."""

THREE = pytest.mark.environment(SHARD_COUNT="3")
SHARDS = range(3)


@pytest.fixture
async def stage(
    database_url: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """Give a stage on which nothing waits, neither for Discord's limits nor for a look, with the bot running."""
    monkeypatch.setattr(cluster, "LOOK_WITHOUT_SIGNALS", 0.05)
    async with open_stage(database_url, **environment) as opened:
        opened.drain_seconds = LONG_ENOUGH
        opened.hurry()
        async with opened.running():
            yield opened


def channels(stage: Stage) -> Sequence[Channel]:
    """Return a channel of each of three shards."""
    found = []
    for shard in SHARDS:
        guild = stage.discord.create_guild(f"On {shard}", stage.alice, shard=(shard, len(SHARDS)))
        guild.add_bot(stage.app)
        found.append(guild.add_text_channel("general"))
    return found


def held(bot: App) -> list[int]:
    return [status.shard for status in bot.gateway.statuses if status.state != "left"]


async def test_an_answer_under_way_is_finished_by_the_first_and_the_next_given_by_the_second(stage: Stage) -> None:
    older, life = stage.bot, stage.life
    stream, _, answer = await begin(stage)
    waiting = await stage.alice.say(stage.general, stage.mention("and after that?"))
    async with stage.running() as newer:
        await until(lambda: not held(older))
        stage.apis.chatbase.answers("From the second.", times=1)
        assert words(await stage.ask(stage.bob, "who are you?", stage.other)) == "From the second."
        assert not life.done()
        stage.apis.chatbase.answers("After that.", times=1)
        await stream.send(" and ends.")
        await stream.finish()
        assert (await stage.finished(answer)).content == "It begins and ends."
        assert words(await stage.answer(waiting)) == "After that."
        assert await life is None
        assert held(newer) == [0]


@THREE
@pytest.mark.slow
async def test_shard_by_shard_no_question_is_lost_or_answered_twice(stage: Stage) -> None:
    stage.apis.chatbase.answers("An answer.")
    older, life = stage.bot, stage.life
    places = channels(stage)

    async def go_on_asking(channel: Channel) -> int:
        asked = 0
        while held(older):
            await stage.ask(stage.alice, f"question {asked}", channel)
            asked += 1
        return asked

    asking = asyncio.gather(*(go_on_asking(channel) for channel in places))
    async with stage.running() as newer:
        asked = await asking
        assert await life is None
        await newer.services.answering.active_runs.idle()
    for channel, count in zip(places, asked, strict=True):
        answered = [message.replied_to for message in stage.by_bot(channel) if message.replied_to is not None]
        assert len(answered) == len({question.id for question in answered}) == count


@THREE
async def test_a_successor_that_ends_too_soon_gives_back_what_it_took(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_session = SessionStart.turn

    @asynccontextmanager
    async def never_for_the_last(start: SessionStart, shard: int = 0) -> AsyncIterator[URL]:
        if shard == SHARDS[-1]:
            await asyncio.Event().wait()
        async with begin_session(start, shard) as address:
            yield address

    older, life = stage.bot, stage.life
    places = channels(stage)
    monkeypatch.setattr(SessionStart, "turn", never_for_the_last)
    async with open_bot(stage.configuration) as newer:
        stop = Stop(LONG_ENOUGH)
        ending = asyncio.create_task(Life(newer, stage.configuration.bot, stop).run())
        await until(lambda: held(older) == [SHARDS[-1]])
        stop.requested.set()
        assert await ending is None
    await until(lambda: [status.state for status in older.gateway.statuses] == ["ready"] * len(SHARDS))
    stage.apis.chatbase.answers("Still here.")
    for channel in places:
        assert words(await stage.ask(stage.alice, "are you there?", channel)) == "Still here."
    assert not life.done()


async def test_one_of_two_registers_the_commands_and_both_know_them(stage: Stage) -> None:
    older = stage.bot
    assert older.knows_commands
    async with stage.running() as newer:
        await until(lambda: newer.knows_commands)
        await until(lambda: newer.cluster.is_here)
        assert not older.cluster.is_here
    assert stage.app.syncs == 1


async def test_a_third_is_refused(stage: Stage) -> None:
    stream, _, _ = await begin(stage)
    older, life = stage.bot, stage.life
    async with stage.running() as newer:
        await until(lambda: not held(older))
        async with open_bot(stage.configuration) as third:
            error = await Life(third, stage.configuration.bot, Stop(LONG_ENOUGH)).run()
        assert isinstance(error, JoinRefused)
        assert str(error).startswith("DATABASE_URL: two processes of this bot already run on this database")
        await stream.finish()
        assert await life is None
        assert held(newer) == [0]
