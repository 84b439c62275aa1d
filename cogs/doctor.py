"""The door for `/doctor`: what keeps the bot from answering in a channel, and how to mend it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering.turn_queue import MAX_WAITING
from bot.diagnostics import rules
from bot.diagnostics.permissions import Kind
from bot.diagnostics.probes import probe_database, probe_provider
from bot.diagnostics.report import CheckResult, to_message
from bot.discord.application import invite_link, known_commands, may_read_messages, own_commands
from bot.discord.bot import BotBase, defer_if_slow, respond
from bot.discord.errors import DISCORD_FAILURES
from cogs._permissions import needs_manage_server

_TRIAL_SECONDS = 8.0
"""How long each thing that is tried may take; they are tried all at once."""

_ELSEWHERE = "`/doctor` looks at a channel of a server. Please use it in the one that is ill."


class Doctor(commands.Cog):
    """`/doctor`: looks at everything that an answer in this channel needs."""

    def __init__(self, bot: BotBase) -> None:
        self.bot = bot

    @app_commands.command(name="doctor")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    @needs_manage_server(_ELSEWHERE)
    async def doctor(self, interaction: discord.Interaction[BotBase]) -> None:
        """Show what keeps me from answering in this channel, and how to mend it."""
        link = invite_link(interaction.application_id, interaction.guild_id)
        findings = await defer_if_slow(interaction, self._examine(interaction))
        await respond(interaction, to_message(findings, link))

    async def _examine(self, interaction: discord.Interaction[BotBase]) -> list[CheckResult]:
        """Try everything at once, each in a bounded time, and return what was found."""
        service, server_settings = self.bot.services.service, self.bot.services.server_settings
        async with asyncio.TaskGroup() as trials:
            begun = [
                trials.create_task(self._asked(rules.INTENT, self._intent)),
                trials.create_task(self._asked(rules.COMMANDS, self._commands)),
                *(
                    trials.create_task(probe_provider(provider, _TRIAL_SECONDS, service.provider_health))
                    for provider in server_settings.providers.values()
                ),
                trials.create_task(probe_database(self.bot.facts, _TRIAL_SECONDS)),
            ]
        return [
            *self._place(interaction),
            *(trial.result() for trial in begun),
            rules.gateway_result(self.bot.latency),
            rules.queue_result(service.waiting(interaction.channel_id or 0), MAX_WAITING),
        ]

    def _place(self, interaction: discord.Interaction[BotBase]) -> list[CheckResult]:
        """Return what the bot may do where the interaction came from; of the place, Discord itself tells that."""
        server = self.bot.get_guild(interaction.guild_id or 0)
        if server is None or server.me is None:
            return [rules.not_a_member()]
        channel, here = interaction.channel, interaction.app_permissions
        in_server = server.me.guild_permissions
        findings = rules.permissions_result(_kind_of(channel), here.value, in_server.value)
        if isinstance(channel, discord.Thread) and channel.locked and not here.manage_threads:
            findings.append(rules.locked_thread())
        return findings

    async def _intent(self) -> CheckResult:
        application = await self.bot.application_info()
        return rules.intent_result(set_on=self.bot.has_message_content, allowed=may_read_messages(application.flags))

    async def _commands(self) -> CheckResult:
        registered = await self.bot.tree.fetch_commands()
        return rules.commands_result(own_commands(self.bot.tree), known_commands(registered))

    async def _asked(self, title: str, ask: Callable[[], Coroutine[Any, Any, CheckResult]]) -> CheckResult:
        """Return what `ask` finds out from Discord, or that Discord did not say."""
        try:
            return await self.bot.trace.within(_TRIAL_SECONDS, ask())
        except discord.RateLimited as error:
            return rules.discord_limits(title, error.retry_after)
        except DISCORD_FAILURES:
            return rules.discord_silent(title)


def _kind_of(channel: object) -> Kind:
    if isinstance(channel, discord.Thread):
        return "thread"
    return "voice" if isinstance(channel, discord.VoiceChannel | discord.StageChannel) else "text"


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await bot.add_cog(Doctor(bot))
