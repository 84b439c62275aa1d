"""A ledger of questions: what the right answer is, what was seen of it, and what may be said instead."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from math import inf

from sandbox.apis import Received, Reply
from sandbox.apis.chatbase import messages_of
from sandbox.discord import Channel, Interaction, Message, Person
from sandbox.discord.model.snowflakes import shard_of
from sandbox.environment import Environment
from tests.e2e.reader import words
from tests.e2e.stage import is_unfinished
from tests.process.kill_scenarios import INTERRUPTED, UNANSWERED

NOT_STORED = "-# I couldn't save this answer, so I won't remember it."
STOPPED = "-# Stopped. This answer is incomplete, and I won't remember it."
REFUSED = "-# I can't reach my database right now. Please try again in a minute."
CUT_OFF = (INTERRUPTED, "-# Interrupted: I was restarted while writing this. Please ask again.")
RESTARTING = "-# I'm restarting. Please ask again in a minute."
NOT_IN_TIME = "-# I was restarted before I could answer this. Please ask again."

UNHURRIED = 120.0
"""Seconds for what a test only waits for: on a loaded machine everything takes long."""


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


class Ledger:
    """Asks questions and notes what becomes of each of them."""

    def __init__(self, env: Environment) -> None:
        self.asked: list[Asked] = []
        self._env = env
        self._numbers = count(1)
        self._by_word: dict[str, Asked] = {}
        self._allowed: list[frozenset[Outcome]] = []
        env.apis.chatbase.answers(self._reply)

    async def ask(
        self,
        person: Person,
        place: Channel,
        *,
        gate: asyncio.Event | None = None,
        send: Callable[[str], Awaitable[Message | Interaction]] | None = None,
    ) -> Asked:
        """Have somebody ask, by mention unless they `send` it otherwise; without a `gate`, the answer comes at once."""
        word = f"word{next(self._numbers)}x"
        if gate is None:
            gate = asyncio.Event()
            gate.set()
        asked = self._by_word[word] = Asked(word, person, place, self._env.discord.clock.monotonic(), gate)
        for outcomes in self._allowed:
            asked.may_be |= outcomes
        self.asked.append(asked)
        if send is None:
            asked.question = await person.say(place, f"{self._env.app.bot.mention} {word}?")
        else:
            asked.question = await send(f"{word}?")
        return asked

    async def begin(self, person: Person, place: Channel, gate: asyncio.Event) -> Asked:
        """Have somebody ask, and return when the beginning of the answer can be read."""
        asked = await self.ask(person, place, gate=gate)
        await self.begun(asked)
        return asked

    @contextmanager
    def allowing(self, outcomes: frozenset[Outcome]) -> Iterator[None]:
        """Let what is asked meanwhile end so as well, and what the chat API is to answer by now."""
        for each in self.asked:
            if each.gate.is_set() and each.outcome is Outcome.OPEN:
                each.may_be |= outcomes
        self._allowed.append(outcomes)
        try:
            yield
        finally:
            self._allowed.remove(outcomes)

    async def begun(self, *asked: Asked) -> None:
        """Wait until the beginning of each answer can be read."""
        await self._until(lambda each: each.beginning in each.text, asked, UNHURRIED)

    async def concluded(self, asked: Iterable[Asked] | None = None, limit: float = UNHURRIED) -> None:
        """Wait until nothing that is shown looks as if it went on; or fail with what is missing after `limit` s."""
        await self._until(
            lambda each: each.outcome is not Outcome.OPEN, self.asked if asked is None else list(asked), limit
        )

    async def _until(self, is_so: Callable[[Asked], bool], asked: Sequence[Asked], limit: float) -> None:
        missing = list(asked)

        def holds() -> bool:
            missing[:] = [each for each in missing if not is_so(each)]
            return not missing

        try:
            await self._env.discord.wait_for(holds, limit)
        except TimeoutError:
            raise AssertionError([describe(each) for each in missing]) from None

    def wrong(self) -> list[str]:
        """Return which questions were not answered once and rightly, or marked as they may be, as sentences."""
        wrong = [describe(each) for each in self.asked if each.outcome not in each.may_be]
        twice = [each for each in self.asked if len(each.requests) > 1]
        return wrong + [f"asked {len(each.requests)} times: {describe(each)}" for each in twice]

    def wrong_orders(self) -> list[str]:
        """Return whose questions were answered out of their order, or without what was said before, as sentences."""
        wrong: list[str] = []
        for place in {each.place for each in self.asked}:
            there = [each for each in self.asked if each.place is place]
            is_shared = len({each.person for each in there}) > 1
            for number, each in enumerate(there):
                earlier = [before for before in there[:number] if before.person is each.person]
                overtaken = [before for before in earlier if _overtakes(each, before)]
                wrong += [f"{describe(each)} overtakes {describe(before)}" for before in overtaken]
                if not is_shared and not all(_knows(told, earlier) for told in each.requests):
                    wrong.append(f"without what was said before: {describe(each)}")
        return wrong

    def _reply(self, received: Received) -> Reply:
        found = re.findall(r"word\d+x", received.question or "")  # what it quotes comes first
        asked = self._by_word[found[-1]] if found else None
        if asked is None:
            return Reply("Pardon?")
        asked.requests.append(received)
        return Reply(pieces=_pieces(asked))


async def _pieces(asked: Asked) -> AsyncIterator[str]:
    yield asked.beginning
    await asked.gate.wait()
    yield asked.whole.removeprefix(asked.beginning)


def _overtakes(asked: Asked, before: Asked) -> bool:
    """Tell whether a question was begun before an earlier one of the same person's was over, or ended before it."""
    both = (asked.outcome, before.outcome)
    if both == (Outcome.WHOLE, Outcome.WHOLE) and asked.whole_at < before.whole_at:
        return True
    return any(told.at < (other.answered.ended_at or inf) for told in asked.requests for other in before.requests)


def _knows(told: Received, before: Sequence[Asked]) -> bool:
    """Tell whether a request holds each turn that had been stored by then, whole and in its order."""
    history = [message.content for message in messages_of(told)[:-1]]
    stored = [each for each in before if each.outcome is Outcome.WHOLE]
    questions = [f"{each.word}?" for each in stored]
    return history[1::2] == [each.whole for each in stored] and all(map(str.endswith, history[::2], questions))


def describe(asked: Asked) -> str:
    """Return what is known of a question."""
    shown = [[frame.content for frame in each.frames] + ["deleted"] * each.deleted for each in asked.messages]
    times = [(request.at, request.answered.ended_at) for request in asked.requests]
    seen = f"{asked.outcome.value}, asked {times}, {shown}"
    question = 0 if asked.question is None else asked.question.id
    return f"{asked.word} ({question}) of {asked.person.name} at {asked.at:.1f}: {seen}"
