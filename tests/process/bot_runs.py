"""Runs `python -m bot` to its end, with settings of the test's own and nothing else: as a process, or without one.

A process takes a second or two, most of it for importing, so it is for what only a process can show. What ends with a
mistake in the settings, or is a check, does the same here.
"""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from bot.__main__ import main
from bot.check import check
from bot.settings import load
from sandbox.bot_process import BotProcess
from tests.process.stopwatch import Stopwatch

SECRETS = {
    "DISCORD_TOKEN": "token-not-to-be-seen",
    "TAMAKO_APP_SECRET": "tamako-not-to-be-seen",
    "CHATBASE_API_KEY": "chatbase-not-to-be-seen",
    "STAMMER_API_TOKEN": "stammer-not-to-be-seen",
    "CHATBOT_CLIENT_TOKEN": "chatbot-not-to-be-seen",
}

_ROOT = Path(__file__).resolve().parents[2]

NOBODY = "http://127.0.0.1:9"
"""Where nobody listens: a bot that overlooks a mistake in its settings cannot get far."""

Changes = Mapping[str, str | None]
"""Settings to change; None leaves one out."""


@dataclass(frozen=True)
class Ended:
    """A finished run; `seconds` are without those in which it waited for a processor."""

    code: int
    out: list[str]
    err: list[str]
    seconds: float

    def holds_none_of(self, texts: Collection[str]) -> bool:
        """Tell whether none of the texts was printed."""
        printed = "\n".join([*self.out, *self.err])
        return not any(text in printed for text in texts)


def complete_settings(folder: Path) -> dict[str, str]:
    """Return settings in which nothing is missing or malformed; all addresses are NOBODY's."""
    return SECRETS | {
        "DISCORD_API_URL": NOBODY,
        "DATABASE_URL": f"sqlite:///{folder / 'switchboard.db'}",
        "TAMAKO_USERNAME": "user",
        "TAMAKO_APP_ID": "app",
        "TAMAKO_API_URL": NOBODY,
        "CHATBASE_CHATBOT_ID": "chatbot",
        "CHATBASE_API_URL": NOBODY,
        "STAMMER_CHATBOT_UUID": "5a3db0c2-3c5e-4c55-9f0e-5a4db0c25e11",
        "STAMMER_API_URL": NOBODY,
        "CHATBOT_API_URL": NOBODY,
    }


def changed(settings: Mapping[str, str], changes: Changes) -> dict[str, str]:
    """Return the settings with the changes made."""
    return {name: value for name, value in {**settings, **changes}.items() if value is not None}


async def run(settings: Mapping[str, str], folder: Path, *arguments: str) -> Ended:
    """Run the bot in `folder` until it ends by itself; TimeoutError after 50 s, and it is killed then."""
    stopwatch = Stopwatch()
    process = await BotProcess.start(settings, folder, *arguments)
    stopwatch.watched.append(process.pid)
    try:
        code = await stopwatch.until(process.ended(50))
    finally:
        await process.kill()
    return Ended(code, list(process.out), list(process.err), stopwatch.own_seconds)


def run_here(settings: Mapping[str, str], folder: Path, *arguments: str) -> Ended:
    """Run what ends before the bot connects, in this process, as if it were in `folder` and had no other variables."""
    begun = time.monotonic()
    out, err = StringIO(), StringIO()
    with chdir(folder), patch.dict(os.environ, settings, clear=True), redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as ending:
            code = int(ending.code or 0)
        finally:
            gc.enable()  # a start puts it off
    return Ended(code, out.getvalue().splitlines(), err.getvalue().splitlines(), time.monotonic() - begun)


async def check_here(settings: Mapping[str, str]) -> Ended:
    """Run the check in this process."""
    begun = time.monotonic()
    out = StringIO()
    code = await check(load(settings), out)
    return Ended(code, out.getvalue().splitlines(), [], time.monotonic() - begun)


def run_without_reader(*arguments: str, folder: Path, full: bool = False, **variables: str) -> tuple[int, bytes]:
    """Run a command whose standard output nobody takes; returns its exit code and standard error."""
    if full:
        writing = os.open("/dev/full", os.O_WRONLY)
    else:
        reading, writing = os.pipe()
        os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=variables | {"PYTHONPATH": str(_ROOT)},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writing)
    return done.returncode, done.stderr
