"""How many questions a server's admins let its members, roles and the whole server ask: the values, and their names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from bot.domain.fair_use.quotas import PERIOD_SECONDS, Period
from bot.domain.settings.numbers import read_number

LIMIT_MEMBER, LIMIT_SERVER, LIMIT_ROLES = "limit-member", "limit-server", "limit-roles"
"""The settings of a server: what each member may ask, what all of them together, and what people with a role may."""

MAX_LIMIT = 100_000
"""The largest number of questions that a limit may have; the smallest is 1."""

MAX_LIMITED_ROLES = 50
"""How many roles of a server may have a limit or an exemption."""

_EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many `questions` in each hour or day."""

    questions: int
    period: Period

    @property
    def per_day(self) -> int:
        """How many questions it allows in a whole day, for comparing limits."""
        return self.questions * (PERIOD_SECONDS["day"] // PERIOD_SECONDS[self.period])

    def write(self) -> str:
        """Return it as it is stored."""
        return f"{self.questions}/{self.period}"

    @classmethod
    def read(cls, stored: str | None) -> Self | None:
        """Return what `write` wrote, None for anything else."""
        questions, _, written = (stored or "").partition("/")
        number, period = read_number(questions) or 0, next((each for each in PERIOD_SECONDS if each == written), None)
        return cls(number, period) if period is not None and 1 <= number <= MAX_LIMIT else None


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What a server's admins set. Of `roles`, by their ids, those without a limit are exempt from the members' one.

    A role that was deleted is nobody's, so it has no effect.
    """

    member: Limit | None = None
    server: Limit | None = None
    roles: Mapping[int, Limit | None] = field(default_factory=dict)

    @classmethod
    def read(cls, stored: Mapping[str, str]) -> Self:
        """Return the limits among a server's stored settings."""
        member, server = Limit.read(stored.get(LIMIT_MEMBER)), Limit.read(stored.get(LIMIT_SERVER))
        return cls(member, server, read_role_limits(stored.get(LIMIT_ROLES, "")))


NO_LIMITS = ServerLimits()


def write_role_limits(roles: Mapping[int, Limit | None]) -> str | None:
    """Return limits of roles as they are stored, None if there are none."""
    written = (f"{role}:{_EXEMPT if limit is None else limit.write()}" for role, limit in sorted(roles.items()))
    return ",".join(written) or None


@lru_cache(maxsize=256)
def read_role_limits(stored: str) -> Mapping[int, Limit | None]:
    """Return what `write_role_limits` wrote; entries that it cannot have written are left out."""
    found: dict[int, Limit | None] = {}
    for entry in stored.split(","):
        role, _, written = entry.partition(":")
        limit = Limit.read(written)
        if (number := read_number(role)) and (limit is not None or written == _EXEMPT):
            found[number] = limit
    return found
