"""Builds the program from its configuration, and closes it in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from bot.answering.answer_actions import AnswerActions
from bot.answering.answer_threads import AnswerThreads
from bot.answering.crash_recovery import CrashRecovery
from bot.answering.service import AnsweringService
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.discord.canvases.thread_start import start_thread
from bot.discord.client import Switchboard
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.reading.attachments import AttachmentLoader
from bot.discord.reading.threads import read_starter
from bot.domain.controls import AnswerControls
from bot.domain.leases import Owner, new_owner_id
from bot.domain.question import Quote
from bot.domain.stores import MetadataStore
from bot.operations.recovery_watch import RecoveryWatch
from bot.privacy.retention import RetentionJob
from bot.privacy.service import PrivacyService
from bot.providers import PROVIDERS, open_providers
from bot.providers.http import Http
from bot.services import Services
from bot.settings import Configuration, Settings
from bot.store.open import open_lease, open_store
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.rate_limiter import RateLimiter

COGS = (
    "cogs.messages",
    "cogs.catching_up",
    "cogs.answer_details",
    "cogs.buttons",
    "cogs.ask",
    "cogs.ask_about_message",
    "cogs.providers.tamako",
    "cogs.providers.chatbase",
    "cogs.providers.stammer",
    "cogs.providers.chatbot",
    "cogs.settings",
    "cogs.history",
    "cogs.doctor",
    "cogs.privacy",
    "cogs.guild_lifecycle",
    "cogs.welcome.buttons",
    "cogs.help",
)


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
            proxy=settings.proxies.for_url(settings.discord_api_url),
        )
        self.services = services

    async def add_cogs(self) -> None:
        """Add every handler with the parts that it uses."""
        for cog in COGS:
            # Not as discord.py's extensions, which are made to be reloaded: each bot would run the modules again.
            await import_module(cog).setup(self, self.services)


@asynccontextmanager
async def open_bot(configuration: Configuration) -> AsyncIterator[App]:
    """Open the database and the HTTP client, and yield the bot, not yet logged in; raises `DatabaseUnavailable`."""
    settings = configuration.bot
    rate_limiter = RateLimiter()
    attachment_loader = AttachmentLoader(settings.discord_api_url, settings.proxies)
    http_client = Http(
        idle_timeout=settings.provider_idle_timeout,
        total_timeout=settings.provider_total_timeout,
        proxies=settings.proxies,
    )
    owner = Owner(new_owner_id(), lambda: 0 if bot.user is None else bot.user.id)  # before login, no question comes
    async with (
        open_store(settings.database_url, owner=owner) as stores,
        open_lease(settings.session_url, owner.id) as lease,
        http_client as http,
        attachment_loader as file_loader,
        EditScheduler(rate_limiter) as scheduler,
    ):
        providers = open_providers(configuration.providers, http)

        def developer() -> str | None:
            """Return Tamako's default developer: unless the operator names one, the owner, known only after login."""
            return bot.owner_name if settings.bot_developer is None else settings.bot_developer

        server_settings = await ServerSettings.load(stores.server_settings, providers, configuration.default, developer)
        trace = RateLimitTrace(rate_limiter)

        async def read_post(post: int) -> Quote | None:
            """Return the first message of a forum post."""
            return await read_starter(bot, trace, post)

        async def start_answer_thread(channel: int, message: int, name: str) -> None:
            """Start a thread from an answer's first message."""
            await start_thread(bot, trace, channel, message, name)

        prompt_builder = PromptBuilder(stores.conversations, settings.bounds, read_post)
        answer_store = stores.answers
        controls = AnswerControls({name: provider.label for name, provider in providers.items()})
        service = AnsweringService(
            server_settings,
            stores.run_opener,
            answer_store,
            prompt_builder,
            scheduler,
            controls,
            file_loader,
            AnswerThreads(stores.conversations, start_answer_thread),
        )
        answer_actions = AnswerActions(service, answer_store, scheduler, controls, server_settings)
        crash_recovery = CrashRecovery(answer_store, scheduler, controls, server_settings)
        recovery = RecoveryWatch(answer_store, lease, crash_recovery, owner.id, service.active_runs)
        remembering = {kind.name: kind.label for kind in PROVIDERS if kind.keeps_history}
        privacy = PrivacyService(stores.personal_data, server_settings, remembering)
        async with RetentionJob(stores.personal_data, server_settings) as retention_job:
            services = Services(
                service,
                server_settings,
                prompt_builder,
                answer_store,
                answer_actions,
                recovery,
                privacy=privacy,
                retention=retention_job,
                welcomes=stores.welcomes,
                health=stores.health,
            )
            async with App(services, trace, stores.metadata, settings) as bot:
                try:
                    yield bot
                finally:
                    await trace.close()
