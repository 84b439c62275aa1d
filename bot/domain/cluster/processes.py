"""The processes that run a bot at this moment, as each of them sees the others."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

ProcessState = Literal["starting", "running", "finishing"]
"""A process that is `finishing` takes no new questions: it only ends the answers that it has begun."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process, under the id of its lease; `bot` is the id of its account at Discord.

    `shards` are those over which it takes questions, or has taken some: its session of each has been ready.
    `joined_at` is in seconds since 1970 (UTC), and different for each process of a bot: of two that run the same
    shards, the one that joined later is the other's successor.
    """

    id: str
    bot: int
    cluster: int
    clusters: int
    shard_count: int
    shards: frozenset[int] = frozenset()
    state: ProcessState = "starting"
    joined_at: int = 0


class JoinRefused(Exception):
    """A process may not run beside those that live already; the text is the one line to show."""


Admit = Callable[[Process, Sequence[Process]], Process | None]
"""Returns a process as it is to be stored beside the others of its bot, oldest first; None if it may not run.

It must not raise.
"""


class ProcessStore(Protocol):
    """Keeps the rows of the processes. Those of processes that ended stay until somebody removes them."""

    async def list(self, bot: int | None) -> Sequence[Process]:
        """Return all processes of a bot, of all bots if it is None, oldest first; raises `DatabaseUnavailable`."""
        ...

    async def join(
        self, process: Process, ended: Collection[str], admit: Admit
    ) -> tuple[Process | None, Sequence[Process]]:
        """Remove those that `ended`, and store a process as `admit` returns it; return it, and the others.

        Of several that join at once, each finds the one before. It gets a later `joined_at` than all of them. Raises
        `DatabaseUnavailable`.
        """
        ...

    async def write(self, process: Process, ended: Collection[str] = ()) -> None:
        """Store what has become of a process, and remove those that `ended`; raises `DatabaseUnavailable`."""
        ...

    async def leave(self, process: str) -> None:
        """Remove a process that ends; raises `DatabaseUnavailable`."""
        ...
