"""The discord.py bot: what it may see, whom it may ping, and how it registers its commands with Discord."""

import asyncio
import hashlib
import json
import logging
from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.allowed_mentions import SILENT
from bot.discord.canvases.opening import Canvases
from bot.discord.canvases.requests import Requests
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.interactions import CommandTree
from bot.discord.questions import Answering, InteractionQuestions
from bot.discord.rate_limits.max_wait import MAX_WAIT
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.reading.message_content import MessageContent, MessageSettings
from bot.discord.recent_events import MessageCounts, SeenEvents
from bot.discord.startup_task import StartupTask
from bot.domain.answer import Answer
from bot.domain.errors import DatabaseUnavailable
from bot.domain.stores import MetadataStore
from bot.streaming.canvas import SavedCanvas

_log = logging.getLogger(__name__)

# discord.py warns at every start that it cannot speak; this bot only writes.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

_SYNCED = "synced commands"

REGISTERED_WITHIN = 3.0
"""Seconds that the start waits for the commands to be registered; after that it goes on without."""


class Recovery(Protocol):
    """What repairs the answers that the end of other processes interrupted."""

    async def watch(self, open_canvas: Callable[[Answer], SavedCanvas]) -> None:
        """Repair what is found, until cancelled."""
        ...


class Switchboard(commands.Bot):
    """The discord.py bot, with the parts of `bot/discord` that handlers use.

    It sees no members and no presences, and the text of every message only with `has_message_content`. `seen` has the
    latest events: each is answered once, though Discord may deliver it twice.
    """

    def __init__(
        self,
        answering: Answering,
        recovery: Recovery,
        server_settings: MessageSettings,
        trace: RateLimitTrace,
        facts: MetadataStore,
        *,
        has_message_content: bool,
    ) -> None:
        intents = discord.Intents(
            guilds=True, guild_messages=True, dm_messages=True, message_content=has_message_content
        )
        super().__init__(
            command_prefix=[],
            help_command=None,
            tree_cls=CommandTree,
            intents=intents,
            allowed_mentions=SILENT,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0,  # no members to wait for; a bot closed while it waits would log a traceback
            max_messages=None,
            http_trace=trace.trace_config(),
            max_ratelimit_timeout=MAX_WAIT,  # seconds; for longer waits, people are asked to try again
            enable_debug_events=False,
        )
        self.requests = Requests(trace, MessageCounts())
        self.canvases = Canvases(self, self.requests)
        self.seen = SeenEvents()
        self.questions = InteractionQuestions(answering, self.canvases, self.seen)
        self.message_content = MessageContent(server_settings, on=has_message_content)
        self.facts = facts
        self._recovery = recovery
        self._registration = StartupTask(self._register_commands)
        self._repairs: asyncio.Task[None] | None = None

    @abstractmethod
    async def add_cogs(self) -> None:
        """Add the handlers of events, commands and buttons."""

    @property
    def owner_name(self) -> str | None:
        """The name of the application's owner, None before login."""
        if self.application is None:
            return None
        # The owner of a team's application is an account of Discord's own; the team has the name that people know.
        team = self.application.team
        return self.application.owner.name if team is None else team.name

    async def setup_hook(self) -> None:
        """Add the handlers, and register the commands if Discord does not know them yet."""
        if self.application is not None and self.application.user_integration_config is not None:
            self._serve_people()
        if not self.cogs:  # after a login that failed half-way, it is logged in once more
            await self.add_cogs()
        # Mentions work without commands: the start waits for no longer than registering them usually takes.
        self._registration.begin()
        await self._registration.tried(REGISTERED_WITHIN)

    async def close(self) -> None:
        """Leave Discord; repairs that are still to be made are left to other processes, or to the next start."""
        await self._registration.close()
        if self._repairs is not None:
            self._repairs.cancel()
            await asyncio.wait({self._repairs})
        await super().close()

    def _serve_people(self) -> None:
        """Register commands for user installs too, and for every place that these lead to.

        Discord accepts that only if the application is set up for it (documentation, "Installation Context").
        """
        self.tree.allowed_installs.user = True
        self.tree.allowed_contexts.private_channel = True

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: the messages cog listens itself, and discord.py's own text commands are not used."""

    async def on_ready(self) -> None:
        """Log that the bot is ready, repair interrupted answers, and register the commands if that failed before."""
        _log.info("ready as %s in %d servers", self.user, len(self.guilds))
        if self._repairs is None:
            self._repairs = asyncio.create_task(self._recovery.watch(self.canvases.interrupted))
        self._registration.hurry()

    async def _register_commands(self) -> float | None:
        """Register the commands; return the seconds to wait before the next try, None if none is needed."""
        try:
            await self._sync_commands()
        except discord.RateLimited as error:
            _log.error("the commands are not registered: Discord takes them in %g s", error.retry_after)
            return error.retry_after
        except (*DISCORD_FAILURES, DatabaseUnavailable) as error:
            _log.error("the commands are not registered (%s); it is tried again", type(error).__name__)
            return 0.0
        except Exception:  # noqa: BLE001 - what is not Discord may answer anything
            _log.exception("registering the commands failed; it is tried again")
            return 0.0
        return None

    async def _sync_commands(self) -> None:
        """Register the commands if they changed, or if Discord lost them; doing so each time would use up a quota."""
        sent = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.sha256(json.dumps([self.application_id, sent], sort_keys=True).encode()).hexdigest()
        try:
            known = await self.tree.fetch_commands()
            if await self.facts.get(_SYNCED) == _fingerprint(digest, known):
                _log.info("%d commands are registered already", len(known))
                return
        except Exception as error:  # noqa: BLE001 - whatever the reason, registering again is right
            _log.info("comparing the commands failed (%s); registering them", type(error).__name__)
        synced = await self.tree.sync()
        await self.facts.set(_SYNCED, _fingerprint(digest, synced))
        _log.info("registered %d commands", len(synced))


def _fingerprint(digest: str, commands_known: list[app_commands.AppCommand]) -> str:
    """Return a text that changes whenever the commands as sent, or as Discord has them, change."""
    return " ".join([digest, *sorted(str(command.id) for command in commands_known)])
