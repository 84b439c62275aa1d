"""How many questions were asked in a time: counted in one statement, which counts no more than may be asked."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, bindparam, select, true, union_all, update

from bot.domain.fair_use.quotas import Quota, QuotaStore
from bot.store.ports.base import SqlStore, relaxed_transaction
from bot.store.queries.upsert import insert_into
from bot.store.tables import question_counts

if TYPE_CHECKING:
    from bot.store.queries.upsert import Insert

_KEY = list(question_counts.primary_key.columns)

# None of it need be on the disk at once: the process may end, and only a power cut can undo it. What an answer's end
# writes takes it along, so that counts of answers under way can be lost, and no others.


class SqlQuotaStore(SqlStore, QuotaStore):
    """Implements `QuotaStore`."""

    @relaxed_transaction
    def count(self, connection: Connection, quotas: Sequence[Quota]) -> Quota | None:
        # Everybody locks the rows in the same order.
        ordered = sorted(quotas, key=_key_of)
        rows = (_row(quota, quota.person, questions=1) for quota in ordered)
        values = {f"row{number}_{name}": value for number, row in enumerate(rows) for name, value in row.items()}
        statement = _count(insert_into(connection, question_counts), len(ordered))
        counted = connection.execute(statement, values).all()
        refused = [quota for quota in ordered if _key_of(quota) not in {tuple(row) for row in counted}]
        if not refused:
            return None
        connection.rollback()
        return max(refused, key=lambda quota: quota.ends_at)

    @relaxed_transaction
    def give_back(self, connection: Connection, quotas: Sequence[Quota]) -> None:
        for key in sorted(_key_of(quota) for quota in quotas):
            theirs = and_(*(column == value for column, value in zip(_KEY, key, strict=True)))
            counted = update(question_counts).where(theirs, question_counts.c.questions > 0)
            connection.execute(counted.values(questions=question_counts.c.questions - 1))

    @relaxed_transaction
    def claim_notice(self, connection: Connection, quota: Quota, person: int) -> bool:
        # For a server's quota this is a row of the person's own, in which nothing is counted.
        row = _row(quota, person, told=quota.max_questions)
        claimed = _claim(insert_into(connection, question_counts)).values(row)
        return connection.execute(claimed).first() is not None


def _key_of(quota: Quota) -> tuple[str, int, int, int, int]:
    return quota.whose, quota.server, quota.person, quota.begins_at, quota.ends_at


def _row(quota: Quota, person: int, *, questions: int = 0, told: int = 0) -> Mapping[str, Any]:
    values = (quota.whose, quota.server, person, quota.begins_at, quota.ends_at)
    key = {column.name: value for column, value in zip(_KEY, values, strict=True)}
    return {**key, "questions": questions, "max_questions": quota.max_questions, "told": told}


@cache
def _count(insert: "Insert", rows: int) -> Any:  # noqa: ANN401 - SQLAlchemy's, of either database
    """Return what counts one more in each of the rows that is not used up, and returns those.

    The rows are selected, not listed: SQLAlchemy would put a statement with a list together each time, which takes
    longer than to execute it.
    """
    counts, new = question_counts.c, insert.excluded
    each = [
        select(*(bindparam(f"row{number}_{column.name}", type_=column.type) for column in counts)).where(true())
        for number in range(rows)
    ]
    return (
        insert.from_select([column.name for column in counts], union_all(*each))
        .on_conflict_do_update(
            index_elements=_KEY,
            set_={"questions": counts.questions + 1, "max_questions": new.max_questions},
            where=counts.questions < new.max_questions,
        )
        .returning(*_KEY)
    )


@cache
def _claim(insert: "Insert") -> Any:  # noqa: ANN401 - likewise
    """Return what notes of which number somebody is told, and returns the row unless they were told of that one."""
    told, new = question_counts.c.told, insert.excluded.told
    return insert.on_conflict_do_update(index_elements=_KEY, set_={"told": new}, where=told != new).returning(*_KEY)
