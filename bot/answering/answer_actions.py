"""What people do with answers: stop them, ask again, show another version, edit or delete the question.

The handlers check permissions. Each method raises `DatabaseUnavailable`, and `Refusal` if it cannot be done.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.answering.active_runs import ArrivingRun, RunningRun
from bot.answering.elsewhere.presses import PressesElsewhere
from bot.answering.elsewhere.runs_elsewhere import RunsElsewhere
from bot.answering.notices.wording_notice import finish_with_wording
from bot.answering.service import AnsweringService
from bot.answering.stored_answers import Version, name_wording, newest_text, read_question, read_version
from bot.conversation.answer_config import Presentation
from bot.conversation.server_settings import ServerSettings
from bot.domain.answer import Answer
from bot.domain.controls import AnswerControls, Controls
from bot.domain.errors import (
    AlreadyAnswering,
    Cancelled,
    DatabaseUnavailable,
    NotStored,
    QuestionDeleted,
    QuestionEdited,
    Stopped,
)
from bot.domain.question import Question, Requester
from bot.domain.stores import AnswerStore
from bot.streaming.answer_content import Layout
from bot.streaming.canvas import BadRequest, Canvas, CanvasError
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.live_answer import LiveAnswer


class _NeverAsked(Exception):
    """The message has no answer, and is not being answered."""


OpenCanvas = Callable[[Answer], Canvas]
"""Returns the canvas of an answer that was given before."""


class AnswerActions:
    """Changes answers that were given before, or are being given."""

    def __init__(
        self,
        service: AnsweringService,
        answer_store: AnswerStore,
        scheduler: EditScheduler,
        controls: AnswerControls,
        server_settings: ServerSettings,
        elsewhere: RunsElsewhere,
    ) -> None:
        self._service = service
        self._active_runs = service.active_runs
        self._answer_store = answer_store
        self._scheduler = scheduler
        self._controls = controls
        self._server_settings = server_settings
        self._runs_elsewhere = elsewhere
        self.elsewhere = PressesElsewhere(service.active_runs, answer_store, elsewhere)
        self._newest: dict[int, Question] = {}
        """The questions that were edited and are about to be asked again, with their newest text."""

    async def find(self, answer: str) -> Answer:
        """Return the stored answer with this id; raises `NotStored`."""
        found = await self._answer_store.answer(answer)
        if found is None:
            raise NotStored
        return found

    def running(self, answer: str) -> ArrivingRun | RunningRun | None:
        """Return the answer's run that can still be stopped, None if there is none."""
        reservation = self._active_runs.by_answer(answer)
        return None if reservation is None or reservation.is_finishing else reservation.run

    def stop(self, run: ArrivingRun | RunningRun) -> None:
        """End a run: what was written stays, and a question whose turn has not come is not asked."""
        run.end(Stopped(), waiting=Cancelled())

    async def question(self, answer: Answer, provider: str | None) -> Question:
        """Return the question of an answer, for `provider` and no other one, if None for the one that was asked first.

        A version that is shown tells who that was, also if another one answered instead.
        """
        run = answer.current_run
        wording = await self._answer_store.wording(answer.id, run.number) if run is not None else None
        if run is None or wording is None:
            raise NotStored
        question = read_question(wording.question, answer, provider)
        chosen = provider or question.chosen or run.provider
        question = replace(question, provider=chosen, chosen=None, falls_back=provider is None)
        newest = question.newest_text if run is answer.runs[-1] else await newest_text(self._answer_store, answer)
        question = replace(question, newest=None if newest == question.text else newest)
        question = question.without_words_of(self._server_settings.opted_out)
        thread = question.thread
        # The prompt builder decides again whether the provider needs to be told of the thread.
        return question if thread is None else replace(question, thread=replace(thread, is_told=False))

    async def retry(
        self, answer: Answer, provider: str | None, canvas: Canvas, requester: Requester | None = None
    ) -> None:
        """Ask again, `provider` if one is named; the answer becomes a new version, which `canvas` shows.

        It counts for the `requester`, None for the asker.
        """
        answer = await self.elsewhere.finished(answer)
        question = replace(await self.question(answer, provider), requester=requester)
        await self._service.answer_again(answer, question, canvas)

    async def show_version(self, answer: Answer, number: int, canvas: Canvas) -> None:
        """Show another version, which the history keeps from now on; on `CanvasError`, nothing has changed."""
        version = await read_version(self._answer_store, answer, number)
        if version is None:
            raise NotStored
        answer = await self.elsewhere.finished(answer)
        await self._active_runs.wait_finishing(answer.id)
        with self._active_runs.reserve(answer.id, answer.question_id):
            # The answer may have changed since the button was pressed.
            await self._show(await self.find(answer.id), version, canvas)

    async def _show(self, answer: Answer, version: Version, canvas: Canvas) -> None:
        before = await read_version(self._answer_store, answer, answer.shown)
        presentation = await self._server_settings.presentation(answer.location)
        layout = Layout(version.question.caption, presentation.max_messages)
        live = self._scheduler.open_edit(canvas, shown=answer.messages, layout=layout)
        live.replace(version.pieces)
        live.set_controls(self._controls_of(answer, version, presentation))
        await self._answer_store.show(answer.id, version.number, version.reworded)
        try:
            wording = await name_wording(self._answer_store, answer, version)
            await finish_with_wording(live, version.notices, wording)
        except CanvasError as error:
            if before is not None:
                with suppress(DatabaseUnavailable):
                    await self._answer_store.show(answer.id, before.number, before.reworded)
                if isinstance(error, BadRequest):
                    controls = self._controls_of(answer, before, presentation)
                    await self._show_again(answer, before, controls, live)
            raise
        if tuple(live.messages) != answer.messages:
            with suppress(DatabaseUnavailable):  # the version is shown all the same
                await self._answer_store.set_messages(answer.id, live.messages, answer.messages)

    async def _show_again(self, answer: Answer, version: Version, controls: Controls, live: LiveAnswer) -> None:
        """Show the version that was shown before Discord refused a page of another one, as far as it takes that."""
        live.try_again()
        live.replace(version.pieces)
        live.set_controls(controls)
        wording: Sequence[str] = ()
        with suppress(DatabaseUnavailable):
            wording = await name_wording(self._answer_store, answer, version)
        with suppress(CanvasError):
            await finish_with_wording(live, version.notices, wording)

    def _controls_of(self, answer: Answer, version: Version, presentation: Presentation) -> Controls:
        provider = version.question.provider or ""
        return self._controls.finished(
            answer.id, answer.versions, version.number, provider, has_others=presentation.has_others
        )

    async def reask_edited(self, question: Question, open_canvas: OpenCanvas, below: Canvas | None = None) -> None:
        """Ask an edited question again, unless its text is unchanged.

        If it was never asked, as when the edit made a question of the message, it is answered on `below`.
        """
        is_in_progress = question.id in self._newest
        self._newest[question.id] = question
        if is_in_progress:
            return  # the call in progress asks the newest text
        answer, is_new = None, False
        try:
            answer = await self._outdated(question.id)
        except _NeverAsked:
            is_new = True
        finally:
            question = self._newest.pop(question.id)
        if is_new and below is not None:
            await self._service.answer(question, below)
        if answer is not None:
            await self._service.answer_again(answer, replace(question, asker=answer.asker), open_canvas(answer))

    async def _outdated(self, question_id: int) -> Answer | None:
        """End any run that asks an older text; return the answer to give again, None if it is up to date.

        Raises `_NeverAsked`.
        """
        was_ended_elsewhere = False
        while True:
            reservation, newest = self._active_runs.by_question(question_id), self._newest[question_id]
            run = None if reservation is None else reservation.run
            if run is not None:
                if run.question.newest_text == newest.text or run.update_question(newest):
                    return None
                await run.flush()  # the database has a run only a moment after it began
            answer = await self._answer_store.answer_to(question_id)
            if answer is None and reservation is None and self._active_runs.by_question(question_id) is None:
                raise _NeverAsked
            if answer is None or (not was_ended_elsewhere and all(each.outcome == "lost" for each in answer.runs)):
                return None
            if reservation is not None:
                reservation.end(QuestionEdited(), waiting=Cancelled())
                await reservation.over.wait()
                continue
            latest = answer.runs[-1]
            texts = await self._answer_store.wording(answer.id, latest.number)
            if texts is None:
                return None
            if self._active_runs.by_question(question_id) is None:
                asked = read_question(texts.question, answer, None).newest_text
                is_promised = was_ended_elsewhere or latest.error == QuestionEdited.__name__
                if not is_promised and asked == self._newest[question_id].text:
                    return None
                if not self._runs_elsewhere.is_written(answer):
                    return answer
                was_ended_elsewhere = True
                await self._runs_elsewhere.look_again("edit", answer.id, question_id)

    async def delete(self, question_id: int, open_canvas: OpenCanvas) -> None:
        """Delete all that came of a deleted question: its answer in Discord, and what is stored of it."""
        while True:
            while (reservation := self._active_runs.by_question(question_id)) is not None:
                reservation.end(QuestionDeleted(), waiting=QuestionDeleted())
                await reservation.over.wait()
            await self._service.call_backs.withdraw(question_id)
            answer = await self._answer_store.answer_to(question_id)
            if answer is None:
                return
            if self._runs_elsewhere.is_written(answer):
                await self._runs_elsewhere.look_again("delete", answer.id, question_id)
                continue
            await self._runs_elsewhere.tell("delete", answer)  # it may be calling the asker back
            canvas = open_canvas(answer)
            # A retry waits meanwhile, and then finds that nothing is stored.
            with suppress(AlreadyAnswering), self._active_runs.reserve(answer.id, question_id, is_finishing=True):
                await self._answer_store.erase(answer.id)
                await self._scheduler.open_notice(canvas, shown=answer.messages).remove_quietly()
                return
