"""What the program asks of a database: conversations and their turns, and the keys of people."""

from dataclasses import dataclass

from bot.domain.provider import Prompt


@dataclass(frozen=True, slots=True)
class Turn:
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
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class NewTurn:
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


@dataclass(frozen=True, slots=True)
class BuiltPrompt:
    """A prompt, and what the turn needs besides to be recorded: whether it begins a new conversation, and from what.

    `left_out` counts the messages of the same conversation that no longer fitted. `again` is the id of the turn whose
    place the new one is to take.
    """

    prompt: Prompt
    replaces: str | None = None
    carried_turns: tuple[int, ...] = ()
    left_out: int = 0
    retry_of_turn: int | None = None
