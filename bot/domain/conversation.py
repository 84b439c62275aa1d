"""Conversations and their turns, as they are stored and sent."""

from dataclasses import dataclass

from bot.domain.provider import Prompt
from bot.domain.question import Thread


@dataclass(frozen=True, slots=True)
class Turn:
    """A stored turn; later turns have a higher `id`."""

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
    """A question and its answer, to be stored.

    `conversation_id` is the one that was sent. If it is new, `replaces` is the one before it (None for the first), and
    `kept` has the ids of the turns that move to the new one. A turn with an `id` takes the place of the turn that has
    it, whatever conversation that is in now.
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
    """A prompt, and what is needed to store its turn.

    If it begins a new conversation, `replaces` is the one before it, and `carried_turns` has the ids of the turns that
    move to the new one. `left_out` counts the messages of the same conversation that did not fit. `retry_of_turn` is
    the id of the turn whose place the new one takes. `thread` is what the prompt tells of the thread it is asked in.
    """

    prompt: Prompt
    replaces: str | None = None
    carried_turns: tuple[int, ...] = ()
    left_out: int = 0
    retry_of_turn: int | None = None
    thread: Thread | None = None
