"""Counts of questions, as what is kept about people and servers: listed, and erased a batch at a time."""

from sqlalchemy import ColumnElement, Connection, and_, delete, not_, select, tuple_

from bot.domain.personal_data import StoredCount
from bot.store.tables import question_counts

AT_ONCE = 1000
"""How many one transaction erases."""

_KEY = list(question_counts.primary_key.columns)
_COUNTS = question_counts.c

_OF_SERVERS = _COUNTS.whose.in_(("member", "server", "shared-server"))

_STAYS = and_(_COUNTS.whose == "shared-server", _COUNTS.person == 0)
"""A server's count toward the operator's limit, which tells of no person: it stays until its window ends, since a
server that removes the bot and invites it again could ask as much once more."""


def load_counts(connection: Connection, person: int) -> list[StoredCount]:
    """Return what is counted of a person, or noted of what they were told; the newest window first."""
    theirs = select(question_counts).where(_COUNTS.person == person).order_by(_COUNTS.begins_at.desc())
    return [
        StoredCount(
            row.whose, row.server or None, row.begins_at, row.ends_at, row.questions, row.max_questions, bool(row.told)
        )
        for row in connection.execute(theirs)
    ]


def erase_ended(connection: Connection, now: int) -> int:
    """Erase some counts of windows that are over, and return how many."""
    return _erase(connection, _COUNTS.ends_at <= now)


def erase_ended_of_person(connection: Connection, person: int, now: int) -> int:
    """Erase some of a person's counts of windows that are over, and return how many."""
    return _erase(connection, _COUNTS.ends_at <= now, _COUNTS.person == person)


def erase_counts_of_server(connection: Connection, server: int) -> int:
    """Erase some counts of a server and its members, and return how many."""
    return _erase(connection, _OF_SERVERS, _COUNTS.server == server, not_(_STAYS))


def _erase(connection: Connection, *which: ColumnElement[bool]) -> int:
    some = select(*_KEY).where(*which).limit(AT_ONCE).with_for_update(skip_locked=True)
    return connection.execute(delete(question_counts).where(tuple_(*_KEY).in_(some))).rowcount
