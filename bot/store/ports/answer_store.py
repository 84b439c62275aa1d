"""Answers and their runs: how each begins, ends and is shown, and how it is found again.

Whatever changes an answer locks it first and then what its turns need, so that no two changes wait for each other. An
answer that was erased stays so: whatever comes after is dropped. What only tells others what to repair is written
by relaxed transactions: the sooner it is there, the less a kill hides.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    not_,
    select,
    update,
)

from bot.domain.answer import Answer, RunMetrics, RunResult, RunStart, SaveResult, StoredTexts, TurnUpdate
from bot.domain.conversation import NewTurn
from bot.domain.stores import AnswerStore, OpenAnswer
from bot.store.encrypted_columns import RUN_QUESTION
from bot.store.encryption.run_texts import decrypt_texts, encrypt_result
from bot.store.ports.base import SqlStore, read_transaction, relaxed_transaction, write_transaction
from bot.store.queries.answer_messages import set_messages_of
from bot.store.queries.answer_turns import hide_turns, is_told, show_copies, turns_of
from bot.store.queries.answers import load_answers, load_newest_answer, of_bot, to_columns, to_question, told_columns
from bot.store.queries.remote_conversations import give_up, is_last_of
from bot.store.queries.runs import OF_ANSWER, begin_run, lock_answer, lock_turn
from bot.store.queries.turns import record_turn, reword_turn
from bot.store.queries.unanswered import load_direct_messages, load_latest_questions
from bot.store.tables import UNFINISHED, answer_messages, answers, runs, texts, turns


def _of_run(table: Table) -> ColumnElement[bool]:
    return and_(table.c.answer == OF_ANSWER, table.c.number == bindparam("of_number"))


# Another process may have taken a run over while this one was frozen, or out of reach.
_OF_OWN_RUN = and_(_of_run(runs), runs.c.owner == bindparam("of_owner"))

# What every answer needs is put together once: with SQLAlchemy that takes longer than to execute it.
_HAS_REMOTE = exists().where(runs.c.answer == OF_ANSWER, runs.c.remote_answer.is_not(None)).label("has_remote")
_LOCK_RUN = (
    select(answers.c.shown, _HAS_REMOTE)
    .where(answers.c.id == OF_ANSWER, exists().where(_OF_OWN_RUN))
    .with_for_update(of=answers)
)
_CHANGE_RUN = update(runs).where(_OF_OWN_RUN)
_CHANGE_TEXT = update(texts).where(_of_run(texts))
_CHANGE_QUESTION = _CHANGE_TEXT.where(exists().where(_OF_OWN_RUN, runs.c.state == "open")).values(
    question=bindparam("asked")
)
_CHANGE_ANSWER = update(answers).where(answers.c.id == OF_ANSWER)
_SHOW_RUN = _CHANGE_ANSWER.where(exists().where(_OF_OWN_RUN)).returning(answers.c.id)


class SqlAnswerStore(SqlStore, AnswerStore):
    """Implements `AnswerStore`."""

    @relaxed_transaction
    def begin(self, connection: Connection, asked: RunStart) -> bool:
        return begin_run(connection, self._cipher, asked, self._now(), self._owner)

    @relaxed_transaction
    def change_question(self, connection: Connection, answer: str, number: int, wording: str) -> None:
        stored = RUN_QUESTION.encrypt(self._cipher, wording, (answer, number))
        connection.execute(_CHANGE_QUESTION, {**self._own_run(answer, number), "asked": stored})

    @relaxed_transaction
    def set_messages(self, connection: Connection, answer: str, messages: Sequence[int], before: Sequence[int]) -> None:
        set_messages_of(connection, answer, messages, before)

    @write_transaction
    def end(
        self, connection: Connection, answer: str, number: int, ended: RunResult, turn: NewTurn | None
    ) -> SaveResult:
        run, holder = self._own_run(answer, number), "" if turn is None else turn.holder or ""
        follows: int | None
        if number == 1 and ended.wording is not None:
            # Nothing was shown before the first one. The change locks the answer.
            follows = 0 if connection.scalar(_SHOW_RUN, {**run, "shown": number}) is not None else None
        else:
            follows, has_remote = connection.execute(_LOCK_RUN, run).one_or_none() or (None, False)
            if has_remote and ended.wording is not None:
                give_up(connection, is_told(answer), spared=is_last_of(answer, holder))
        if follows is None:
            run_is_there = connection.scalar(select(runs.c.owner).where(_of_run(runs)), run) is not None
            return SaveResult(is_stored=False, turn=None, is_taken_over=run_is_there)
        stored = None if turn is None else record_turn(connection, self._cipher, turn, self._now())
        outcome = {"state": "recorded", "outcome": ended.outcome, "error": ended.error, "turn": stored}
        connection.execute(_CHANGE_RUN, {**run, **outcome, "follows": follows, **told_columns(ended.receipt)})
        connection.execute(_CHANGE_TEXT, {**run, **encrypt_result(self._cipher, answer, number, ended)})
        if ended.wording is not None and number > 1:
            connection.execute(_CHANGE_ANSWER, {"of_answer": answer, "shown": number})
            copies = hide_turns(connection, answer, but=stored)
            if turn is not None:
                show_copies(connection, self._cipher, copies, answer, number, turn.question, turn.answer)
        return SaveResult(is_stored=True, turn=stored)

    @relaxed_transaction
    def mark_done(
        self,
        connection: Connection,
        answer: str,
        number: int,
        messages: Sequence[int],
        metrics: RunMetrics,
        before: Sequence[int],
    ) -> None:
        set_messages_of(connection, answer, messages, before)
        done = {"state": "done", "token": None, **to_columns(metrics)}
        connection.execute(_CHANGE_RUN, {**self._own_run(answer, number), **done})

    @write_transaction
    def mark_lost(self, connection: Connection, answer: str, number: int) -> None:
        run = self._own_run(answer, number)
        if not lock_answer(connection, answer):
            return
        lost = connection.execute(select(runs.c.turn, runs.c.follows).where(_OF_OWN_RUN), run).one_or_none()
        if lost is None:
            return
        if lost.turn is not None:
            give_up(connection, is_told(answer), spared=is_last_of(answer))
        gone = {"state": "done", "outcome": "lost", "token": None, "turn": None}
        connection.execute(_CHANGE_RUN, {**run, **gone})
        connection.execute(_CHANGE_TEXT, {**run, "content": None})
        was_shown = and_(answers.c.id == answer, answers.c.shown == number)
        connection.execute(update(answers).where(was_shown).values(shown=lost.follows))
        if lost.turn is not None:
            # A turn that an earlier version had before is only hidden, for when that version is shown again.
            connection.execute(update(turns).where(turns.c.id == lost.turn).values(hidden=1))
            if number > 1:
                hide_turns(connection, answer, but=None)
            kept = turns.c.id.in_(turns_of(answer))
            connection.execute(delete(turns).where(turns.c.id == lost.turn, not_(kept)))

    @write_transaction
    def show(self, connection: Connection, answer: str, number: int, reworded: TurnUpdate | None) -> None:
        key = lock_turn(connection, answer)
        if key is None:
            return
        connection.execute(_CHANGE_ANSWER, {"of_answer": answer, "shown": number})
        give_up(connection, is_told(answer), spared=is_last_of(answer))
        copies = hide_turns(connection, answer, but=None if reworded is None else reworded.turn)
        if reworded is not None:
            version = select(runs.c.remote_answer).where(runs.c.answer == answer, runs.c.number == number)
            said = (reworded.question, reworded.answer)
            reword_turn(connection, self._cipher, reworded.turn, key, *said, version.scalar_subquery())
            show_copies(connection, self._cipher, copies, answer, number, *said)

    @write_transaction
    def erase(self, connection: Connection, answer: str) -> None:
        if lock_answer(connection, answer):
            give_up(connection, is_told(answer))
            connection.execute(delete(turns).where(turns.c.id.in_(turns_of(answer))))
            connection.execute(delete(answers).where(answers.c.id == answer))

    @read_transaction
    def answer(self, connection: Connection, answer: str) -> Answer | None:
        return load_newest_answer(connection, self._cipher, answers.c.id == answer)

    @read_transaction
    def answer_to(self, connection: Connection, question_id: int) -> Answer | None:
        return load_newest_answer(connection, self._cipher, to_question(question_id, self._owner.bot()))

    @read_transaction
    def answer_in(self, connection: Connection, message: int) -> Answer | None:
        shown = select(answer_messages.c.answer).where(answer_messages.c.message == message)
        return load_newest_answer(connection, self._cipher, and_(answers.c.id.in_(shown), self._of_this_bot))

    @read_transaction
    def latest_questions(
        self, connection: Connection, channel: int, askers: Collection[int], since: int
    ) -> Mapping[int, int]:
        return load_latest_questions(connection, self._owner.bot(), channel, askers, since)

    @read_transaction
    def open_answers(
        self, connection: Connection, channel: int, asker: int | None, owners: Collection[str]
    ) -> Sequence[OpenAnswer]:
        written = and_(UNFINISHED, runs.c.owner.in_(owners), answers.c.channel == channel)
        wanted = select(answers.c.id, answers.c.question).join(runs).where(written).order_by(answers.c.question)
        if asker is not None:
            wanted = wanted.where(answers.c.asker == asker)
        return [OpenAnswer(*row) for row in connection.execute(wanted)]

    @read_transaction
    def direct_messages(self, connection: Connection, limit: int) -> Sequence[int]:
        return load_direct_messages(connection, self._owner.bot(), limit)

    @read_transaction
    def wording(self, connection: Connection, answer: str, number: int) -> StoredTexts | None:
        wanted = select(texts, runs.c.provider).join(runs).where(texts.c.answer == answer, texts.c.number == number)
        row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        said = decrypt_texts(self._cipher, answer, number, row.question, row.content, row.notices)
        return None if said is None else StoredTexts(row.provider, *said)

    @read_transaction
    def unfinished_owners(self, connection: Connection) -> Collection[str]:
        others = and_(UNFINISHED, runs.c.owner != self._owner.id, self._of_this_bot)
        return set(connection.scalars(select(runs.c.owner).join(answers).where(others)))

    @write_transaction
    def take_over(self, connection: Connection, owners: Collection[str]) -> Sequence[Answer]:
        of_bot = exists().where(answers.c.id == runs.c.answer, self._of_this_bot)
        taking = update(runs).where(UNFINISHED, runs.c.owner.in_(owners), of_bot).values(owner=self._owner.id)
        taken = defaultdict[str, set[int]](set)
        for answer, number in connection.execute(taking.returning(runs.c.answer, runs.c.number)):
            taken[answer].add(number)
        return [
            replace(answer, runs=tuple(run for run in answer.runs if run.number in taken[answer.id]))
            for answer in load_answers(connection, self._cipher, answers.c.id.in_(taken))
        ]

    @property
    def _of_this_bot(self) -> ColumnElement[bool]:
        return of_bot(self._owner.bot())

    def _own_run(self, answer: str, number: int) -> dict[str, str | int]:
        """Return what `_OF_OWN_RUN` is about."""
        return {"of_answer": answer, "of_number": number, "of_owner": self._owner.id}
