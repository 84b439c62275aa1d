"""Buttons under answers that a process writes which hears of nothing any more."""

from bot.answering.active_runs import ActiveRuns
from bot.answering.elsewhere.runs_elsewhere import RunsElsewhere
from bot.domain.answer import Answer
from bot.domain.errors import AlreadyAnswering, NotStored
from bot.domain.stores import AnswerStore

_MAX_LOOKS = 10
"""How often, each second, it is looked whether another process has finished an answer whose end it is showing."""


class PressesElsewhere:
    """What they do. Each method raises `DatabaseUnavailable`."""

    def __init__(self, active_runs: ActiveRuns, answer_store: AnswerStore, elsewhere: RunsElsewhere) -> None:
        self._active_runs = active_runs
        self._answer_store = answer_store
        self._elsewhere = elsewhere

    async def running(self, answer: str) -> Answer | None:
        """Return an answer that is being written by another process and can still be stopped, None if none is."""
        if self._active_runs.by_answer(answer) is not None:
            return None
        found = await self._answer_store.answer(answer)
        return None if found is None or all(run.state != "open" for run in found.runs) else found

    def is_heard(self, answer: Answer) -> bool:
        """Return whether the other process that writes an answer hears of all that people do itself."""
        return not self._elsewhere.is_written(answer)

    @property
    def can_stop(self) -> bool:
        """Whether a process that hears of nothing can be told to end a run."""
        return self._elsewhere.can_tell

    async def stop(self, answer: Answer) -> None:
        """Have the process that writes an answer end its run: what was written stays."""
        await self._elsewhere.tell("stop", answer)

    async def finished(self, answer: Answer) -> Answer:
        """Return an answer as it is once its process has finished it; raises `AlreadyAnswering` if it still writes.

        People can press what is below an answer a moment before its end is stored. Raises `NotStored`.
        """
        for _ in range(_MAX_LOOKS):
            if self.is_heard(answer):
                return answer
            if any(run.state == "open" for run in answer.runs):
                break
            await self._elsewhere.look_again("wait", answer.id, answer.question_id)
            found = await self._answer_store.answer(answer.id)
            if found is None:
                raise NotStored
            answer = found
        raise AlreadyAnswering
