"""The processes before this one that still write answers, in places where only this one hears of anything."""

from collections.abc import Collection
from typing import Protocol


class Predecessors(Protocol):
    """What this process knows of them, without a look at the database."""

    def finishing(self, server: int | None) -> Collection[str]:
        """Return the ids of the living processes that have left the shard of a server, or of direct messages.

        They still write answers there, and hear neither of a button that is pressed nor of a message that is edited or
        deleted. Those that still hear of it are not among them. Never raises; costs next to nothing.
        """
        ...

    def older(self, server: int | None) -> Collection[str]:
        """Return the ids of the living processes that had the shard of a server before this one, as above.

        Those that have not left it yet are among them: both hear of each question there. Never raises; costs as little.
        """
        ...

    def are_hearing(self, server: int | None) -> bool:
        """Return whether one of those may still hear of the questions there. Never raises; costs as little."""
        ...


class _NoPredecessors(Predecessors):
    """Those of a process that is alone."""

    def finishing(self, server: int | None) -> Collection[str]:  # noqa: ARG002 - there is none anywhere
        """Return nobody."""
        return ()

    def older(self, server: int | None) -> Collection[str]:  # noqa: ARG002 - likewise
        """Return nobody."""
        return ()

    def are_hearing(self, server: int | None) -> bool:  # noqa: ARG002 - likewise
        """Return no."""
        return False


NO_PREDECESSORS: Predecessors = _NoPredecessors()
