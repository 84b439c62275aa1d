"""`python -m bot backup FILE`: a copy of the SQLite database, while the bot runs or not."""

import sys
from pathlib import Path
from typing import TextIO

from bot.commands.progress_display import run_with_progress
from bot.store.addresses.urls import SqliteFile, parse_url
from bot.store.maintenance.backup import back_up
from bot.strings import maintenance as say


def backup(database_url: str, target: Path, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Back up the database at a valid URL; returns the exit code, and says on `err` in one line what went wrong."""
    out, err = out or sys.stdout, err or sys.stderr
    address = parse_url(database_url)
    if not isinstance(address, SqliteFile):
        err.write(f"{say.use_pg_dump()}\n")
        return 1
    return run_with_progress(
        lambda progress: say.backed_up(str(target), back_up(address, target, progress)),
        say.backup_interrupted(),
        out,
        err,
    )
