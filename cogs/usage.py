"""The command `/usage`: how much was asked and answered in a server, as a list, a table and a chart."""

import asyncio
from io import BytesIO
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import Switchboard
from bot.discord.command_checks import needs_manage_server
from bot.discord.interactions import Refused, defer, respond
from bot.domain.fair_use.usage_report import UsageReport
from bot.domain.runtime.slots import AllBusy, AlreadyWorking, Slots
from bot.limits.chart import Chart, Series, draw
from bot.limits.usage_reports import UsageReports
from bot.services import Services
from bot.strings.admins import usage as say

_AT_ONCE = 1
"""How many charts are drawn at the same time."""

_WAIT_SECONDS = 20.0
"""How long one waits for others' charts before being asked to try again."""

_DAYS = [
    app_commands.Choice(name=say.TODAY, value=1),
    app_commands.Choice(name=say.WEEK, value=7),
    app_commands.Choice(name=say.MONTH, value=30),
]


class UsageCommand(commands.Cog):
    """`/usage`: what was counted in this server, without a word about who asked."""

    def __init__(self, reports: UsageReports) -> None:
        self._reports = reports
        self._slots = Slots(_AT_ONCE, _WAIT_SECONDS)

    @app_commands.command(name="usage")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(days=say.DAYS_OPTION)
    @app_commands.choices(days=_DAYS)
    @needs_manage_server(say.needs_server())
    async def usage(self, interaction: discord.Interaction[Any], days: int = 7) -> None:
        """See how much was asked and answered in this server."""
        assert interaction.guild_id is not None, "the check has refused others"
        await defer(interaction)
        try:
            async with self._slots.take(interaction.user.id):
                report = await self._reports.report(interaction.guild_id, days)
                if report.is_empty:
                    await respond(interaction, say.no_questions(days))
                    return
                chart = await asyncio.to_thread(draw, _chart(report, self._reports.labels))
        except AlreadyWorking:
            raise Refused(say.already_preparing()) from None
        except AllBusy:
            raise Refused(say.usage_busy()) from None
        files = [
            discord.File(BytesIO(chart), "usage.png", description=say.describe_chart(report)),
            discord.File(BytesIO(say.usage_table(report).encode()), "usage.csv"),
        ]
        await respond(interaction, say.describe_usage(report), files=files)


def _chart(report: UsageReport, labels: list[str]) -> Chart:
    """Return the chart of a report; each of the `labels` has the same colour in all charts."""
    series = [
        Series(
            label,
            labels.index(label) if label in labels else len(labels),
            [day.by_provider[label].questions if label in day.by_provider else 0 for day in report.days],
        )
        for label in report.by_provider
    ]
    return Chart(say.chart_title(report), [say.day_label(each.day) for each in report.days], series)


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(UsageCommand(services.usage))
