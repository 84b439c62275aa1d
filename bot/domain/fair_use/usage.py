"""How much was asked and answered, in totals of a day, as the program asks it of a database; without person ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

KEPT_DAYS = 90
"""For how many days totals are kept, whatever the retention."""


class UsageKey(NamedTuple):
    """A server, 0 for direct messages, a provider by name, and a day in days since 1970 (UTC)."""

    server: int
    provider: str
    day: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Totals. `first_text` and `end` are histograms of times: how many fell into each bucket, by its number."""

    questions: int = 0
    answered: int = 0
    failed: int = 0
    stopped: int = 0
    characters: int = 0
    credits: float = 0
    first_text: Mapping[int, int] = field(default_factory=dict)
    end: Mapping[int, int] = field(default_factory=dict)


class UsageStore(Protocol):
    """The database port. Every method is one transaction, and raises `DatabaseUnavailable`."""

    async def add(self, usage: Mapping[UsageKey, Usage]) -> None:
        """Add to the totals that are stored."""
        ...

    async def totals(self, server: int, since_day: int) -> Sequence[tuple[UsageKey, Usage]]:
        """Return the server's totals of each day from `since_day` on, oldest first."""
        ...

    async def forget_before(self, day: int) -> None:
        """Erase the totals of earlier days."""
        ...
