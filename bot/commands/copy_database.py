"""`python -m bot copy-database FROM TO`: moves an installation from SQLite to PostgreSQL, or back."""

import asyncio
import sys
from typing import TextIO

from bot.commands.progress_display import ProgressDisplay
from bot.store.addresses.urls import parse_url
from bot.store.errors import DatabaseUrlError, MaintenanceError
from bot.store.maintenance.copying import copy_database
from bot.strings import maintenance as say


def copy(source_url: str, target_url: str, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Copy the database at one URL to another; returns the exit code, and says on `err` in one line what went wrong."""
    out, err = out or sys.stdout, err or sys.stderr
    addresses = []
    for name, url in (("FROM", source_url), ("TO", target_url)):
        try:
            addresses.append(parse_url(url.strip()))
        except DatabaseUrlError as error:
            err.write(f"{name} {error.problem}; see --help\n")
            return 2
    source, target = addresses
    if str(source) == str(target) or type(source) is type(target):
        err.write(f"{say.same_database() if str(source) == str(target) else say.same_kind()}\n")
        return 2
    display = ProgressDisplay(err)
    try:
        rows = asyncio.run(copy_database(source, target, display))
    except MaintenanceError as error:
        display.close()
        err.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        display.close()
        err.write(f"{say.copy_interrupted()}\n")
        return 130
    display.close()
    out.write(f"{say.copied(str(source), str(target), rows)}\n")
    return 0
