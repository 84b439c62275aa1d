"""The commands `/privacy`: show what is kept about a person, send it, erase it after one more press, and opt out."""

import asyncio
from contextlib import aclosing
from io import BytesIO
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import Switchboard
from bot.discord.components import button_view
from bot.discord.custom_ids import ERASE_ID
from bot.discord.interactions import Refused, defer, defer_if_slow, explained, pressed, replace_message, respond
from bot.domain.cluster.signals import Payload, Signals
from bot.domain.errors import DatabaseUnavailable
from bot.domain.personal_data import Account
from bot.domain.runtime.slots import AllBusy, AlreadyWorking, Slots
from bot.privacy.service import PrivacyService
from bot.services import Services
from bot.strings.privacy import (
    ERASE,
    OPT_OUT_OPTION,
    already_exporting,
    ask_to_erase,
    describe_account,
    describe_erased,
    describe_export,
    describe_export_cut,
    erasing,
    export_too_slow,
    exports_busy,
    not_all_erased,
    not_yours,
    opted_in,
    opted_out,
)

MAX_FILES = 10
_EXPORTS_AT_ONCE = 2
"""How many people are handed files at the same time: each file is held in memory while Discord takes it."""

_EXPORT_WAIT_SECONDS = 20.0
"""How long one waits for others' files before being asked to try again."""

_FORGET = "forget"
"""The event, and the signal, of `/privacy forget`."""

EXPORT_SECONDS = 120.0
"""How long one person's files may take: others wait for these."""


class Privacy(commands.GroupCog, group_name="privacy", group_description="What I keep about you"):
    """`/privacy show`, `export`, `forget` and `opt-out`: for oneself alone, in servers and in direct messages."""

    def __init__(self, bot: Switchboard, privacy: PrivacyService, signals: Signals, policy: str | None = None) -> None:
        super().__init__()
        self._bot = bot
        self._privacy = privacy
        self._signals = signals
        self._policy = policy
        self._exports = Slots(_EXPORTS_AT_ONCE, _EXPORT_WAIT_SECONDS)
        signals.listen(_FORGET, self._forget_too, lambda: None)

    @app_commands.command(name="show")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show what I keep about you, here and everywhere."""
        account = await self._account(interaction)
        await respond(interaction, describe_account(account, direct=interaction.guild_id is None, policy=self._policy))

    @app_commands.command(name="export")
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """Get everything that I keep about you as a file."""
        await defer(interaction)
        try:
            async with self._exports.take(interaction.user.id), asyncio.timeout(EXPORT_SECONDS):
                await self._hand_over(interaction)
        except AlreadyWorking:
            raise Refused(already_exporting()) from None
        except AllBusy:
            raise Refused(exports_busy()) from None
        except TimeoutError:
            raise Refused(export_too_slow()) from None

    async def _hand_over(self, interaction: discord.Interaction[Any]) -> None:
        """Send the caller's files."""
        number = 0
        async with aclosing(await self._privacy.export(interaction.user.id)) as files:
            async for file in files:
                number += 1
                if number > MAX_FILES:
                    await respond(interaction, describe_export_cut(MAX_FILES))
                    return
                attached = discord.File(BytesIO(file), f"switchboard-{interaction.user.id}-{number}.json")
                await respond(interaction, describe_export(number), files=[attached])

    @app_commands.command(name="opt-out")
    @app_commands.describe(on=OPT_OUT_OPTION)
    async def opt_out(self, interaction: discord.Interaction[Any], on: bool = True) -> None:
        """Have me not read your messages, nor pass them on; commands still work."""
        await defer_if_slow(interaction, self._privacy.opt_out(interaction.user.id, out=on))
        await respond(interaction, opted_out() if on else opted_in())

    @app_commands.command(name="forget")
    async def forget(self, interaction: discord.Interaction[Any]) -> None:
        """Delete everything I store about you, in every server."""
        account = await self._account(interaction)
        await respond(interaction, ask_to_erase(account), view=_erase_button(interaction.user.id))

    @commands.Cog.listener()
    @explained
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Erase what is kept about the person who presses their own button, and put what was erased in its place."""
        button = pressed(interaction, ERASE_ID)
        if button is None:
            return
        person = interaction.user.id
        if int(button["person"]) != person:
            raise Refused(not_yours())
        # Without the button meanwhile: pressing it twice is safe, but does not look so.
        await replace_message(interaction, erasing())
        # Forms in memory hold words too, in every process: see `cogs/ask_about_message.py`.
        self._bot.dispatch(_FORGET, person)
        await self._signals.send(_FORGET, {"person": person}, to_all_bots=True)
        try:
            erased = await self._privacy.erase(person)
        except DatabaseUnavailable:
            await replace_message(interaction, not_all_erased(), _erase_button(person))
            return
        await replace_message(interaction, describe_erased(erased))

    def _forget_too(self, payload: Payload) -> None:
        """Drop what this process holds of a person who has another one erase all."""
        match payload:
            case {"person": int(person)}:
                self._bot.dispatch(_FORGET, person)

    async def _account(self, interaction: discord.Interaction[Any]) -> Account:
        """Return what is kept about the caller; raises `DatabaseUnavailable`."""
        return await defer_if_slow(interaction, self._privacy.account(interaction.user.id, interaction.guild_id))


def _erase_button(person: int) -> discord.ui.View:
    """Return the button that erases everything of a person."""
    button: discord.ui.Button[Any] = discord.ui.Button(
        label=ERASE, style=discord.ButtonStyle.danger, custom_id=f"erase:{person}"
    )
    return button_view([button])


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await bot.add_cog(Privacy(bot, services.privacy, services.signals, services.privacy_url))
