"""Starts catching up when a session begins, so that what was asked while the bot was away is answered."""

import discord
from discord.ext import commands

from bot.discord.catching_up.catch_up import CatchUp
from bot.discord.client import Switchboard
from bot.services import Services


class CatchingUp(commands.Cog):
    """Begins to catch up when a session begins. A session that is resumed needs none: Discord sends what it missed."""

    def __init__(self, catch_up: CatchUp) -> None:
        self.catch_up = catch_up

    async def cog_unload(self) -> None:
        """Stop looking for missed questions."""
        await self.catch_up.close()

    @commands.Cog.listener()
    async def on_shard_ready(self, shard: int) -> None:
        """Catch up with the servers of a shard."""
        self.catch_up.begin(shard)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Answer no question that was deleted meanwhile."""
        self.catch_up.forget([event.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Do the same for many at once."""
        self.catch_up.forget(event.message_ids)


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    catch_up = CatchUp(bot, services.answers, lambda: services.answering.takes_questions, services.settings.kept.reload)
    await bot.add_cog(CatchingUp(catch_up))
