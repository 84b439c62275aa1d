"""`python -m bot erase-all`: erases everything that the bot stored, at the end of its operation."""

import asyncio
import sys
from typing import TextIO

from bot.commands.progress_display import run_with_progress
from bot.store.addresses.urls import SqliteFile, parse_url
from bot.store.errors import MaintenanceError
from bot.store.maintenance.erasing import erase_database, examine
from bot.strings.host import erasing as say


def erase_all(database_url: str, *, is_sure: bool, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Erase the database at a valid URL if the caller `is_sure`, else say what that would do; return the exit code."""
    out, err = out or sys.stdout, err or sys.stderr
    address = parse_url(database_url)
    where, is_file = str(address), isinstance(address, SqliteFile)
    if is_sure:
        return run_with_progress(
            lambda progress: say.erased(where, asyncio.run(erase_database(address, progress)), is_file=is_file),
            say.erasing_interrupted(),
            out,
            err,
        )
    try:
        contents = asyncio.run(examine(address))
    except MaintenanceError as error:
        err.write(f"{error}\n")
    else:
        out.write(f"{say.would_erase(where, contents.answers, contents.turns, contents.files)}\n")
    return 1
