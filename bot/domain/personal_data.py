"""What the program asks of a database about people: what is kept of somebody, handing it over, and erasing it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.answer import Outcome, RunMetrics, State
from bot.domain.conversation_key import Kind
from bot.domain.fair_use.quotas import Whose
from bot.domain.provider import Receipt


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

    `name` is what the asker was called. It and the texts are None if they cannot be read with the keys that are set.
    """

    id: int
    provider: str
    server: int | None
    channel: int
    kind: Kind
    conversation: str
    recorded_at: int
    question: str | None
    answer: str | None
    hidden: bool
    name: str | None

    @property
    def unreadable(self) -> bool:
        """Whether its words are stored, and cannot be read."""
        return self.question is None


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One time that a question was asked, as it is kept.

    `messages` are those that show the answer; `shown` tells whether they show this version of it. `question` and
    `wording` are as `bot.answering.stored_answers` writes them. If they are `unreadable`, they are stored and cannot be
    read with the keys that are set. `receipt` is what the provider told of it.
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
    receipt: Receipt
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class StoredCount:
    """How many questions of a person were counted from `begins_at` to `ends_at`, seconds since 1970 (UTC).

    `whose` is the limit that it is for, of `server` or, if that is None, of the operator; `max_questions` is how many
    it allowed at the latest. `told` says that the person was told that it is reached.
    """

    whose: Whose
    server: int | None
    begins_at: int
    ends_at: int
    questions: int
    max_questions: int
    told: bool


@dataclass(frozen=True, slots=True)
class SavedCredentials:
    """A person saved a server's credentials for a provider, at `saved_at` in seconds since 1970 (UTC)."""

    server: int
    provider: str
    saved_at: int


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
    `keepers` are the labels of those that keep conversations and are set up.
    `opted_out` says that their messages are not read, `is_counted` that a limit has their questions counted, and
    `saved_credentials` that they saved a server's credentials that are there still.
    """

    holdings: Holdings
    days: int
    keys: Mapping[str, str]
    keepers: tuple[str, ...] = ()
    opted_out: bool = False
    is_counted: bool = False
    saved_credentials: bool = False


class PersonalDataStore(Protocol):
    """The database port. Every method raises `DatabaseUnavailable`.

    Methods that erase use many short transactions, so that nobody else has to wait. If one fails, a part is erased;
    calling it again erases the rest. Servers that the bot is in are noted by the bot's own id, so that another bot
    that is pointed at the same database does not take them for servers that it left.
    """

    async def holdings(self, person: int, server: int | None) -> Holdings:
        """Return how much is kept of a person, in `server` or in direct messages, and everywhere."""
        ...

    async def keys(self, person: int, providers: Collection[str]) -> Mapping[str, str]:
        """Return the key under which each of `providers` knows the person, and others if a key was once renewed."""
        ...

    async def turns(self, person: int, before: int | None) -> Sequence[StoredTurn]:
        """Return a few of the person's turns with ids below `before`, newest first; none if there are no more."""
        ...

    async def runs(self, person: int, before: RunPosition | None) -> Sequence[StoredRun]:
        """Return a few of the person's runs below `before`, newest first; none if there are no more."""
        ...

    async def counts(self, person: int) -> Sequence[StoredCount]:
        """Return how many of the person's questions were counted toward limits, the newest window first."""
        ...

    async def saved_credentials(self, person: int) -> Sequence[SavedCredentials]:
        """Return for which servers and providers the person saved credentials that are there still, newest first."""
        ...

    async def erase_person(self, person: int, providers: Collection[str]) -> Erased:
        """Erase what is kept of a person everywhere, and renew the ids and keys that belong to it.

        Those are the ids of the conversations that held the person's turns, and the keys by which `providers` and any
        other know the person. An answer that is being written leaves nothing behind when it is finished. Counts toward
        limits stay until their window ends: erasing would be a way around the limit. Credentials that the person saved
        stay the server's; who saved them is forgotten.
        """
        ...

    async def withdraw(self, person: int) -> None:
        """Have no question go on in what providers keep of conversations in which others may ask and the person did."""
        ...

    async def older_than(self, server: int, before: int) -> Tally:
        """Return how much is kept of a server from before a time, in seconds since 1970 (UTC)."""
        ...

    async def expire(self, before: Mapping[int, int], otherwise: int) -> Erased:
        """Erase what is older than its server's time in `before`, or than `otherwise`: seconds since 1970 (UTC)."""
        ...

    async def expire_counts(self) -> int:
        """Erase counts of questions whose window is over, and return how many."""
        ...

    async def sweep(self) -> int:
        """Erase conversations that have no turns and were not used for a day, and return how many.

        It looks at 10,000 of all conversations at most; the next call goes on from there.
        """
        ...

    async def erase_server(self, server: int) -> Erased:
        """Erase everything of a server, its settings included.

        What it asked with the operator's credentials stays counted until that day ends, for the same reason.
        """
        ...

    async def join(self, bot: int, servers: Collection[int]) -> None:
        """Store that the bot is in these servers."""
        ...

    async def joined(self, bot: int) -> Collection[int]:
        """Return the servers that the bot was in when it last looked."""
        ...

    async def leave(self, bot: int, server: int) -> None:
        """Store that the bot is no longer in a server."""
        ...

    async def left(self) -> Mapping[int, int]:
        """Return the servers that a bot left and that are still to be erased, with when: seconds since 1970 (UTC)."""
        ...

    async def close(self, server: int) -> None:
        """Store that everything of a server that was left is erased, and stays so."""
        ...
