"""The discord.py bot: what it may see, whom it may ping, and what it does at its start."""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.allowed_mentions import SILENT
from bot.discord.canvases.opening import Canvases
from bot.discord.canvases.requests import Requests
from bot.discord.command_registration import CommandRegistration
from bot.discord.gateway.gateway import Gateway
from bot.discord.interactions import CommandTree, Refused, explain_failure
from bot.discord.log_throttle import LogThrottle
from bot.discord.questions import Answering, InteractionQuestions
from bot.discord.rate_limits.max_wait import MAX_WAIT
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.reading.admission import Admission, ReachSettings
from bot.discord.reading.message_content import MessageContent, MessageSettings
from bot.discord.recent_events import RecentMessages, SeenEvents
from bot.discord.startup_task import StartupTask
from bot.domain.access import Access
from bot.domain.answer import Answer
from bot.domain.cluster.duty import Duty
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.domain.stores import MetadataStore
from bot.streaming.canvas import SavedCanvas

_log = logging.getLogger(__name__)

# discord.py warns at every start that it cannot speak; this bot only writes.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

REGISTERED_WITHIN = 3.0
"""Seconds that the start waits for the commands to be registered; after that it goes on without."""


class Recovery(Protocol):
    """What repairs the answers that the end of other processes interrupted."""

    async def watch(self, open_canvas: Callable[[Answer], SavedCanvas]) -> None:
        """Repair what is found, until cancelled."""
        ...


class KnownSettings(MessageSettings, ReachSettings, Protocol):
    """The settings that are known without waiting."""


class Switchboard(commands.AutoShardedBot):
    """The discord.py bot, with the parts of `bot/discord` that handlers use.

    It sees no members and no presences, and the text of every message only with `has_message_content`. `seen` has the
    latest events: each is answered once, though Discord may deliver it twice.
    """

    def __init__(
        self,
        answering: Answering,
        recovery: Recovery,
        server_settings: KnownSettings,
        trace: RateLimitTrace,
        facts: MetadataStore,
        open_gateway: Callable[[discord.AutoShardedClient], Gateway],
        duty: Duty,
        *,
        has_message_content: bool,
        access: Access,
        proxy: str | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
    ) -> None:
        intents = discord.Intents(
            guilds=True, guild_messages=True, dm_messages=True, message_content=has_message_content
        )
        super().__init__(
            command_prefix=[],
            shard_count=1,  # until the gateway is told
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
            proxy=proxy,
            http_trace=trace.trace_config(),
            max_ratelimit_timeout=MAX_WAIT,  # seconds; for longer waits, people are asked to try again
            enable_debug_events=False,
        )
        self.gateway = open_gateway(self)
        self.requests = Requests(trace, RecentMessages())
        self.canvases = Canvases(self, self.requests)
        self.seen = SeenEvents()
        self.admission = Admission(server_settings, access)
        self.questions = InteractionQuestions(answering, self.canvases, self.seen, self.admission)
        self.message_content = MessageContent(server_settings, on=has_message_content)
        self.facts = facts
        self.telemetry = telemetry
        self._recovery = recovery
        self._failure_lines: dict[str, LogThrottle] = {}
        self._commands = CommandRegistration(self, facts, trace.within, duty)
        self._registration = StartupTask(self._commands.attempt, self._is_connected)
        duty.on_begin(self._registration.begin)
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

    @property
    def knows_commands(self) -> bool:
        """Whether Discord is known to have the commands."""
        return self._commands.is_known

    async def setup_hook(self) -> None:
        """Add the handlers."""
        if self.application is not None and self.application.user_integration_config is not None:
            self._serve_people()
        if not self.cogs:  # after a login that failed half-way, it is logged in once more
            await self.add_cogs()

    async def register_commands(self) -> None:
        """Register the commands if Discord does not know them yet, or wait until another process has done so.

        Mentions work without commands: the start waits for no longer than registering them usually takes.
        """
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

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:  # noqa: ANN401 - discord.py's
        """Log that a handler failed, for each kind of event at most once a minute: it may be Discord's events."""
        clock = asyncio.get_running_loop().time
        if self._failure_lines.setdefault(event_method, LogThrottle(clock)).due():
            _log.exception("%s failed", event_method)

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - discord.py's
        """Hand an event to its handlers; an interaction that the host refuses reaches none of them."""
        if event_name == "interaction" and self.admission.refusal(args[0]) is not None:
            event_name = "refused_interaction"
        super().dispatch(event_name, *args, **kwargs)

    async def on_refused_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Tell somebody whom the host refuses so; commands are refused by the command tree."""
        by_id = (discord.InteractionType.component, discord.InteractionType.modal_submit)
        if interaction.type in by_id and (sentence := self.admission.refusal(interaction)) is not None:
            await explain_failure(interaction, Refused(sentence))

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: the messages cog listens itself, and discord.py's own text commands are not used."""

    async def on_ready(self) -> None:
        """Log that the bot is ready: all shards of this process."""
        _log.info("ready as %s in %d servers%s", self.user, len(self.guilds), self._shards_shown())

    async def on_shard_ready(self, _: int) -> None:
        """Repair interrupted answers, and do at once what a Discord out of reach kept from being done."""
        self.telemetry.session_began(resumed=False)
        self._registration.hurry()
        if self._repairs is None:
            self._repairs = asyncio.create_task(self._recovery.watch(self.canvases.interrupted))

    async def on_shard_resumed(self, _: int) -> None:
        """Do at once what a Discord out of reach kept from being done."""
        self.telemetry.session_began(resumed=True)
        self._registration.hurry()

    async def on_shard_disconnect(self, _: int) -> None:
        """Count the end of a connection."""
        self.telemetry.session_lost()

    def _shards_shown(self) -> str:
        """Return for the log which shards this process has, unless it has all there are, which is one."""
        count, own = self.gateway.shard_count, [status.shard for status in self.gateway.statuses]
        return f", shards {own[0]} to {own[-1]} of {count}" if count > 1 and own else ""

    def _is_connected(self) -> bool:
        """Return whether Discord is within reach, as far as the gateway tells."""
        return not all(shard.is_closed() for shard in self.shards.values())
