"""Nobody takes what a command prints: it ends without a traceback, with 1, and leaves no half work behind."""

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from bot.check import check
from bot.output import run_printing
from bot.settings import load
from tests.process.bot_runs import complete_settings, run_without_reader

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("arguments", [["bot", "--version"], ["bot", "check", "--help"], ["sandbox", "--help"]])
def test_help_that_nobody_takes_is_no_traceback(arguments: list[str], full: bool) -> None:
    assert run_without_reader(*arguments, folder=ROOT, full=full) == (1, b"")


@pytest.mark.parametrize("full", [False, True])
def test_a_check_that_nobody_reads_is_no_traceback(full: bool, tmp_path: Path) -> None:
    assert run_without_reader("bot", "check", folder=tmp_path, full=full, **complete_settings(tmp_path)) == (1, b"")


def test_a_backup_that_nobody_hears_of_is_made_all_the_same(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "bot.db")
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    code, said = run_without_reader("bot", "backup", "copy.db", folder=tmp_path, DATABASE_URL=url)
    assert code == 1
    assert all(line.startswith(b"backup: ") for line in said.splitlines())
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_copy_between_databases_that_nobody_hears_of_is_no_traceback(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    code, said = run_without_reader("bot", "copy-database", url, "postgresql://127.0.0.1:9/bot", folder=tmp_path)
    assert (code, said.count(b"\n")) == (1, 1)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "copy-database", url, url], cwd=ROOT, stderr=writing, check=False
    )
    os.close(writing)
    assert done.returncode == 1


class Leaves(StringIO):
    """An output whose reader goes away after some lines."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._left = lines

    def write(self, text: str) -> int:
        self._left -= text.count("\n")
        if self._left < 0:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")
        return super().write(text)


@pytest.mark.parametrize("lines", range(6))
def test_a_reader_may_leave_after_any_line_of_a_check(lines: int, tmp_path: Path) -> None:
    out = Leaves(lines)
    configuration = load(complete_settings(tmp_path))
    assert run_printing(lambda: asyncio.run(check(configuration, out))) == 1
    assert out.getvalue().count("\n") == lines
