"""The proxy that discord.py is told of."""

from pathlib import Path

import pytest

from bot.app import open_bot
from bot.settings import load


@pytest.mark.parametrize(
    ("changes", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://me:secret@proxy.example:3128"}, "http://me:secret@proxy.example:3128"),
        ({"https_proxy": "proxy.example:3128"}, "http://proxy.example:3128"),
        ({"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": "discord.com"}, None),
        ({"HTTPS_PROXY": "http://proxy.example", "DISCORD_API_URL": "http://127.0.0.1:9"}, None),
    ],
)
async def test_discord_is_asked_through_the_proxy(tmp_path: Path, changes: dict[str, str], proxy: str | None) -> None:
    environment = {
        "DISCORD_TOKEN": "token",
        "CHATBASE_API_KEY": "key",
        "CHATBASE_CHATBOT_ID": "chatbot",
        "DATABASE_URL": f"sqlite:///{tmp_path}/switchboard.db",
    }
    async with open_bot(load(environment | changes)) as bot:
        assert bot.http.proxy == proxy
