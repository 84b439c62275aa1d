"""The message with which the bot introduces itself to a server, and what the database keeps of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Step = Literal["tried", "chosen"]
"""What leads to the end of a welcome: somebody got a first answer by it, or an admin set something."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """A welcome that is still in its channel, or waits; `posted_at` is in seconds since 1970 (UTC).

    Of one that waits, `message` is 0. `channel`, `posted_at` and `nonce` are set before it is sent for the first time.
    """

    server: int
    channel: int
    message: int
    posted_at: int
    tried: bool = False
    chosen: bool = False
    nonce: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is still to be posted, as far as the database knows."""
        return not self.message

    @property
    def is_done(self) -> bool:
        """Whether it has done all that it is for."""
        return self.tried and self.chosen


class WelcomeStore(Protocol):
    """The database port. Every method raises `DatabaseUnavailable`. `bot` is the id of the bot's own account."""

    async def claim(self, bot: int, server: int, *, welcome: bool) -> bool:
        """Store that the bot is in a server; returns whether that was not known, to one caller only.

        With `welcome`, a server that was not known gets a welcome that waits.
        """
        ...

    async def begin(self, bot: int, waiting: Welcome, begun: Welcome) -> bool:
        """Store that a welcome may be sent from now on, as in `begun`.

        Returns False, and stores nothing, if it is not as in `waiting` any longer: another process is at it.
        """
        ...

    async def mark_posted(self, bot: int, begun: Welcome, message: int) -> None:
        """Store which message a welcome is that was `begun`, unless the bot was removed from the server since."""
        ...

    async def welcomes(self, bot: int) -> Sequence[Welcome]:
        """Return all that are stored, oldest first."""
        ...

    async def welcome(self, bot: int, server: int) -> Welcome | None:
        """Return the server's, None if there is none."""
        ...

    async def note(self, bot: int, server: int, step: Step) -> Welcome | None:
        """Store that a step is taken, and return the server's welcome, None if there is none."""
        ...

    async def remove(self, bot: int, server: int) -> None:
        """Store that the server's welcome is gone."""
        ...
