"""A person asks, the bot answers: printed as it happens, and held against what the chat API answered."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.apis import Api, Received
from sandbox.console import Console
from sandbox.demo.expectations import ApiAnswer, Expectation, OwnSentence
from sandbox.demo.printer import ConversationPrinter
from sandbox.demo.transcript import Content, read_messages
from sandbox.discord import Channel, Frame, Interaction, Message, Person
from sandbox.environment import Environment

MAX_WAIT = 12.0
"""Seconds in which something new has to show; after that, what was waited for does not come."""


class CheckFailed(Exception):
    """A result is not the expected one."""

    def __init__(self, what: str, expected: object, got: object) -> None:
        super().__init__(what, expected, got)
        self.what, self.expected, self.got = what, expected, got


class BotExited(Exception):
    """The bot exited in the middle of the script; `code` is its exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def expect(what: str, expected: object, got: object) -> None:
    """Raise `CheckFailed` unless the two are equal."""
    if got != expected:
        raise CheckFailed(what, expected, got)


@dataclass(frozen=True, slots=True)
class Answer:
    """The bot's finished answer; `received` is the API request behind it, or None if no API was asked."""

    messages: tuple[Message, ...]
    content: Content
    received: Received | None = None

    @property
    def frames(self) -> list[Frame]:
        """Every state that a reader saw of the answer's first message."""
        return self.messages[0].frames

    @property
    def ephemeral(self) -> bool:
        """Whether only the one who asked sees it."""
        return all(message.ephemeral for message in self.messages)


class Driver:
    """What people do in a script. Each method prints what is said, and the bot's answer as it grows.

    Each raises `CheckFailed` if the answer is not what it has to be, `BotExited`, and the refusals of `Person`.
    """

    def __init__(self, env: Environment, console: Console, max_wait: float = MAX_WAIT) -> None:
        self.env = env
        self.console = console
        self._max_wait = max_wait
        self._narrator = ConversationPrinter(console, env.app)

    async def say(self, person: Person, channel: Channel, text: str, *, asks: Api) -> Answer:
        """Write a message and follow its answer until it shows what the chat API answered."""
        expectation = ApiAnswer(asks)
        messages = await self._say(person, channel, text, expectation)
        return Answer(messages, read_messages(messages), expectation.received)

    async def say_expecting_error(self, person: Person, channel: Channel, text: str, *, asks: Api) -> Answer:
        """Write a message that the chat API does not answer, and wait for the bot's small print about that."""
        messages = await self._say(person, channel, text, OwnSentence("-# "))
        return Answer(messages, read_messages(messages), asks.received[-1])

    async def ask(self, person: Person, channel: Channel, command: str, *, asks: Api, question: str) -> Answer:
        """Use a command that asks a chat API."""
        self._narrator.tell_action(person, channel, f"/{command} {question}")
        expectation = ApiAnswer(asks, f"-# {person.name.capitalize()} asked: {question}")
        messages = await self._respond(await person.slash(channel, command, question=question), expectation)
        return Answer(messages, read_messages(messages), expectation.received)

    async def press(
        self, person: Person, message: Message, label: str, *, asks: Api, chooses: bool = False, asked: str = ""
    ) -> Answer:
        """Press a button that asks a chat API; with `chooses` it is one that an answer offers.

        `asked` is the question of an answer to this person's command, which is shown above the answer.
        """
        self._narrator.tell_action(person, message.channel, f"presses [{label}]")
        did = f"chose: {label}" if chooses else f"asked: {asked}"
        expectation = ApiAnswer(asks, f"-# {person.name.capitalize()} {did}" if chooses or asked else "")
        messages = await self._respond(await person.press(message, label), expectation)
        return Answer(messages, read_messages(messages), expectation.received)

    async def order(
        self,
        person: Person,
        channel: Channel,
        command: str,
        /,
        *,
        force: bool = False,
        **options: Any,  # noqa: ANN401 - as Discord's options are
    ) -> Answer:
        """Use a command that the bot itself answers; `force`: even if Discord's menu does not offer it."""
        typed = " ".join(f"{name}:{getattr(value, 'mention', value)}" for name, value in options.items())
        self._narrator.tell_action(person, channel, f"/{command} {typed}")
        messages = await self._respond(await person.slash(channel, command, force=force, **options), OwnSentence())
        return Answer(messages, read_messages(messages))

    async def _say(self, person: Person, channel: Channel, text: str, expectation: Expectation) -> tuple[Message, ...]:
        self._narrator.tell_action(person, channel, text)
        question = await person.say(channel, text)

        def find() -> list[Message]:
            below = (message for message in channel.messages.values() if message.id > question.id)
            return [message for message in below if message.author is self.env.app.bot]

        return await self._follow(find, question.frames[0].at, expectation)

    async def _respond(self, interaction: Interaction, expectation: Expectation) -> tuple[Message, ...]:
        def find() -> list[Message]:
            first = [interaction.message] if interaction.message is not None else []
            return [*first, *interaction.followups]

        return await self._follow(find, interaction.created_at, expectation)

    async def _follow(
        self, find: Callable[[], list[Message]], since: float, expectation: Expectation
    ) -> tuple[Message, ...]:
        """Print the messages found as they grow, until they have come to the goal."""
        clock = asyncio.get_running_loop().time
        told: set[tuple[int, int]] = set()
        seen, changed = 0, clock()
        while True:
            messages = find()
            self._narrator.tell_growth(messages, told, since)
            if (count := _count_frames(messages)) > seen:
                seen, changed = count, clock()
            content = read_messages(messages)
            reached = bool(messages) and expectation.reached(content)
            if reached or clock() - changed > self._max_wait:
                self._narrator.tell_end(messages, since)
                if reached:
                    return tuple(messages)
                raise CheckFailed(
                    f"what was shown {self._max_wait:g} s after the last change",
                    expectation,
                    content if messages else "nothing",
                )
            await self._next_change(find, seen)

    async def _next_change(self, find: Callable[[], list[Message]], seen: int) -> None:
        """Wait for a new frame, but not for long: something else may reach the goal; raises `BotExited`."""
        try:
            await self.env.discord.wait_for(lambda: _count_frames(find()) > seen, 0.1)
        except TimeoutError:
            bot = self.env.bot
            if bot is not None and bot.code is not None:
                raise BotExited(bot.code) from None


def _count_frames(messages: list[Message]) -> int:
    return sum(len(message.frames) for message in messages)
