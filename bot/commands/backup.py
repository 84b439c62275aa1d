"""`python -m bot backup FILE`: a copy of the SQLite database, while the bot runs or not."""

import sys
from pathlib import Path
from typing import TextIO

from bot.commands.progress_display import ProgressDisplay
from bot.store.addresses.urls import SqliteFile, parse_url
from bot.store.errors import MaintenanceError
from bot.store.maintenance.backup import back_up
from bot.strings import maintenance as say


def backup(database_url: str, target: Path, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Back up the database at a valid URL; returns the exit code, and says on `err` in one line what went wrong."""
    out, err = out or sys.stdout, err or sys.stderr
    address = parse_url(database_url)
    if not isinstance(address, SqliteFile):
        err.write(f"{say.use_pg_dump()}\n")
        return 1
    display = ProgressDisplay(err)
    try:
        size = back_up(address, target, display)
    except MaintenanceError as error:
        display.close()
        err.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        display.close()
        err.write(f"{say.backup_interrupted()}\n")
        return 130
    display.close()
    out.write(f"{say.backed_up(str(target), size)}\n")
    return 0
