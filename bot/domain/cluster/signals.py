"""Short messages between the processes on one database."""

from collections.abc import Callable, Mapping
from typing import Protocol

Payload = Mapping[str, str | int | None]
"""What a signal says. It never holds what a person wrote, a name or a secret: a database may write it to its disk."""


class Signals(Protocol):
    """Sends and receives signals. What is sent may be lost: what matters is in the database, and a signal only hurries.

    A process does not receive what it sent itself, nor what another bot on the same database sent to its own processes.
    """

    @property
    def is_instant(self) -> bool:
        """Whether signals arrive now: never on a SQLite file and behind a pooling proxy, nor while it is away."""
        ...

    async def send(self, kind: str, payload: Payload, *, to_all_bots: bool = False) -> None:
        """Send a signal soon, if that is possible; neither waits for that nor raises.

        It goes to this bot's other processes, or to those of all bots on the database.
        """
        ...

    def listen(self, kind: str, receive: Callable[[Payload], None], missed: Callable[[], None]) -> None:
        """Have `receive` called with each signal of a kind, and `missed` if some of them may have been lost.

        Anybody on the database can send a signal: what `receive` raises because a payload is wrong is ignored.
        """
        ...


class _NoSignals(Signals):
    """Those of a process that no signal reaches."""

    is_instant = False

    async def send(self, kind: str, payload: Payload, *, to_all_bots: bool = False) -> None:
        """Send nothing."""

    def listen(self, kind: str, receive: Callable[[Payload], None], missed: Callable[[], None]) -> None:
        """Never call any of them."""


NO_SIGNALS: Signals = _NoSignals()
