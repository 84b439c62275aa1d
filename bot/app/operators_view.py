"""Opens the operator's view if a port is set; what it needs is imported only then, since that takes a while."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.app.connections import Connections
from bot.discord.client import Switchboard
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.operations.cluster.cluster import Cluster
from bot.operations.cluster.port_handover import PortHandover
from bot.operations.health.errors import PortUnavailable
from bot.providers import PROVIDERS
from bot.services import Services
from bot.settings import Configuration, Settings
from bot.store.addresses.urls import SqliteFile, parse_url
from bot.version import version

if TYPE_CHECKING:
    from bot.operations.health.server import Port
    from bot.operations.view import OperatorsView


@asynccontextmanager
async def serve_view(settings: Settings) -> AsyncIterator["tuple[OperatorsView, Port] | tuple[None, None]"]:
    """Serve the view until the end; yield it and its port, None and None if no port is set. Raises `PortUnavailable`.

    A port in use is not served yet: it may be that of the process before this one, which the database knows.
    """
    if settings.port is None:
        yield None, None
        return
    from bot.operations.view import open_view

    async with open_view(settings.host, settings.port, [kind.name for kind in PROVIDERS], version()) as (view, port):
        try:
            await port.open()
        except PortUnavailable as error:
            if not error.is_in_use or _is_new(settings.database_url):
                raise
        yield view, port


def open_handover(port: "Port | None", cluster: Cluster, connections: Connections) -> PortHandover | None:
    """Return how the port is taken over and given up; None if none is set."""
    if port is None:
        return None
    stores = connections.stores
    return PortHandover(port, cluster, stores.processes, connections.lease, stores.metadata, asyncio.sleep)


def _is_new(database_url: str) -> bool:
    """Return whether no process can have used a database before: its file is still to be made."""
    address = parse_url(database_url)
    return isinstance(address, SqliteFile) and not address.path.exists()


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
