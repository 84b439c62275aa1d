"""Interrupted answers, put together by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.answering.stored_answers import write_pieces, write_question
from bot.domain.answer import Answer, RunResult, RunStart
from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.domain.question import Caption
from bot.streaming.canvas import Frame
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import Harness
from tests.fakes.providers_and_stores import make_location, make_question


@dataclass
class InterruptedAnswer:
    """What a killed process left of one answer: its stored runs, and its messages."""

    harness: Harness
    id: str = "an-id"
    channel: int = 1
    caption: Caption | None = None
    canvas: FakeCanvas = field(init=False)

    def __post_init__(self) -> None:
        self.canvas = self.harness.discord.canvas(self.channel)

    async def begin(self, number: int = 1) -> None:
        """Begin a run."""
        question = replace(make_question(channel=self.channel), caption=self.caption)
        wording, location = write_question(question), make_location(self.channel)
        await self.harness.answer_store.begin(
            RunStart(self.id, number, question.id, True, location, 4711, "chatbase", wording)
        )

    async def record(self, text: str, number: int = 1, notices: Sequence[str] = ()) -> None:
        """Store a run to its end, but for its last edit."""
        await self.begin(number)
        wording = write_pieces([text]) if text else None
        turn = NewTurn(
            "chatbase", 7, ConversationKey(self.channel), 4711, "What is it?", text, f"conversation {self.id}", 1
        )
        outcome = RunResult("whole" if text else "failed", wording, tuple(notices), None)
        await self.harness.answer_store.end(self.id, number, outcome, turn if text else None)

    async def settle(self, number: int = 1) -> None:
        """Have a run be over."""
        run = next(run for run in self.harness.answer_store.runs[self.id] if run.asked.number == number)
        run.state = "done"

    def show(self, messages: Mapping[int, Frame], *, noted: bool = True) -> None:
        """Have `messages` stand in Discord."""
        self.canvas = self.harness.discord.reopened(messages, self.channel)
        if noted:
            self.harness.answer_store.messages[self.id] = tuple(messages)

    async def repair(self) -> None:
        """Start again."""
        await repair(self.harness, self)

    async def answer(self) -> Answer:
        """Return the stored answer."""
        return await self.harness.answer_actions.find(self.id)


async def repair(harness: Harness, *left: InterruptedAnswer) -> bool:
    """Repair what is left, and return whether nothing is to be tried again."""
    canvases = {each.id: each.canvas for each in left}
    return await harness.recover(lambda answer: canvases[answer.id])
