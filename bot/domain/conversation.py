"""Conversations and their turns, as they are stored and sent."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

from bot.domain.conversation_key import ConversationKey
from bot.domain.provider import Prompt, Receipt
from bot.domain.question import Thread


@dataclass(frozen=True, slots=True)
class Turn:
    """A stored turn. Turns are in the order of `position`, the id of the question.

    `asker` asked it, and was called `name` then; that is empty in turns from before names were stored. `remote_answer`
    is the id that a provider which keeps conversations gave the answer, empty for others. `quoted` are those whose
    words the question quotes, as far as that is known.
    """

    id: int
    question: str
    answer: str
    position: int = 0
    asker: int = 0
    name: str = ""
    remote_answer: str = ""
    quoted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RemoteConversation:
    """A conversation as a provider keeps it: under the `id` that it gave, `since` a time in seconds since 1970 (UTC).

    `last_answer` is the provider's id of the last answer in it.
    """

    id: str
    last_answer: str
    since: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """The current conversation in one place with one provider.

    `id` is None before the first turn; `turns` are the latest ones, oldest first. `renewals` counts how often it began
    over without what was said before. `has_later_turns` than those that were asked for.

    `remote` is what the provider keeps of it, None if it keeps nothing. If it `is_held`, another run was sent in it
    whose turn is not stored: it is being answered or was cut off, and nobody knows what the provider has of it.
    """

    id: str | None
    turns: tuple[Turn, ...]
    renewals: int = 0
    has_later_turns: bool = False
    remote: RemoteConversation | None = None
    is_held: bool = False

    def without(self, is_withheld: Callable[[int], bool]) -> Self:
        """Return the conversation without the turns in which some people asked or are quoted.

        If there are any, nobody may ask on in what the provider keeps of it, since that has them.
        """
        turns = tuple(turn for turn in self.turns if not any(map(is_withheld, (turn.asker, *turn.quoted))))
        return self if len(turns) == len(self.turns) else replace(self, turns=turns, remote=None)

    def is_in_step(self, retried: str | None = None) -> bool:
        """Return whether the provider's conversation ends as the turns do; for a retry, with the answer `retried`."""
        if self.remote is None or self.is_held:
            return False
        if retried is not None:
            return retried == self.remote.last_answer
        # Turns are in the order of their questions, in which they need not have been answered.
        return any(turn.remote_answer == self.remote.last_answer for turn in self.turns)


@dataclass(frozen=True, slots=True)
class Retried:
    """The `turn` (its id) that a question had before, and its shown answer's id at a provider that keeps conversations.

    That is empty if the question asks something else now.
    """

    turn: int
    answer: str = ""


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A question and its answer, to be stored.

    `conversation_id` is the one that was sent. If it is new, `replaces` is the one before it (None for the first), and
    `kept` has the ids of the turns that move to the new one; so do those newer than `newest_seen`, the newest turn that
    was looked at, None if all newer ones stay. `renewals` is how often the conversation had begun over
    when the question was sent, None if there was none. A turn with an `id` takes the place of the turn that has it,
    whatever conversation that is in now. `position` is the id of the question, `name` what the asker was called, and
    `quoted` are those whose words the question quotes.

    For a provider that keeps conversations, `holder` is the run that held this one, and `receipt` what the provider
    told. If it `is_told_of_all`, the next question goes on in the receipt's conversation, else it begins another.
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
    newest_seen: int | None = None
    renewals: int | None = None
    id: int | None = None
    name: str = ""
    holder: str | None = None
    receipt: Receipt = field(default_factory=Receipt)
    is_told_of_all: bool = True
    quoted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class BuiltPrompt:
    """A prompt, and what is needed to store its turn.

    If it begins a new conversation, `replaces` is the one before it, and `carried_turns` has the ids of the turns that
    move to the new one; `newest_seen` is as in `NewTurn`. `left_out` counts the messages of the same conversation that
    did not fit. `renewals` is as in `NewTurn`. `retry_of_turn` is the id of the turn whose place the new one takes.
    `thread` is what the prompt tells of the thread it is asked in. `speaker` is the name that the question carries,
    None if it carries none.

    `conversation_id` is the bot's own id of the conversation, empty if the provider remembers people. Of a provider
    that keeps conversations, `remote` is the one that goes on; if it is None, a new one begins there. It `breaks_off`
    if another one could not go on. `later_turns` says whether there are turns after the retried one.
    """

    prompt: Prompt
    conversation_id: str = ""
    replaces: str | None = None
    carried_turns: tuple[int, ...] = ()
    newest_seen: int | None = None
    left_out: int = 0
    renewals: int | None = None
    retry_of_turn: int | None = None
    thread: Thread | None = None
    speaker: str | None = None
    remote: RemoteConversation | None = None
    breaks_off: bool = False
    later_turns: bool = False

    def goes_on(self, receipt: Receipt) -> bool:
        """Return whether the answer with this receipt was given in the conversation that was to go on."""
        return self.remote is not None and receipt.conversation_id in ("", self.remote.id)
