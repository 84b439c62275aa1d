"""The operator's view of this process: its probes and its figures, on a port of their own."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from importlib import metadata
from platform import python_version

from aiohttp import web
from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import generate_latest

from bot.domain.runtime.timing import Clock
from bot.operations.health.connections import respond
from bot.operations.health.readiness import FINISHING, STARTING, Conditions, NotReady, look
from bot.operations.health.server import Port
from bot.operations.metrics.collector import Reading, StateCollector
from bot.operations.metrics.counting import CountingTelemetry
from bot.operations.metrics.loop_lag import LoopLag
from bot.operations.metrics.state import Parts, read_state

FRESH_SECONDS = 1.0
"""For how long figures are served again as they were read: any number of scrapes costs no more than one a second."""


class OperatorsView:
    """What is served; `watching` hands over the program once it is put together.

    `providers` are the names that providers have in labels, and `version` is the program's. `clock` returns seconds.
    """

    def __init__(self, providers: Collection[str], version: str, clock: Clock) -> None:
        registry = CollectorRegistry()
        self.telemetry = CountingTelemetry(registry, providers)
        self.loop_lag = LoopLag(self.telemetry.loop_lag.observe, clock)
        self._clock = clock
        self._state = StateCollector()
        self._registry = registry
        self._started_at = time.time()
        self._build = {
            "version": version,
            "python": python_version(),
            "discord_py": metadata.version("discord.py"),
        }
        self._watched: tuple[Conditions, Parts] | NotReady = STARTING
        self._rendering = asyncio.Lock()
        self._rendered, self._rendered_at = b"", float("-inf")
        registry.register(self._state)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)

    @asynccontextmanager
    async def watching(self, conditions: Conditions, parts: Parts) -> AsyncIterator[None]:
        """Read the state of the program during this block."""
        self._watched = conditions, parts
        try:
            yield
        finally:
            self._watched = FINISHING
            await conditions.database.close()

    async def healthz(self) -> web.Response:
        """Answer: that there is an answer says that the event loop turns."""
        return respond(200, "ok")

    async def readyz(self) -> web.Response:
        """Answer whether this process takes questions, or why not, one reason a line."""
        reasons = await self._reasons()
        return respond(503, "\n".join(each.line for each in reasons)) if reasons else respond(200, "ready")

    async def metrics(self) -> web.Response:
        """Answer with all figures in Prometheus's text format."""
        async with self._rendering:
            if self._clock() - self._rendered_at >= FRESH_SECONDS:
                await self._render()
            return respond(200, self._rendered, CONTENT_TYPE_PLAIN_0_0_4)

    async def _render(self) -> None:
        reasons = await self._reasons()
        state = None if isinstance(self._watched, NotReady) else await read_state(self._watched[1])
        self._state.reading = Reading(
            {each.reason for each in reasons}, self.loop_lag.longest, self._started_at, self._build, state
        )
        # In a thread: with thousands of shards the text takes longer than the event loop may be held.
        self._rendered = await asyncio.to_thread(generate_latest, self._registry)
        self._rendered_at = self._clock()

    async def _reasons(self) -> Sequence[NotReady]:
        return [self._watched] if isinstance(self._watched, NotReady) else await look(self._watched[0])


@asynccontextmanager
async def open_view(
    host: str, port: int, providers: Collection[str], version: str
) -> AsyncIterator[tuple[OperatorsView, Port]]:
    """Yield the view, and the port that shows it as soon as it is opened, which is closed at the end."""
    view = OperatorsView(providers, version, asyncio.get_running_loop().time)
    pages = {"/healthz": view.healthz, "/readyz": view.readyz, "/metrics": view.metrics}
    served = Port(pages, host, port)
    measuring = asyncio.create_task(view.loop_lag.measure())
    try:
        yield view, served
    finally:
        await served.close()
        measuring.cancel()
        await asyncio.wait({measuring})
