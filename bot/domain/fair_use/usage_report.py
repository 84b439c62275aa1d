"""What admins are told of their server's usage: figures of some days, by provider and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that half of the answers, and 95 of 100, stayed within; each at most 10 % from the exact time."""

    median: float
    percentile_95: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Totals, as `Usage` has them, and times; these are None if there was no text, or no whole answer."""

    questions: int = 0
    answered: int = 0
    failed: int = 0
    stopped: int = 0
    characters: int = 0
    credits: float = 0
    first_text: Times | None = None
    end: Times | None = None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day (UTC) in all, and by provider's label."""

    day: date
    total: Figures
    by_provider: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class UsageReport:
    """The usage of a server in a row of days, oldest first, of which the last is today.

    `by_provider` is by label, in the order in which providers are always named. `counted_since` is the first day that
    anything was counted, if that is one of these days and not the first.
    """

    days: Sequence[DayFigures]
    total: Figures
    by_provider: Mapping[str, Figures]
    counted_since: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not self.by_provider
