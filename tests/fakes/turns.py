"""Turns for beginning sessions, for a bot that is alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.cluster.session_turns import SessionTurns


class FreeTurns(SessionTurns):
    """It is always everybody's turn; `taken` has the bucket of each."""

    def __init__(self) -> None:
        self.taken: list[int] = []

    @asynccontextmanager
    async def turn(self, bot: int, bucket: int, spacing: float) -> AsyncIterator[None]:
        """Note the bucket."""
        self.taken.append(bucket)
        yield
