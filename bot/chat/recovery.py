"""After a start: no message is left looking as if it were still being written.

What the journal has as not done was cut off when the program before this one ended. What was stored whole is shown
whole; everything else is marked as interrupted, and can be asked again.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from bot.chat.canvas import CanvasError, Gone, Remnant, Reopened, Unavailable
from bot.chat.controls import ended
from bot.chat.draft import GOES_ON
from bot.chat.errors import Interrupted, MemoryUnavailable
from bot.chat.journal import Answer, Ended, Figures, Journal, Run, Wording
from bot.chat.painter import Painter
from bot.chat.sentences import cut_off, repeat_cut_off
from bot.chat.wording import read_pieces

_log = logging.getLogger(__name__)

_LOOKING = 10
"""How many answers are looked up at once, in the database and in Discord: what is asked now goes first."""


class Recovery:
    """Repairs what the end of the program before this one left half-done."""

    def __init__(self, journal: Journal, painter: Painter, *, others: bool) -> None:
        self._journal = journal
        self._painter = painter
        self._others = others
        self._looking = asyncio.Semaphore(_LOOKING)

    async def survey(self) -> Sequence[Answer]:
        """Return what was cut off. Called before the first question is taken, so that none of it is under way."""
        try:
            return await self._journal.unfinished()
        except MemoryUnavailable:
            _log.error("what was cut off is not known, because the database does not answer")
            return ()

    async def repair(self, answers: Sequence[Answer], open_canvas: Callable[[Answer], Reopened]) -> Sequence[Answer]:
        """Repair `answers`, all at once as far as Discord's limits allow, and return those for which it is too soon.

        What can never be repaired is said in the log, and over.
        """
        done = await asyncio.gather(*(self._is_dealt_with(answer, open_canvas) for answer in answers))
        left = [answer for answer, is_done in zip(answers, done, strict=True) if not is_done]
        if answers:
            _log.info("%d of %d answers that were cut off are dealt with", len(answers) - len(left), len(answers))
        return left

    async def _is_dealt_with(self, found: Answer, open_canvas: Callable[[Answer], Reopened]) -> bool:
        channel = found.place.channel
        try:
            async with self._looking:
                answer = await self._journal.answer(found.id)
            if answer is not None:
                for run in _cut_off_runs(found, answer):
                    await self._repair(answer, run, open_canvas)
        except (Unavailable, MemoryUnavailable) as error:
            _log.warning("an answer in channel %d stays cut off for now: %s", channel, type(error).__name__)
            return False
        except Exception:  # noqa: BLE001 - one answer's repair must not keep the others from theirs
            _log.exception("repairing an answer in channel %d failed", channel)
            return False
        return True

    async def _repair(self, answer: Answer, run: Run, open_canvas: Callable[[Answer], Reopened]) -> None:
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
                    "an answer in channel %d cannot be reached any more: %s", answer.place.channel, type(error).__name__
                )
                if run.state == "recorded":
                    await self._journal.lose(answer.id, run.number)
                    return
        if run.state == "open":
            await self._journal.end(answer.id, run.number, Ended("interrupted", None, (), Interrupted.__name__), None)
        await self._journal.settle(answer.id, run.number, shown, Figures())

    async def _restore(self, answer: Answer, run: Run, canvas: Reopened) -> Sequence[int]:
        """Have Discord show what is true, and return the messages that do; raises `CanvasError`."""
        async with self._looking:
            stored = await self._stored(answer, run)
            remnants = await canvas.remnants(answer.messages)
        if not remnants and not answer.by_message:
            # The response was never begun, or somebody took it away: there is nothing for an answer to stand below.
            raise Gone
        live = self._painter.note(canvas)
        live.stand(remnants)
        live.steer(ended(answer.id, answer.versions, answer.shown, others=self._others))
        if stored is None:
            texts = [_without_sign(remnant) for remnant in remnants]
            await live.finish_as(texts, () if _is_concluded(remnants) else [cut_off(begun=any(texts))])
        else:
            live.replace(read_pieces(stored.answer) if stored.answer is not None else ())
            is_repeat = run.state == "open"
            await live.finish([*stored.notices, repeat_cut_off()] if is_repeat else stored.notices)
        return live.messages

    async def _stored(self, answer: Answer, run: Run) -> Wording | None:
        """Return what is stored to be shown: of the run, or else the version before it; None where that is nothing."""
        if answer.shown:
            wording = await self._journal.wording(answer.id, answer.shown)
            return None if wording is None or wording.answer is None else wording
        if run.state != "recorded":
            return None
        wording = await self._journal.wording(answer.id, run.number)
        # Without notices either, it was a repair that ended the run, and was cut off itself.
        return None if wording is None or not wording.notices else wording


def _cut_off_runs(found: Answer, answer: Answer) -> Sequence[Run]:
    """Return the runs that were not done when the answer was found, and still are not; later ones are under way."""
    last = max((run.number for run in found.runs), default=0)
    return [run for run in answer.runs if run.number <= last and run.state != "done"]


def _without_sign(remnant: Remnant) -> str:
    """Return what a message shows of the answer; small print alone is the bot's own, such as a place in the line."""
    return "" if _is_small(remnant.text) else remnant.text.removesuffix(GOES_ON)


def _is_concluded(remnants: Sequence[Remnant]) -> bool:
    """Tell whether there is a notice below an answer's text already: that is written last."""
    if not any(map(_without_sign, remnants)):
        return False
    last = remnants[-1].text
    return not last.endswith(GOES_ON) and last.rpartition("\n")[2].startswith("-# ")


def _is_small(text: str) -> bool:
    return all(line.startswith("-# ") for line in text.splitlines())
