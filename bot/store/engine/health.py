"""What the calls of one process, and the search for damage, have found out about the database."""

import asyncio
import logging
import sqlite3
import time

from bot.domain.runtime.database_health import DatabaseFault, DatabaseHealth, Soundness
from bot.store.engine.sqlite_file import FileLost
from bot.store.errors import find_sqlstate

_log = logging.getLogger(__name__)

_SQLITE_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_POSTGRES_DAMAGED = frozenset({"XX001", "XX002"})
"""PostgreSQL's documentation, "PostgreSQL Error Codes": data or an index is corrupted."""


class Health(DatabaseHealth):
    """Implements `DatabaseHealth`. What lasts is said once in the log, not at each call."""

    def __init__(self) -> None:
        self.search_wanted = asyncio.Event()
        """Set if the file is another one than was searched for damage."""
        self.stop_search = _do_nothing
        """Breaks off the search of this moment: it would keep a lost file and its changes in use."""
        self._soundness = Soundness.UNCHECKED
        self._losses = set[str]()
        self._failed_at: float | None = None

    @property
    def soundness(self) -> Soundness:
        """Whether the database is known to be damaged."""
        return self._soundness

    def last_failure(self) -> float | None:
        """Return how many seconds ago a call last failed for something that may be over at once, None if none has."""
        return None if self._failed_at is None else time.monotonic() - self._failed_at

    def want_search(self) -> None:
        """Have the file searched for damage; nothing that is known of another one counts any more."""
        self._soundness = Soundness.PENDING
        self.search_wanted.set()

    def note_search(self, found: Soundness) -> None:
        """Take note of a search that found no damage; what other calls found is not forgotten for it."""
        if self._soundness is Soundness.PENDING:
            self._soundness = found

    def note_damage(self, what: str) -> None:
        """Take note that the database is damaged; `what` holds nobody's text."""
        if self._soundness is not Soundness.DAMAGED:
            self._soundness = Soundness.DAMAGED
            _log.error(
                "the database is damaged (%s): some of what is stored may be lost; "
                "stop the bot, and restore a backup as docs/databases.md shows",
                what,
            )

    def note_failure(self, fault: DatabaseFault, what: str) -> None:
        """Take note of a call that failed for something that lasts."""
        if fault is DatabaseFault.DAMAGED:
            self.note_damage(what)
        elif what not in self._losses:
            self._losses.add(what)
            self.stop_search()
            _log.error("nothing can be stored: %s; docs/databases.md tells more", what)

    def note_passing_failure(self) -> None:
        """Take note of a call that failed for something that may be over at once."""
        self._failed_at = time.monotonic()

    def note_success(self) -> None:
        """Take note of a call that succeeded: a file that was lost is back, or another one is in its place."""
        if self._losses:
            self._losses.clear()
            _log.warning("the database's file is in its place again, and is used")
            self.want_search()


def _do_nothing() -> None:
    """Stand for a search while there is none."""


def find_fault(error: Exception) -> DatabaseFault | None:
    """Return why a call failed, None if that may be over at once."""
    if isinstance(error, FileLost):
        return DatabaseFault.LOST
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    is_damaged = find_sqlstate(error) in _POSTGRES_DAMAGED or (code is not None and code & 0xFF in _SQLITE_DAMAGED)
    return DatabaseFault.DAMAGED if is_damaged else None
