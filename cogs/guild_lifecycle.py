"""Joining and leaving servers: a new one is welcomed, and everything of one that the bot was removed from is erased.

Discord tells of a removal once. One that came while the bot was away shows only in the list of servers that begins each
connection; since data is at stake, Discord is asked about every server that is missing there before it counts as left.
A server that the host does not allow is left, neither noted nor welcomed.
"""

import asyncio
import logging
from contextlib import suppress

import discord
from discord.ext import commands

from bot.discord.client import Switchboard
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.startup_task import StartupTask
from bot.discord.welcome.greeter import Greeter
from bot.discord.welcome.posting import WelcomePosts
from bot.discord.welcome.shown import ShownWelcomes
from bot.domain.cluster.shards import shard_of
from bot.domain.errors import DatabaseUnavailable
from bot.privacy.retention import RetentionJob
from bot.services import Services

_log = logging.getLogger(__name__)

_MAX_ASKED = 100
"""How many missing servers one connection asks about; the next one goes on."""

_COMPARE_SECONDS = 10.0
"""How long the beginning of a session waits for the database to say which servers are new."""

_NOT_THERE = {10004, 50001}
"""Unknown Guild and Missing Access: Discord's documentation, "JSON Error Codes"."""


class Servers(commands.Cog):
    """Notes which servers the bot is in, and leaves those that it may not be in. One that has an outage counts too."""

    def __init__(self, bot: Switchboard, retention_job: RetentionJob, greeter: Greeter) -> None:
        self._bot = bot
        self._retention_job = retention_job
        self._greeter = greeter
        self._leaving = StartupTask(self._leave_unserved)
        self._told_to_leave = set[int]()

    async def cog_unload(self) -> None:
        """Welcome no more servers, and leave none."""
        await self._leaving.close()
        await self._greeter.close()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note and welcome a server that the bot was added to."""
        self._told_to_leave.discard(guild.id)
        if self._bot.admission.serves(guild.id):
            self._retention_job.joined(self._me, guild.id)
            self._greeter.joined(guild.id)
        else:
            self._leaving.begin()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Go on with a server that Discord sends now."""
        if self._bot.admission.serves(guild.id):
            self._greeter.arrived(guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Erase everything of a server that the bot was removed from; discord.py tells outages apart from that."""
        self._greeter.left(guild.id)
        await self._retention_job.left(self._me, guild.id)

    @commands.Cog.listener()
    async def on_shard_ready(self, shard: int) -> None:
        """Find the servers of a shard that the bot was added to, or removed from, while it was away."""
        self._leaving.begin()
        self._greeter.begin(shard)
        await self._find_missing(shard)
        with suppress(TimeoutError):
            async with asyncio.timeout(_COMPARE_SECONDS):
                await self._greeter.compared(shard)

    async def _leave_unserved(self) -> float | None:
        """Leave the servers that the host does not allow; returns None, or how soon to try again.

        Discord then tells that the bot was removed, and everything of the server is erased.
        """
        failed = set[int]()
        while servers := [each for each in self._unserved() if each.id not in failed]:
            guild = servers[0]
            try:
                await guild.leave()
            except discord.RateLimited as error:
                return error.retry_after
            except DISCORD_FAILURES as error:
                if getattr(error, "code", None) not in _NOT_THERE:
                    _log.warning("cannot leave server %d: %s; it is tried again", guild.id, type(error).__name__)
                    failed.add(guild.id)
                    continue
            self._told_to_leave.add(guild.id)
            _log.info("left server %d, which the host does not allow", guild.id)
        return 0.0 if failed else None

    def _unserved(self) -> list[discord.Guild]:
        """Return the servers to leave; Discord tells a moment later of those that the bot has just left."""
        serves, told = self._bot.admission.serves, self._told_to_leave
        return [guild for guild in self._bot.guilds if not serves(guild.id) and guild.id not in told]

    async def _find_missing(self, shard: int) -> None:
        """Ask about the servers that a shard should bring, and does not: of others, other sessions tell."""
        try:
            absent = await self._retention_job.missing_guilds(self._me, [guild.id for guild in self._bot.guilds])
        except DatabaseUnavailable:
            _log.warning("the servers are not compared with those known; the next connection does so")
            return
        count = self._bot.shard_count or 1
        missing = [server for server in absent if shard_of(server, count) == shard]
        unknown = 0
        try:
            for server in missing[:_MAX_ASKED]:
                match await self._was_left(server):
                    case True:
                        await self._retention_job.left(self._me, server)
                    case None:
                        unknown += 1
        except discord.RateLimited as error:
            _log.warning("Discord tells in %g s why servers are missing; the next connection asks", error.retry_after)
        if unknown:
            _log.warning("%d servers are missing, and Discord does not say why; the next connection asks", unknown)

    async def _was_left(self, server: int) -> bool | None:
        """Return whether Discord says clearly that the bot is not in a server, None if it says nothing."""
        try:
            await self._bot.fetch_guild(server, with_counts=False)
        except (discord.NotFound, discord.Forbidden) as error:
            return error.code in _NOT_THERE
        except discord.RateLimited:
            raise  # the others would be refused too
        except DISCORD_FAILURES:
            return None
        return False

    @property
    def _me(self) -> int:
        return self._bot.user.id if self._bot.user is not None else 0


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    shown = ShownWelcomes(bot, services.welcomes, services.settings)
    posts = WelcomePosts(bot, services.welcomes, shown)
    greeter = Greeter(bot, services.welcomes, services.retention, shown, posts)
    await bot.add_cog(Servers(bot, services.retention, greeter))
