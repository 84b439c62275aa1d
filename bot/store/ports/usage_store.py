"""Totals of each day, by server and provider: added up by the database itself, so that processes lose none."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, String, Table, cast, func, select

from bot.domain.fair_use.usage import StoredUsage, Usage, UsageKey, UsageStore
from bot.store.ports.base import SqlStore, read_transaction, relaxed_transaction
from bot.store.queries.daily_totals import erase_some
from bot.store.queries.upsert import insert_into
from bot.store.tables import daily_times, daily_usage

if TYPE_CHECKING:
    from bot.store.queries.upsert import Insert

_FIRST_TEXT, _END = "first_text", "end"

_SUMS = ("questions", "answered", "failed", "stopped", "characters", "credits")

Times = dict[UsageKey, dict[int, int]]


class SqlUsageStore(SqlStore, UsageStore):
    """Implements `UsageStore`."""

    @relaxed_transaction
    def add(self, connection: Connection, usage: Mapping[UsageKey, Usage]) -> None:
        # In one order: otherwise two processes that add to the same rows could wait for each other.
        ordered = sorted(usage.items())
        rows = [key._asdict() | {name: getattr(added, name) for name in _SUMS} for key, added in ordered]
        times = [
            key._asdict() | {"moment": moment, "bucket": bucket, "answers": answers}
            for key, added in ordered
            for moment, histogram in ((_END, added.end), (_FIRST_TEXT, added.first_text))
            for bucket, answers in sorted(histogram.items())
        ]
        connection.execute(_adding(connection, daily_usage, _SUMS), rows)
        if times:
            connection.execute(_adding(connection, daily_times, ("answers",)), times)

    @read_transaction
    def totals(self, connection: Connection, server: int, since_day: int) -> StoredUsage:
        first_day = connection.scalar(select(func.min(daily_usage.c.day)).where(daily_usage.c.server == server))
        if first_day is None:
            return StoredUsage()
        times = _load_times(connection, server, since_day)
        wanted = (
            select(daily_usage)
            .where(daily_usage.c.server == server, daily_usage.c.day >= since_day)
            .order_by(daily_usage.c.day, daily_usage.c.provider)
        )
        return StoredUsage([_to_usage(row, times) for row in connection.execute(wanted)], first_day)

    async def forget_before(self, day: int) -> None:
        for table in (daily_times, daily_usage):
            while await self._database.write(erase_some, table, table.c.day < day):
                pass


def _adding(connection: Connection, table: Table, sums: Sequence[str]) -> "Insert":
    """Return an insert that adds to the row with the same primary key."""
    adding = insert_into(connection, table)
    more = {name: table.c[name] + adding.excluded[name] for name in sums}
    return adding.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)


def _load_times(connection: Connection, server: int, since_day: int) -> dict[str, Times]:
    """Return the histograms by moment; each comes as one text, since thousands of rows would take long to read."""
    times = daily_times.c
    pair = cast(times.bucket, String).concat(":").concat(cast(times.answers, String))
    wanted = (
        select(times.provider, times.day, times.moment, func.aggregate_strings(pair, " ").label("buckets"))
        .where(times.server == server, times.day >= since_day)
        .group_by(times.provider, times.day, times.moment)
    )
    found: dict[str, Times] = {_FIRST_TEXT: {}, _END: {}}
    for row in connection.execute(wanted):
        pairs = (each.split(":") for each in row.buckets.split(" "))
        found[row.moment][UsageKey(server, row.provider, row.day)] = {int(one): int(many) for one, many in pairs}
    return found


def _to_usage(row: Row[tuple[Any, ...]], times: Mapping[str, Times]) -> tuple[UsageKey, Usage]:
    key = UsageKey(row.server, row.provider, row.day)
    sums = {name: getattr(row, name) for name in _SUMS}
    return key, Usage(**sums, first_text=times[_FIRST_TEXT].get(key, {}), end=times[_END].get(key, {}))
