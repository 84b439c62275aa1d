"""After a start: no message is left looking as if it were still being written.

What the journal has as not done was cut off when the program before this one ended. What was stored whole is shown
whole; everything else is marked as interrupted, and can be asked again.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from bot.chat.canvas import CanvasError, Reopened
from bot.chat.controls import ended
from bot.chat.draft import GOES_ON
from bot.chat.errors import MemoryUnavailable
from bot.chat.journal import Answer, Ended, Figures, Journal, Run
from bot.chat.painter import Painter
from bot.chat.sentences import cut_off, repeat_cut_off
from bot.chat.wording import read_pieces

_log = logging.getLogger(__name__)


class Recovery:
    """Repairs what the end of the program before this one left half-done."""

    def __init__(self, journal: Journal, painter: Painter, *, others: bool) -> None:
        self._journal = journal
        self._painter = painter
        self._others = others

    async def survey(self) -> Sequence[Answer]:
        """Return what was cut off. Called before the first question is taken, so that none of it is under way."""
        try:
            return await self._journal.unfinished()
        except MemoryUnavailable:
            _log.error("what was cut off is not known, because the database does not answer")
            return ()

    async def repair(self, answers: Sequence[Answer], open_canvas: Callable[[Answer], Reopened]) -> None:
        """Repair `answers`, all at once as far as Discord's limits allow; what cannot be is said in the log."""
        await asyncio.gather(*(self._repaired(answer, open_canvas) for answer in answers))
        if answers:
            _log.info("%d answers had been cut off", len(answers))

    async def _repaired(self, answer: Answer, open_canvas: Callable[[Answer], Reopened]) -> None:
        try:
            for run in answer.runs:
                if run.state != "done":
                    await self._repair(answer, run, open_canvas(answer))
        except (CanvasError, MemoryUnavailable) as error:
            _log.warning("an answer in channel %d stays cut off: %s", answer.place.channel, type(error).__name__)
        except Exception:  # noqa: BLE001 - one answer's repair must not keep the others from theirs
            _log.exception("repairing an answer failed")

    async def _repair(self, answer: Answer, run: Run, canvas: Reopened) -> None:
        shown: Sequence[int]
        if run.state == "recorded" or answer.shown:
            shown = await self._show_stored(answer, run, canvas)
        else:
            shown = await self._mark(answer, canvas)
        if run.state == "open":
            await self._journal.end(answer.id, run.number, Ended("interrupted", None, (), "Interrupted"), None)
        await self._journal.settle(answer.id, run.number, shown, Figures())

    async def _show_stored(self, answer: Answer, run: Run, canvas: Reopened) -> Sequence[int]:
        """Show the version that is stored: this run's own, or the one before it."""
        wording = await self._journal.wording(answer.id, answer.shown)
        notices = () if wording is None else wording.notices
        if run.state == "open":
            notices = (*notices, repeat_cut_off())
        remnants = await canvas.remnants(answer.messages)
        live = self._painter.note(canvas)
        live.stand(remnants)
        if wording is not None and wording.answer is not None:
            live.replace(read_pieces(wording.answer))
        live.steer(ended(answer.id, answer.versions, answer.shown, others=self._others))
        await live.finish(notices)
        return live.messages

    async def _mark(self, answer: Answer, canvas: Reopened) -> Sequence[int]:
        """Say below what was shown that it was interrupted."""
        remnants = await canvas.remnants(answer.messages)
        # A line of small print alone is the bot's own: that the question waits its turn.
        texts = ["" if _is_small(remnant.text) else remnant.text.removesuffix(GOES_ON) for remnant in remnants]
        live = self._painter.note(canvas)
        live.stand(remnants)
        live.steer(ended(answer.id, answer.versions, answer.shown, others=self._others))
        await live.finish_as(texts, cut_off(begun=any(texts)))
        return live.messages


def _is_small(text: str) -> bool:
    return text.startswith("-# ") and "\n" not in text
