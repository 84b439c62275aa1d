"""Looks for answers of processes that ended, for as long as this one runs, and has them repaired."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.answering.active_runs import ActiveRuns
from bot.answering.crash_recovery import CrashRecovery
from bot.domain.answer import Answer
from bot.domain.errors import DatabaseUnavailable
from bot.domain.leases import NO_OWNER, Lease
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.domain.runtime.timing import Backoff
from bot.domain.stores import AnswerStore
from bot.streaming.canvas import SavedCanvas

_log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
"""Between two looks. A killed process is seen at once, so that its answers are marked within 20 s."""


class RecoveryWatch:
    """Takes over what other processes left behind, each answer in one process only, and repairs it.

    `own` is the id under which this process owns runs; those in `active_runs` are in progress.
    """

    def __init__(
        self,
        answer_store: AnswerStore,
        lease: Lease,
        crash_recovery: CrashRecovery,
        own: str,
        active_runs: ActiveRuns,
        telemetry: Telemetry = NO_TELEMETRY,
    ) -> None:
        self._answer_store = answer_store
        self._lease = lease
        self._crash_recovery = crash_recovery
        self._own = own
        self._active_runs = active_runs
        self._telemetry = telemetry
        self._in_repair = set[tuple[str, int]]()
        self._is_first, self._is_unsure = True, False

    @property
    def is_proxied(self) -> bool:
        """Whether other processes are seen through a pooling proxy, and their end later."""
        return self._lease.is_proxied

    async def watch(self, open_canvas: Callable[[Answer], SavedCanvas]) -> None:
        """Look and repair until cancelled."""
        async with asyncio.TaskGroup() as repairs:
            while True:
                if found := await self._look():
                    repairs.create_task(self._repair(found, open_canvas))
                await asyncio.sleep(LOOK_SECONDS)

    async def take_over(self) -> Sequence[Answer]:
        """Take over the answers of processes that ended, and return them; raises `DatabaseUnavailable`."""
        owners = set(await self._answer_store.unfinished_owners())
        ended = set(await self._lease.find_ended(owners - {NO_OWNER.id}))
        if self._is_first:
            # Runs without an owner only once: an older version that is being replaced may still store more.
            ended |= owners & {NO_OWNER.id}
        if self._is_unsure:
            ended.add(self._own)
        # If this fails, it may have been done all the same, as when only the database's reply was lost.
        self._is_unsure = bool(ended)
        taken = await self._answer_store.take_over(ended) if ended else ()
        self._is_first = self._is_unsure = False
        return [cut_off for answer in taken if (cut_off := self._without_active(answer)).runs]

    def _without_active(self, answer: Answer) -> Answer:
        """Return the answer without the runs that this process is giving or repairing."""
        reservation = self._active_runs.by_answer(answer.id)
        active = None if reservation is None or reservation.run is None else reservation.run.request.number
        runs = (run for run in answer.runs if run.number != active and (answer.id, run.number) not in self._in_repair)
        return replace(answer, runs=tuple(runs))

    async def _look(self) -> Sequence[Answer]:
        try:
            return await self.take_over()
        except DatabaseUnavailable:
            return ()  # the store has said so in the log
        except Exception:  # noqa: BLE001 - whatever it was, the next look may succeed
            _log.exception("looking for answers that were cut off failed")
            return ()

    async def _repair(self, found: Sequence[Answer], open_canvas: Callable[[Answer], SavedCanvas]) -> None:
        backoff, left = Backoff(asyncio.get_running_loop().time), found
        runs = {(answer.id, run.number) for answer in found for run in answer.runs}
        self._in_repair |= runs
        self._telemetry.answers_recovered(len(found))
        try:
            while True:
                left = await self._crash_recovery.repair(left, open_canvas)
                if not left:
                    return
                await asyncio.sleep(backoff.next_pause())
        finally:
            self._in_repair -= runs
