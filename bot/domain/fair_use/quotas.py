"""How many questions may be asked in a time, as the program asks it of a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Period = Literal["hour", "day"]
"""How long a window is. Windows are fixed, and begin with the hour or the day (UTC)."""

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


class QuotaStore(Protocol):
    """The database port. Every method is one transaction, and raises `DatabaseUnavailable`."""

    async def count(self, quotas: Sequence[Quota]) -> Quota | None:
        """Count one question toward all of the `quotas`, or toward none if one is used up, which is returned.

        It is one statement. Never more than `max_questions` are counted, also by several processes at once.
        """
        ...

    async def claim_notice(self, quota: Quota) -> bool:
        """Return whether nobody was told yet that this quota is used up; from now on somebody was."""
        ...

    async def forget_ended(self) -> None:
        """Erase the counts of windows that are over."""
        ...
