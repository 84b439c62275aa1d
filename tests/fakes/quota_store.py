"""A hand-written stand-in for the counts of questions, in a dictionary."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.domain.errors import DatabaseUnavailable
from bot.domain.fair_use.quotas import Quota, QuotaStore


@dataclass
class FakeQuotaStore(QuotaStore):
    """Counts by quota, whatever its limit; refuses everything while it is `down`."""

    counts: Counter[Quota] = field(default_factory=Counter)
    told: set[tuple[Quota, int]] = field(default_factory=set)
    calls: int = 0
    down: bool = False

    async def count(self, quotas: Sequence[Quota]) -> Quota | None:
        self._reach()
        used_up = [quota for quota in quotas if self.counts[_key(quota)] >= quota.max_questions]
        if not used_up:
            self.counts.update(map(_key, quotas))
        return max(used_up, key=lambda quota: quota.ends_at, default=None)

    async def give_back(self, quotas: Sequence[Quota]) -> None:
        self._reach()
        self.counts.subtract(map(_key, quotas))

    async def claim_notice(self, quota: Quota, person: int) -> bool:
        self._reach()
        is_new = (quota, person) not in self.told
        self.told.add((quota, person))
        return is_new

    def _reach(self) -> None:
        self.calls += 1
        if self.down:
            raise DatabaseUnavailable


def _key(quota: Quota) -> Quota:
    """Return the quota without its number."""
    return replace(quota, max_questions=0)
