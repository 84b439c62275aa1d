"""Whose turn it is to begin a session with Discord's gateway, among all processes of a bot."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class SessionTurns(Protocol):
    """Keeps IDENTIFYs apart: Discord takes one in 5 s for each bucket, which is `shard_id % max_concurrency`."""

    def turn(self, bot: int, bucket: int) -> AbstractAsyncContextManager[None]:
        """Wait until a process may send an IDENTIFY in a bucket; the block has to send it.

        For 5.5 s after the end of the block, or the end of the process, nobody else may. Never raises: a database that
        is away is not waited for longer than half a minute.
        """
        ...
