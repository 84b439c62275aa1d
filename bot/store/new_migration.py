"""For developers: `python -m bot.store.new_migration "Add a column"` writes the next migration from the tables."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.addresses.urls import SqliteFile
from bot.store.engine import open_engine
from bot.store.upgrade import alembic_config, upgrade


async def revise(message: str) -> None:
    """Write the difference between the tables and what the migrations make as a new migration, to be looked over."""
    with TemporaryDirectory() as folder:
        scratch = SqliteFile(Path(folder) / "scratch.db")
        async with open_engine(scratch, max_wait=10, enforce_links=False) as engine:
            await upgrade(engine)
            await engine.run(lambda connection: _write(connection, message), writes=True)


def _write(connection: Connection, message: str) -> None:
    config = alembic_config(connection)
    count = sum(1 for _ in ScriptDirectory.from_config(config).walk_revisions())
    command.revision(config, message, autogenerate=True, rev_id=f"{count + 1:04}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: python -m bot.store.new_migration "What changes"')
    asyncio.run(revise(sys.argv[1]))
