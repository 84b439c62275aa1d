"""What people do with answers: stop them, ask again, leaf through versions, change the question or take it back.

Who may do so is decided at the door; here is what it does. Each method raises `DatabaseUnavailable`, and `Refusal` where
it cannot be done.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from bot.answering.active_runs import ActiveRun
from bot.answering.service import AnsweringService
from bot.answering.stored_answers import Version, read_question, read_version
from bot.domain.answer import Answer
from bot.domain.controls import finished_controls
from bot.domain.errors import (
    AlreadyAnswering,
    Cancelled,
    DatabaseUnavailable,
    NotStored,
    QuestionDeleted,
    QuestionEdited,
    Stopped,
)
from bot.domain.question import Question
from bot.domain.stores import AnswerStore
from bot.streaming.canvas import Canvas, CanvasError
from bot.streaming.edit_scheduler import EditScheduler

OpenCanvas = Callable[[Answer], Canvas]
"""Returns a place to write for an answer that was given before."""


class AnswerActions:
    """Changes answers after they were asked for."""

    def __init__(
        self, service: AnsweringService, journal: AnswerStore, painter: EditScheduler, *, others: bool
    ) -> None:
        self._service = service
        self._journal = journal
        self._painter = painter
        self._others = others
        self._newest: dict[int, Question] = {}
        """The questions that are being changed, as they read now."""

    async def find(self, answer: str) -> Answer:
        """Return what is known of an answer."""
        found = await self._journal.answer(answer)
        if found is None:
            raise NotStored
        return found

    def under_way(self, answer: str) -> ActiveRun | None:
        """Return the run at this answer that can still be stopped, None where there is none."""
        attempt = self._service.attempts.at(answer)
        return None if attempt is None or attempt.concluding else attempt

    def stop(self, attempt: ActiveRun) -> None:
        """End a run: what was written stays, and what has not begun is not asked."""
        attempt.end(Stopped(), waiting=Cancelled())

    async def question(self, answer: Answer, provider: str | None) -> Question:
        """Return the question of an answer, for `provider`; None for the one that gave the version that is shown."""
        run = answer.run(answer.shown) or (answer.runs[-1] if answer.runs else None)
        wording = await self._journal.wording(answer.id, run.number) if run is not None else None
        if run is None or wording is None:
            raise NotStored
        return read_question(wording.question, answer, provider or run.provider)

    async def retry(self, answer: Answer, provider: str | None, canvas: Canvas) -> None:
        """Ask again, `provider` where one is named; the answer becomes a version of the message that `canvas` edits."""
        await self._service.again(answer, await self.question(answer, provider), canvas)

    async def turn_to(self, answer: Answer, number: int, canvas: Canvas) -> None:
        """Show another version, which the history keeps from now on; raises `CanvasError` where it stays as it was."""
        version = await read_version(self._journal, answer, number)
        if version is None:
            raise NotStored
        attempt = ActiveRun(answer.id, version.question, canvas, answer)
        await self._service.attempts.concluded(answer.id)
        if not self._service.attempts.enter(attempt):
            raise AlreadyAnswering
        try:
            # Whoever pressed the button may have looked at the answer a while ago.
            await self._turn(await self.find(answer.id), version, canvas)
        finally:
            self._service.attempts.leave(attempt)

    async def _turn(self, answer: Answer, version: Version, canvas: Canvas) -> None:
        before = await read_version(self._journal, answer, answer.shown)
        live = self._painter.revise(canvas, shown=answer.messages)
        live.replace(version.pieces)
        live.steer(finished_controls(answer.id, answer.versions, version.number, others=self._others))
        await self._journal.show(answer.id, version.number, version.reworded)
        try:
            await live.finish(version.notices)
        except CanvasError:
            if before is not None:
                with suppress(DatabaseUnavailable):
                    await self._journal.show(answer.id, before.number, before.reworded)
            raise
        if tuple(live.messages) != answer.messages:
            with suppress(DatabaseUnavailable):  # it is shown all the same, and whoever turned to it sees that
                await self._journal.note_messages(answer.id, live.messages)

    async def reword(self, question: Question, open_canvas: OpenCanvas) -> None:
        """Ask a question again whose text was changed; one that reads as before, or was never answered, stays."""
        is_being_changed = question.id in self._newest
        self._newest[question.id] = question
        if is_being_changed:
            return  # whoever is at it asks the newest one
        try:
            answer = await self._outdated(question.id)
        finally:
            question = self._newest.pop(question.id)
        if answer is not None:
            await self._service.again(answer, replace(question, asker=answer.asker), open_canvas(answer))

    async def _outdated(self, question_id: int) -> Answer | None:
        """Return the answer that is to be given anew, none of which is under way any more; None where all is well."""
        while True:
            attempt, newest = self._service.attempts.to(question_id), self._newest[question_id]
            if attempt is not None and (attempt.question.text == newest.text or attempt.reword(newest)):
                return None
            if attempt is not None and attempt.record is not None:
                await attempt.record.catch_up()  # the journal has a run only a moment after it began
            answer = await self._journal.answer_to(question_id)
            if answer is None or all(run.outcome == "lost" for run in answer.runs):
                return None
            if attempt is not None:
                attempt.end(QuestionEdited(), waiting=Cancelled())
                await attempt.over.wait()
                continue
            latest = answer.runs[-1]
            wording = await self._journal.wording(answer.id, latest.number)
            if wording is None:
                return None
            if self._service.attempts.to(question_id) is None:
                reads = read_question(wording.question, answer, None).text
                is_promised = latest.error == QuestionEdited.__name__
                return answer if is_promised or reads != self._newest[question_id].text else None

    async def withdraw(self, question_id: int, open_canvas: OpenCanvas) -> None:
        """Take away all that came of a question that was deleted: its answer in Discord, and what is kept of it."""
        while True:
            while (attempt := self._service.attempts.to(question_id)) is not None:
                attempt.end(QuestionDeleted(), waiting=QuestionDeleted())
                await attempt.over.wait()
            answer = await self._journal.answer_to(question_id)
            if answer is None:
                return
            # It takes the answer's place meanwhile: whoever asks again waits, and finds that nothing is kept of it.
            question = Question(question_id, answer.place, answer.asker, "", by_message=answer.by_message)
            removal = ActiveRun(answer.id, question, open_canvas(answer), answer)
            removal.concluding = True
            if self._service.attempts.enter(removal):
                break
        try:
            await self._journal.erase(answer.id)
            await self._painter.note(removal.canvas, shown=answer.messages).remove_quietly()
        finally:
            self._service.attempts.leave(removal)
