"""What people do with answers: stop them, ask again, leaf through versions, change the question or take it back.

The handlers decide who may do so. Each method raises `DatabaseUnavailable`, and `Refusal` if it cannot be done.
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
        self, service: AnsweringService, answer_store: AnswerStore, scheduler: EditScheduler, *, others: bool
    ) -> None:
        self._service = service
        self._answer_store = answer_store
        self._scheduler = scheduler
        self._others = others
        self._newest: dict[int, Question] = {}
        """The questions that are being changed, as they read now."""

    async def find(self, answer: str) -> Answer:
        """Return what is known of an answer."""
        found = await self._answer_store.answer(answer)
        if found is None:
            raise NotStored
        return found

    def running(self, answer: str) -> ActiveRun | None:
        """Return the run at this answer that can still be stopped, None where there is none."""
        active_run = self._service.active_runs.by_answer(answer)
        return None if active_run is None or active_run.is_finishing else active_run

    def stop(self, active_run: ActiveRun) -> None:
        """End a run: what was written stays, and what has not begun is not asked."""
        active_run.end(Stopped(), waiting=Cancelled())

    async def question(self, answer: Answer, provider: str | None) -> Question:
        """Return the question of an answer, for `provider`; None for the one that gave the version that is shown."""
        run = answer.run(answer.shown) or (answer.runs[-1] if answer.runs else None)
        wording = await self._answer_store.wording(answer.id, run.number) if run is not None else None
        if run is None or wording is None:
            raise NotStored
        return read_question(wording.question, answer, provider or run.provider)

    async def retry(self, answer: Answer, provider: str | None, canvas: Canvas) -> None:
        """Ask again, `provider` where one is named; the answer becomes a version of the message that `canvas` edits."""
        await self._service.again(answer, await self.question(answer, provider), canvas)

    async def show_version(self, answer: Answer, number: int, canvas: Canvas) -> None:
        """Show another version, which the history keeps from now on; raises `CanvasError` where it stays as it was."""
        version = await read_version(self._answer_store, answer, number)
        if version is None:
            raise NotStored
        active_run = ActiveRun(answer.id, version.question, canvas, answer)
        await self._service.active_runs.wait_finishing(answer.id)
        if not self._service.active_runs.add(active_run):
            raise AlreadyAnswering
        try:
            # Whoever pressed the button may have looked at the answer a while ago.
            await self._turn(await self.find(answer.id), version, canvas)
        finally:
            self._service.active_runs.remove(active_run)

    async def _turn(self, answer: Answer, version: Version, canvas: Canvas) -> None:
        before = await read_version(self._answer_store, answer, answer.shown)
        live = self._scheduler.open_edit(canvas, shown=answer.messages)
        live.replace(version.pieces)
        live.set_controls(finished_controls(answer.id, answer.versions, version.number, others=self._others))
        await self._answer_store.show(answer.id, version.number, version.reworded)
        try:
            await live.finish(version.notices)
        except CanvasError:
            if before is not None:
                with suppress(DatabaseUnavailable):
                    await self._answer_store.show(answer.id, before.number, before.reworded)
            raise
        if tuple(live.messages) != answer.messages:
            with suppress(DatabaseUnavailable):  # it is shown all the same, and whoever turned to it sees that
                await self._answer_store.set_messages(answer.id, live.messages, answer.messages)

    async def reask_edited(self, question: Question, open_canvas: OpenCanvas) -> None:
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
            active_run, newest = self._service.active_runs.by_question(question_id), self._newest[question_id]
            if active_run is not None and (
                active_run.question.text == newest.text or active_run.update_question(newest)
            ):
                return None
            if active_run is not None and active_run.record is not None:
                await active_run.record.flush()  # the journal has a run only a moment after it began
            answer = await self._answer_store.answer_to(question_id)
            if answer is None or all(run.outcome == "lost" for run in answer.runs):
                return None
            if active_run is not None:
                active_run.end(QuestionEdited(), waiting=Cancelled())
                await active_run.over.wait()
                continue
            latest = answer.runs[-1]
            wording = await self._answer_store.wording(answer.id, latest.number)
            if wording is None:
                return None
            if self._service.active_runs.by_question(question_id) is None:
                reads = read_question(wording.question, answer, None).text
                is_promised = latest.error == QuestionEdited.__name__
                return answer if is_promised or reads != self._newest[question_id].text else None

    async def delete(self, question_id: int, open_canvas: OpenCanvas) -> None:
        """Take away all that came of a question that was deleted: its answer in Discord, and what is kept of it."""
        while True:
            while (active_run := self._service.active_runs.by_question(question_id)) is not None:
                active_run.end(QuestionDeleted(), waiting=QuestionDeleted())
                await active_run.over.wait()
            answer = await self._answer_store.answer_to(question_id)
            if answer is None:
                return
            # It takes the answer's place meanwhile: whoever asks again waits, and finds that nothing is kept of it.
            question = Question(question_id, answer.location, answer.asker, "", by_message=answer.by_message)
            removal = ActiveRun(answer.id, question, open_canvas(answer), answer)
            removal.is_finishing = True
            if self._service.active_runs.add(removal):
                break
        try:
            await self._answer_store.erase(answer.id)
            await self._scheduler.open_notice(removal.canvas, shown=answer.messages).remove_quietly()
        finally:
            self._service.active_runs.remove(removal)
