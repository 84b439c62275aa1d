"""What the program is connected to: opened in order, and closed in order."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.reading.attachments import AttachmentLoader
from bot.domain.cluster.signals import Signals
from bot.domain.leases import Lease, Owner
from bot.domain.runtime.telemetry import Telemetry
from bot.domain.secrets.cipher import Cipher
from bot.providers.http import Http
from bot.settings import Settings
from bot.store.open import open_lease, open_store
from bot.store.ports.base import Stores
from bot.store.signals import open_signals
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.rate_limiter import RateLimiter
from bot.strings.host.encryption import tell_at_start

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Connections:
    """What the program is connected to: the database, the chat APIs, and Discord's REST API with its rate limits."""

    stores: Stores
    lease: Lease
    signals: Signals
    http: Http
    file_loader: AttachmentLoader
    rate_limiter: RateLimiter
    scheduler: EditScheduler
    trace: RateLimitTrace


@asynccontextmanager
async def connect(settings: Settings, owner: Owner, cipher: Cipher, telemetry: Telemetry) -> AsyncIterator[Connections]:
    """Open the database and the HTTP clients, for the process `owner`; raises what `open_store` and `open_lease` do."""
    url, direct_url = settings.database_url, settings.database_direct_url
    rate_limiter = RateLimiter()
    http_client = Http(
        idle_timeout=settings.provider_idle_timeout,
        total_timeout=settings.provider_total_timeout,
        proxies=settings.proxies,
    )
    async with (
        open_store(url, owner=owner, cipher=cipher, telemetry=telemetry) as stores,
        open_lease(url, owner.id, direct_url=direct_url) as lease,
        open_signals(url, owner, direct_url=direct_url, is_proxied=lease.is_proxied) as signals,
        http_client as http,
        AttachmentLoader(settings.discord_api_url, settings.proxies) as file_loader,
        EditScheduler(rate_limiter, telemetry=telemetry) as scheduler,
    ):
        for sentence in tell_at_start(await stores.encryption.begin()):
            _log.warning("%s", sentence)
        trace = RateLimitTrace(rate_limiter, telemetry=telemetry)
        yield Connections(stores, lease, signals, http, file_loader, rate_limiter, scheduler, trace)
