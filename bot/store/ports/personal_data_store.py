"""What is kept about people and servers: shown, handed over, erased a batch at a time."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, Table, and_, delete, exists, func, insert, select, tuple_, update

from bot.domain.conversation_key import NOBODY
from bot.domain.personal_data import (
    Erased,
    Holdings,
    PersonalDataStore,
    RunPosition,
    SavedCredentials,
    StoredCount,
    StoredRun,
    StoredTurn,
    Tally,
)
from bot.store.ports.base import SqlStore, read_transaction, write_transaction
from bot.store.queries import bulk_deletion, question_counts
from bot.store.queries.answers import load_messages
from bot.store.queries.daily_totals import erase_totals_of_server
from bot.store.queries.personal_data import count_older, count_rows, is_by, to_run, to_turn
from bot.store.queries.remote_conversations import give_up
from bot.store.queries.upsert import insert_or_replace
from bot.store.queries.user_keys import load_user_keys, renew_user_keys
from bot.store.tables import answers, credentials, runs, servers, texts, turns, welcomes

TURNS_AT_ONCE = 50
RUNS_AT_ONCE = 5
"""How many are read at once. An answer may have a megabyte."""

_UNUSED_SECONDS = 24 * 60 * 60
"""How long a conversation without turns is kept: an answer to it may still be written for minutes."""

_SWEPT_READS = 10
"""How many reads one sweep makes: the next one goes on from there, so that none takes long."""

_JOINED_AT_ONCE = 500


class SqlPersonalDataStore(SqlStore, PersonalDataStore):
    """Implements `PersonalDataStore`."""

    _swept_to: bulk_deletion.Place | None = None
    """The conversation that the latest sweep looked at last."""

    @read_transaction
    def holdings(self, connection: Connection, person: int, server: int | None) -> Holdings:
        asked = count_rows(connection, answers, answers.c.asked_at, person, server)
        said = count_rows(connection, turns, turns.c.recorded_at, person, server)
        here, everywhere = (
            Tally(of_answers, of_turns, min((at for at in (first_asked, first_said) if at is not None), default=None))
            for (of_answers, first_asked), (of_turns, first_said) in zip(asked, said, strict=True)
        )
        return Holdings(here, everywhere)

    @read_transaction
    def keys(self, connection: Connection, person: int, providers: Collection[str]) -> Mapping[str, str]:
        return load_user_keys(connection, person, providers)

    @read_transaction
    def turns(self, connection: Connection, person: int, before: int | None) -> Sequence[StoredTurn]:
        newest = (turns.c.asker.desc(), turns.c.id.desc())
        wanted = select(turns).where(is_by(turns, person)).order_by(*newest).limit(TURNS_AT_ONCE)
        rows = connection.execute(wanted if before is None else wanted.where(turns.c.id < before))
        return [to_turn(self._cipher, row) for row in rows]

    @read_transaction
    def runs(self, connection: Connection, person: int, before: RunPosition | None) -> Sequence[StoredRun]:
        position = (answers.c.question, answers.c.id, runs.c.number)
        wanted = (
            select(answers, runs, texts.c.question.label("asked"), texts.c.content, texts.c.notices)
            .join(runs, runs.c.answer == answers.c.id)
            .outerjoin(texts, (texts.c.answer == runs.c.answer) & (texts.c.number == runs.c.number))
            .where(is_by(answers, person))
            .order_by(answers.c.asker.desc(), *(column.desc() for column in position))
            .limit(RUNS_AT_ONCE)
        )
        if before is not None:
            # The first condition says nothing that the second does not; it lets an index begin at the right place.
            wanted = wanted.where(answers.c.question <= before[0], tuple_(*position) < before)
        rows = connection.execute(wanted).all()
        messages = load_messages(connection, answers.c.id.in_({row.id for row in rows}))
        return [to_run(self._cipher, row, tuple(messages[row.id])) for row in rows]

    @read_transaction
    def counts(self, connection: Connection, person: int) -> Sequence[StoredCount]:
        return question_counts.load_counts(connection, person)

    @read_transaction
    def saved_credentials(self, connection: Connection, person: int) -> Sequence[SavedCredentials]:
        saved = select(credentials.c.server, credentials.c.provider, credentials.c.saved_at).distinct()
        wanted = saved.where(credentials.c.saved_by == person).order_by(credentials.c.saved_at.desc())
        return [SavedCredentials(*row) for row in connection.execute(wanted)]

    async def erase_person(self, person: int, providers: Collection[str]) -> Erased:
        await self._database.write(renew_user_keys, person, providers)
        await self._database.write(_forget_saver, person)
        answers_gone, turns_gone, renewed = 0, 0, set[bulk_deletion.Place]()
        # Answers first: with them goes what would become a turn when it is finished.
        while (
            batch := await self._database.write(bulk_deletion.erase_answers_of_person, person, providers, self._now())
        )[0]:
            answers_gone, renewed = answers_gone + batch[0], renewed | batch[1]
        while (batch := await self._database.write(bulk_deletion.erase_turns_of_person, person, self._now()))[0]:
            turns_gone, renewed = turns_gone + batch[0], renewed | batch[1]
        await self._database.write(bulk_deletion.erase_conversations_of_person, person)
        while await self._database.write(question_counts.erase_ended_of_person, person, self._now()):
            pass
        # One's own are gone, and do not go on.
        return Erased(answers_gone, turns_gone, sum(key.is_shared for _, key in renewed))

    @write_transaction
    def withdraw(self, connection: Connection, person: int) -> None:
        give_up(connection, and_(is_by(turns, person), turns.c.person == NOBODY))

    @read_transaction
    def older_than(self, connection: Connection, server: int, before: int) -> Tally:
        of_answers, first_asked = count_older(connection, answers, answers.c.asked_at, server, before)
        of_turns, first_recorded = count_older(connection, turns, turns.c.recorded_at, server, before)
        oldest = min((at for at in (first_asked, first_recorded) if at is not None), default=None)
        return Tally(of_answers, of_turns, oldest)

    async def expire(self, before: Mapping[int, int], otherwise: int) -> Erased:
        return await self._expire(answers, before, otherwise) + await self._expire(turns, before, otherwise)

    async def expire_counts(self) -> int:
        expired = 0
        while gone := await self._database.write(question_counts.erase_ended, self._now()):
            expired += gone
        return expired

    async def sweep(self) -> int:
        swept, before = 0, self._now() - _UNUSED_SECONDS
        for _ in range(_SWEPT_READS):
            unused, self._swept_to = await self._database.read(bulk_deletion.list_unused, before, self._swept_to)
            if unused:
                swept += await self._database.write(bulk_deletion.erase_unused, unused, before)
            if self._swept_to is None:
                break
        return swept

    async def erase_server(self, server: int) -> Erased:
        await self._database.write(bulk_deletion.erase_settings_of_server, server)
        while await self._database.write(erase_totals_of_server, server):
            pass
        while await self._database.write(question_counts.erase_counts_of_server, server):
            pass
        erased = Erased()
        while gone := await self._database.write(bulk_deletion.erase_answers_of_server, server):
            erased += Erased(answers=gone)
        while (batch := await self._database.write(bulk_deletion.erase_turns_of_server, server))[0]:
            await self._database.write(bulk_deletion.erase_unused, batch[1], self._now() + 1)
            erased += Erased(turns=batch[0])
        return erased

    async def join(self, bot: int, servers: Collection[int]) -> None:
        ordered = sorted(servers)
        for begin in range(0, len(ordered), _JOINED_AT_ONCE):
            await self._database.write(_note_joined, bot, ordered[begin : begin + _JOINED_AT_ONCE])

    @read_transaction
    def joined(self, connection: Connection, bot: int) -> Collection[int]:
        there = select(servers.c.server).where(servers.c.bot == bot, servers.c.left_at.is_(None))
        return set(connection.scalars(there))

    @write_transaction
    def leave(self, connection: Connection, bot: int, server: int) -> None:
        connection.execute(delete(welcomes).where(welcomes.c.bot == bot, welcomes.c.server == server))
        there = (servers.c.bot == bot, servers.c.server == server)
        if connection.scalar(select(exists().where(*there))):
            # The time of the first such note stays.
            connection.execute(update(servers).where(*there, servers.c.left_at.is_(None)).values(left_at=self._now()))
        else:
            connection.execute(insert(servers).values(bot=bot, server=server, left_at=self._now()))

    @read_transaction
    def left(self, connection: Connection) -> Mapping[int, int]:
        others = servers.alias("others")
        still_in = exists().where(others.c.server == servers.c.server, others.c.left_at.is_(None))
        left = (
            select(servers.c.server, func.max(servers.c.left_at))
            .where(servers.c.left_at.is_not(None), ~still_in)
            .group_by(servers.c.server)
        )
        return {row[0]: row[1] for row in connection.execute(left)}

    @write_transaction
    def close(self, connection: Connection, server: int) -> None:
        connection.execute(delete(servers).where(servers.c.server == server, servers.c.left_at.is_not(None)))

    async def _expire(self, table: Table, before: Mapping[int, int], otherwise: int) -> Erased:
        expired = await self._expire_of(table, None, otherwise)
        after = 0
        while found := await self._database.read(bulk_deletion.list_oldest, table, after):
            for server, oldest in found:
                limit = before.get(server, otherwise)
                if oldest < limit:
                    expired += await self._expire_of(table, server, limit)
            after = found[-1][0]
        return expired

    async def _expire_of(self, table: Table, server: int | None, before: int) -> Erased:
        """Erase batch after batch until there is nothing left, and return how much it was."""
        expired = Erased()
        while batch := await self._database.write(bulk_deletion.expire_rows, table, server, before):
            expired += batch
        return expired


def _forget_saver(connection: Connection, person: int) -> None:
    connection.execute(update(credentials).where(credentials.c.saved_by == person).values(saved_by=0))


def _note_joined(connection: Connection, bot: int, joined: Collection[int]) -> None:
    rows = [{"bot": bot, "server": server, "left_at": None} for server in joined]
    connection.execute(insert_or_replace(connection, servers), rows)
