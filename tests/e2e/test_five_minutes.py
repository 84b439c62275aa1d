"""Three people in one channel for five minutes, each at a speed of their own: everybody's words and names are right."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import count

import pytest

from sandbox.apis import Received, Reply
from sandbox.apis.chatbase import messages_of
from sandbox.discord import Person
from tests.e2e.reader import bare, bare_text
from tests.e2e.stage import Stage, is_unfinished, open_stage
from tests.e2e.waiting import hasten, until

pytestmark = pytest.mark.timeout(240)

MINUTES_5 = 300.0
SPEED = 20.0
"""How much faster time passes while everybody waits."""

ON_ITS_WAY = 1.0
"""Seconds, of those that pass so fast, for which a question may be on its way after its history was read."""


@dataclass(frozen=True)
class Pace:
    """How somebody asks: so many questions in a row, the next when they are answered and `rest` seconds have passed.

    Their answers take `seconds`, and have a piece each 0.1 s.
    """

    in_a_row: int
    rest: float
    seconds: float


PACES = {"Alice": Pace(1, 1.0, 2.0), "Bob": Pace(3, 9.0, 5.0), "Admin": Pace(1, 15.0, 24.0), "Chief": Pace(2, 4.0, 8.0)}
"""The paces by name; the admin is called Chief from the middle on."""


@dataclass
class Asked:
    """A question: who asked it under which name, when it came to Chatbase, its stream ended, and it was stored."""

    person: int
    name: str
    text: str
    sent: Sequence[tuple[str, str]] = ()
    key: str | None = None
    came: float = 0.0
    ended: float = float("inf")
    stored: float = float("inf")

    @property
    def answer(self) -> str:
        """The answer that it gets."""
        return "".join(self.pieces).strip()

    @property
    def pieces(self) -> Sequence[str]:
        """The answer as it comes."""
        return [f"{self.text}, {number}: so it is. " for number in range(round(PACES[self.name].seconds * 10))]


class Talk:
    """What the three ask, in the order in which they ask it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._now = stage.discord.clock.monotonic
        self._by_text: dict[str, Asked] = {}
        self._begun = self._now()
        stage.apis.chatbase.answers(self._reply)

    @property
    def asked(self) -> Sequence[Asked]:
        """All questions, in the order in which they were asked."""
        return list(self._by_text.values())

    def find(self, text: str) -> Asked:
        """Return a question by its words, which each has alone, whatever is in front of them."""
        return self._by_text[text.rpartition(": ")[2]]

    async def go_on(self, person: Person) -> None:
        """Have somebody ask for five minutes."""
        for number in count():
            passed = self._now() - self._begun
            if passed > MINUTES_5:
                return
            name = person.name.capitalize()
            if name == "Admin" and passed > MINUTES_5 / 2:
                name = "Chief"
                self._stage.guild.members[person.id].set_nick(name)
            pace = PACES[name]
            await asyncio.gather(*[self._ask(person, name, f"{name} {number}.{part}") for part in range(pace.in_a_row)])
            await asyncio.sleep(pace.rest)

    async def _ask(self, person: Person, name: str, text: str) -> None:
        stage, asked = self._stage, Asked(person.id, name, text)
        self._by_text[text] = asked
        question = await person.say(stage.general, stage.mention(text))

        def is_whole() -> bool:
            first = next((each for each in stage.by_bot() if each.replied_to is question), None)
            if first is None or is_unfinished(first) or asked.ended == float("inf"):
                return False
            own = [each for each in stage.by_bot() if each.content.startswith(f"{text},") or text in each.content]
            return bare_text(asked.answer) in bare(own) and not any(map(is_unfinished, own))

        await stage.discord.wait_for(is_whole, MINUTES_5)
        await until(lambda: stage.bot.services.answering.active_runs.by_question(question.id) is None)
        asked.stored = self._now()

    def _reply(self, received: Received) -> Reply:
        *history, question = [message.content for message in messages_of(received)]
        asked = self.find(question)
        asked.came, asked.key = self._now(), received.user_key
        asked.sent = [*zip(history[::2], history[1::2], strict=True), (question, "")]
        return Reply(pieces=self._say(asked), pause=0.1)

    async def _say(self, asked: Asked) -> AsyncIterator[str]:
        for piece in asked.pieces:
            yield piece
        asked.ended = self._now()


async def talk(stage: Stage, *, personal: bool) -> Talk:
    """Have the three talk, and hold what is true of shared and of personal conversations."""
    if personal:
        await stage.use(stage.admin, "settings conversation", value="personal")
    found = Talk(stage)
    await asyncio.gather(*(found.go_on(person) for person in (stage.alice, stage.bob, stage.admin)))
    await stage.idle()
    for asked in found.asked:
        own = [other for other in found.asked if other.person == asked.person]
        before = own[: own.index(asked)]
        assert all(other.ended <= asked.came for other in before)
        for question, answer in asked.sent[:-1]:
            assert bare_text(answer) == bare_text(found.find(question).answer)
        turns = [found.find(question) for question, _ in asked.sent]
        order = [found.asked.index(turn) for turn in turns[:-1]]
        assert order == sorted(order)
        # What is left out is older than all that goes along, unless that was still being written when it was left out.
        texts, whose = {turn.text for turn in turns}, own if personal else found.asked
        stored = [other for other in whose if other.stored + ON_ITS_WAY < asked.came]
        for left_out in (each for each in stored if each.text not in texts):
            older = [turn for turn in turns[:-1] if found.asked.index(turn) < found.asked.index(left_out)]
            assert all(turn.stored > left_out.stored for turn in older), (asked.text, left_out.text)
        assert all(other.ended <= asked.came for other in turns[:-1])
    return found


@pytest.fixture
async def hasty(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """Give a stage with the bot running, on which five minutes are over soon; Discord's limits are the real ones."""
    async with open_stage(sqlite_url) as stage:
        hasten(stage, monkeypatch, SPEED)
        async with stage.running():
            yield stage


async def test_in_a_shared_conversation_everybody_is_named(hasty: Stage) -> None:
    found = await talk(hasty, personal=False)
    assert len(found.asked) > 100
    for asked in found.asked:
        turns = [found.find(question) for question, _ in asked.sent]
        is_named = len({turn.person for turn in turns}) > 1
        for turn, (question, _) in zip(turns, asked.sent, strict=True):
            assert question == (f"{turn.name}: {turn.text}" if is_named else turn.text)
    of_all_three = [asked for asked in found.asked if len({found.find(text).person for text, _ in asked.sent}) == 3]
    assert len(of_all_three) > len(found.asked) / 3


async def test_in_personal_conversations_nobody_is_named_and_nobody_hears_another(hasty: Stage) -> None:
    found = await talk(hasty, personal=True)
    assert len(found.asked) > 100
    for asked in found.asked:
        own = [other.text for other in found.asked if other.person == asked.person]
        sent = [question for question, _ in asked.sent]
        until = own.index(asked.text) + 1
        assert sent == own[until - len(sent) : until]
        assert len(sent) > 1 or until == 1
    keys = {(asked.person, asked.key) for asked in found.asked}
    assert len({key for _, key in keys}) == len(keys)
