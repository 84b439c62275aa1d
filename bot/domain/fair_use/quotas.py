"""How many questions may be asked in a time, as the program asks it of a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Period = Literal["hour", "day"]
"""How long a window is. Windows are fixed, and begin with the hour or the day (UTC)."""

PERIOD_SECONDS: Mapping[Period, int] = {"hour": 60 * 60, "day": 24 * 60 * 60}

Whose = Literal["member", "server", "shared-person", "shared-server"]
"""Whose questions are counted: a member's in a server, a server's; and with the operator's credentials, a person's in
all servers and direct messages, and a server's."""


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `max_questions` of somebody in the window from `begins_at` to `ends_at`, seconds since 1970 (UTC).

    `server` and `person` are 0 if the questions of all are counted.
    """

    whose: Whose
    server: int
    person: int
    begins_at: int
    ends_at: int
    max_questions: int

    @property
    def period(self) -> Period:
        """How long the window is."""
        return "hour" if self.ends_at - self.begins_at == PERIOD_SECONDS["hour"] else "day"

    @property
    def is_shared(self) -> bool:
        """Whether it is for the operator's credentials, and set by the operator."""
        return self.whose in ("shared-person", "shared-server")


class QuotaStore(Protocol):
    """The database port. Every method is one transaction, and raises `DatabaseUnavailable`."""

    async def count(self, quotas: Sequence[Quota]) -> Quota | None:
        """Count one question toward all of the `quotas`, or toward none if any is used up.

        Returns the one that is used up, of several the one that ends last. It is one statement. Never more than
        `max_questions` are counted, also by several processes at once.
        """
        ...

    async def give_back(self, quotas: Sequence[Quota]) -> None:
        """Take one question off what was counted toward the `quotas`: it was not sent."""
        ...

    async def claim_notice(self, quota: Quota, person: int) -> bool:
        """Return whether a person was not told yet that this quota is used up; from now on they were.

        If another number of questions is allowed meanwhile, they are told once more.
        """
        ...
