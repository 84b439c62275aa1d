"""`python -m bench.inside` is `python -m bot` with a meter inside: the event loop's lag, and the calls of its database.

On SIGUSR1 it prints what it has counted since the last time. With BENCH_UNBOUND=1 the bot does not hold itself to
Discord's limit over everything, for a sandbox that has its limits off.
"""

import asyncio
import contextlib
import gc
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from threading import Lock

from bot import __main__ as program
from bot.domain.answer import Answer
from bot.domain.cluster.processes import Process
from bot.domain.fair_use.usage import Usage, UsageKey
from bot.operations.recovery_watch import RecoveryWatch
from bot.settings import Configuration
from bot.store.ports.process_store import SqlProcessStore
from bot.store.ports.usage_store import SqlUsageStore
from bot.streaming import rate_limiter

_UNBOUND = os.environ.get("BENCH_UNBOUND") == "1"

_EVERY = 0.01
"""Seconds between two looks at the clock."""


class Meter:
    """Counts while the bot runs."""

    def __init__(self) -> None:
        self._lags: list[float] = []
        self._own: list[float] = []
        self._statements = self._transactions = 0
        self._counting = Lock()
        self._collecting = self._longest_collection = 0.0

    async def watch(self) -> None:
        """Note how late the event loop is, at every hundredth of a second.

        Where it stood still for longer, each hundredth that fell into that time counts: it was late too. What of that
        the loop's own thread computed is noted apart: on a machine that others keep busy the rest is theirs.
        """
        clock = asyncio.get_running_loop().time
        due, computed = clock() + _EVERY, time.thread_time()
        while True:
            await asyncio.sleep(due - clock())
            now, before, computed = clock(), computed, time.thread_time()
            while due <= now:
                self._lags.append(now - due)
                self._own.append(min(now - due, computed - before))
                due += _EVERY

    def count_statement(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        """Take note that a statement goes to the database, from whichever thread."""
        if not statement.startswith(("BEGIN", "PRAGMA")):
            with self._counting:
                self._statements += 1

    def count_transaction(self, _connection: object) -> None:
        """Take note that a transaction begins, from whichever thread."""
        with self._counting:
            self._transactions += 1

    def leave_out(self, statements: int) -> None:
        """Do not count a transaction of some statements that comes every few seconds, whatever is asked."""
        with self._counting:
            self._statements -= statements
            self._transactions -= 1

    def note_collection(self, phase: str, _info: object) -> None:
        """Take note of how long the collection of garbage stopped everything."""
        now = time.perf_counter()
        if phase == "start":
            self._collecting = now
        else:
            self._longest_collection = max(self._longest_collection, now - self._collecting)

    def tell(self) -> None:
        """Print what was counted, and start counting again."""
        lags, own = sorted(self._lags) or [0.0], sorted(self._own) or [0.0]
        told = {
            "lag_median": lags[len(lags) // 2],
            "lag_p99": lags[int(len(lags) * 0.99)],
            "lag_most": lags[-1],
            "own_p99": own[int(len(own) * 0.99)],
            "own_most": own[-1],
            "samples": len(lags),
            "statements": self._statements,
            "transactions": self._transactions,
            "longest_collection": self._longest_collection,
        }
        sys.stdout.write(f"meter {json.dumps(told)}\n")
        sys.stdout.flush()
        self._lags, self._own, self._longest_collection = [], [], 0.0
        self._statements = self._transactions = 0


async def _metered(configuration: Configuration) -> int:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    meter = Meter()
    gc.callbacks.append(meter.note_collection)
    event.listen(Engine, "before_cursor_execute", meter.count_statement)
    event.listen(Engine, "begin", meter.count_transaction)
    look = RecoveryWatch.take_over

    async def take_over(watch: RecoveryWatch) -> Sequence[Answer]:
        meter.leave_out(1)
        return await look(watch)

    RecoveryWatch.take_over = take_over  # type: ignore[method-assign, assignment]
    add = SqlUsageStore.add

    async def add_totals(store: SqlUsageStore, usage: Mapping[UsageKey, Usage]) -> None:
        meter.leave_out(2 if any(each.first_text or each.end for each in usage.values()) else 1)
        await add(store, usage)

    SqlUsageStore.add = add_totals  # type: ignore[method-assign]
    list_processes = SqlProcessStore.list

    async def look_around(store: SqlProcessStore, bot: int | None) -> Sequence[Process]:
        meter.leave_out(1)
        return await list_processes(store, bot)

    SqlProcessStore.list = look_around  # type: ignore[method-assign]
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, meter.tell)
    # What is noted of the lag takes memory, which a bot that is to show its own must not.
    watching = asyncio.create_task(meter.watch() if not _UNBOUND else asyncio.sleep(0))
    try:
        return await _run(configuration)
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


if __name__ == "__main__":
    if _UNBOUND:
        rate_limiter.GLOBAL_LIMIT = 1_000_000
    _run = program._run  # noqa: SLF001 - the one place that looks inside
    program._run = _metered  # noqa: SLF001
    sys.exit(program.main([]))
