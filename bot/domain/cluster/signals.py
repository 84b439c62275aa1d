"""Short messages between the processes on one database."""

from collections.abc import Callable, Mapping
from typing import Protocol

Payload = Mapping[str, str | int | None]
"""What a signal says. It never holds what a person wrote, a name or a secret: a database may write it to its disk."""


class Signals(Protocol):
    """Sends and receives signals. What is sent may be lost: what matters is in the database, and a signal only hurries.

    A process does not receive what it sent itself.
    """

    @property
    def is_instant(self) -> bool:
        """Whether signals arrive at all: on a SQLite file, and behind a pooling proxy, none do."""
        ...

    async def send(self, kind: str, payload: Payload) -> None:
        """Send a signal, if that is possible; never raises."""
        ...

    def listen(self, kind: str, receive: Callable[[Payload], None], missed: Callable[[], None]) -> None:
        """Have `receive` called with each signal of a kind, and `missed` if some of them may have been lost."""
        ...
