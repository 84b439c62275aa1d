"""Registers the commands with Discord if they changed, or if Discord lost them; each registration uses up a quota."""

import asyncio
import hashlib
import json
import logging

import discord
from discord.ext import commands

from bot.discord.errors import DISCORD_FAILURES, UnreadableReply
from bot.discord.rate_limits.max_wait import MAX_WAIT
from bot.domain.cluster.duty import ALWAYS_ON_DUTY, Duty
from bot.domain.errors import DatabaseUnavailable
from bot.domain.runtime.timing import Within
from bot.domain.stores import MetadataStore

_log = logging.getLogger(__name__)

_SYNCED = "synced commands"

LOOK_SECONDS = 1.0
"""Between two looks whether another process has registered the commands."""


class CommandRegistration:
    """Registers the commands of `client`, and notes in `facts` which Discord has.

    `within` waits for a request as `RateLimitTrace.within` does: one that Discord never answers is given up after a
    minute. Of several processes of a bot, only the one on `duty` registers them.
    """

    def __init__(
        self, client: commands.AutoShardedBot, facts: MetadataStore, within: Within, duty: Duty = ALWAYS_ON_DUTY
    ) -> None:
        self._client = client
        self._facts = facts
        self._within = within
        self._duty = duty
        self.is_known = False
        """Whether Discord has the commands: registered by this process, or by another, perhaps in another version."""

    async def attempt(self) -> float | None:
        """Register the commands; return the seconds to wait before the next try, None if none is needed.

        A process that is not on duty waits until one that is has registered them.
        """
        try:
            while not self._duty.is_here:
                if await self._facts.get(_SYNCED) is not None:
                    self.is_known = True
                    return None
                await asyncio.sleep(LOOK_SECONDS)
            await self._sync()
        except discord.RateLimited as error:
            _log.error("the commands are not registered: Discord asks to wait %g s", error.retry_after)
            return error.retry_after
        except (*DISCORD_FAILURES, DatabaseUnavailable) as error:
            _log.error("the commands are not registered (%s); it is tried again", type(error).__name__)
            return 0.0
        except Exception:  # noqa: BLE001 - the bot answers without commands, too
            _log.exception("registering the commands failed; it is tried again")
            return 0.0
        self.is_known = True
        return None

    async def _sync(self) -> None:
        application = self._client.application_id
        assert application is not None, "the bot is logged in"
        tree, http = self._client.tree, self._client.http
        sent = [command.to_dict(tree) for command in tree.get_commands()]
        digest = hashlib.sha256(json.dumps([application, sent], sort_keys=True).encode()).hexdigest()
        try:
            known = _ids(await self._within(MAX_WAIT, http.get_global_commands(application)))
            if await self._facts.get(_SYNCED) == _fingerprint(digest, known):
                _log.info("%d commands are registered already", len(known))
                return
        except (*DISCORD_FAILURES, DatabaseUnavailable) as error:  # registering again is right
            _log.info("comparing the commands failed (%s); registering them", type(error).__name__)
        synced = _ids(await self._within(MAX_WAIT, http.bulk_upsert_global_commands(application, payload=sent)))
        await self._facts.set(_SYNCED, _fingerprint(digest, synced))
        _log.info("registered %d commands", len(synced))


def _ids(answer: object) -> list[str]:
    """Return the ids of the commands that Discord says it has, in order; raises `UnreadableReply`."""
    if not isinstance(answer, list):
        raise UnreadableReply
    ids = [command.get("id") if isinstance(command, dict) else None for command in answer]
    found = [key for key in ids if isinstance(key, str)]
    if len(found) < len(answer):
        raise UnreadableReply
    return sorted(found)


def _fingerprint(digest: str, ids: list[str]) -> str:
    """Return a text that changes whenever the commands as sent, or as Discord has them, change."""
    return " ".join([digest, *ids])
