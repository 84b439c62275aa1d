"""When the bot catches up: once for each session that begins, and not with what is deleted meanwhile."""

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock, call

from bot.discord.catching_up.catch_up import CatchUp
from cogs.catching_up import CatchingUp


async def test_each_shard_catches_up_once_when_its_own_session_begins() -> None:
    catch_up = Mock(spec=CatchUp)
    await CatchingUp(catch_up).on_shard_ready(1)
    catch_up.begin.assert_called_once_with(1)


async def test_it_is_told_of_each_deleted_message() -> None:
    catch_up = Mock(spec=CatchUp)
    cog: Any = CatchingUp(catch_up)
    await cog.on_raw_message_delete(cast("Any", SimpleNamespace(message_id=1)))
    await cog.on_raw_bulk_message_delete(cast("Any", SimpleNamespace(message_ids={2, 3})))
    assert catch_up.forget.mock_calls == [call([1]), call({2, 3})]
