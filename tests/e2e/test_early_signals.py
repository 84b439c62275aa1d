"""While the bot is opened, signals of other processes come already."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.app.connections import Connections, connect
from bot.domain.leases import Owner
from bot.domain.runtime.telemetry import Telemetry
from bot.domain.secrets.cipher import Cipher
from bot.settings import Settings, load
from tests.process.bot_runs import complete_settings


async def test_who_it_is_may_be_asked_before_it_is_there(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Owner] = []

    def connecting(
        settings: Settings, owner: Owner, cipher: Cipher, telemetry: Telemetry
    ) -> AbstractAsyncContextManager[Connections]:
        assert owner.bot() == 0
        asked.append(owner)
        return connect(settings, owner, cipher, telemetry)

    monkeypatch.setattr("bot.app.connect", connecting)
    settings = complete_settings(tmp_path) | {"DATABASE_URL": sqlite_url}
    async with open_bot(load(settings)):
        (owner,) = asked
        assert owner.bot() == 0
