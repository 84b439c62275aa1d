"""When the bot catches up: once for each session that begins."""

from unittest.mock import Mock

from bot.discord.catching_up.catch_up import CatchUp
from cogs.catching_up import CatchingUp


async def test_each_shard_catches_up_once_when_its_own_session_begins() -> None:
    catch_up = Mock(spec=CatchUp)
    await CatchingUp(catch_up).on_shard_ready(1)
    catch_up.begin.assert_called_once_with(1)
