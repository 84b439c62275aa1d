"""A question: what the right answer is, what is seen of it, and what may be said instead."""

import asyncio
from dataclasses import dataclass, field
from enum import Enum

from sandbox.apis import Received
from sandbox.discord import Channel, Interaction, Message, Person
from sandbox.discord.model.snowflakes import shard_of
from tests.e2e.reader import words
from tests.e2e.stage import is_unfinished
from tests.process.kill_scenarios import INTERRUPTED, UNANSWERED

NOT_STORED = "-# I couldn't save this answer, so I won't remember it."
STOPPED = "-# Stopped. This answer is incomplete, and I won't remember it."
REFUSED = "-# I can't reach my database right now. Please try again in a minute."
CUT_OFF = (INTERRUPTED, "-# Interrupted: I was restarted while writing this. Please ask again.")
RESTARTING = "-# I'm restarting. Please ask again in a minute."
NOT_IN_TIME = "-# I was restarted before I could answer this. Please ask again."


class Outcome(Enum):
    """What a reader sees of a question."""

    WHOLE = "the whole answer"
    NOT_STORED = "the whole answer, which is not remembered"
    INTERRUPTED = "a beginning that is marked"
    UNANSWERED = "that it was not answered"
    STOPPED = "a beginning that was stopped"
    REFUSED = "that the database is away"
    RESTARTING = "that the bot is restarting"
    OPEN = "nothing, or something that looks as if it went on"
    WRONG = "something else"


KILLED = frozenset({Outcome.INTERRUPTED, Outcome.UNANSWERED})
"""What may be said of a question if the process that was at it was killed."""

WITHOUT_DATABASE = frozenset({Outcome.NOT_STORED, Outcome.REFUSED})
"""What may be said of a question if the database was away."""


@dataclass
class Asked:
    """A question and what is seen of it; `word` is in this question and its answer alone."""

    word: str
    person: Person
    place: Channel
    at: float
    """When it was asked, in seconds on the sandbox's clock."""
    gate: asyncio.Event
    """The chat API sends the end of the answer once it is set."""
    may_be: set[Outcome] = field(default_factory=lambda: {Outcome.WHOLE})
    requests: list[Received] = field(default_factory=list)
    """What the chat API was asked for it."""
    question: Message | Interaction | None = None

    def shard(self, shard_count: int) -> int:
        """Return the shard that brought the question, of so many."""
        return 0 if self.place.guild is None else shard_of(self.place.guild.id, shard_count)

    @property
    def messages(self) -> list[Message]:
        """The bot's messages under the question that are still there."""
        return [each for each in self.place.messages.values() if not each.deleted and self._is_answered_by(each)]

    @property
    def text(self) -> str:
        """What can be read there."""
        return "\n".join(map(words, self.messages))

    @property
    def beginning(self) -> str:
        """What the chat API says before the gate."""
        return f"{self.word} begins"

    @property
    def whole(self) -> str:
        """What the chat API says."""
        return f"{self.beginning} and goes on, and {self.word} ends."

    @property
    def outcome(self) -> Outcome:
        """What a reader sees now."""
        messages = self.messages
        if not messages or any(each.thinking or is_unfinished(each) for each in messages):
            return Outcome.OPEN
        if len(messages) > 1:
            return Outcome.WRONG
        if self.text == self.whole:
            return Outcome.WHOLE
        said, _, notice = self.text.rpartition("\n")
        if said == self.whole and notice == NOT_STORED:
            return Outcome.NOT_STORED
        if notice in CUT_OFF and said and self.whole.startswith(said.rstrip()):
            return Outcome.INTERRUPTED
        if notice == STOPPED and said.rstrip() == self.beginning:
            return Outcome.STOPPED
        return Outcome.WRONG if said else _ALONE.get(notice, Outcome.WRONG)

    @property
    def shown_at(self) -> float:
        """When what is seen now was shown first."""
        return max(each.frames[-1].at for each in self.messages)

    @property
    def whole_at(self) -> float:
        """When the whole answer was shown first, perhaps with the sign that it goes on."""
        return min(frame.at for each in self.messages for frame in each.frames if self.whole in frame.content)

    def _is_answered_by(self, message: Message) -> bool:
        if not message.author.is_bot or self.question is None:
            return False
        if isinstance(self.question, Interaction):
            return message.interaction is self.question
        return message.reference is not None and message.reference.message_id == self.question.id


_ALONE = {
    UNANSWERED: Outcome.UNANSWERED,
    NOT_IN_TIME: Outcome.UNANSWERED,
    REFUSED: Outcome.REFUSED,
    RESTARTING: Outcome.RESTARTING,
}


def describe(asked: Asked) -> str:
    """Return what is known of a question."""
    shown = [[frame.content for frame in each.frames] + ["deleted"] * each.deleted for each in asked.messages]
    times = [(request.at, request.answered.ended_at) for request in asked.requests]
    seen = f"{asked.outcome.value}, asked {times}, {shown}"
    question = 0 if asked.question is None else asked.question.id
    return f"{asked.word} ({question}) of {asked.person.name} at {asked.at:.1f}: {seen}"
