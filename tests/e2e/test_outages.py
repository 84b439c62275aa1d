"""The whole bot while Discord is away for hours, or sends what nobody can read: it is soon back, and logs little."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator

import pytest

from bot.app import open_bot
from bot.discord.gateway import connection
from bot.discord.gateway.connection import StartError, point_at, stay_connected
from bot.discord.gateway.gateway import Gateway
from sandbox.discord import Guild
from sandbox.discord.gateway.sessions import Session
from sandbox.discord.limits.request_log import RequestRecord
from tests.e2e.answer_steps import begin, check_next
from tests.e2e.stage import Stage, open_stage


class Pauses:
    """Lets the bot's pauses between tries pass at once, up to one that leads beyond `end`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._end = float("inf")
        self._over, self._goes_on = asyncio.Event(), asyncio.Event()

    async def pass_at_once(self, seconds: float) -> None:
        if self._stage.discord.clock.monotonic() + seconds > self._end:
            self._over.set()
            await self._goes_on.wait()
        self._stage.discord.advance(seconds)
        await asyncio.sleep(0)

    async def hours(self, count: float) -> None:
        """Wait until so many hours have passed."""
        self._end = self._stage.discord.clock.monotonic() + count * 3600
        async with asyncio.timeout(30):
            await self._over.wait()

    def go_on(self) -> None:
        self._end = float("inf")
        self._goes_on.set()


@pytest.fixture
async def pauses(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Stage, Pauses]]:
    """Give a stage whose bot does not run yet, and its pauses."""
    async with open_stage(database_url) as stage:
        passing = Pauses(stage)
        monkeypatch.setattr(Gateway.__init__, "__defaults__", (1, passing.pass_at_once, stage.discord.clock.monotonic))
        yield stage, passing


async def test_hours_without_discord_during_an_answer(pauses: tuple[Stage, Pauses]) -> None:
    stage, passing = pauses
    discord = stage.discord
    async with stage.running():
        stream, _, _ = await begin(stage)
        said = len(stage.log.events(level=logging.INFO))
        await discord.go_down()
        await stream.send(" and goes on")
        await stream.finish()
        await passing.hours(0.5)
        lines = stage.log.events(level=logging.INFO)[said:]
        assert 10 <= len(lines) <= 31
        assert not any("\n" in line for line in lines)
        back = discord.clock.monotonic()
        await discord.come_back()
        passing.go_on()
        await discord.bot_ready(stage.app, readies=2)
        assert discord.clock.monotonic() - back <= 60
        await stage.idle()
        stage.apis.chatbase.answers("Yes.")
        assert (await stage.ask(stage.bob, "are you back?")).content == "Yes."


async def test_a_login_that_is_never_answered_is_made_again(
    pauses: tuple[Stage, Pauses], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, _ = pauses
    kept: list[RequestRecord] = []

    def is_first(record: RequestRecord) -> bool:
        if record.route == "/users/@me" and not kept:
            kept.append(record)
            monkeypatch.setattr(connection, "LOGIN_SECONDS", 20.0)
            return True
        return False

    monkeypatch.setattr(connection, "LOGIN_SECONDS", 0.5)
    stage.discord.hold(is_first)
    async with stage.running():
        await check_next(stage)
    assert len(kept) == 1


async def test_an_intent_that_discord_would_refuse_costs_no_session(database_url: str) -> None:
    async with open_stage(database_url) as stage:
        stage.changed["MESSAGE_CONTENT_INTENT"] = "true"
        point_at(stage.configuration.bot)
        with pytest.raises(StartError, match="MESSAGE_CONTENT_INTENT"):
            async with asyncio.timeout(10), open_bot(stage.configuration) as bot:
                await stay_connected(bot, stage.configuration.bot, bot.cluster)
        assert stage.discord.gateway.attempts.dials == []


async def test_what_cannot_be_read_at_each_start_keeps_nobody_waiting(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Session.guild_create

    def poisoned(session: Session, guild: Guild) -> dict[str, object]:
        session.push("MESSAGE_CREATE", {"id": "1", "channel_id": "2", "author": None})
        session.push("INTERACTION_CREATE", {"id": "3"})
        assert session.wire is not None
        session.wire.send('{"op": 99, "d": "of an op code to come"}')
        data = whole(session, guild)
        return data | {"channels": [{"id": "4", "type": 0}, *data["channels"]], "stage_instances": {}}

    monkeypatch.setattr(Session, "guild_create", poisoned)
    async with open_stage(database_url) as stage:
        for _ in range(2):
            async with stage.running():
                assert (await stage.ask(stage.alice, "can you hear me?")).content
        assert len(stage.discord.gateway.attempts.identifies) == 2
        told = stage.log.events("bot.discord.gateway.dropped_events")
        kinds = {"MESSAGE_CREATE", "INTERACTION_CREATE", "parts of GUILD_CREATE"}
        assert sorted(line.split("dropped 1 ")[1].split(":")[0] for line in told) == sorted(2 * list(kinds))
        assert stage.log.events(level=logging.WARNING) == told


async def test_what_only_a_handler_finds_broken_is_logged_once_a_minute(stage: Stage) -> None:
    (session,) = stage.discord.gateway.connected()
    place = {"channel_id": str(stage.general.id), "guild_id": str(stage.guild.id)}
    person = {"id": str(stage.alice.id), "username": "alice", "discriminator": "0", "avatar": None}
    message: dict[str, object] = place | {
        "author": person,
        "content": None,
        "timestamp": "2026-01-01T00:00:00+00:00",
        "type": 0,
    }
    message |= {"edited_timestamp": None, "tts": False, "mention_everyone": False, "pinned": False}
    message |= {name: [] for name in ("mentions", "mention_roles", "attachments", "embeds")}
    command: dict[str, object] = place | {
        "application_id": str(stage.app.id),
        "type": 2,
        "user": person,
        "token": "t",
        "version": 1,
    }
    command |= {"entitlements": [], "attachment_size_limit": 1, "authorizing_integration_owners": {}}
    for number in range(3):
        session.push("MESSAGE_CREATE", message | {"id": str(number + 1)})
        session.push("INTERACTION_CREATE", command | {"id": str(number + 1), "data": {}, "app_permissions": "0"})
    assert (await stage.ask(stage.alice, "and this?")).content
    gc.collect()
    failures = [line.split("\n")[0] for line in stage.log.events(level=logging.ERROR)]
    assert sorted(failures) == ["on_interaction failed", "on_message failed"]
    assert len(stage.discord.gateway.attempts.dials) == 1
