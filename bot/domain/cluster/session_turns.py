"""Whose turn it is to begin a session with Discord's gateway, among all processes of a bot."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class SessionTurns(Protocol):
    """Keeps IDENTIFYs apart: Discord takes one in 5 s for each bucket, which is `shard_id % max_concurrency`."""

    def turn(self, bot: int, bucket: int, spacing: float) -> AbstractAsyncContextManager[None]:
        """Wait until a process may send an IDENTIFY in a bucket; the block has to send it.

        For `spacing` seconds after the end of the block, nobody else may, and likewise after others have noticed that
        the process ended in it. A block that raises has sent none. Never raises by itself: a database that is away is
        not waited for longer than half a minute.
        """
        ...
