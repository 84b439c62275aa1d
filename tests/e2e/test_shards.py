"""A bot with several shards, in one process and in two: what a server's shard brings is done once, by its process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from bot.app import App, open_bot
from bot.discord.gateway.connection import StartError, point_at, stay_connected
from bot.domain.cluster.shards import ShardShare
from bot.domain.runtime import timing
from bot.operations import recovery_watch
from bot.streaming import bucket_queues
from sandbox.discord import Channel, Message
from tests.databases import execute
from tests.e2e.answer_controls import controls
from tests.e2e.answer_steps import begin
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage, answers, caught_up, open_stage
from tests.e2e.waiting import until

SHARDS = 4
HALVES = (ShardShare(0, 2, SHARDS), ShardShare(1, 2, SHARDS))
WHOLE = ShardShare(0, 1, SHARDS)
HISTORY = ("GET", "/channels/{channel_id}/messages")
ASK_ABOUT_SERVER = ("GET", "/guilds/{guild_id}")


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let edits follow each other at once, and looks for answers of processes that ended."""
    monkeypatch.setattr(timing, "MIN_PAUSE", 0.05)
    monkeypatch.setattr(recovery_watch, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)


@pytest.fixture
async def resting(database_url: str) -> AsyncIterator[Stage]:
    """Give a stage whose bot does not run yet."""
    async with open_stage(database_url) as stage:
        stage.hurry()
        yield stage


@pytest.fixture
def places(resting: Stage) -> list[Channel]:
    """Give a channel of each shard, in a server of its own, and then a direct message."""
    stage = resting
    found = []
    for number in range(SHARDS):
        guild = stage.discord.create_guild(f"Of {number}", stage.admin, stage.alice, stage.bob, shard=(number, SHARDS))
        guild.add_bot(stage.app)
        found.append(guild.add_text_channel(f"place-{number}"))
    return [*found, stage.alice.dm(stage.app)]


@asynccontextmanager
async def processes(stage: Stage, *shares: ShardShare) -> AsyncIterator[Sequence[App]]:
    """Run a process for each share."""
    async with AsyncExitStack() as running:
        bots = [await running.enter_async_context(stage.running(share=share)) for share in shares]
        yield bots
        for bot in bots:
            await bot.services.answering.active_runs.idle()


async def ask_everywhere(stage: Stage, places: Sequence[Channel]) -> list[Message]:
    """Ask in each place, and hold that each question was answered once; return the questions."""
    questions = [await stage.alice.say(place, stage.mention(f"asked in {place.id}")) for place in places]
    for question in questions:
        await stage.answer(question)
    return questions


def replies(question: Message) -> int:
    """Return how often the bot replied to a message."""
    return sum(answers(each, question) for each in question.channel.messages.values() if not each.deleted)


def asked(stage: Stage) -> list[str]:
    """Return what the chatbot was asked, without the names of speakers."""
    return [unnamed(received.question) for received in stage.apis.chatbase.received]


@pytest.mark.parametrize("shares", [(WHOLE,), HALVES], ids=["one process", "two processes"])
async def test_what_each_shard_brings_is_answered_once(
    resting: Stage, places: list[Channel], shares: Sequence[ShardShare]
) -> None:
    stage = resting
    async with processes(stage, *shares) as bots:
        questions = await ask_everywhere(stage, places)
        for place in places[:SHARDS]:
            assert (await stage.use(stage.bob, "ask", at=place, question=f"by command in {place.id}")).content
        assert sorted(session.shard for session in stage.discord.gateway.connected()) == [
            (number, SHARDS) for number in range(SHARDS)
        ]
        own = [{guild.shard_id for guild in bot.guilds} for bot in bots]
        assert own == [set(share.of(SHARDS)) for share in shares]
    assert [replies(question) for question in questions] == [1] * (SHARDS + 1)
    assert len(asked(stage)) == len(set(asked(stage))) == 2 * SHARDS + 1
    assert not stage.discord.requests.to(*ASK_ABOUT_SERVER), "another process's servers are not missing"
    assert len(stage.discord.gateway.attempts.identifies) == SHARDS


async def test_discord_says_how_many_shards_there_are_and_is_asked_once(resting: Stage, places: list[Channel]) -> None:
    stage = resting
    stage.app.shards, stage.app.session_starts.max_concurrency = SHARDS, 16
    async with stage.running() as bot:
        assert bot.gateway.shard_count == SHARDS
        assert [status.state for status in bot.gateway.statuses] == ["ready"] * SHARDS
        await ask_everywhere(stage, places)
    assert len(stage.discord.requests.to("GET", "/gateway/bot")) == 1
    turns = execute(stage.database, "SELECT bot, bucket, holder FROM session_turns ORDER BY bucket")
    assert turns == [(stage.app.bot.id, bucket, "") for bucket in range(SHARDS)], "each was taken, and ended"
    assert any(line.endswith(f"in {SHARDS + 1} servers, shards 0 to 3 of 4") for line in stage.log.events())


@pytest.mark.slow
async def test_what_was_asked_while_both_were_away_is_read_and_answered_once(
    resting: Stage, places: list[Channel]
) -> None:
    stage = resting
    async with processes(stage, *HALVES):
        await ask_everywhere(stage, places)
    missed = [await stage.alice.say(place, stage.mention(f"missed in {place.id}")) for place in places]
    read = len(stage.discord.requests.to(*HISTORY))
    async with processes(stage, *HALVES) as bots:
        for bot in bots:
            await caught_up(bot)
        for question in missed:
            await stage.answer(question)
    assert [replies(question) for question in missed] == [1] * (SHARDS + 1)
    assert len(stage.discord.requests.to(*HISTORY)) - read == SHARDS + 1, "each place is read by one process"


@pytest.mark.parametrize("number", [2, 3])
async def test_an_answer_of_a_process_that_ended_is_marked_by_one_that_does_not_see_its_server(
    resting: Stage, places: list[Channel], number: int
) -> None:
    stage = resting
    async with stage.running(share=HALVES[0]):
        async with stage.running(share=HALVES[1], drains=False) as other:
            _, _, answer = await begin(stage, places[number])
        assert other.is_closed()
        await stage.discord.wait_for(lambda: "Interrupted: " in answer.content)
        assert answer.content.startswith("It begins")
    assert "Retry" in controls(answer)


@pytest.mark.slow
async def test_servers_that_are_new_or_left_are_the_business_of_their_shards_process(
    resting: Stage, places: list[Channel], erased: asyncio.Queue[int]
) -> None:
    stage = resting
    async with processes(stage, *HALVES):
        await ask_everywhere(stage, places)
    gone, away = places[3].guild, stage.discord.create_guild("New", stage.admin, shard=(2, SHARDS))
    assert gone is not None
    gone.remove(stage.app.bot)
    away.add_bot(stage.app)
    lobby = away.add_text_channel("lobby")
    async with processes(stage, *HALVES):
        assert await asyncio.wait_for(erased.get(), 30) == gone.id
        await stage.discord.wait_for(lambda: len(stage.by_bot(lobby)) == 1)
    assert len(stage.discord.requests.to(*ASK_ABOUT_SERVER)) == 1
    assert erased.empty()


async def test_a_shard_that_is_handed_over_is_left_while_its_answers_go_on(
    resting: Stage, places: list[Channel]
) -> None:
    stage = resting
    async with stage.running(share=WHOLE) as older:
        stream, _, answer = await begin(stage, places[1])
        async with stage.running(share=WHOLE) as newer:
            for number in range(SHARDS):
                await older.gateway.leave(number)
            await stream.send(" and goes on.")
            await stream.finish()
            assert (await stage.finished(answer)).content == "It begins and goes on."
            questions = await ask_everywhere(stage, places)
            assert [replies(question) for question in questions] == [1] * (SHARDS + 1)
            await until(lambda: not older.services.answering.active_runs)
            assert [status.state for status in newer.gateway.statuses] == ["ready"] * SHARDS
        assert len(stage.discord.gateway.sessions) == 0, "none is left to be resumed"


async def test_too_many_servers_for_so_few_shards_end_the_start_with_what_to_do(
    resting: Stage, places: list[Channel]
) -> None:
    stage = resting
    stage.discord.gateway.max_guilds_per_shard = 1
    stage.changed["SHARD_COUNT"] = "2"
    configuration = stage.configuration
    point_at(configuration.bot)
    with pytest.raises(StartError, match="raise SHARD_COUNT"):
        async with asyncio.timeout(10), open_bot(configuration) as bot:
            await stay_connected(bot, configuration.bot, bot.cluster)
    del stage.changed["SHARD_COUNT"]
    stage.discord.gateway.max_guilds_per_shard, stage.app.shards = 2, SHARDS
    async with stage.running():
        await ask_everywhere(stage, places)
