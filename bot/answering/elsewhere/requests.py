"""What other processes want of the answers that this one writes, once it hears of nothing any more itself."""

import asyncio
from typing import Self, cast

from bot.answering.active_runs import ActiveRuns, Reservation
from bot.answering.elsewhere.changes import CHANGE, OVER, Change
from bot.answering.notices.call_backs import CallBacks
from bot.domain.cluster.signals import Payload, Signals
from bot.domain.errors import Cancelled, QuestionDeleted, QuestionEdited, Stopped


class RequestsElsewhere:
    """Does it while it is open (`async with`), and says when a run is over that somebody waits for."""

    def __init__(self, signals: Signals, active_runs: ActiveRuns, call_backs: CallBacks) -> None:
        self._signals = signals
        self._active_runs = active_runs
        self._call_backs = call_backs
        self._is_open = False
        self._watched: dict[str, asyncio.Task[None]] = {}
        self._withdrawing = set[asyncio.Task[None]]()

    async def __aenter__(self) -> Self:
        self._is_open = True
        self._signals.listen(CHANGE, self._receive, lambda: None)  # who waits asks again each second
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_open = False  # signals go on for a while, and nobody would await what they begin
        tasks = {*self._watched.values(), *self._withdrawing}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _receive(self, payload: Payload) -> None:
        if not self._is_open:
            return
        change, answer, question = payload["change"], str(payload["answer"]), payload["question"]
        if change == "delete" and isinstance(question, int):
            withdrawing = asyncio.create_task(self._call_backs.withdraw(question))
            self._withdrawing.add(withdrawing)
            withdrawing.add_done_callback(self._withdrawing.discard)
        reservation = self._active_runs.by_answer(answer)
        if reservation is None:
            return
        _change(reservation, cast("Change", change))
        if change != "stop" and answer not in self._watched:
            self._watched[answer] = asyncio.create_task(self._tell_end(answer, reservation))

    async def _tell_end(self, answer: str, reservation: Reservation) -> None:
        await reservation.over.wait()
        del self._watched[answer]
        await self._signals.send(OVER, {"answer": answer})


def _change(reservation: Reservation, change: Change) -> None:
    """End a run as somebody wants; a question that waits here and was edited goes without a word: another asks it."""
    match change:
        case "stop":
            reservation.end(Stopped(), waiting=Cancelled())
        case "edit":
            reservation.end(QuestionEdited(), waiting=QuestionDeleted())
        case "delete":
            reservation.end(QuestionDeleted(), waiting=QuestionDeleted())
        case "wait":
            pass
