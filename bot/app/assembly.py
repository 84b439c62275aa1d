"""Puts the program together from its parts."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.answering.answer_actions import AnswerActions
from bot.answering.answer_threads import AnswerThreads
from bot.answering.crash_recovery import CrashRecovery
from bot.answering.elsewhere.requests import RequestsElsewhere
from bot.answering.elsewhere.runs_elsewhere import RunsElsewhere
from bot.answering.service import AnsweringService
from bot.answering.stored_answers import quote_answer
from bot.answering.suggestions import Suggestions
from bot.app.connections import Connections
from bot.conversation.chatbots import Chatbots
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.discord.canvases.thread_start import threads_in
from bot.discord.client import Switchboard
from bot.discord.locations import is_own_thread
from bot.discord.reading.addressing import own_id
from bot.discord.reading.threads import read_starter
from bot.domain.controls import AnswerControls
from bot.domain.fair_use.usage import UsageMeter
from bot.domain.question import Quote
from bot.domain.runtime.telemetry import Telemetry
from bot.domain.secrets.cipher import Cipher
from bot.domain.server_providers import NO_SERVER_PROVIDERS, ServerProviders
from bot.limits.fair_use import FairUse
from bot.limits.meter import Meter
from bot.limits.usage_reports import UsageReports
from bot.operations.cluster.cluster import Cluster
from bot.operations.recovery_watch import RecoveryWatch
from bot.privacy.retention import RetentionJob
from bot.privacy.service import PrivacyService
from bot.providers import PROVIDERS, open_providers
from bot.providers.http import Http
from bot.providers.servers.entered import ProviderForms
from bot.providers.servers.server_providers import OpenedProviders
from bot.services import Services
from bot.settings import Configuration, Settings


@asynccontextmanager
async def open_services(
    configuration: Configuration,
    connections: Connections,
    cipher: Cipher,
    cluster: Cluster,
    bot: Callable[[], Switchboard],
    telemetry: Telemetry,
) -> AsyncIterator[Services]:
    """Put the program together for one process of a `cluster`; `bot` is asked for once questions come."""
    stores, scheduler = connections.stores, connections.scheduler
    chatbots = _chatbots(configuration, connections.http, cipher)
    controls = AnswerControls(chatbots.labels)
    developer = _developer(configuration.bot, bot)
    server_settings = await ServerSettings.load(stores.server_settings, chatbots, developer, connections.signals)
    prompts = _prompt_builder(configuration.bot, connections, server_settings, bot)
    threads = AnswerThreads(stores.conversations, lambda channel: threads_in(bot(), connections.trace, channel))
    meter = Meter(stores.usage)
    fair_use = FairUse(stores.quotas, configuration.bot.shared_limit, offers_setup=chatbots.can_bring)
    elsewhere = RunsElsewhere(connections.signals, cluster)
    answering = _answering(
        connections, server_settings, prompts, controls, threads, meter, fair_use, elsewhere, telemetry
    )
    crash_recovery = CrashRecovery(stores.answers, scheduler, controls, server_settings, threads)
    remembering = {kind.name: kind.label for kind in PROVIDERS if kind.remembers == "people"}
    async with (
        meter,
        server_settings.kept.following(lambda: [other.id for other in cluster.others]),
        RequestsElsewhere(connections.signals, answering.active_runs, answering.call_backs),
        RetentionJob(stores.personal_data, server_settings, stores.usage, cluster) as retention,
    ):
        yield Services(
            answering,
            server_settings,
            prompts,
            Suggestions(server_settings),
            stores.answers,
            AnswerActions(answering, stores.answers, scheduler, controls, server_settings, elsewhere),
            RecoveryWatch(
                stores.answers, connections.lease, crash_recovery, cluster.own.id, answering.active_runs, telemetry
            ),
            privacy=PrivacyService(stores.personal_data, server_settings, remembering),
            retention=retention,
            welcomes=stores.welcomes,
            usage=UsageReports(meter, stores.usage, {kind.name: kind.label for kind in PROVIDERS}),
            credentials=stores.credentials,
            credential_forms=ProviderForms(configuration.kinds, connections.http),
            health=stores.health,
            signals=connections.signals,
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


def _developer(settings: Settings, bot: Callable[[], Switchboard]) -> Callable[[], str | None]:
    """Return what gives Tamako's default developer: unless the operator names one, the owner, known after login."""
    return lambda: bot().owner_name if settings.bot_developer is None else settings.bot_developer


def _prompt_builder(
    settings: Settings, connections: Connections, server_settings: ServerSettings, bot: Callable[[], Switchboard]
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
    connections: Connections,
    server_settings: ServerSettings,
    prompts: PromptBuilder,
    controls: AnswerControls,
    threads: AnswerThreads,
    usage: UsageMeter,
    fair_use: FairUse,
    elsewhere: RunsElsewhere,
    telemetry: Telemetry,
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
        elsewhere,
        telemetry,
    )
