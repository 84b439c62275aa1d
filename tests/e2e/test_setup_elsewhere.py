"""`/setup` while one process takes over from another: values are tried and saved once, by one of them."""

import asyncio
import logging
from typing import Any

import pytest

from bot.app import App
from bot.operations.cluster import cluster
from bot.providers.chatbase import Chatbase
from bot.store.ports.credential_store import SqlCredentialStore
from cogs.setup import Setup
from cogs.setup.steps import SetupSteps
from tests.e2e.setup_cards import TRYING, WITHOUT, changed, chatbase, choose, open_card, press
from tests.e2e.stage import on_sqlite, open_stage
from tests.e2e.waiting import until


@on_sqlite
async def test_a_trial_in_progress_ends_at_the_process_that_began_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "LOOK_WITHOUT_SIGNALS", 0.05)
    held, check = asyncio.Event(), Chatbase.check

    async def slow(provider: Chatbase) -> Any:  # noqa: ANN401 - what the provider says
        await held.wait()
        return await check(provider)

    monkeypatch.setattr(Chatbase, "check", slow)
    async with open_stage(url, **WITHOUT) as stage:
        stage.drain_seconds = 60.0
        async with stage.running() as older:
            card = await choose(stage, await open_card(stage), "Chatbase")
            await stage.admin.submit(await stage.admin.press(card, "Enter values"), chatbase(stage))
            await stage.discord.wait_for(lambda: card.content.startswith(TRYING) or None, 10)
            life = stage.life
            async with stage.running():
                await until(lambda: all(status.state == "left" for status in older.gateway.statuses))
                assert not life.done()
                held.set()
                assert (await changed(stage, card, TRYING)).content.startswith("✅")
                assert await life is None
                assert (await choose(stage, await press(stage, card, "Back"), "Chatbase")).content.startswith("**Chat")


@on_sqlite
@pytest.mark.parametrize("late", ["older", "newer", "neither"])
async def test_two_processes_at_once_try_and_save_values_once(
    url: str, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    """Both hear of the form until the older one has left; the one whose response Discord takes first tries them."""
    tried, saved, held, refused = list[str](), list[str](), asyncio.Event(), list[Exception]()
    check, save, take = Chatbase.check, SqlCredentialStore.save, SetupSteps.take

    async def stay(_: int) -> None:
        """Leave no shard."""

    async def checked(provider: Chatbase) -> Any:  # noqa: ANN401 - what the provider says
        tried.append("once")
        await held.wait()
        return await check(provider)

    async def saving(*values: Any) -> None:  # noqa: ANN401 - what is saved
        saved.append("once")
        await save(*values)

    async def taken(steps: SetupSteps, *values: Any) -> bool:  # noqa: ANN401 - what was entered
        if steps is late_one:
            await until(lambda: bool(tried))
        try:
            return await take(steps, *values)
        except Exception as error:
            refused.append(error)
            raise

    def steps_of(app: App) -> SetupSteps:
        cog = app.get_cog("Setup")
        assert isinstance(cog, Setup)
        return cog._steps

    monkeypatch.setattr(Chatbase, "check", checked)
    monkeypatch.setattr(SqlCredentialStore, "save", saving)
    monkeypatch.setattr(SetupSteps, "take", taken)
    async with open_stage(url, **WITHOUT) as stage, stage.running() as older:
        monkeypatch.setattr(older.gateway, "leave", stay)
        card = await choose(stage, await open_card(stage), "Chatbase")
        form = await stage.admin.press(card, "Enter values")
        async with stage.running() as newer:
            late_one = {"older": steps_of(older), "newer": steps_of(newer), "neither": None}[late]
            await stage.admin.submit(form, chatbase(stage))
            await until(lambda: bool(refused))
            assert card.content.startswith(TRYING)
            held.set()
            assert (await changed(stage, card, TRYING)).content.startswith("✅")
            await stage.idle()
            assert (tried, saved, len(refused)) == (["once"], ["once"], 1)
            assert len([each for each in stage.by_bot() if each.ephemeral]) <= 1
            assert not stage.log.events("bot", logging.WARNING)
