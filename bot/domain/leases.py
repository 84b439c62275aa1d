"""Which process works on a run, and how others can tell that it is alive."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from secrets import randbits
from typing import Protocol

OWNER_ID = re.compile("[0-9a-f]{15}")


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that stores runs, by an `id` that no other process has.

    `bot` returns the id of its bot's account at Discord, 0 before login: another bot that is pointed at the same
    database answers for itself.
    """

    id: str
    bot: Callable[[], int]


NO_OWNER = Owner("", lambda: 0)
"""Nobody: for stores that begin no runs. Runs from before runs had owners belong to it too."""


def new_owner_id() -> str:
    """Return an id that nobody has: 60 random bits in 15 hexadecimal digits, as `OWNER_ID` describes it."""
    return f"{randbits(60):015x}"


class Lease(Protocol):
    """Something that this process holds for as long as it lives, and by which others know that it does."""

    @property
    def is_proxied(self) -> bool:
        """Whether it is held through a proxy that lends sessions, so that others notice later that this one ended."""
        ...

    def is_alone(self) -> bool:
        """Tell whether it is certain, without asking the database, that no other process holds a lease on it."""
        return False

    async def find_ended(self, owners: Collection[str]) -> Collection[str]:
        """Return those of `owners` whose process ended, is frozen (SIGSTOP, a paused container) or lost the database.

        Returns none of them while that cannot be told: the database is away, or came back less than 15 s ago and others
        may still be about to show that they live. Never raises; costs nothing if there are none.
        """
        ...
