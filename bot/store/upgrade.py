"""The schema's versions: brings a database up to the one that this program knows."""

import logging
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bot.store.engine import Engine
from bot.store.errors import CopyUnfinished, SchemaTooNew

if TYPE_CHECKING:
    from alembic.config import Config

_logger = logging.getLogger(__name__)

NEWEST = "0011"
"""The newest migration. If a database has it, Alembic need not even be imported, which takes as long as discord.py
does; a test holds this to what the migrations say."""

COPYING = "copy-unfinished"
"""What is there instead of the newest migration while a copy goes into a database: no bot of any version knows it."""

VERSION_TABLE = "alembic_version"

_LOCK = 0x5377_6974_6368_6264
"""The number under which PostgreSQL keeps the migration lock: "Switchbd" in ASCII."""


class Schema(Enum):
    """What a database holds, as far as the program knows it."""

    MISSING = "there is no file"
    EMPTY = "it has no tables"
    OLDER = "its tables are those of an older version"
    CURRENT = "its tables are those of this version"


async def read_schema(engine: Engine) -> Schema:
    """Return what a database holds, and change nothing; raises `SchemaTooNew`, and `PermissionError` for a server.

    That one says that the tables are missing and this user may not create them.
    """
    return await engine.run(_read_schema, writes=False)


async def upgrade(engine: Engine) -> None:
    """Apply all migrations that the database lacks, in one transaction; raises `SchemaTooNew`.

    Several processes may start at once: one migrates, the others wait for it and then find nothing left to do.
    """
    await engine.run(_upgrade, writes=True)


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration for work on `connection`; there is no alembic.ini."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    # The configuration is a ConfigParser's, to which a percent sign means something.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


def _lock(connection: Connection) -> None:
    """Keep other processes from migrating until the transaction ends, as SQLite's writing transactions do anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _upgrade(connection: Connection) -> None:
    _lock(connection)
    current = _version(connection)
    if current == NEWEST:
        return
    from alembic import command

    config = alembic_config(connection)
    _check_known(config, current)
    command.upgrade(config, "head")
    _logger.info("the database's schema went from %s to %s", current or "nothing", NEWEST)


def _read_schema(connection: Connection) -> Schema:
    match _version(connection):
        case None:
            may_create = "SELECT has_schema_privilege(current_schema(), 'CREATE')"
            if connection.dialect.name == "postgresql" and not connection.scalar(text(may_create)):
                raise PermissionError("it has no tables, and this user may not create any")
            return Schema.EMPTY
        case version if version == NEWEST:
            return Schema.CURRENT
        case version:
            _check_known(alembic_config(connection), version)
            return Schema.OLDER


def _check_known(config: "Config", version: str | None) -> None:
    """Raise `SchemaTooNew` for a migration that this program does not have."""
    if version == COPYING:
        raise CopyUnfinished
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise SchemaTooNew(version)


def _version(connection: Connection) -> str | None:
    """Return the migration that the database is at, None for an empty one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    return version
