"""When the bot catches up: once for each session that begins."""

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import discord

from bot.discord.catching_up.catch_up import CatchUp
from cogs.catching_up import CatchingUp


def catching_up(bot: object) -> tuple[CatchingUp, Mock]:
    """Return the handlers of a bot, and what they begin."""
    catch_up = Mock(spec=CatchUp)
    return CatchingUp(cast("Any", bot), catch_up), catch_up


async def test_a_bot_without_shards_catches_up_when_it_is_ready() -> None:
    cog, catch_up = catching_up(SimpleNamespace(shard_id=None))
    await cog.on_ready()
    catch_up.begin.assert_called_once_with(0)


async def test_each_shard_catches_up_once_when_its_own_session_begins() -> None:
    cog, catch_up = catching_up(discord.AutoShardedClient(intents=discord.Intents.none(), shard_count=2))
    await cog.on_shard_ready(1)
    await cog.on_ready()
    catch_up.begin.assert_called_once_with(1)
