"""The operator's view of the whole bot: its probes and its figures while it answers, and while something is away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.operations import view
from bot.operations.health import readiness
from tests.databases import execute
from tests.e2e.stage import Stage, open_stage
from tests.postgres import find_free_port


@dataclass
class Watched:
    """A stage, whose bot shows itself at `address`."""

    stage: Stage
    address: str
    http: aiohttp.ClientSession

    async def probe(self, page: str = "readyz") -> tuple[int, str]:
        """Return the status and the text of a page."""
        async with self.http.get(f"{self.address}/{page}") as response:
            return response.status, await response.text()

    async def figures(self) -> dict[str, float]:
        """Return every figure, by its name and labels as they are written in a query."""
        status, text = await self.probe("metrics")
        assert status == 200
        return {
            f"{sample.name}{{{','.join(f'{key}={value}' for key, value in sorted(sample.labels.items()))}}}": sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def becomes(self, status: int, text: str) -> None:
        """Wait until /readyz answers so."""
        async with asyncio.timeout(30):
            while await self.probe() != (status, text):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.fixture
async def watched(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    """Give a stage whose bot does not run yet."""
    monkeypatch.setattr(view, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0.0)
    port = find_free_port()
    async with (
        open_stage(database_url, PORT=str(port)) as stage,
        aiohttp.ClientSession() as http,
    ):
        stage.hurry()
        yield Watched(stage, f"http://127.0.0.1:{port}", http)


async def test_a_question_is_in_the_figures(watched: Watched) -> None:
    async with watched.stage.running():
        before = await watched.figures()
        print(*(f"{k} {v}" for k, v in before.items() if "bucket" not in k), sep="\n")
        await watched.stage.ask(watched.stage.alice, "what is in the box?")
        await watched.stage.idle()
        after = await watched.figures()
    gained = {name: value - before.get(name, 0.0) for name, value in after.items() if value != before.get(name, 0.0)}
    print(*(f"{k} {v}" for k, v in gained.items() if "bucket" not in k), sep="\n")
    assert 0
