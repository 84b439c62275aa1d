"""Puts the program together from its configuration, and takes it apart again in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.answering.answer_actions import Steering
from bot.answering.crash_recovery import Recovery
from bot.answering.service import Service
from bot.conversation.prompt_builder import Recall
from bot.conversation.server_settings import Preferences
from bot.discord.client import Switchboard
from bot.discord.rate_limit_trace import Wire
from bot.privacy.retention import Caretaker
from bot.privacy.service import Privacy
from bot.providers import PROVIDERS, open_providers
from bot.providers.http import Http
from bot.services import Desk
from bot.settings import Configuration
from bot.store.open import open_store
from bot.streaming.edit_scheduler import Painter
from bot.streaming.rate_limits import Budget


@asynccontextmanager
async def assemble(configuration: Configuration) -> AsyncIterator[Switchboard]:
    """Open the database and the HTTP client, and yield the bot, not yet logged in; raises `DatabaseUnavailable`."""
    settings = configuration.bot
    budget = Budget()
    http_client = Http(idle_timeout=settings.provider_idle_timeout, total_timeout=settings.provider_total_timeout)
    async with open_store(settings.database_url) as store, http_client as http, Painter(budget) as painter:
        providers = open_providers(configuration.providers, http)
        preferences = Preferences(store, providers, configuration.default, settings.bot_developer)
        await preferences.start()
        recall = Recall(store, settings.bounds)
        others, journal = len(providers) > 1, store.journal
        service = Service(preferences, journal, recall, painter)
        steering = Steering(service, journal, painter, others=others)
        wire = Wire(budget)
        recovery = Recovery(journal, painter, others=others)
        remembering = {kind.name: kind.label for kind in PROVIDERS if kind.remembers}
        privacy = Privacy(store.archive, preferences, remembering)
        async with Caretaker(store.archive, preferences) as caretaker:
            desk = Desk(service, preferences, recall, journal, steering, recovery, privacy=privacy, caretaker=caretaker)
            async with Switchboard(desk, wire, store, reads_messages=settings.message_content_intent) as bot:
                try:
                    yield bot
                finally:
                    await wire.close()
