"""Puts the program together from its configuration, and takes it apart again in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.answering.answer_actions import AnswerActions
from bot.answering.crash_recovery import CrashRecovery
from bot.answering.service import AnsweringService
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.discord.client import Switchboard
from bot.discord.rate_limit_trace import RateLimitTrace
from bot.privacy.retention import RetentionJob
from bot.privacy.service import PrivacyService
from bot.providers import PROVIDERS, open_providers
from bot.providers.http import Http
from bot.services import Services
from bot.settings import Configuration
from bot.store.open import open_store
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.rate_limits import RateLimiter


@asynccontextmanager
async def open_bot(configuration: Configuration) -> AsyncIterator[Switchboard]:
    """Open the database and the HTTP client, and yield the bot, not yet logged in; raises `DatabaseUnavailable`."""
    settings = configuration.bot
    budget = RateLimiter()
    http_client = Http(idle_timeout=settings.provider_idle_timeout, total_timeout=settings.provider_total_timeout)
    async with open_store(settings.database_url) as store, http_client as http, EditScheduler(budget) as painter:
        providers = open_providers(configuration.providers, http)
        preferences = ServerSettings(store, providers, configuration.default, settings.bot_developer)
        await preferences.start()
        recall = PromptBuilder(store, settings.bounds)
        others, journal = len(providers) > 1, store.journal
        service = AnsweringService(preferences, journal, recall, painter)
        steering = AnswerActions(service, journal, painter, others=others)
        wire = RateLimitTrace(budget)
        recovery = CrashRecovery(journal, painter, others=others)
        remembering = {kind.name: kind.label for kind in PROVIDERS if kind.remembers}
        privacy = PrivacyService(store.archive, preferences, remembering)
        async with RetentionJob(store.archive, preferences) as caretaker:
            desk = Services(
                service, preferences, recall, journal, steering, recovery, privacy=privacy, caretaker=caretaker
            )
            async with Switchboard(desk, wire, store, reads_messages=settings.message_content_intent) as bot:
                try:
                    yield bot
                finally:
                    await wire.close()
