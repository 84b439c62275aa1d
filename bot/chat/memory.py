"""What the program asks of a database: conversations and their turns, and the keys of people."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A finished turn as it was stored; `id` grows with time."""

    id: int
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel's current conversation with one provider.

    `id` is None before the first turn; `turns` are the latest ones, oldest first.
    """

    id: str | None
    turns: tuple[PastTurn, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, to be stored once the answer was shown.

    `conversation_id` is the one that was sent; where it is new, `replaces` names the one before it (None for the first)
    and `kept` the ids of the turns that move over into the new one. A turn with an `id` takes the place of the one that
    has it, wherever its conversation is by now.
    """

    provider: str
    server: int | None
    channel: int
    asker: int
    question: str
    answer: str
    conversation_id: str
    replaces: str | None = None
    kept: tuple[int, ...] = ()
    id: int | None = None


class Memory(Protocol):
    """The database port. Every method raises `MemoryUnavailable` when the database does not answer."""

    async def conversation(self, provider: str, channel: int, *, most: int, before: int | None = None) -> Conversation:
        """Return the channel's current conversation with at most the `most` latest turns; a bounded read.

        `before` is the id of a turn: only what came before it is returned.
        """
        ...

    async def clear_conversation(self, provider: str, channel: int) -> None:
        """Delete the channel's turns with the provider, and begin a new conversation under a new id."""
        ...

    async def user_key(self, provider: str, user: int) -> str:
        """Return the key that names the user to the provider: the id's digits, once renewed with `.` and a counter."""
        ...

    async def renew_user_key(self, provider: str, user: int) -> str:
        """Count the user's key up, so that the provider begins afresh, and return the new one."""
        ...
