"""The door for `/privacy`: what is kept about a person, all of it as a file, and its erasure after one more press."""

import asyncio
import logging
from contextlib import aclosing
from io import BytesIO
from re import Match
from typing import Any, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.bot import BotBase, defer, defer_if_slow, respond
from bot.discord.canvases.requests import SILENT
from bot.discord.errors import DISCORD_FAILURES
from bot.domain.errors import DatabaseUnavailable
from bot.domain.personal_data import Account
from bot.strings.privacy import (
    ERASE,
    ask_to_erase,
    describe_account,
    describe_erased,
    describe_export,
    describe_export_cut,
    erasing,
    not_all_erased,
    not_told,
    not_yours,
)

_log = logging.getLogger(__name__)

_MOST_FILES = 10
_EXPORTS_AT_ONCE = 2
"""How many people are handed files at the same time: each file is held in memory while Discord takes it."""


class EraseButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"erase:(?P<person>\d+)"):
    """The button that erases what is kept about the person in its id; it works after a restart too."""

    def __init__(self, person: int) -> None:
        super().__init__(discord.ui.Button(label=ERASE, style=discord.ButtonStyle.danger, custom_id=f"erase:{person}"))
        self._person = person

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: Match[str], /
    ) -> Self:
        """Return the item for a press on the button with this id."""
        return cls(int(match["person"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Erase, and say in the button's place what that was."""
        try:
            if interaction.user.id != self._person:
                await respond(interaction, not_yours())
                return
            # Without the button meanwhile: a second press would do no harm, but look as if it did.
            await interaction.response.edit_message(content=erasing(), view=None, allowed_mentions=SILENT)
            host = cast("BotBase", interaction.client)
            host.dispatch(
                "forget", self._person
            )  # forms in memory hold words too: `on_forget` in `cogs/ask_about_message.py`
            try:
                erased = await host.services.privacy.forget(self._person)
            except DatabaseUnavailable:
                button = _view(self._person)
                await interaction.edit_original_response(content=not_all_erased(), view=button, allowed_mentions=SILENT)
                return
            await interaction.edit_original_response(content=describe_erased(erased), allowed_mentions=SILENT)
        except DISCORD_FAILURES as error:
            _log.warning("interaction %d: the caller could not be told: %s", interaction.id, type(error).__name__)


class Privacy(commands.GroupCog, group_name="privacy", group_description="What I keep about you"):
    """`/privacy show`, `export` and `forget`: for oneself alone, in servers and in direct messages."""

    def __init__(self, bot: BotBase) -> None:
        super().__init__()
        self.bot = bot
        self._exports = asyncio.Semaphore(_EXPORTS_AT_ONCE)

    @app_commands.command(name="show")
    async def show(self, interaction: discord.Interaction[BotBase]) -> None:
        """Show what I keep about you, here and everywhere."""
        account = await self._account(interaction)
        if account is not None:
            await respond(interaction, describe_account(account, direct=interaction.guild_id is None))

    @app_commands.command(name="export")
    async def export(self, interaction: discord.Interaction[BotBase]) -> None:
        """Get everything that I keep about you as a file."""
        await defer(interaction)
        try:
            async with self._exports, aclosing(await self.bot.services.privacy.export(interaction.user.id)) as files:
                number = 0
                async for file in files:
                    number += 1
                    if number > _MOST_FILES:
                        await respond(interaction, describe_export_cut(_MOST_FILES))
                        return
                    attached = discord.File(BytesIO(file), f"switchboard-{interaction.user.id}-{number}.json")
                    await respond(interaction, describe_export(number), file=attached)
        except DatabaseUnavailable:
            await respond(interaction, not_told())

    @app_commands.command(name="forget")
    async def forget(self, interaction: discord.Interaction[BotBase]) -> None:
        """Erase everything that I keep about you, in every server."""
        account = await self._account(interaction)
        if account is not None:
            await respond(interaction, ask_to_erase(account), view=_view(interaction.user.id))

    async def _account(self, interaction: discord.Interaction[BotBase]) -> Account | None:
        """Return what is kept about the caller; None where the database does not tell, which the caller then knows."""
        try:
            return await defer_if_slow(
                interaction, self.bot.services.privacy.account(interaction.user.id, interaction.guild_id)
            )
        except DatabaseUnavailable:
            await respond(interaction, not_told())
            return None


def _view(person: int) -> discord.ui.View:
    """Return the button alone. A stopped view is sent all the same, but not kept: presses are found by their ids."""
    view = discord.ui.View(timeout=None)
    view.add_item(EraseButton(person))
    view.stop()
    return view


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    bot.add_dynamic_items(EraseButton)
    await bot.add_cog(Privacy(bot))
