"""People who go on asking: by mention, by slash command and in direct messages; each remembers what became of it."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from sandbox.apis import Received, Reply
from sandbox.discord import Interaction, Message, NotPossible, Person
from sandbox.environment import Environment
from tests.e2e.stage import is_unfinished

CALLED_BACK = "Your answer is ready."
PATIENCE = 40.0
"""Seconds after which a person asks the next thing, though nothing came."""


@dataclass
class Asked:
    """A question and what the bot said to it; `word` is in this question and its answer alone."""

    word: str
    question: Message | Interaction
    at: float
    """When it was asked, in seconds since the people began."""
    answers: list[Message] = field(default_factory=list)
    """The messages that reply to the question, or came by its interaction."""

    @property
    def failed_visibly(self) -> bool:
        """Whether Discord itself told the person that the application did not respond."""
        return isinstance(self.question, Interaction) and self.question.expired

    @property
    def is_concluded(self) -> bool:
        """Whether something is shown that does not look as if it went on."""
        return self.failed_visibly or any(map(_is_final, self.answers))

    @property
    def unfinished(self) -> list[str]:
        """What looks as if it were still being written."""
        return [message.content for message in self.answers if not message.deleted and not _is_final(message)]

    @property
    def times_answered(self) -> int:
        """How many messages show an answer, or that there is none; a call-back is neither."""
        return sum(not (message.deleted or message.content.startswith(CALLED_BACK)) for message in self.answers)


class Crowd:
    """So many people in so many channels. Run `follow` beside `ask`, which ends when `stopped` is set."""

    def __init__(self, env: Environment, people: int, channels: int, seed: int) -> None:
        self.asked: list[Asked] = []
        self._begun = env.discord.clock.monotonic()
        self.stopped = asyncio.Event()
        self._env = env
        self._random = random.Random(seed)
        self._words = count(1)
        self._channels = [env.guild.add_text_channel(f"soak-{number}") for number in range(channels)]
        self._people = [env.discord.create_user(f"person-{number}") for number in range(people)]
        for person in self._people:
            env.guild.add_member(person)
        self._by_question: dict[int, Asked] = {}
        env.apis.chatbase.answers(self._reply)

    async def ask(self) -> None:
        """Have everybody ask until it is to stop."""
        async with asyncio.TaskGroup() as everybody:
            for person in self._people:
                everybody.create_task(self._go_on_asking(person))

    async def greet(self) -> None:
        """Have everybody ask in a direct message, and wait for the answers: the bot knows such channels from there."""
        for person in self._people:
            self._note(word := self._next_word(), await person.say(person.dm(self._env.app), f"{word}?"))
        await self._env.discord.wait_for(lambda: not self.missing(), PATIENCE)

    async def follow(self) -> None:
        """Note the bot's messages under the questions that they answer."""
        async with self._env.discord.subscribe() as changes:
            async for change in changes:
                message = change.subject
                if change.kind != "message.create" or not isinstance(message, Message):
                    continue
                asked = self._by_question.get(_question_of(message)) if message.author is self._env.app.bot else None
                if asked is not None:
                    asked.answers.append(message)

    def requests_for(self, word: str) -> int:
        """Return how often the chat API was asked a question."""
        return sum(f"{word}?" in (received.question or "") for received in self._env.apis.chatbase.received)

    def describe(self, asked: Asked) -> str:
        """Return what is known of a question."""
        kind = type(asked.question).__name__ if asked.question.channel.guild is not None else "direct message"
        requests, shown = self.requests_for(asked.word), [message.content for message in asked.answers]
        return f"{asked.word} ({kind}, at {asked.at:.1f} s, {requests} requests): {shown}"

    def missing(self) -> Sequence[Asked]:
        """Return the questions to which nothing final is shown."""
        return [asked for asked in self.asked if not asked.is_concluded]

    async def _go_on_asking(self, person: Person) -> None:
        while not self.stopped.is_set():
            await self._rest(self._random.uniform(2, 18))
            if self.stopped.is_set():
                return
            try:
                asked = await self._ask(person)
            except NotPossible:
                continue  # the bot is away, and its commands with it
            try:
                await self._env.discord.wait_for(lambda asked=asked: asked.is_concluded, PATIENCE)  # type: ignore[misc]
            except TimeoutError:
                continue

    async def _ask(self, person: Person) -> Asked:
        word = self._next_word()
        chance = self._random.random()
        channel = self._random.choice(self._channels)
        if chance < 0.2:
            by_command = await person.slash(channel, "ask", wait=False, question=f"{word}?")
            return self._note(word, by_command)
        if chance < 0.35:
            return self._note(word, await person.say(person.dm(self._env.app), f"{word}?"))
        return self._note(word, await person.say(channel, f"{self._env.app.bot.mention} {word}?"))

    def _next_word(self) -> str:
        return f"word{next(self._words)}x"

    def _note(self, word: str, question: Message | Interaction) -> Asked:
        asked = Asked(word, question, self._env.discord.clock.monotonic() - self._begun)
        self.asked.append(asked)
        self._by_question[question.id] = asked
        return asked

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.stopped.wait()
        except TimeoutError:
            return

    def _reply(self, received: Received) -> Reply:
        word = (received.question or "").strip().split("?")[0].split()[-1]
        pieces = [f"{word} says {number}. " for number in range(self._random.randint(2, 30))]
        return Reply(pieces=pieces, pause=0.2)


def _question_of(message: Message) -> int:
    """Return the id of the message or the interaction that a message answers, 0 for none."""
    if message.interaction is not None:
        return message.interaction.id
    return 0 if message.reference is None else message.reference.message_id or 0


def _is_final(message: Message) -> bool:
    return not (message.deleted or message.thinking or is_unfinished(message))
