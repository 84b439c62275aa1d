"""One run at an answer, from its place in the channel's queue to its last edit; and all runs that are under way."""

import asyncio

from bot.answering.run_recorder import RunRecorder
from bot.answering.stored_answers import write_question
from bot.answering.stream_reader import Cancellation
from bot.answering.turn_queue import QueueTicket
from bot.domain.answer import Answer, RunMetrics
from bot.domain.conversation import BuiltPrompt
from bot.domain.errors import AnswerError
from bot.domain.question import Question
from bot.streaming.canvas import Canvas
from bot.streaming.live_answer import LiveAnswer


class ActiveRun:
    """A run under way, of the answer with the id `answer`; `earlier` is how that one stood, if it is asked again."""

    ticket: QueueTicket | None
    record: RunRecorder | None

    def __init__(self, answer: str, question: Question, canvas: Canvas, earlier: Answer | None = None) -> None:
        self.answer = answer
        self.question = question
        self.canvas = canvas
        self.earlier = earlier
        self.asked_at = asyncio.get_running_loop().time()
        self.turn_at: float | None = None
        self.begins_at: int | None = None
        """The first message of what was answered, if there is anything to come back for."""
        self.reading = Cancellation(canvas.deadline)
        self.ticket = None
        self.record = None
        self.is_finishing = False
        """Whether there is nothing left to stop: its end is being shown and stored."""
        self.over = asyncio.Event()

    @property
    def number(self) -> int:
        """The run's number among those of its answer."""
        return 1 if self.earlier is None else max((run.number for run in self.earlier.runs), default=0) + 1

    def metrics(self, live: LiveAnswer, built_prompt: BuiltPrompt) -> RunMetrics:
        """Return what can be said of the run in numbers, now that it is over."""
        turn_at = self.asked_at if self.turn_at is None else self.turn_at
        stats = live.stats
        return RunMetrics(
            waited=_milliseconds(turn_at - self.asked_at),
            first_text=None if stats.first_seen_at is None else _milliseconds(stats.first_seen_at - turn_at),
            total=_milliseconds(asyncio.get_running_loop().time() - turn_at),
            edits=stats.edits,
            retries=stats.retries,
            history_sent=len(built_prompt.prompt.history),
            history_left_out=built_prompt.left_out,
        )

    def end(self, reason: AnswerError, *, waiting: AnswerError) -> bool:
        """Break the run off for `reason`, or for `waiting` where its turn has not come yet; returns whether it had."""
        if self.ticket is not None and self.ticket.reject(waiting):
            return False
        self.reading.end(reason)
        return True

    def update_question(self, question: Question) -> bool:
        """Ask `question` instead, where the turn has not come yet; returns whether that was so."""
        if self.turn_at is not None or self.ticket is None:
            return False
        self.question = question
        if self.record is not None:
            self.record.update_question(write_question(question))
        return True


class ActiveRuns:
    """The runs under way, by answer and by question. An answer has one at a time."""

    def __init__(self) -> None:
        self._by_answer: dict[str, ActiveRun] = {}
        self._by_question: dict[int, ActiveRun] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._by_answer)

    def add(self, active_run: ActiveRun) -> bool:
        """Take note of a run that begins; returns False where another of the same answer is under way."""
        if active_run.answer in self._by_answer:
            return False
        self._by_answer[active_run.answer] = self._by_question[active_run.question.id] = active_run
        self._idle.clear()
        return True

    def remove(self, active_run: ActiveRun) -> None:
        """Take note that a run is over."""
        del self._by_answer[active_run.answer]
        if self._by_question.get(active_run.question.id) is active_run:
            del self._by_question[active_run.question.id]
        active_run.over.set()
        if not self._by_answer:
            self._idle.set()

    def by_answer(self, answer: str) -> ActiveRun | None:
        """Return the run of the answer that is under way."""
        return self._by_answer.get(answer)

    def by_question(self, question_id: int) -> ActiveRun | None:
        """Return the run that answers the message or interaction with this id."""
        return self._by_question.get(question_id)

    async def wait_finishing(self, answer: str) -> None:
        """Wait until the answer's run is over, if one is concluding: its end can be seen, and acted upon, before."""
        active_run = self._by_answer.get(answer)
        if active_run is not None and active_run.is_finishing:
            await active_run.over.wait()

    async def idle(self) -> None:
        """Wait until none is under way."""
        await self._idle.wait()


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
