"""The whole program over the fakes: a service with a painter, a memory and two chat APIs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.chat.attempt import Attempt
from bot.chat.controls import Controls
from bot.chat.history import Bounds
from bot.chat.journal import Answer
from bot.chat.preferences import Preferences
from bot.chat.questions import Question
from bot.chat.recall import Recall
from bot.chat.recovery import Recovery
from bot.chat.service import Service
from bot.chat.steering import Steering
from tests.chat.fake_journal import FakeJournal
from tests.chat.fakes import FakeMemory, FakePreferences, FakeProvider, Script, a_question
from tests.chat.paper import Paper, Sheet, a_studio


@dataclass(frozen=True)
class House:
    """The program, and everything behind it."""

    service: Service
    paper: Paper
    memory: FakeMemory
    journal: FakeJournal
    steering: Steering
    recovery: Recovery
    settings: FakePreferences
    forgetful: FakeProvider
    """The default: keeps no conversation, so that history is sent to it."""
    mindful: FakeProvider
    """Keeps the conversations itself."""

    @property
    def remembered(self) -> list[tuple[str, str]]:
        """The questions and answers that are stored now, oldest first."""
        return [(turn.question, turn.answer) for turn in self.memory.turns.values()]

    def attempt(self, asking: "Asking") -> Attempt:
        """Return the run that is under way for a question."""
        attempt = self.service.attempts.to(asking.question.id)
        assert attempt is not None
        return attempt

    async def answer(self, asking: "Asking") -> Answer:
        """Return what the journal has of a question's answer."""
        answer = await self.journal.answer_to(asking.question.id)
        assert answer is not None
        return answer

    def ask(self, text: str = "What is it?", *, channel: int = 1, asker: int = 4711) -> "Asking":
        """Ask a question without waiting for its answer."""
        question, sheet = a_question(text, channel=channel, asker=asker), self.paper.canvas(channel)
        return Asking(question, sheet, asyncio.create_task(self.service.answer(question, sheet)))


@dataclass(frozen=True)
class Asking:
    """A question, the place where it is answered, and whoever waits for that."""

    question: Question
    sheet: Sheet
    answering: asyncio.Task[None]

    @property
    def controls(self) -> Controls | None:
        """What stands under its answer; nothing may stand anywhere but under the last message."""
        *others, last = self.sheet.frames
        assert [frame.controls for frame in others] == [None] * len(others)
        return last.controls


@asynccontextmanager
async def a_house(*scripts: Script, bounds: Bounds | None = None) -> AsyncIterator[House]:
    """Yield the program, whose default chat API plays `scripts`, one for each question."""
    memory, settings = FakeMemory(), FakePreferences()
    forgetful = FakeProvider(scripts=list(scripts) or [["An answer."]])
    mindful = FakeProvider(name="tamako", label="Tamako", remembers=True, streams=False)
    preferences = Preferences(settings, {"chatbase": forgetful, "tamako": mindful}, "chatbase")
    recall = Recall(memory, bounds or Bounds())
    async with a_studio() as studio:
        journal = FakeJournal(memory)
        service = Service(preferences, memory, journal, recall, studio.painter)
        steering = Steering(service, journal, studio.painter, others=True)
        recovery = Recovery(journal, studio.painter, others=True)
        yield House(service, studio.paper, memory, journal, steering, recovery, settings, forgetful, mindful)
        await service.drain(60)
    assert forgetful.open == mindful.open == 0
