"""Who is welcomed after a restart: who joined meanwhile, and whose welcome waited; each once."""

import pytest

from bot.discord.welcome import greeter, shown
from tests.databases import execute
from tests.e2e.stage import Stage, on_sqlite
from tests.e2e.waiting import until
from tests.e2e.welcomes import found, gone, welcome, welcomes


@on_sqlite
async def test_who_was_there_before_is_not_welcomed_and_who_joined_meanwhile_is_once(resting_stage: Stage) -> None:
    stage = resting_stage
    async with stage.running():
        await until(lambda: bool(execute(stage.database, "SELECT 1 FROM facts WHERE name LIKE 'greets %'")))
    guild = found(stage)
    guild.add_bot(stage.app)
    async with stage.running():
        shown_here = await welcome(stage, guild)
        guild.break_down()
        guild.recover()
    async with stage.running():
        report = await stage.told(await stage.admin.press(shown_here, "Check"))
        assert report.content.startswith("**")
        assert welcomes(stage, guild) == [shown_here]
        assert not welcomes(stage, stage.guild)

        guild.remove(stage.app.bot)
        await until(lambda: not execute(stage.database, "SELECT 1 FROM welcomes"))
        guild.add_bot(stage.app)
        await stage.discord.wait_for(lambda: len(welcomes(stage, guild)) == 2 or None)


@on_sqlite
async def test_welcomes_that_wait_when_the_bot_stops_are_posted_at_its_next_start(
    resting_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = resting_stage
    async with stage.running():
        await until(lambda: bool(execute(stage.database, "SELECT 1 FROM facts WHERE name LIKE 'greets %'")))
    guilds = [found(stage, name) for name in ("one", "two", "three")]
    for guild in guilds:
        guild.add_bot(stage.app)
    monkeypatch.setattr(greeter, "PAUSE", 600)
    async with stage.running():
        await until(lambda: any(welcomes(stage, guild) for guild in guilds))
        await until(lambda: len(execute(stage.database, "SELECT 1 FROM servers")) == 4)
    assert sum(len(welcomes(stage, guild)) for guild in guilds) == 1
    monkeypatch.setattr(greeter, "PAUSE", 0)
    async with stage.running():
        await until(lambda: all(welcomes(stage, guild) for guild in guilds))
    assert [len(welcomes(stage, guild)) for guild in guilds] == [1, 1, 1]


@on_sqlite
async def test_a_welcome_that_was_posted_when_the_bot_was_killed_is_found_again(resting_stage: Stage) -> None:
    stage = resting_stage
    posted = "SELECT message FROM welcomes WHERE message <> 0"
    async with stage.running():
        guild = found(stage)
        guild.add_bot(stage.app)
        shown_here = await welcome(stage, guild)
        await until(lambda: bool(execute(stage.database, posted)))
    execute(stage.database, "UPDATE welcomes SET message = 0")
    shown_here.nonce = None  # Discord has forgotten it by now
    async with stage.running():
        await until(lambda: execute(stage.database, posted) == [(shown_here.id,)])
    assert welcomes(stage, guild) == [shown_here]


@on_sqlite
async def test_it_goes_after_a_week_also_if_the_bot_was_away_then(
    resting_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = resting_stage
    async with stage.running():
        guild = found(stage)
        guild.add_bot(stage.app)
        await welcome(stage, guild)
        await until(lambda: bool(execute(stage.database, "SELECT 1 FROM welcomes WHERE message <> 0")))
    monkeypatch.setattr(shown, "SHOWN_SECONDS", 0)
    async with stage.running():
        await gone(stage, guild)
        assert execute(stage.database, "SELECT 1 FROM welcomes") == []
