"""What people do with answers: stop them, ask again, leaf through versions, change the question or take it back.

Who may do so is decided at the door; here is what it does. Each method raises `MemoryUnavailable`, and `Refusal` where
it cannot be done.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.chat.attempt import Attempt
from bot.chat.canvas import Canvas
from bot.chat.controls import ended
from bot.chat.errors import AlreadyAsked, Cancelled, Forgotten, Stopped, Superseded, Withdrawn
from bot.chat.journal import Answer, Journal, Reworded
from bot.chat.painter import Painter
from bot.chat.questions import Question
from bot.chat.service import Service
from bot.chat.wording import read_pieces, read_question

OpenCanvas = Callable[[Answer], Canvas]
"""Returns a place to write for an answer that was given before."""


class Steering:
    """Changes answers after they were asked for."""

    def __init__(self, service: Service, journal: Journal, painter: Painter, *, others: bool) -> None:
        self._service = service
        self._journal = journal
        self._painter = painter
        self._others = others

    async def find(self, answer: str) -> Answer:
        """Return what is known of an answer."""
        found = await self._journal.answer(answer)
        if found is None:
            raise Forgotten
        return found

    def under_way(self, answer: str) -> Attempt | None:
        """Return the run at this answer that is under way, None where there is none."""
        return self._service.attempts.at(answer)

    def stop(self, attempt: Attempt) -> None:
        """End a run: what was written stays, and what has not begun is not asked."""
        attempt.end(Stopped(), waiting=Cancelled())

    async def question(self, answer: Answer, provider: str | None) -> Question:
        """Return the question of an answer, for `provider`; None for the one that gave the version that is shown."""
        run = answer.run(answer.shown) or (answer.runs[-1] if answer.runs else None)
        wording = await self._journal.wording(answer.id, run.number) if run is not None else None
        if run is None or wording is None:
            raise Forgotten
        return read_question(wording.question, answer, provider or run.provider)

    async def retry(self, answer: Answer, provider: str | None, canvas: Canvas) -> None:
        """Ask again, `provider` where one is named; the answer becomes a version of the message that `canvas` edits."""
        await self._service.again(answer, await self.question(answer, provider), canvas)

    async def turn_to(self, answer: Answer, number: int, canvas: Canvas) -> None:
        """Show another version, which the history keeps from now on; raises `CanvasError` where it stays as it was."""
        wording = await self._journal.wording(answer.id, number)
        run = answer.run(number)
        if run is None or wording is None or wording.answer is None:
            raise Forgotten
        question = read_question(wording.question, answer, run.provider)
        attempt = Attempt(answer.id, question, canvas, answer)
        if not self._service.attempts.enter(attempt):
            raise AlreadyAsked
        try:
            live = self._painter.open(canvas, progressive=False, shown=answer.messages)
            live.replace(read_pieces(wording.answer))
            live.steer(ended(answer.id, answer.versions, number, others=self._others))
            remembered = run.turn is not None and run.outcome == "whole"
            reworded = Reworded(run.turn, question.compose(), live.text) if run.turn and remembered else None
            await self._journal.show(answer.id, number, reworded)
            await live.finish(wording.notices)
            await self._journal.note_messages(answer.id, live.messages)
        finally:
            self._service.attempts.leave(attempt)

    async def reword(self, question: Question, open_canvas: OpenCanvas) -> None:
        """Ask a question again whose text was changed; one that reads as before, or was never answered, stays."""
        attempt = self._service.attempts.to(question.id)
        if attempt is not None:
            if attempt.question.text == question.text or attempt.reword(question):
                return
            attempt.end(Superseded(), waiting=Cancelled())
            await attempt.over.wait()
        answer = await self._journal.answer_to(question.id)
        if answer is None or not answer.runs:
            return
        latest = await self._journal.wording(answer.id, answer.runs[-1].number)
        if latest is None or read_question(latest.question, answer, None).text == question.text:
            return
        await self._service.again(answer, replace(question, asker=answer.asker), open_canvas(answer))

    async def withdraw(self, question_id: int, open_canvas: OpenCanvas) -> None:
        """Take away all that came of a question that was deleted: its answer in Discord, and what is kept of it."""
        attempt = self._service.attempts.to(question_id)
        if attempt is not None:
            attempt.end(Withdrawn(), waiting=Withdrawn())
            await attempt.over.wait()
        answer = await self._journal.answer_to(question_id)
        if answer is None:
            return
        await self._journal.erase(answer.id)
        await self._painter.note(open_canvas(answer), shown=answer.messages).remove_quietly()
