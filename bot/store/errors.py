"""What can be wrong with the database before the program runs; afterwards there is only `DatabaseUnavailable`."""

import re

NOT_READY = frozenset({"25006", "53300", "57P01", "57P02", "57P03"})
"""Codes of what PostgreSQL says for a while only: read-only, no connection left, shutting down, starting.

See its documentation, "PostgreSQL Error Codes".
"""

PROXY_NOT_READY = frozenset({"08003", "08P01"})
"""Codes of what PgBouncer says while its server takes no logins: it closes the connection, or hands the server's words
on under a code of its own."""


_OF_VALUES = re.compile(r"22(?!023)\w+")
"""Codes with which PostgreSQL or its driver quotes a value, but for 22023, which is about an option in the address."""

_QUOTING = re.compile(r"(Could not decode to UTF-8 column '\w+').*")
"""How Python's SQLite begins what ends with a value, which may be somebody's text."""


class DatabaseUrlError(ValueError):
    """The database's address is malformed, or of a kind that is not supported.

    `problem` is written to follow the name of the setting ("DATABASE_URL names no file"); it never repeats a password.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class DatabaseOpenError(Exception):
    """The database could not be opened or brought up to date.

    `where` is its address without credentials, `reason` what the system or the server said, and `setting` the variable
    with the address. `is_damaged` tells whether it is damaged, or a file of another kind.
    """

    def __init__(self, where: str, reason: str, setting: str = "DATABASE_URL", *, is_damaged: bool = False) -> None:
        super().__init__(f"the database {where} cannot be opened: {reason}")
        self.where, self.reason, self.setting, self.is_damaged = where, reason, setting, is_damaged


class SchemaTooNew(Exception):
    """The database was last written by a version of the program that is newer than this one."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"its schema ({revision}) is newer than this version of the program; update the program")
        self.revision = revision


class CopyUnfinished(Exception):
    """The database holds a part of a copy."""

    def __init__(self) -> None:
        super().__init__("a copy into it is not finished; run copy-database again with the same FROM and TO")


class MaintenanceError(Exception):
    """A backup, a copy or erasing everything failed; the text is one line that says why, and holds no password."""


def explain(error: BaseException) -> str:
    """Return in one line what the driver said, without SQLAlchemy's wrapping, the statement and any stored value."""
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    origin = getattr(error, "orig", None) or error
    code = find_sqlstate(error) or ""
    if _OF_VALUES.fullmatch(code):
        return f"it refuses a value ({code})"
    lines = str(origin.__cause__ or origin).splitlines()
    return _QUOTING.sub(r"\1", lines[0]) if lines else type(origin).__name__


def find_sqlstate(error: BaseException) -> str | None:
    """Return PostgreSQL's code for an error, None if it is not the server's; from SQLAlchemy's wrapping, too."""
    return getattr(getattr(error, "orig", None) or error, "sqlstate", None)
