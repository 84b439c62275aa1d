"""What a start says of keys: a malformed one ends it, one that is missing or new is told in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.crypto.keys import new_key
from bot.settings import load
from tests.process.bot_runs import complete_settings


async def _start(folder: Path, key: str | None, caplog: pytest.LogCaptureFixture, name: str = "") -> list[str]:
    """Open the bot and close it again, and return the warnings that it logged; it stores a `name`."""
    caplog.clear()
    settings = complete_settings(folder) | ({} if key is None else {"SECRET_KEY": key})
    async with open_bot(load(settings)) as bot:
        if name:
            await bot.services.settings.save("server", 1, 1, "name", name)
    return [record.getMessage() for record in caplog.records if record.levelname != "INFO"]


async def test_a_start_tells_of_keys_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, second = new_key(), new_key()
    assert await _start(tmp_path, None, caplog, "Moss") == []
    (line,) = await _start(tmp_path, first, caplog, "Fern")
    assert "encrypt-texts" in line
    assert await _start(tmp_path, first, caplog) == []
    for wrong in (second, None):
        (line,) = await _start(tmp_path, wrong, caplog)
        assert "they can't be read, and stay as they are" in line
        assert not any(key in line for key in (first, second))
    assert await _start(tmp_path, f"{second},{first}", caplog) == []


def test_the_library_is_not_imported_without_a_key() -> None:
    code = "import sys; import bot.app, bot.check, bot.settings; print([n for n in sys.modules if 'cryptography' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50)
    assert done.stdout.strip() == "[]"
