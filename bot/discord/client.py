"""The discord.py bot: what it may see, whom it may ping, which doors it has, and how it tells Discord its commands."""

import hashlib
import json
import logging
from importlib import import_module
from typing import Any

import discord
from discord import app_commands

from bot.discord.bot import BotBase, respond
from bot.discord.buttons.answer_buttons import AnswerButton
from bot.discord.buttons.reply_buttons import ReplyButton
from bot.discord.canvases.requests import SILENT
from bot.discord.errors import DISCORD_FAILURES
from bot.discord.rate_limits.headers import MAX_WAIT
from bot.discord.rate_limits.retrying import RetryLoop
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.recent_events import MessageCounts, SeenEvents
from bot.domain.errors import DatabaseUnavailable, InternalError
from bot.domain.stores import MetadataStore
from bot.services import Services
from bot.strings.errors import explain

_log = logging.getLogger(__name__)

# discord.py warns at every start that it cannot speak; this bot only writes.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

COGS = (
    "cogs.messages",
    "cogs.answer_details",
    "cogs.ask",
    "cogs.ask_about_message",
    "cogs.tamako",
    "cogs.chatbase",
    "cogs.stammer",
    "cogs.chatbot",
    "cogs.settings",
    "cogs.history",
    "cogs.doctor",
    "cogs.privacy",
    "cogs.guild_lifecycle",
    "cogs.help",
)

_SYNCED = "synced commands"

_REGISTERED_WITHIN = 3.0
"""Seconds that the start waits for the commands to be registered; after that it goes on without."""


class Switchboard(BotBase):
    """The bot on Discord's side. It sees no members and no presences, and all texts only where the operator says so."""

    def __init__(
        self, services: Services, trace: RateLimitTrace, facts: MetadataStore, *, has_message_content: bool
    ) -> None:
        intents = discord.Intents(
            guilds=True, guild_messages=True, dm_messages=True, message_content=has_message_content
        )
        super().__init__(
            command_prefix=[],
            help_command=None,
            intents=intents,
            allowed_mentions=SILENT,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0,  # no members to wait for; a bot closed while it waits would say so in a traceback
            max_messages=None,
            http_trace=trace.trace_config(),
            max_ratelimit_timeout=MAX_WAIT,  # seconds; who is told to wait longer is told to ask again instead
            enable_debug_events=False,
        )
        self.services = services
        self.trace = trace
        self.message_counts = MessageCounts()
        self.once = SeenEvents()
        self.facts = facts
        self.has_message_content = has_message_content
        self._registration = RetryLoop(self._register_commands)
        self._repairs = RetryLoop(self._repair)
        self.tree.error(self._explain_failure)

    @property
    def owner_name(self) -> str | None:
        """The name of the application's owner, None before login."""
        if self.application is None:
            return None
        # The owner of a team's application is an account of Discord's own; the team has the name that people know.
        team = self.application.team
        return self.application.owner.name if team is None else team.name

    async def setup_hook(self) -> None:
        """Open the doors, and tell Discord the commands where it does not know them yet."""
        if self.application is not None and self.application.user_integration_config is not None:
            self._serve_people()
        if not self.cogs:  # after a login that failed half-way, it is logged in once more
            for cog in COGS:
                # Not as discord.py's extensions, which are made to be reloaded: each bot would run the modules anew.
                await import_module(cog).setup(self)
        self.add_dynamic_items(ReplyButton, AnswerButton)
        # Mentions work without them: the start is not held up for longer than they usually take.
        self._registration.begin()
        await self._registration.tried(_REGISTERED_WITHIN)

    async def close(self) -> None:
        """Leave Discord; repairs that are still to be made are left to the next start."""
        await self._registration.close()
        await self._repairs.close()
        await super().close()

    def _serve_people(self) -> None:
        """Have commands register for people's own installations too, and for everywhere that these lead to.

        Discord takes that only where the application is set up for it (documentation, "Installation Context").
        """
        self.tree.allowed_installs.user = True
        self.tree.allowed_contexts.private_channel = True

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: the messages cog listens itself, and discord.py's own text commands are not used."""

    async def on_ready(self) -> None:
        """Say in the log that the bot can be used, repair what was cut off, and try again what Discord did not take."""
        _log.info("ready as %s in %d servers", self.user, len(self.guilds))
        self._repairs.begin()
        self._registration.hurry()

    async def _repair(self) -> float | None:
        """Repair what was cut off."""
        return None if await self.services.crash_recovery.repair(self.recovery_canvas) else 0.0

    async def _register_commands(self) -> float | None:
        """Have Discord know the commands."""
        try:
            await self._sync_commands()
        except discord.RateLimited as error:
            _log.error("the commands are not registered: Discord takes them in %g s", error.retry_after)
            return error.retry_after
        except (*DISCORD_FAILURES, DatabaseUnavailable) as error:
            _log.error("the commands are not registered (%s); it is tried again", error)
            return 0.0
        except Exception:  # noqa: BLE001 - what is not Discord may answer anything
            _log.exception("registering the commands failed; it is tried again")
            return 0.0
        return None

    async def _sync_commands(self) -> None:
        """Register the commands if they changed, or if Discord lost them; doing so each time would use up a quota."""
        told = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.sha256(json.dumps([self.application_id, told], sort_keys=True).encode()).hexdigest()
        try:
            known = await self.tree.fetch_commands()
            if await self.facts.get(_SYNCED) == _fingerprint(digest, known):
                _log.info("%d commands are registered already", len(known))
                return
        except Exception as error:  # noqa: BLE001 - whatever keeps us from comparing, registering anew is right
            _log.info("comparing the commands failed (%s); registering them", type(error).__name__)
        synced = await self.tree.sync()
        await self.facts.set(_SYNCED, _fingerprint(digest, synced))
        _log.info("registered %d commands", len(synced))

    async def _explain_failure(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        """Tell a command's caller why it did not work."""
        sentence = getattr(error, "sentence", None)
        if isinstance(error, app_commands.CommandNotFound):
            sentence = "I no longer have this command. Discord shows the new ones after a restart of its app."
        if sentence is None:
            cause = error.__cause__ or error
            _log.error("command of interaction %d failed", interaction.id, exc_info=cause)
            sentence = explain(InternalError())
        try:
            await respond(interaction, sentence)
        except DISCORD_FAILURES as unsaid:
            _log.warning("interaction %d: the caller could not be told: %s", interaction.id, type(unsaid).__name__)


def _fingerprint(digest: str, commands_known: list[app_commands.AppCommand]) -> str:
    """Return what identifies the commands as sent and as Discord has them."""
    return " ".join([digest, *sorted(str(command.id) for command in commands_known)])
