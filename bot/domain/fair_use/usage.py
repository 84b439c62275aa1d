"""How much was asked and answered in servers, in totals of a day, without person ids; and the port that stores them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

KEPT_DAYS = 90
"""For how many days totals are kept, whatever the retention."""

Ending = Literal["answered", "failed", "stopped"]
"""How a run ended, as it is counted. answered: whole and shown · failed: the provider, or Discord, kept it from being
whole, though a part may be shown · stopped: by a person, because its question was edited or deleted, or because the
bot was shut down."""


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """One run that is over and whose question was sent to the provider.

    `server` is None in direct messages, and where the bot is no member.
    `characters` is how many the provider wrote, and `credits` what it said that they cost, None if it did not say.
    Times are in milliseconds, from when the run's turn came: `first_text` until Discord showed some of it, None if it
    never did, and `total` until all was shown. A fallback's run, `is_fallback`, answers a question that the run of
    another provider, which failed, was counted for already.
    """

    server: int | None
    provider: str
    ending: Ending
    characters: int = 0
    credits: float | None = None
    first_text: int | None = None
    total: int = 0
    is_fallback: bool = False


class UsageMeter(Protocol):
    """Counts runs."""

    def count(self, run: FinishedRun) -> None:
        """Count a run that has a server; never waits, never fails.

        Counted is every run whose question was sent: also Retry, Ask another, and a pressed button. Not counted is what
        was refused or cancelled before that, what a killed process was answering, and what was asked in direct messages
        or where the bot is no member: no server's admins answer for those.
        """
        ...


class UsageKey(NamedTuple):
    """A server, a provider by name, and a day in days since 1970 (UTC)."""

    server: int
    provider: str
    day: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Totals. `questions` counts each question once, for the provider that was asked first.

    `first_text` and `end` are histograms of times: how many fell into each bucket, by its number. The times to the end
    are those of answered runs only.
    """

    questions: int = 0
    answered: int = 0
    failed: int = 0
    stopped: int = 0
    characters: int = 0
    credits: float = 0
    first_text: Mapping[int, int] = field(default_factory=dict)
    end: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.questions + other.questions,
            self.answered + other.answered,
            self.failed + other.failed,
            self.stopped + other.stopped,
            self.characters + other.characters,
            self.credits + other.credits,
            _sum(self.first_text, other.first_text),
            _sum(self.end, other.end),
        )


def _sum(one: Mapping[int, int], other: Mapping[int, int]) -> Mapping[int, int]:
    """Return two histograms in one."""
    return {bucket: one.get(bucket, 0) + other.get(bucket, 0) for bucket in one.keys() | other.keys()}


@dataclass(frozen=True, slots=True)
class StoredUsage:
    """A server's totals of some days, oldest first, and the first day that has any, None if none has."""

    totals: Sequence[tuple[UsageKey, Usage]] = ()
    first_day: int | None = None


class UsageStore(Protocol):
    """The database port. Every method raises `DatabaseUnavailable`."""

    async def add(self, usage: Mapping[UsageKey, Usage]) -> None:
        """Add to the totals that are stored, all or nothing; several processes may add to the same ones."""
        ...

    async def totals(self, server: int, since_day: int) -> StoredUsage:
        """Return the server's totals of each day from `since_day` on."""
        ...

    async def forget_before(self, day: int) -> None:
        """Erase the totals of earlier days, in many short transactions."""
        ...
