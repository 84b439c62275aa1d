"""After a start: no message is left looking as if it were still being written.

What the journal has as not done was cut off when the program before this one ended. What was stored whole is shown
whole; everything else is marked as interrupted, and can be asked again.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from bot.answering.stored_answers import read_pieces, read_version
from bot.domain.answer import Answer, Run, RunMetrics, RunResult, StoredTexts
from bot.domain.controls import finished_controls
from bot.domain.errors import DatabaseUnavailable, Interrupted
from bot.domain.stores import AnswerStore
from bot.streaming.canvas import CanvasError, MessageNotFound, PostedMessage, SavedCanvas, Unavailable
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.renderer import CURSOR
from bot.strings.notices import cut_off, not_remembered, repeat_cut_off

_log = logging.getLogger(__name__)

_SIGN = CURSOR.strip()
"""What Discord leaves of the sign where it stands alone."""

_AT_ONCE = 4
"""In how many channels is repaired at once: reading what is left there must not keep answers from being written."""


class CrashRecovery:
    """Repairs what the end of the program before this one left half-done."""

    def __init__(self, answer_store: AnswerStore, scheduler: EditScheduler, *, others: bool) -> None:
        self._answer_store = answer_store
        self._scheduler = scheduler
        self._others = others
        self._cut_off: Sequence[Answer] = ()

    async def find_interrupted(self) -> None:
        """Look up what was cut off. To be called before the first question is taken, so that none is under way."""
        try:
            self._cut_off = await self._answer_store.unfinished()
        except DatabaseUnavailable:
            _log.error("what was cut off is not known, because the database does not answer")

    async def repair(self, open_canvas: Callable[[Answer], SavedCanvas]) -> bool:
        """Repair what was found, each channel's one after another; returns whether nothing is left for the next call.

        Left is what fails for now, because Discord or the database does.
        """
        channels = defaultdict[int, list[Answer]](list)
        for answer in self._cut_off:
            channels[answer.location.channel].append(answer)
        if not channels:
            return True
        room = asyncio.Semaphore(_AT_ONCE)

        async def repair_in_turn(answers: Iterable[Answer]) -> Sequence[Answer]:
            async with room:
                return [answer for answer in answers if not await self._is_repaired(answer, open_canvas)]

        left = await asyncio.gather(*map(repair_in_turn, channels.values()))
        found, self._cut_off = len(self._cut_off), list(chain.from_iterable(left))
        _log.info("%d of %d answers that were cut off are dealt with", found - len(self._cut_off), found)
        return not self._cut_off

    async def _is_repaired(self, found: Answer, open_canvas: Callable[[Answer], SavedCanvas]) -> bool:
        """Repair an answer, and return whether that is done with, for good or ill."""
        channel = found.location.channel
        try:
            answer = await self._answer_store.answer(found.id)
            if answer is not None:
                for run in _cut_off_runs(found, answer):
                    await self._repair(answer, run, open_canvas)
        except (Unavailable, DatabaseUnavailable) as error:
            _log.warning("an answer in channel %d stays cut off for now: %s", channel, type(error).__name__)
            return False
        except Exception:  # noqa: BLE001 - one answer's repair must not keep the others from theirs
            _log.exception("repairing an answer in channel %d failed", channel)
            return False
        return True

    async def _repair(self, answer: Answer, run: Run, open_canvas: Callable[[Answer], SavedCanvas]) -> None:
        shown = answer.messages
        # What an earlier run left unsettled, a later one has written over.
        if run is answer.runs[-1]:
            try:
                shown = tuple(await self._restore(answer, run, open_canvas(answer)))
            except Unavailable:
                raise
            except CanvasError as error:
                # Nor will it be possible later: the place is gone, or the bot is not let in any more.
                _log.warning(
                    "an answer in channel %d cannot be reached any more: %s",
                    answer.location.channel,
                    type(error).__name__,
                )
                if run.state == "recorded":
                    await self._answer_store.mark_lost(answer.id, run.number)
                    return
            await self._remember(answer, run)
        if run.state == "open":
            await self._answer_store.end(
                answer.id, run.number, RunResult("interrupted", None, (), Interrupted.__name__), None
            )
        await self._answer_store.mark_done(answer.id, run.number, shown, RunMetrics(), answer.messages)

    async def _remember(self, answer: Answer, run: Run) -> None:
        """Have the history keep a version that is seen only now, because Discord was away when it was written."""
        version = await read_version(self._answer_store, answer, run.number) if run.number == answer.shown else None
        if version is not None and version.reworded is not None:
            await self._answer_store.show(answer.id, run.number, version.reworded)

    async def _restore(self, answer: Answer, run: Run, canvas: SavedCanvas) -> Sequence[int]:
        """Have Discord show what is true, and return the messages that do; raises `CanvasError`."""
        remnants = await canvas.posted_messages(answer.messages)
        if not remnants and not answer.by_message:
            # The response was never begun, or somebody took it away: there is nothing for an answer to stand below.
            raise MessageNotFound
        live = self._scheduler.open_notice(canvas)
        live.adopt(remnants)
        live.set_controls(finished_controls(answer.id, answer.versions, answer.shown, others=self._others))
        stored = await self._stored(answer, run)
        if stored is None:
            texts = [_without_sign(remnant) for remnant in remnants]
            concluded = _is_concluded(remnants) or _was_finished(remnants)
            await live.finish_as(texts, () if concluded else [cut_off(begun=any(texts))])
        else:
            live.replace(read_pieces(stored.answer) if stored.answer is not None else ())
            was_cut_off = run.state == "open" or run.outcome == "interrupted"
            is_earlier = run.number != answer.shown and stored.answer is not None and was_cut_off
            await live.finish([*stored.notices, repeat_cut_off()] if is_earlier else stored.notices)
        return live.messages

    async def _stored(self, answer: Answer, run: Run) -> StoredTexts | None:
        """Return what is stored to be shown: of the run, or else the version before it; None where that is nothing."""
        if answer.shown:
            wording = await self._answer_store.wording(answer.id, answer.shown)
            return None if wording is None or wording.answer is None else wording
        if run.state != "recorded":
            return None
        wording = await self._answer_store.wording(answer.id, run.number)
        # Without notices either, it was a repair that ended the run, and was cut off itself.
        return None if wording is None or not wording.notices else wording


def _cut_off_runs(found: Answer, answer: Answer) -> Sequence[Run]:
    """Return the runs that were not done when the answer was found, and still are not; later ones are under way."""
    last = max((run.number for run in found.runs), default=0)
    return [run for run in answer.runs if run.number <= last and run.state != "done"]


def _without_sign(remnant: PostedMessage) -> str:
    """Return what a message shows of the answer; small print alone is the bot's own, such as a place in the line."""
    return "" if _is_small(remnant.text) else remnant.text.removesuffix(_SIGN).rstrip()


def _was_finished(remnants: Sequence[PostedMessage]) -> bool:
    """Tell whether an answer was shown to its end, and only the database did not take it."""
    return bool(remnants) and remnants[-1].text.endswith(not_remembered())


def _is_concluded(remnants: Sequence[PostedMessage]) -> bool:
    """Tell whether there is a notice below an answer's text already: that is written last."""
    if not any(map(_without_sign, remnants)):
        return False
    last = remnants[-1].text
    return not last.endswith(CURSOR) and last.rpartition("\n")[2].startswith("-# ")


def _is_small(text: str) -> bool:
    return all(line.startswith("-# ") for line in text.splitlines())
