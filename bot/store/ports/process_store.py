"""The rows of the processes that run a bot: ids, numbers and times only."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

from sqlalchemy import Connection, Row, delete, select, text

from bot.domain.cluster.processes import Admit, Process, ProcessState, ProcessStore
from bot.domain.cluster.shards import MAX_SHARDS
from bot.store.ports.base import SqlStore, read_transaction, relaxed_transaction
from bot.store.queries.upsert import insert_or_replace
from bot.store.tables import processes

_JOIN_KEY = 0x5377_6974_6368_6A6F
"""The number of the lock that a process holds while it joins: "Switchjo" in ASCII. No process's own is as high."""

_SHARD = re.compile("[0-9]{1,9}", re.ASCII)

# Nothing here need be on the disk at once: after a power cut no process lives.


class SqlProcessStore(SqlStore, ProcessStore):
    """Implements `ProcessStore`."""

    @read_transaction
    def list(self, connection: Connection, bot: int | None) -> Sequence[Process]:
        return _load(connection, bot)

    @relaxed_transaction
    def join(
        self, connection: Connection, process: Process, ended: Collection[str], admit: Admit
    ) -> tuple[Process | None, Sequence[Process]]:
        if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _JOIN_KEY})
        _remove(connection, [process.id, *ended])
        others = _load(connection, process.bot)
        admitted = admit(process, others)
        if admitted is None:
            return None, others
        joined_at = max([self._now(), *(other.joined_at + 1 for other in others)])
        joined = replace(admitted, joined_at=joined_at)
        _store(connection, joined)
        return joined, others

    @relaxed_transaction
    def write(self, connection: Connection, process: Process, ended: Collection[str] = ()) -> None:
        _remove(connection, ended)
        _store(connection, process)

    @relaxed_transaction
    def leave(self, connection: Connection, process: str) -> None:
        _remove(connection, [process])


def _load(connection: Connection, bot: int | None) -> Sequence[Process]:
    wanted = select(processes).order_by(processes.c.joined_at, processes.c.id)
    if bot is not None:
        wanted = wanted.where(processes.c.bot == bot)
    found = (_to_process(row) for row in connection.execute(wanted))
    return [process for process in found if process is not None]


def _remove(connection: Connection, ids: Collection[str]) -> None:
    for each in sorted(ids):
        connection.execute(delete(processes).where(processes.c.id == each))


def _store(connection: Connection, process: Process) -> None:
    values = {
        "id": process.id,
        "bot": process.bot,
        "cluster": process.cluster,
        "clusters": process.clusters,
        "shard_count": process.shard_count,
        "shards": ",".join(str(shard) for shard in sorted(process.shards)),
        "state": process.state,
        "joined_at": process.joined_at,
    }
    connection.execute(insert_or_replace(connection, processes).values(values))


def _to_process(row: Row[Any]) -> Process | None:
    """Return the process of a row, None if the row makes no sense: one such row must not keep all others from running.

    A state that a newer version knows counts as running.
    """
    shards = row.shards.split(",") if row.shards else []
    if not (0 < row.shard_count <= MAX_SHARDS and 0 <= row.cluster < row.clusters):
        return None
    if len(shards) > row.shard_count or not all(_SHARD.fullmatch(each) for each in shards):
        return None
    state = cast("ProcessState", row.state) if row.state in get_args(ProcessState) else "running"
    numbers = frozenset(number for number in map(int, shards) if number < row.shard_count)
    return Process(row.id, row.bot, row.cluster, row.clusters, row.shard_count, numbers, state, row.joined_at)
