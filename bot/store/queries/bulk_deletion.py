"""Erasing what is kept, a batch at a time: of a person, of a server, what is too old, what is no longer used.

No batch holds the database up for long. Each locks answers before conversations and those before turns, as everything
does that writes them. Batches that go by time or server pass over rows that somebody else holds; the next time comes.
"""

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    delete,
    exists,
    func,
    literal,
    select,
    tuple_,
    update,
)

from bot.domain.conversation_key import NOBODY, ConversationKey
from bot.domain.personal_data import Erased
from bot.store.queries.answer_turns import are_told
from bot.store.queries.personal_data import is_by
from bot.store.queries.places import KEY
from bot.store.queries.remote_conversations import give_up
from bot.store.queries.turns import begin_over
from bot.store.tables import UNFINISHED, answers, conversations, credentials, runs, server_settings, turns

AT_ONCE = 200
"""The most answers or turns that one batch deletes."""

SERVERS_AT_ONCE = 100
"""How many servers one read looks at."""

LOOKED_AT_ONCE = 1000
"""How many conversations one read looks at."""

Place = tuple[str, ConversationKey]
"""A provider, and the place of a conversation with it."""

_OF_CONVERSATION = [conversations.c[name] for name in KEY]

_TIMES = {answers: answers.c.asked_at, turns: turns.c.recorded_at}


def erase_answers_of_person(
    connection: Connection, person: int, remembering: Collection[str], now: int
) -> tuple[int, set[Place]]:
    """Erase some of a person's answers; return how many, and the conversations that were renewed for it.

    What is under way was sent as part of a conversation, though it never becomes a turn: that gets a new id too, if
    its provider is not one of those that remember people instead.
    """
    oldest = select(answers.c.id).where(is_by(answers, person)).order_by(answers.c.asker, answers.c.question)
    batch = connection.scalars(oldest.limit(AT_ONCE).with_for_update()).all()
    running = (
        select(runs.c.provider, answers.c.channel, answers.c.kind, answers.c.asker)
        .join(answers)
        .where(answers.c.id.in_(batch), UNFINISHED, runs.c.provider.not_in(remembering))
    )
    places = {
        (row.provider, ConversationKey.of(row.channel, row.kind, row.asker)) for row in connection.execute(running)
    }
    # With the answers go the copies of their turns, which are in the conversations of threads.
    copied = select(*(turns.c[name] for name in KEY)).where(turns.c.copied_for.in_(batch)).distinct()
    places |= {_place(row) for row in connection.execute(copied)}
    for place in sorted(places):
        _renew(connection, place, _lock(connection, place), person, now)
    connection.execute(delete(answers).where(answers.c.id.in_(batch)))
    return len(batch), places


def erase_turns_of_person(connection: Connection, person: int, now: int) -> tuple[int, set[Place]]:
    """Erase some of a person's turns; return how many, and the conversations that were renewed for it."""
    oldest = select(turns.c.id, *(turns.c[name] for name in KEY)).where(is_by(turns, person))
    batch = connection.execute(oldest.order_by(turns.c.asker, turns.c.id).limit(AT_ONCE)).all()
    renewed = set[Place]()
    for place in sorted({_place(row) for row in batch}):
        current = _lock(connection, place)
        # Looked at only now: until the lock, a turn may have moved on into a new conversation.
        theirs = and_(_is(turns, place), turns.c.conversation_id == current, turns.c.asker == person)
        if connection.scalar(select(exists().where(theirs))):
            _renew(connection, place, current, person, now)
            renewed.add(place)
    connection.execute(delete(turns).where(turns.c.id.in_([row.id for row in batch])))
    return len(batch), renewed


def erase_conversations_of_person(connection: Connection, person: int) -> None:
    """Erase the conversations that are a person's own, whose turns and answers are gone."""
    theirs = and_(conversations.c.person == person, conversations.c.person != NOBODY)
    connection.execute(delete(conversations).where(theirs, ~exists().where(_of_it())))


def list_oldest(connection: Connection, table: Table, after: int) -> list[tuple[int, int]]:
    """Return the next servers that have rows in a table, by id, each with its oldest row's time.

    It is one statement, in which the database goes from server to server by its index.
    """
    first = select(func.min(table.c.server).label("server"), literal(1).label("number")).where(table.c.server > after)
    found = first.cte("found", recursive=True)
    following = select(func.min(table.c.server)).where(table.c.server > found.c.server).scalar_subquery()
    is_next = and_(found.c.server.is_not(None), found.c.number < SERVERS_AT_ONCE)
    found = found.union_all(select(following, found.c.number + 1).where(is_next))
    oldest = select(func.min(_TIMES[table])).where(table.c.server == found.c.server).scalar_subquery()
    listed = select(found.c.server, oldest).where(found.c.server.is_not(None)).order_by(found.c.server)
    return [(server, at) for server, at in connection.execute(listed)]


def expire_rows(connection: Connection, table: Table, server: int | None, before: int) -> Erased:
    """Erase some of a server's answers or turns from before a time; with an answer its turns, however new they are.

    An answer that was asked again has a turn from then. One whose turn somebody else holds is left to the next time.
    """
    of_server = table.c.server.is_(None) if server is None else table.c.server == server
    oldest = select(table.c.id).where(of_server, _TIMES[table] < before).order_by(_TIMES[table]).limit(AT_ONCE)
    if table is turns:
        batch = connection.scalars(oldest).all()
        give_up(connection, turns.c.id.in_(batch))
        free = select(turns.c.id).where(turns.c.id.in_(batch)).with_for_update(skip_locked=True)
        return Erased(turns=connection.execute(delete(turns).where(turns.c.id.in_(free))).rowcount)
    batch = connection.scalars(oldest.with_for_update(skip_locked=True)).all()
    theirs = select(runs.c.turn).where(runs.c.answer.in_(batch), runs.c.turn.is_not(None))
    give_up(connection, are_told(batch))
    free = select(turns.c.id).where(turns.c.id.in_(theirs)).with_for_update(skip_locked=True)
    turns_gone = connection.execute(delete(turns).where(turns.c.id.in_(free))).rowcount
    held = exists().where(runs.c.answer == answers.c.id, runs.c.turn == turns.c.id)
    return Erased(connection.execute(delete(answers).where(answers.c.id.in_(batch), ~held)).rowcount, turns_gone)


def erase_answers_of_server(connection: Connection, server: int) -> int:
    """Erase some of a server's answers, and return how many."""
    batch = select(answers.c.id).where(answers.c.server == server).limit(AT_ONCE).with_for_update(skip_locked=True)
    return connection.execute(delete(answers).where(answers.c.id.in_(batch))).rowcount


def erase_turns_of_server(connection: Connection, server: int) -> tuple[int, set[Place]]:
    """Erase some of a server's turns; return how many, and the conversations that they were part of."""
    some = select(turns.c.id, *(turns.c[name] for name in KEY)).where(turns.c.server == server).limit(AT_ONCE)
    batch = connection.execute(some.with_for_update(skip_locked=True)).all()
    connection.execute(delete(turns).where(turns.c.id.in_([row.id for row in batch])))
    return len(batch), {_place(row) for row in batch}


def erase_settings_of_server(connection: Connection, server: int) -> None:
    """Erase the settings of a server and of its channels, and its credentials."""
    connection.execute(delete(credentials).where(credentials.c.server == server))
    connection.execute(delete(server_settings).where(server_settings.c.server == server))


def list_unused(connection: Connection, before: int, after: Place | None) -> tuple[set[Place], Place | None]:
    """Look at the conversations that follow `after`, from the first one on if that is None.

    Returns those without turns that were last used before a time, and the last one that was looked at, None if none
    follows it.
    """
    page = select(*_OF_CONVERSATION, conversations.c.used_at).order_by(*_OF_CONVERSATION).limit(LOOKED_AT_ONCE)
    if after is not None:
        page = page.where(tuple_(*_OF_CONVERSATION) > (after[0], after[1].channel, after[1].kind, after[1].person))
    seen = page.subquery("seen")
    has_turns = exists().where(and_(*(turns.c[name] == seen.c[name] for name in KEY)))
    is_unused = and_(seen.c.used_at < before, ~has_turns).label("is_unused")
    in_order = [seen.c[name] for name in KEY]
    rows = connection.execute(select(*in_order, is_unused).order_by(*in_order)).all()
    last = _place(rows[-1]) if len(rows) == LOOKED_AT_ONCE else None
    return {_place(row) for row in rows if row.is_unused}, last


def erase_unused(connection: Connection, places: Collection[Place], before: int) -> int:
    """Delete those of the conversations that have no turns and were last used before a time; return how many."""
    rows = [(provider, key.channel, key.kind, key.person) for provider, key in sorted(places)]
    among = tuple_(*_OF_CONVERSATION).in_(rows)
    # Once they are locked no turn is added any more, so that what is empty then stays so.
    locked = select(conversations.c.id).where(among).order_by(*_OF_CONVERSATION)
    connection.execute(locked.with_for_update())
    return connection.execute(delete(conversations).where(among, _unused_since(before))).rowcount


def _place(row: Row[*tuple[Any, ...]]) -> Place:
    """Return which conversation a row is of."""
    return row.provider, ConversationKey(row.channel, row.kind, row.person)


def _lock(connection: Connection, place: Place) -> str | None:
    """Return the current conversation's id, and keep others from it until the transaction ends."""
    return connection.scalar(select(conversations.c.id).where(_is(conversations, place)).with_for_update())


def _renew(connection: Connection, place: Place, current: str | None, person: int, now: int) -> None:
    """Have a conversation go on under a new id, with everybody's turns but the person's, also those on their way."""
    fresh = str(uuid4())
    begin_over(connection, *place, fresh, now, drops=False)
    others = and_(_is(turns, place), turns.c.conversation_id == current, turns.c.asker != person)
    connection.execute(update(turns).where(others).values(conversation_id=fresh))


def _unused_since(before: int) -> ColumnElement[bool]:
    return and_(conversations.c.used_at < before, ~exists().where(_of_it()))


def _of_it() -> ColumnElement[bool]:
    """Return what holds of a conversation's turns."""
    return and_(*(turns.c[name] == conversations.c[name] for name in KEY))


def _is(table: Table, place: Place) -> ColumnElement[bool]:
    provider, key = place
    return and_(
        table.c.provider == provider,
        table.c.channel == key.channel,
        table.c.kind == key.kind,
        table.c.person == key.person,
    )
