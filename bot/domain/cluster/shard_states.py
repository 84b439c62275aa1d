"""How the sessions of this process's shards are: for handing them over, and for the operator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

ShardState = Literal["waiting", "ready", "lost", "left"]
"""`waiting`: its first session is still to begin. `ready`: its events arrive. `lost`: its connection ended, and the
session is resumed, or another begun. `left`: this process has left it for good."""


@dataclass(frozen=True, slots=True)
class ShardStatus:
    """How one shard is; `latency` is seconds from a heartbeat to its acknowledgement, None if there is none."""

    shard: int
    state: ShardState
    latency: float | None = None


class ShardStates(Protocol):
    """The shards of this process, from the moment that it knows which they are."""

    @property
    def shard_count(self) -> int:
        """How many shards the bot has in all its processes; 0 as long as that is not known."""
        ...

    @property
    def statuses(self) -> Sequence[ShardStatus]:
        """How each shard of this process is, in their order; none as long as they are not known."""
        ...

    @property
    def identifies_left(self) -> int | None:
        """How many sessions Discord lets the bot begin until its daily count starts again; None if it did not say."""
        ...

    def on_change(self, tell: Callable[[], None]) -> None:
        """Have `tell` called after each change of a shard's state; it must neither raise nor take long."""
        ...

    async def leave(self, shard: int) -> None:
        """End a shard's session for good, within half a second; nothing that Discord sends after this is taken.

        Discord keeps nothing for it, and the shard is not connected again. Does nothing if it was left already.
        """
        ...

    def take_back(self, shard: int) -> None:
        """Connect a shard again that was left, with a new session. Does nothing once all shards are left."""
        ...
