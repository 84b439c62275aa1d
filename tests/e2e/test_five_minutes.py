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
from tests.e2e.waiting import hasten

pytestmark = pytest.mark.timeout(240)

MINUTES_5 = 300.0
SPEED = 100.0
"""How much faster time passes while everybody waits."""


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
    """A question: who asked it when, under which name; when its request came, its stream ended, and it was whole."""

    person: int
    name: str
    text: str
    asked: float
    sent: Sequence[tuple[str, str]] = ()
    key: str | None = None
    came: float = 0.0
    ended: float = float("inf")
    shown: float = float("inf")

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
        stage, asked = self._stage, Asked(person.id, name, text, self._now())
        self._by_text[text] = asked
        question = await person.say(stage.general, stage.mention(text))

        def is_whole() -> bool:
            first = next((each for each in stage.by_bot() if each.replied_to is question), None)
            if first is None or is_unfinished(first) or asked.ended == float("inf"):
                return False
            own = [each for each in stage.by_bot() if each.content.startswith(f"{text},") or text in each.content]
            return bare_text(asked.answer) in bare(own) and not any(map(is_unfinished, own))

        await stage.discord.wait_for(is_whole, MINUTES_5)
        asked.shown = self._now()

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


def check(asked: Asked, everything: Sequence[Asked], turns: Sequence[Asked], *, personal: bool) -> None:
    """Hold what is true of a question whose request carried these turns, the question itself last."""
    own = [other for other in everything if other.person == asked.person]
    before = own[: own.index(asked)]
    assert all(other.ended <= asked.came for other in before), "one person's are answered in order"
    assert turns[-1] is asked
    order = [everything.index(turn) for turn in turns[:-1]]
    assert order == sorted(order)
    assert all(other.ended <= asked.came for other in turns[:-1]), "it goes with whole turns"
    # A turn is stored before all of it is shown. What goes along is read after the question came and the asker's
    # question before it was answered: all that was shown by then, unless a conversation that began over left it out.
    read = max([asked.asked, *(other.shown for other in before)])
    missing = [other for other in (own if personal else everything) if other.shown <= read and other not in turns]
    # What a conversation left out that began over is older than all that it kept, but for what was stored since.
    assert turns[1:] or not missing
    for other in missing:
        kept_older = turns[: sum(number < everything.index(other) for number in order)]
        assert [turn.text for turn in kept_older if turn.shown <= other.ended] == [], other.text
    assert all(other.key != asked.key for other in missing), "a conversation that goes on goes on whole"


async def talk(stage: Stage, *, personal: bool) -> Talk:
    """Have the three talk, and hold what is true of shared and of personal conversations."""
    if personal:
        await stage.use(stage.admin, "settings conversation", value="personal")
    found = Talk(stage)
    await asyncio.gather(*(found.go_on(person) for person in (stage.alice, stage.bob, stage.admin)))
    await stage.idle()
    for asked in found.asked:
        check(asked, found.asked, [found.find(question) for question, _ in asked.sent], personal=personal)
        for question, answer in asked.sent[:-1]:
            assert bare_text(answer) == bare_text(found.find(question).answer)
    beside = [sum(other.came < asked.ended <= other.ended for other in found.asked) for asked in found.asked]
    assert max(beside) == 3
    assert beside.count(3) > 20
    return found


@pytest.fixture
async def hasty(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """Give a stage with the bot running, on which five minutes are over soon; Discord's limits are the real ones."""
    async with open_stage(database_url) as stage:
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
    assert sum(len({found.find(question).person for question, _ in asked.sent}) == 3 for asked in found.asked) > 50


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
