"""Reads what was counted in a server, and puts it together for its admins."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import reduce
from operator import add

from bot.domain.fair_use.usage import StoredUsage, Usage, UsageStore
from bot.domain.fair_use.usage_report import DayFigures, Figures, Times, UsageReport
from bot.limits.histogram import quantile
from bot.limits.meter import Meter, today

_BEGINNING = date(1970, 1, 1)


class UsageReports:
    """Reports about servers; `labels` are all providers' names in sentences, by name, in the order to list them.

    `clock` returns seconds since 1970 (UTC).
    """

    def __init__(
        self, meter: Meter, store: UsageStore, labels: Mapping[str, str], *, clock: Callable[[], float] = time.time
    ) -> None:
        self._meter = meter
        self._store = store
        self._labels = labels
        self.labels = list(labels.values())
        """All providers' names in sentences, in the order to list them."""
        self._clock = clock

    async def report(self, server: int, days: int) -> UsageReport:
        """Return the server's usage of today and the days before, `days` in all; raises `DatabaseUnavailable`."""
        await self._meter.flush()
        last = today(self._clock)
        stored = await self._store.totals(server, last - days + 1)
        # Months of histograms take some milliseconds, which a thread has.
        return await asyncio.to_thread(build_report, stored, last, days, self._labels)


def build_report(stored: StoredUsage, last: int, days: int, labels: Mapping[str, str]) -> UsageReport:
    """Return the report of the `days` that end with the day `last`, in days since 1970 (UTC)."""
    first = last - days + 1
    by_provider, by_day = defaultdict[str, list[Usage]](list), defaultdict[int, dict[str, Usage]](dict)
    for key, usage in stored.totals:
        by_provider[key.provider].append(usage)
        by_day[key.day][key.provider] = usage
    order = sorted(by_provider, key=lambda name: (list(labels).index(name) if name in labels else len(labels), name))
    since = stored.first_day
    return UsageReport(
        [
            DayFigures(
                _to_date(day),
                _sum_up(by_day[day].values()),
                {labels.get(name, name): _sum_up([by_day[day][name]]) for name in order if name in by_day[day]},
            )
            for day in range(first, last + 1)
        ],
        _sum_up(usage for _, usage in stored.totals),
        {labels.get(name, name): _sum_up(by_provider[name]) for name in order},
        None if since is None or since <= first else _to_date(since),
    )


def _to_date(day: int) -> date:
    return _BEGINNING + timedelta(days=day)


def _sum_up(usages: Iterable[Usage]) -> Figures:
    total = reduce(add, usages, Usage())
    return Figures(
        total.questions,
        total.answered,
        total.failed,
        total.stopped,
        total.characters,
        total.credits,
        _to_times(total.first_text),
        _to_times(total.end),
    )


def _to_times(histogram: Mapping[int, int]) -> Times | None:
    median, slow = quantile(histogram, 0.5), quantile(histogram, 0.95)
    return None if median is None or slow is None else Times(median / 1000, slow / 1000)
