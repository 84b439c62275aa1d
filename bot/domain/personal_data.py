"""What the program asks of a database about people: what is kept of somebody, handing it over, and erasing it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.answer import Outcome, RunMetrics, State
from bot.domain.conversation_key import Kind


@dataclass(frozen=True, slots=True)
class Tally:
    """How much is kept: answers to questions, turns of conversations that are sent along, and since when.

    `oldest` is in seconds since 1970 (UTC), None if nothing is kept. Most turns belong to one of the answers.
    """

    answers: int = 0
    turns: int = 0
    oldest: int | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is kept of a person, in one server (or, without one, in direct messages) and everywhere."""

    here: Tally
    everywhere: Tally


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn of a conversation as it is kept. `hidden` ones are not sent along: their answer shows another version.

    `name` is what the asker was called.
    """

    id: int
    provider: str
    server: int | None
    channel: int
    kind: Kind
    conversation: str
    recorded_at: int
    question: str
    answer: str
    hidden: bool
    name: str


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One time that a question was asked, as it is kept.

    `messages` are those that show the answer; `shown` tells whether they show this version of it. `question` and
    `wording` are as `bot.answering.stored_answers` writes them.
    """

    answer: str
    number: int
    question_id: int
    by_message: bool
    server: int | None
    channel: int
    kind: Kind
    asked_at: int
    messages: tuple[int, ...]
    shown: bool
    provider: str
    state: State
    outcome: Outcome | None
    began_at: int
    metrics: RunMetrics
    error: str | None
    question: str | None
    wording: str | None
    notices: tuple[str, ...]


RunPosition = tuple[int, str, int]
"""Where a run stands among a person's: the question's id, the answer's, and the run's number."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, in numbers; `conversations` go on without it, under new ids."""

    answers: int = 0
    turns: int = 0
    conversations: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(self.answers + other.answers, self.turns + other.turns, self.conversations + other.conversations)

    def __bool__(self) -> bool:
        return self != Erased()


@dataclass(frozen=True, slots=True)
class Account:
    """What is kept of a person, for how many days it is in this server, and by which key each chatbot knows them.

    `keys` are by the provider's label: of those that remember people and are set up, or once had a key renewed.
    `opted_out` says that their messages are not read.
    """

    holdings: Holdings
    days: int
    keys: Mapping[str, str]
    opted_out: bool = False
