"""What is known about the database beside how its latest call ended: why it fails for long, and whether it is sound."""

from enum import Enum
from typing import Protocol


class DatabaseFault(Enum):
    """Why calls fail until somebody repairs the database."""

    LOST = "lost"
    """Its file was deleted, moved or replaced while the program has it open."""
    DAMAGED = "damaged"
    """It holds something that is no database, or contradicts itself."""


class Soundness(Enum):
    """What the search for damage, which follows each start, has found."""

    UNCHECKED = "unchecked"
    """Nothing is searched: a PostgreSQL server looks after its own files."""
    PENDING = "pending"
    """The search is not done yet."""
    UNFINISHED = "unfinished"
    """The search took too long, or the file could not be read; no damage was found until then."""
    SOUND = "sound"
    DAMAGED = "damaged"
    """Damage was found, by the search or by any other call."""


class DatabaseHealth(Protocol):
    """What the store knows about its database."""

    @property
    def soundness(self) -> Soundness:
        """Whether the database is known to be damaged."""
        ...

    def last_failure(self) -> float | None:
        """Return how many seconds ago a call last failed for something that may be over at once, None if none has."""
        ...
