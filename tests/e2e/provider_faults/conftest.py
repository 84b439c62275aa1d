"""Fixtures: one stage for all tests of a file, and each test's desk on it."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from bot.providers.http import Http
from sandbox.apis import Api
from sandbox.discord.limits.rate_limits import CREATE_MESSAGES, EDIT_MESSAGES
from tests.e2e.provider_faults.desk import Desk
from tests.e2e.stage import Stage, open_stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pauses() -> AsyncIterator[list[float]]:
    """Give the pauses between tries, which do not really pass."""
    asked: list[float] = []

    async def pause(seconds: float) -> None:
        asked.append(seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.app.connections.Http", partial(Http, pause=pause))
        yield asked


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, pauses: list[float]) -> AsyncIterator[Stage]:
    """Give one stage to all the tests here: each asks in a channel of its own."""
    path: Path = tmp_path_factory.mktemp("faults")
    async with open_stage(f"sqlite:///{path}/switchboard.db") as opened, opened.running():
        for limit in (CREATE_MESSAGES, EDIT_MESSAGES):
            opened.discord.limits.change(limit, count=40, window=0.5)
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def desk(request: pytest.FixtureRequest, stage: Stage, pauses: list[float]) -> AsyncIterator[Desk]:
    """Give the API that a test names, in a channel of its own."""
    channel = stage.guild.add_text_channel("desk")
    await stage.admin.slash(stage.general, "settings provider", provider=request.param, channel=channel)
    pauses.clear()
    api: Api = stage.apis.find(request.param)
    yield Desk(stage, api, channel, pauses)
    api.clear()
    await api.accept()
