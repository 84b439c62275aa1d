"""A ledger of questions: asks them, has the chat API answer, and says which were not answered as they should be."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from math import inf

from sandbox.apis import Received, Reply
from sandbox.apis.chatbase import messages_of
from sandbox.discord import Channel, Interaction, Message, Person
from sandbox.environment import Environment
from tests.processes.asked import Asked, Outcome, describe

UNHURRIED = 120.0
"""Seconds for what a test only waits for: on a loaded machine everything takes long."""


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
