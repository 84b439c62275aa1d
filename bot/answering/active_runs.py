"""The runs in progress: each waits in its channel's queue, then runs. An answer has at most one at a time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bot.answering.queue.turn_queue import QueueTicket
from bot.answering.run_recorder import RunRecorder
from bot.answering.stored_answers import write_question
from bot.answering.stream_reader import Cancellation
from bot.conversation.answer_config import AnswerConfig
from bot.domain.answer import Answer
from bot.domain.errors import AlreadyAnswering, AnswerError
from bot.domain.opening import Context
from bot.domain.question import Question
from bot.streaming.canvas import Canvas


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is to do: answer `question` on `canvas`.

    `answer` is the answer's id; `earlier` is the answer so far, None for its first run. `asked_at` is in the event
    loop's time.
    """

    answer: str
    question: Question
    canvas: Canvas
    earlier: Answer | None
    asked_at: float
    cancellation: Cancellation

    @property
    def number(self) -> int:
        """The run's number among those of its answer."""
        return 1 if self.earlier is None else max((run.number for run in self.earlier.runs), default=0) + 1

    @property
    def run_id(self) -> str:
        """What the run is known by where it holds something."""
        return f"{self.answer}/{self.number}"


class ArrivingRun:
    """A run with a place in the queue. It is not recorded yet: the bot still reads who is to answer."""

    is_finishing = False

    def __init__(self, request: RunRequest, ticket: QueueTicket) -> None:
        self.request = request
        self.question = request.question
        self.ticket = ticket

    def end(self, reason: AnswerError, *, waiting: AnswerError) -> None:
        """Refuse the run with `waiting`, or break it off for `reason` if its turn has come."""
        if not self.ticket.reject(waiting):
            self.request.cancellation.end(reason)

    def update_question(self, question: Question) -> bool:
        """Ask `question` instead; returns whether it is early enough for that."""
        self.question = question
        return True

    async def flush(self) -> None:
        """Wait until the database has what is recorded of the run so far."""


class QueuedRun(ArrivingRun):
    """A run that is recorded and waits for its turn. `context` is None unless its turn came at once."""

    def __init__(
        self,
        request: RunRequest,
        ticket: QueueTicket,
        config: AnswerConfig,
        recorder: RunRecorder,
        context: Context | None,
    ) -> None:
        super().__init__(request, ticket)
        self.config = config
        self.recorder = recorder
        self._context = context

    def update_question(self, question: Question) -> bool:
        """Ask `question` instead, also after a restart; returns True."""
        self.recorder.update_question(write_question(question))
        return super().update_question(question)

    async def flush(self) -> None:
        """Wait until the database has what is recorded of the run so far."""
        await self.recorder.flush()

    def forget_context(self) -> None:
        """Have the history be read when the run begins: more was said since."""
        self._context = None

    def start(self) -> "RunningRun":
        """Return the run that begins now that the turn has come."""
        request = replace(self.request, question=self.question)
        now = asyncio.get_running_loop().time()
        return RunningRun(request, self.ticket, self.config, self.recorder, self._context, now)


@dataclass(frozen=True, slots=True)
class RunningRun:
    """A run whose turn came at `turn_at`, in the event loop's time. `context` is None if it is still to be read."""

    request: RunRequest
    ticket: QueueTicket
    config: AnswerConfig
    recorder: RunRecorder
    context: Context | None
    turn_at: float

    @property
    def question(self) -> Question:
        """The question that is being answered."""
        return self.request.question

    @property
    def is_finishing(self) -> bool:
        """Whether it is too late to stop the run: its end is being stored and shown."""
        return self.request.cancellation.is_over

    def end(self, reason: AnswerError, *, waiting: AnswerError) -> None:  # noqa: ARG002 - its turn has come
        """Break the run off for `reason`."""
        self.request.cancellation.end(reason)

    def update_question(self, _: Question) -> bool:
        """Return False: it is too late for another question."""
        return False

    async def flush(self) -> None:
        """Wait until the database has what is recorded of the run so far."""
        await self.recorder.flush()


class Reservation:
    """The right to change one answer. `over` is set when it is given back.

    `run` is the run that it is for; None if the answer is only deleted, or shows another version.
    """

    def __init__(self, *, is_finishing: bool) -> None:
        self.run: ArrivingRun | RunningRun | None = None
        self.over = asyncio.Event()
        self._is_finishing = is_finishing

    @property
    def is_finishing(self) -> bool:
        """Whether others may wait for the end of this, since nothing can stop it and it is short."""
        return self._is_finishing if self.run is None else self.run.is_finishing

    def advance(self, run: ArrivingRun | RunningRun) -> None:
        """Note that the run is at its next stage."""
        self.run = run

    def end(self, reason: AnswerError, *, waiting: AnswerError) -> None:
        """End the run, if there is one: with `waiting` if its turn has not come, else for `reason`."""
        if self.run is not None:
            self.run.end(reason, waiting=waiting)


class ActiveRuns:
    """The answers that are being changed, with their runs: by answer and by question."""

    def __init__(self) -> None:
        self._by_answer: dict[str, Reservation] = {}
        self._by_question: dict[int, Reservation] = {}
        self._blocks = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._by_answer)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Let `idle` wait for the end of this block."""
        self._blocks += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._blocks -= 1
            if not self._blocks:
                self._idle.set()

    @contextmanager
    def reserve(self, answer: str, question_id: int, *, is_finishing: bool = False) -> Iterator[Reservation]:
        """Keep an answer from other changes during this block; raises `AlreadyAnswering` if it is being changed."""
        if answer in self._by_answer:
            raise AlreadyAnswering
        reservation = Reservation(is_finishing=is_finishing)
        self._by_answer[answer] = self._by_question[question_id] = reservation
        try:
            with self.working():
                yield reservation
        finally:
            del self._by_answer[answer]
            if self._by_question.get(question_id) is reservation:
                del self._by_question[question_id]
            reservation.over.set()

    def by_answer(self, answer: str) -> Reservation | None:
        """Return who changes the answer with this id, None if nobody does."""
        return self._by_answer.get(answer)

    def by_question(self, question_id: int) -> Reservation | None:
        """Return who changes the answer to the message or interaction with this id, None if nobody does."""
        return self._by_question.get(question_id)

    def requests(self) -> Iterator[RunRequest]:
        """Yield what each run in progress is to do."""
        for reservation in self._by_answer.values():
            if reservation.run is not None:
                yield reservation.run.request

    async def wait_finishing(self, answer: str) -> None:
        """Wait until the answer's run is over, if it is finishing: people can act on what they see before that."""
        reservation = self._by_answer.get(answer)
        if reservation is not None and reservation.is_finishing:
            await reservation.over.wait()

    async def idle(self) -> None:
        """Wait until no answer is being changed, and no asker is about to be called back."""
        await self._idle.wait()
