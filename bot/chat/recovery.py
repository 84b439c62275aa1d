"""After a start: no message is left looking as if it were still being written.

What the journal has as not done was cut off when the program before this one ended. What was stored whole is shown
whole; everything else is marked as interrupted, and can be asked again.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from bot.chat.canvas import CanvasError, Gone, Reopened
from bot.chat.controls import ended
from bot.chat.draft import GOES_ON
from bot.chat.errors import MemoryUnavailable
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

    async def repair(self, answers: Sequence[Answer], open_canvas: Callable[[Answer], Reopened]) -> None:
        """Repair `answers`, all at once as far as Discord's limits allow; what cannot be is said in the log."""
        await asyncio.gather(*(self._repaired(answer, open_canvas) for answer in answers))
        if answers:
            _log.info("%d answers had been cut off", len(answers))

    async def _repaired(self, answer: Answer, open_canvas: Callable[[Answer], Reopened]) -> None:
        unfinished = [run for run in answer.runs if run.state != "done"]
        try:
            try:
                shown = await self._repair(answer, unfinished[-1], open_canvas(answer))
            except Gone:
                # Its channel is not there any more: the next start need not look for it again.
                for run in unfinished:
                    await self._journal.lose(answer.id, run.number)
                return
            for run in unfinished:
                if run.state == "open":
                    await self._journal.end(answer.id, run.number, Ended("interrupted", None, (), "Interrupted"), None)
                await self._journal.settle(answer.id, run.number, shown, Figures())
        except (CanvasError, MemoryUnavailable) as error:
            _log.warning("an answer in channel %d stays cut off: %s", answer.place.channel, type(error).__name__)
        except Exception:  # noqa: BLE001 - one answer's repair must not keep the others from theirs
            _log.exception("repairing an answer failed")

    async def _repair(self, answer: Answer, run: Run, canvas: Reopened) -> Sequence[int]:
        """Show what is stored, or mark what was shown, and return the messages that stand there then."""
        async with self._looking:
            wording = await self._stored(answer, run)
            remnants = await canvas.remnants(answer.messages)
        live = self._painter.note(canvas)
        live.stand(remnants)
        live.steer(ended(answer.id, answer.versions, answer.shown, others=self._others))
        if wording is not None:
            live.replace([] if wording.answer is None else read_pieces(wording.answer))
            is_repeat = run.state == "open"
            await live.finish([*wording.notices, repeat_cut_off()] if is_repeat else wording.notices)
        else:
            texts = [_without_own_words(remnant.text) for remnant in remnants]
            await live.finish_as(texts, cut_off(begun=any(texts)))
        return live.messages

    async def _stored(self, answer: Answer, run: Run) -> Wording | None:
        """Return what is stored to be shown: the run's own, or the version before it; None where there is nothing."""
        if run.state == "open" and not answer.shown:
            return None
        wording = await self._journal.wording(answer.id, answer.shown or run.number)
        return wording if wording is not None and (wording.answer or wording.notices) else None


def _without_own_words(text: str) -> str:
    """Return the provider's part of a message that was cut off; empty where all of it is the bot's own."""
    if text.startswith("-# ") and "\n" not in text:
        return ""  # such as that the question waits its turn
    # A repair may itself have been cut off.
    return text.removesuffix(GOES_ON).removesuffix(f"\n{cut_off(begun=True)}")
