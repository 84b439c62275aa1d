"""A stand-in for the stored totals."""

import asyncio
from collections.abc import Mapping

from bot.domain.errors import DatabaseUnavailable
from bot.domain.fair_use.usage import StoredUsage, Usage, UsageKey, UsageStore


class FakeUsageStore(UsageStore):
    """Totals in a dictionary; refuses everything while it is `down`, and takes `seconds` for each write."""

    def __init__(self) -> None:
        self.kept: dict[UsageKey, Usage] = {}
        self.writes = 0
        self.down = False
        self.seconds = 0.0
        self.fault: Exception | None = None
        self.fails_after: int | None = None
        """How many writes it takes before it refuses everything."""

    async def add(self, usage: Mapping[UsageKey, Usage]) -> None:
        await asyncio.sleep(self.seconds)
        if self.down or self.writes == self.fails_after:
            raise DatabaseUnavailable
        if self.fault is not None:
            raise self.fault
        self.writes += 1
        for key, added in usage.items():
            self.kept[key] = self.kept.get(key, Usage()) + added

    async def totals(self, server: int, since_day: int) -> StoredUsage:
        if self.down:
            raise DatabaseUnavailable
        mine = sorted((key.day, key.provider, key) for key in self.kept if key.server == server)
        found = [(key, self.kept[key]) for day, _, key in mine if day >= since_day]
        return StoredUsage(found, mine[0][0] if mine else None)

    async def forget_before(self, day: int) -> None:
        if self.down:
            raise DatabaseUnavailable
        self.kept = {key: usage for key, usage in self.kept.items() if key.day >= day}
