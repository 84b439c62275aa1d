"""Builds the program from its configuration, and closes it in order."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from bot.app.assembly import open_services
from bot.app.connections import Connections, connect
from bot.app.operators_view import open_handover, serve_view, show, telemetry_of
from bot.crypto.opening import open_cipher
from bot.discord.client import Switchboard
from bot.discord.gateway.gateway import Gateway
from bot.domain.cluster.session_turns import SessionTurns
from bot.domain.cluster.shards import ShardShare
from bot.domain.leases import Owner, new_owner_id
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.operations.cluster.cluster import Cluster
from bot.operations.cluster.port_handover import PortHandover
from bot.operations.cluster.rest_share import RestShare
from bot.operations.cluster.session_turns import StoredTurns
from bot.providers import PROVIDERS
from bot.services import Services
from bot.settings import Configuration, Settings

COGS = (
    "cogs.messages",
    "cogs.catching_up",
    "cogs.answer_details",
    "cogs.buttons",
    "cogs.ask",
    "cogs.ask_about_message",
    *(f"cogs.providers.{kind.name.replace('-', '_')}" for kind in PROVIDERS),
    "cogs.settings",
    "cogs.setup",
    "cogs.history",
    "cogs.doctor",
    "cogs.usage",
    "cogs.privacy",
    "cogs.guild_lifecycle",
    "cogs.welcome.buttons",
    "cogs.help",
)

_SWITCH_INTERVAL = 0.0005
"""Seconds after which the event loop's thread lets another one run Python code that waits to, such as SQLite's.

A call on SQLite waits for that again and again while the loop is busy. With Python's own 5 ms each time, `/help` takes
up to half a second while chat APIs flood the bot.
"""


class App(Switchboard):
    """The whole bot: Discord's side of it, and the `services` whose parts its handlers get."""

    def __init__(
        self,
        services: Services,
        connections: Connections,
        cluster: Cluster,
        turns: SessionTurns,
        settings: Settings,
        telemetry: Telemetry = NO_TELEMETRY,
        port: PortHandover | None = None,
    ) -> None:
        trace = connections.trace
        super().__init__(
            services.answering,
            services.recovery,
            services.settings,
            trace,
            connections.stores.metadata,
            lambda client: Gateway(
                client,
                settings.discord_gateway_url,
                turns,
                trace.within,
                settings.cluster_count,
            ),
            cluster,
            has_message_content=settings.message_content_intent,
            access=settings.access,
            proxy=settings.proxies.for_url(settings.discord_api_url),
            telemetry=telemetry,
        )
        self.services = services
        self.cluster = cluster
        self.port = port

    async def add_cogs(self) -> None:
        """Add every handler with the parts that it uses."""
        for cog in COGS:
            # Not as discord.py's extensions, which are made to be reloaded: each bot would run the modules again.
            await import_module(cog).setup(self, self.services)


def open_cluster(connections: Connections, share: ShardShare, owner: str) -> Cluster:
    """Return this process among the others of its bot, which it has not joined yet."""
    rest_share = RestShare(connections.rate_limiter, asyncio.get_running_loop().time)
    return Cluster(connections.stores.processes, connections.lease, connections.signals, share, owner, rest_share)


@asynccontextmanager
async def open_bot(configuration: Configuration) -> AsyncIterator[App]:
    """Open the database and the HTTP client, and yield the bot, not yet logged in.

    Raises `DatabaseUnavailable` and `PortUnavailable`.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL)
    settings = configuration.bot
    cipher = open_cipher(settings.keys)
    running: App | None = None  # before login no question comes, but signals do
    owner = Owner(new_owner_id(), lambda: 0 if running is None or running.user is None else running.user.id)
    async with (
        serve_view(settings) as (view, port),
        connect(settings, owner, cipher, telemetry := telemetry_of(view)) as connections,
        open_cluster(connections, settings.shard_share, owner.id) as cluster,
        open_services(configuration, connections, cipher, cluster, lambda: bot, telemetry) as services,
        StoredTurns(connections.stores.session_turns, connections.lease, owner.id) as turns,
        App(
            services, connections, cluster, turns, settings, telemetry, open_handover(port, cluster, connections)
        ) as bot,
        show(view, configuration, connections, services, bot, cluster),
    ):
        running = bot
        try:
            yield bot
        finally:
            await connections.trace.close()
