"""Conversations and their turns, as they are stored and sent."""

from dataclasses import dataclass

from bot.domain.conversation_key import ConversationKey
from bot.domain.provider import Prompt
from bot.domain.question import Thread


@dataclass(frozen=True, slots=True)
class Turn:
    """A stored turn. Turns are in the order of `position`, the id of the question.

    `asker` asked it, and was called `name` then; that is empty in turns from before names were stored.
    """

    id: int
    question: str
    answer: str
    position: int = 0
    asker: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The current conversation in one place with one provider.

    `id` is None before the first turn; `turns` are the latest ones, oldest first. `renewals` counts how often it began
    over without what was said before.
    """

    id: str | None
    turns: tuple[Turn, ...]
    renewals: int = 0


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A question and its answer, to be stored.

    `conversation_id` is the one that was sent. If it is new, `replaces` is the one before it (None for the first), and
    `kept` has the ids of the turns that move to the new one, as do those whose ids are above `last_read`: they were
    stored since. `renewals` is how often the conversation had begun over when the question was sent, None if there was
    none. A turn with an `id` takes the place of the turn that has it, whatever conversation that is in now. `position`
    is the id of the question, and `name` what the asker was called.
    """

    provider: str
    server: int | None
    key: ConversationKey
    asker: int
    question: str
    answer: str
    conversation_id: str
    position: int
    replaces: str | None = None
    kept: tuple[int, ...] = ()
    last_read: int | None = None
    renewals: int | None = None
    id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class BuiltPrompt:
    """A prompt, and what is needed to store its turn.

    If it begins a new conversation, `replaces` is the one before it, `carried_turns` has the ids of the turns that move
    to the new one, and `last_read` is the highest id of those that were read. `left_out` counts the messages of the
    same conversation that did not fit. `renewals` is as in `NewTurn`. `retry_of_turn` is the id of the turn whose place
    the new one takes. `thread` is what the prompt tells of the thread it is asked in. `speaker` is the name that the
    question carries, None if it carries none.
    """

    prompt: Prompt
    replaces: str | None = None
    carried_turns: tuple[int, ...] = ()
    last_read: int | None = None
    left_out: int = 0
    renewals: int | None = None
    retry_of_turn: int | None = None
    thread: Thread | None = None
    speaker: str | None = None
