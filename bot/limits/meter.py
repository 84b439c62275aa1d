"""Counts finished runs in memory, and adds them to the stored totals of their day every few seconds."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Self

from bot.domain.errors import DatabaseUnavailable
from bot.domain.fair_use.usage import FinishedRun, Usage, UsageKey, UsageMeter, UsageStore
from bot.domain.runtime.timing import Pause
from bot.limits.histogram import bucket_of

FLUSH_SECONDS = 10.0
"""The pause between two writes. A process that is killed loses what it counted since the last."""

CLOSE_SECONDS = 0.2
"""How long the end of the process waits for the last write."""

MAX_KEYS = 20_000
"""For how many servers, providers and days totals are held while the database is away; of more, nothing is counted."""

MAX_ROWS = 2_000
"""How many rows one transaction adds to: more would hold up the event loop, and everybody else who writes."""

_DAY_SECONDS = 24 * 60 * 60
_MAX_CREDITS = 1e9
"""The most that one run can have cost: no provider's nonsense may spoil a sum."""

_log = logging.getLogger(__name__)


class Meter(UsageMeter):
    """Writes what it counted while it is open (`async with`), and once more at the end.

    `clock` returns seconds since 1970 (UTC); `pause` waits for so many seconds.
    """

    def __init__(
        self, store: UsageStore, *, clock: Callable[[], float] = time.time, pause: Pause = asyncio.sleep
    ) -> None:
        self._store = store
        self._clock = clock
        self._pause = pause
        self._counted: dict[UsageKey, Usage] = {}
        self._is_full = False
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._flush_forever())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                async with self._writing:  # not in the middle of a write: nobody would know how that ended
                    self._task.cancel()
                await self.flush()
        except (DatabaseUnavailable, TimeoutError):
            _log.warning("the last %g seconds' usage is not counted: the database does not answer", FLUSH_SECONDS)
        self._task.cancel()
        await asyncio.wait({self._task})

    def count(self, run: FinishedRun) -> None:
        """Add the run to today's totals of its server and provider."""
        assert run.server is not None, "others are nobody's usage"
        key = UsageKey(run.server, run.provider, today(self._clock))
        self._add(key, _measure(run))

    async def flush(self) -> None:
        """Store what was counted so far; raises `DatabaseUnavailable`, and keeps what is not stored for the next time.

        It is one transaction, or several after the database was away for long. If the connection breaks during the
        commit itself, nobody knows whether it was stored: it may count twice.
        """
        async with self._writing:
            taken, self._counted = self._counted, {}
            try:
                while taken:
                    part = _take_part(taken)
                    await self._store.add(part)
                    for key in part:
                        del taken[key]
            finally:
                for key, usage in taken.items():
                    self._add(key, usage)
            self._is_full = False

    def _add(self, key: UsageKey, usage: Usage) -> None:
        before = self._counted.get(key)
        if before is None and len(self._counted) >= MAX_KEYS:
            if not self._is_full:
                _log.warning("usage is not counted in more servers until the database answers again")
            self._is_full = True
            return
        self._counted[key] = usage if before is None else before + usage

    async def _flush_forever(self) -> None:
        while True:
            await self._pause(FLUSH_SECONDS)
            try:
                await self.flush()
            except DatabaseUnavailable:
                continue  # the store has said so in the log
            except Exception:  # noqa: BLE001 - whatever it was, it is tried again
                _log.exception("writing the usage failed; it is tried again")


def _take_part(counted: Mapping[UsageKey, Usage]) -> Mapping[UsageKey, Usage]:
    """Return as many of the totals as one transaction takes, at least one."""
    part, rows = dict[UsageKey, Usage](), 0
    for key, usage in counted.items():
        rows += 1 + len(usage.first_text) + len(usage.end)
        if part and rows > MAX_ROWS:
            break
        part[key] = usage
    return part


def today(clock: Callable[[], float]) -> int:
    """Return the day in days since 1970 (UTC)."""
    return int(clock() // _DAY_SECONDS)


def _measure(run: FinishedRun) -> Usage:
    """Return one run as totals."""
    cost = run.credits if run.credits is not None and isfinite(run.credits) else 0.0
    usage = Usage(
        questions=0 if run.is_fallback else 1,
        characters=run.characters,
        credits=min(max(cost, 0.0), _MAX_CREDITS),
        first_text={} if run.first_text is None else {bucket_of(run.first_text): 1},
        end={bucket_of(run.total): 1} if run.ending == "answered" else {},
    )
    match run.ending:
        case "answered":
            return replace(usage, answered=1)
        case "failed":
            return replace(usage, failed=1)
        case "stopped":
            return replace(usage, stopped=1)
