"""Whose turn it is to begin a session with Discord's gateway, among all processes of a bot."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


class SessionTurns(Protocol):
    """Keeps IDENTIFYs apart: Discord takes one in 5 s for each bucket, which is `shard_id % max_concurrency`."""

    def turn(self, bot: int, bucket: int, spacing: float) -> AbstractAsyncContextManager[None]:
        """Wait until a process may send an IDENTIFY in a bucket; the block has to send it.

        For `spacing` seconds after the end of the block, nobody else may, and likewise after others have noticed that
        the process ended in it. A block that fails has sent none. Never raises by itself: a database that is away is
        not waited for longer than half a minute.
        """
        ...


@dataclass(frozen=True, slots=True)
class HeldTurn:
    """A turn that another process has, or had until just now: then the `holder` is empty.

    Nobody else gets it for so many `seconds`, unless the holder ends before.
    """

    holder: str
    seconds: float


class SessionTurnStore(Protocol):
    """Keeps for each bucket who has the turn, by the database's own clock. Raises `DatabaseUnavailable`."""

    async def take(self, bot: int, bucket: int, holder: str, seconds: float) -> HeldTurn | None:
        """Take the turn for at most so many seconds and return None, or return who has it."""
        ...

    async def end(self, bot: int, bucket: int, holder: str, seconds: float) -> None:
        """End the turn of `holder`, if it is that one's: in so many seconds anybody may take it."""
        ...
