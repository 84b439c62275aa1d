"""The command `/doctor`: what keeps the bot from answering in a channel, and how to fix it."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from math import inf
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering.queue.turn_queue import MAX_WAITING
from bot.answering.service import AnsweringService
from bot.conversation.answer_config import AnswerConfig
from bot.conversation.server_settings import ServerSettings
from bot.diagnostics import rules
from bot.diagnostics.outages import left_alone
from bot.diagnostics.probes import probe_database, probe_provider
from bot.diagnostics.report import CheckResult, to_message
from bot.discord.application import invite_link, known_commands, may_read_messages, own_commands
from bot.discord.client import Switchboard
from bot.discord.command_checks import needs_manage_server
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.interactions import defer_if_slow, respond
from bot.discord.locations import interaction_location, kind_of
from bot.discord.reading.admission import existing_roles
from bot.domain.errors import DatabaseUnavailable, NoChatbot, NotConfigured
from bot.domain.provider import Provider
from bot.domain.runtime.database_health import DatabaseHealth
from bot.domain.secrets.credentials import CredentialId
from bot.operations.recovery_watch import RecoveryWatch
from bot.services import Services
from bot.strings.commands import doctor_needs_channel
from bot.strings.diagnostics import COMMANDS, INTENT

PROBE_SECONDS = 8.0
"""How long each probe may take; they run at the same time."""


_Asked = tuple[Provider, CredentialId]
"""A provider that can be asked, and what its health is kept by."""


class Doctor(commands.Cog):
    """`/doctor`: looks at everything that an answer in this channel needs."""

    def __init__(
        self,
        bot: Switchboard,
        service: AnsweringService,
        server_settings: ServerSettings,
        recovery: RecoveryWatch,
        health: DatabaseHealth,
    ) -> None:
        self._bot = bot
        self._service = service
        self._server_settings = server_settings
        self._recovery = recovery
        self._health = health

    @app_commands.command(name="doctor")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    @needs_manage_server(doctor_needs_channel())
    async def doctor(self, interaction: discord.Interaction[Any]) -> None:
        """Find out why I'm not answering in this channel, and how to fix it."""
        await respond(interaction, await defer_if_slow(interaction, self.report(interaction)))

    async def report(self, interaction: discord.Interaction[Any]) -> str:
        """Return the report about the interaction's channel."""
        link = invite_link(interaction.application_id, interaction.guild_id)
        return to_message(await self._examine(interaction), link)

    async def _examine(self, interaction: discord.Interaction[Any]) -> list[CheckResult]:
        """Run all probes at the same time, each with a time limit, and return their results."""
        config, asked = await self._look_up(interaction)
        async with asyncio.TaskGroup() as probes:
            running = [
                probes.create_task(self._ask_discord(INTENT, self._intent)),
                probes.create_task(self._ask_discord(COMMANDS, self._commands)),
                *(probes.create_task(self._provider(provider, key)) for provider, key in asked),
                probes.create_task(probe_database(self._bot.facts, self._health, PROBE_SECONDS)),
            ]
        return [
            *self._place(interaction),
            *self._threads(interaction, config),
            *([] if asked else [rules.no_chatbot(can_bring=self._server_settings.chatbots.can_bring)]),
            *(probe.result() for probe in running),
            self._reach(interaction),
            *([rules.database_proxied()] if self._recovery.is_proxied else []),
            rules.gateway_result(self._latency(interaction.guild_id)),
            rules.queue_result(self._service.waiting(interaction.channel_id or 0), MAX_WAITING),
        ]

    async def _provider(self, provider: Provider, key: CredentialId) -> CheckResult:
        found = await probe_provider(provider, PROBE_SECONDS, self._service.provider_health, key)
        status = self._service.breaker.status(key)
        return left_alone(found, status)

    def _latency(self, server: int | None) -> float:
        """Return the seconds from a heartbeat to its answer over the server's shard, infinite before the first."""
        status = self._bot.gateway.status_of(server)
        return inf if status is None or status.latency is None else status.latency

    def _reach(self, interaction: discord.Interaction[Any]) -> CheckResult:
        where = self._bot.admission.reach(interaction_location(interaction))
        return rules.reach_result(where, existing_roles(interaction.guild, where.roles or ()))

    def _place(self, interaction: discord.Interaction[Any]) -> list[CheckResult]:
        """Return what the bot may do in the interaction's channel, as Discord says with the interaction."""
        server = self._bot.get_guild(interaction.guild_id or 0)
        if server is None or server.me is None:
            return [rules.not_a_member()]
        channel, here = interaction.channel, interaction.app_permissions
        in_server = server.me.guild_permissions
        findings = rules.permissions_result(kind_of(channel), here.value, in_server.value)
        if isinstance(channel, discord.Thread) and channel.locked and not here.manage_threads:
            findings.append(rules.locked_thread())
        return findings

    async def _look_up(self, interaction: discord.Interaction[Any]) -> tuple[AnswerConfig | None, Sequence[_Asked]]:
        """Return who answers here, None if nobody does, and who can be asked; without the database, the host's."""
        location = interaction_location(interaction)
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                config = await self._server_settings.answer_config(location)
                others = [await self._server_settings.answer_config(location, name) for name in config.names]
            return config, [(each.provider, each.health_id) for each in others]
        except NoChatbot:
            return None, []
        except (DatabaseUnavailable, NotConfigured, TimeoutError):  # perhaps removed at this moment
            available = self._server_settings.chatbots.available(interaction.guild_id, {})
            return None, [(each, available.credential_id(name)) for name, each in available.providers.items()]

    def _threads(self, interaction: discord.Interaction[Any], config: AnswerConfig | None) -> list[CheckResult]:
        """Return what keeps answers here from getting threads, if they are to have any and the database says so."""
        is_wanted = config is not None and config.in_threads and not interaction_location(interaction).is_thread
        return rules.threads_result(interaction.app_permissions.value) if is_wanted else []

    async def _intent(self) -> CheckResult:
        application = await self._bot.application_info()
        return rules.intent_result(set_on=self._bot.message_content.on, allowed=may_read_messages(application.flags))

    async def _commands(self) -> CheckResult:
        registered = await self._bot.tree.fetch_commands()
        return rules.commands_result(own_commands(self._bot.tree), known_commands(registered))

    async def _ask_discord(self, title: str, ask: Callable[[], Coroutine[Any, Any, CheckResult]]) -> CheckResult:
        """Return the result of `ask`, or that Discord did not answer."""
        try:
            return await self._bot.requests.trace.within(PROBE_SECONDS, ask())
        except discord.RateLimited as error:
            return rules.discord_limits(title, error.retry_after)
        except DISCORD_FAILURES:
            return rules.discord_silent(title)


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(Doctor(bot, services.answering, services.settings, services.recovery, services.health))
