"""Opens the operator's view if a port is set; what it needs is imported only then, since that takes a while."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.app.connections import Connections
from bot.discord.client import Switchboard
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.operations.cluster.cluster import Cluster
from bot.providers import PROVIDERS
from bot.services import Services
from bot.settings import Configuration, Settings
from bot.version import version

if TYPE_CHECKING:
    from bot.operations.view import OperatorsView


@asynccontextmanager
async def open_view(settings: Settings) -> AsyncIterator["OperatorsView | None"]:
    """Serve the view until the end, and yield it, None if no port is set; raises `PortUnavailable`."""
    if settings.port is None:
        yield None
        return
    from bot.operations.view import serve_view

    async with serve_view(settings.host, settings.port, [kind.name for kind in PROVIDERS], version()) as view:
        yield view


def telemetry_of(view: "OperatorsView | None") -> Telemetry:
    """Return what the parts of the program tell of events."""
    return NO_TELEMETRY if view is None else view.telemetry


@asynccontextmanager
async def show(
    view: "OperatorsView | None",
    configuration: Configuration,
    connections: Connections,
    services: Services,
    bot: Switchboard,
    cluster: Cluster,
) -> AsyncIterator[None]:
    """Show the program, which is put together now, in the view during this block."""
    if view is None:
        yield
        return
    from bot.operations.health.readiness import Conditions, DatabaseLook
    from bot.operations.metrics.state import Parts

    answering, stores = services.answering, connections.stores
    look = DatabaseLook(stores.metadata, asyncio.get_running_loop().time)
    conditions = Conditions(
        bot.gateway,
        lambda: bot.knows_commands,
        lambda: answering.takes_questions,
        lambda: cluster.is_taken_over,
        look,
    )
    parts = Parts(
        answering,
        connections.scheduler,
        connections.rate_limiter,
        stores.health,
        hosts=[name for name, found in configuration.providers.items() if found.configured],
        shards=bot.gateway,
        servers=lambda: len(bot.guilds),
        processes=lambda: [cluster.own, *cluster.others],
    )
    async with view.watching(conditions, parts):
        yield
