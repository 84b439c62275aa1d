"""Builds the program from its configuration, and closes it in order."""

import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module

from bot.answering.answer_actions import AnswerActions
from bot.answering.answer_threads import AnswerThreads
from bot.answering.crash_recovery import CrashRecovery
from bot.answering.service import AnsweringService
from bot.answering.stored_answers import quote_answer
from bot.answering.suggestions import Suggestions
from bot.conversation.chatbots import Chatbots
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.crypto.opening import open_cipher
from bot.discord.canvases.thread_start import threads_in
from bot.discord.client import Switchboard
from bot.discord.locations import is_own_thread
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.reading.addressing import own_id
from bot.discord.reading.attachments import AttachmentLoader
from bot.discord.reading.threads import read_starter
from bot.domain.controls import AnswerControls
from bot.domain.fair_use.usage import UsageMeter
from bot.domain.leases import Lease, Owner, new_owner_id
from bot.domain.question import Quote
from bot.domain.secrets.cipher import Cipher
from bot.domain.server_providers import NO_SERVER_PROVIDERS, ServerProviders
from bot.domain.stores import MetadataStore
from bot.limits.fair_use import FairUse
from bot.limits.meter import Meter
from bot.limits.usage_reports import UsageReports
from bot.operations.recovery_watch import RecoveryWatch
from bot.privacy.retention import RetentionJob
from bot.privacy.service import PrivacyService
from bot.providers import PROVIDERS, open_providers
from bot.providers.http import Http
from bot.providers.servers.entered import ProviderForms
from bot.providers.servers.server_providers import OpenedProviders
from bot.services import Services
from bot.settings import Configuration, Settings
from bot.store.open import open_lease, open_store
from bot.store.ports.base import Stores
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.rate_limiter import RateLimiter
from bot.strings.host.encryption import tell_at_start

_log = logging.getLogger(__name__)

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

    def __init__(self, services: Services, trace: RateLimitTrace, facts: MetadataStore, settings: Settings) -> None:
        super().__init__(
            services.answering,
            services.recovery,
            services.settings,
            trace,
            facts,
            has_message_content=settings.message_content_intent,
            access=settings.access,
            proxy=settings.proxies.for_url(settings.discord_api_url),
        )
        self.services = services

    async def add_cogs(self) -> None:
        """Add every handler with the parts that it uses."""
        for cog in COGS:
            # Not as discord.py's extensions, which are made to be reloaded: each bot would run the modules again.
            await import_module(cog).setup(self, self.services)


@dataclass(frozen=True, slots=True)
class _Connections:
    """What the program is connected to: the database, the chat APIs, and Discord's REST API with its rate limits."""

    stores: Stores
    lease: Lease
    http: Http
    file_loader: AttachmentLoader
    scheduler: EditScheduler
    trace: RateLimitTrace


@asynccontextmanager
async def open_bot(configuration: Configuration) -> AsyncIterator[App]:
    """Open the database and the HTTP client, and yield the bot, not yet logged in; raises `DatabaseUnavailable`."""
    sys.setswitchinterval(_SWITCH_INTERVAL)
    settings = configuration.bot
    cipher = open_cipher(settings.keys)
    owner = Owner(new_owner_id(), lambda: 0 if bot.user is None else bot.user.id)  # before login, no question comes
    async with (
        _connect(settings, owner, cipher) as connections,
        _open_services(configuration, connections, cipher, owner.id, lambda: bot) as services,
        App(services, connections.trace, connections.stores.metadata, settings) as bot,
    ):
        try:
            yield bot
        finally:
            await connections.trace.close()


@asynccontextmanager
async def _connect(settings: Settings, owner: Owner, cipher: Cipher) -> AsyncIterator[_Connections]:
    rate_limiter = RateLimiter()
    http_client = Http(
        idle_timeout=settings.provider_idle_timeout,
        total_timeout=settings.provider_total_timeout,
        proxies=settings.proxies,
    )
    async with (
        open_store(settings.database_url, owner=owner, cipher=cipher) as stores,
        open_lease(settings.database_url, owner.id, direct_url=settings.database_direct_url) as lease,
        http_client as http,
        AttachmentLoader(settings.discord_api_url, settings.proxies) as file_loader,
        EditScheduler(rate_limiter) as scheduler,
    ):
        for sentence in tell_at_start(await stores.encryption.begin()):
            _log.warning("%s", sentence)
        yield _Connections(stores, lease, http, file_loader, scheduler, RateLimitTrace(rate_limiter))


@asynccontextmanager
async def _open_services(
    configuration: Configuration, connections: _Connections, cipher: Cipher, owner: str, bot: Callable[[], App]
) -> AsyncIterator[Services]:
    """Put the program together for `owner`, as this run of it is called; `bot` is asked for once questions come."""
    stores, scheduler = connections.stores, connections.scheduler
    chatbots = _chatbots(configuration, connections.http, cipher)
    controls = AnswerControls(chatbots.labels)
    developer = _developer(configuration.bot, bot)
    server_settings = await ServerSettings.load(stores.server_settings, chatbots, developer)
    prompts = _prompt_builder(configuration.bot, connections, server_settings, bot)
    threads = AnswerThreads(stores.conversations, lambda channel: threads_in(bot(), connections.trace, channel))
    meter = Meter(stores.usage)
    fair_use = FairUse(stores.quotas, configuration.bot.shared_limit, offers_setup=chatbots.can_bring)
    answering = _answering(connections, server_settings, prompts, controls, threads, meter, fair_use)
    crash_recovery = CrashRecovery(stores.answers, scheduler, controls, server_settings, threads)
    remembering = {kind.name: kind.label for kind in PROVIDERS if kind.remembers == "people"}
    async with meter, RetentionJob(stores.personal_data, server_settings, stores.usage) as retention:
        yield Services(
            answering,
            server_settings,
            prompts,
            Suggestions(server_settings),
            stores.answers,
            AnswerActions(answering, stores.answers, scheduler, controls, server_settings),
            RecoveryWatch(stores.answers, connections.lease, crash_recovery, owner, answering.active_runs),
            privacy=PrivacyService(stores.personal_data, server_settings, remembering),
            retention=retention,
            welcomes=stores.welcomes,
            usage=UsageReports(meter, stores.usage, {kind.name: kind.label for kind in PROVIDERS}),
            credentials=stores.credentials,
            credential_forms=ProviderForms(configuration.kinds, connections.http),
            health=stores.health,
            privacy_url=configuration.bot.privacy_url,
        )


def _chatbots(configuration: Configuration, http: Http, cipher: Cipher) -> Chatbots:
    """Return the operator's providers, and what opens those of servers, which need a key to store their credentials."""
    settings = configuration.bot
    brought: ServerProviders = NO_SERVER_PROVIDERS
    if settings.secret_key is not None:
        brought = OpenedProviders(PROVIDERS, configuration.kinds, cipher, http)
    hosts = open_providers(configuration.providers, http)
    return Chatbots(hosts, configuration.default, settings.shared_credentials, brought)


def _developer(settings: Settings, bot: Callable[[], App]) -> Callable[[], str | None]:
    """Return what gives Tamako's default developer: unless the operator names one, the owner, known after login."""
    return lambda: bot().owner_name if settings.bot_developer is None else settings.bot_developer


def _prompt_builder(
    settings: Settings, connections: _Connections, server_settings: ServerSettings, bot: Callable[[], App]
) -> PromptBuilder:
    async def read_post(post: int) -> Quote | None:
        """Return the first message of a forum post."""
        return await read_starter(bot(), connections.trace, post, opted_out)

    async def read_answer(thread: int) -> Quote | None:
        """Return the answer that the bot started a thread for, None if it did not."""
        if not is_own_thread(bot().get_channel(thread), own_id(bot())):
            return None
        labels = {kind.name: kind.label for kind in PROVIDERS}
        return await quote_answer(stores.answers, thread, labels, opted_out)

    stores, opted_out = connections.stores, server_settings.opted_out
    return PromptBuilder(stores.conversations, settings.bounds, read_post, read_answer, opted_out)


def _answering(
    connections: _Connections,
    server_settings: ServerSettings,
    prompts: PromptBuilder,
    controls: AnswerControls,
    threads: AnswerThreads,
    usage: UsageMeter,
    fair_use: FairUse,
) -> AnsweringService:
    stores = connections.stores
    return AnsweringService(
        server_settings,
        stores.run_opener,
        stores.answers,
        prompts,
        connections.scheduler,
        controls,
        connections.file_loader,
        threads,
        usage,
        fair_use,
    )
