"""Who is answering: the processes that store runs, and how each is known to be alive."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import randbits


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that stores runs, by an `id` that no other process has.

    `bot` returns the id of its bot's account at Discord, 0 before login: another bot that is pointed at the same
    database answers for itself.
    """

    id: str
    bot: Callable[[], int]


def new_owner_id() -> str:
    """Return an id that nobody has: 15 hexadecimal digits."""
    return f"{randbits(60):015x}"


NO_OWNER = Owner("", lambda: 0)
"""Nobody: for stores that begin no runs. Runs from before runs had owners belong to it too."""
