"""After a start: no message is left looking as if it were still being written.

What the journal has as not done was cut off when the program before this one ended. What was stored whole is shown
whole; everything else is marked as interrupted, and can be asked again.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from bot.chat.canvas import CanvasError, Denied, Expired, Gone, Remnant, Reopened
from bot.chat.controls import ended
from bot.chat.draft import SIGN
from bot.chat.errors import MemoryUnavailable
from bot.chat.journal import Answer, Ended, Figures, Journal, Run, Wording
from bot.chat.painter import Painter
from bot.chat.sentences import cut_off, not_remembered, repeat_cut_off
from bot.chat.versions import read_version
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
        try:
            await self._repair(answer, open_canvas(answer))
        except (CanvasError, MemoryUnavailable) as error:
            _log.warning("an answer in channel %d stays cut off: %s", answer.place.channel, type(error).__name__)
        except Exception:  # noqa: BLE001 - one answer's repair must not keep the others from theirs
            _log.exception("repairing an answer failed")

    async def _repair(self, answer: Answer, canvas: Reopened) -> None:
        unfinished = [run for run in answer.runs if run.state != "done"]
        try:
            messages = await self._show(answer, unfinished[-1], canvas)
        except (Gone, Expired):
            # It can never be written to again, and need not be looked for at every start.
            for run in unfinished:
                await self._journal.lose(answer.id, run.number)
            return
        await self._remember(answer, unfinished[-1])
        for run in unfinished:
            if run.state == "open":
                await self._journal.end(answer.id, run.number, Ended("interrupted", None, (), "Interrupted"), None)
            await self._journal.settle(answer.id, run.number, messages, Figures())

    async def _remember(self, answer: Answer, run: Run) -> None:
        """Have the history keep a version that is seen only now, because Discord was away when it was written."""
        version = await read_version(self._journal, answer, run.number) if run.number == answer.shown else None
        if version is not None and version.reworded is not None:
            await self._journal.show(answer.id, run.number, version.reworded)

    async def _show(self, answer: Answer, run: Run, canvas: Reopened) -> Sequence[int]:
        """Show what is stored, or mark what was shown, and return the messages that stand there then."""
        async with self._looking:
            wording = await self._stored(answer, run)
            remnants = await self._look(answer, canvas)
        live = self._painter.note(canvas, shown=answer.messages)
        if remnants is not None:
            live.stand(remnants)
        live.steer(ended(answer.id, answer.versions, answer.shown, others=self._others))
        if wording is not None:
            live.replace([] if wording.answer is None else read_pieces(wording.answer))
            is_repeat = run.state == "open"
            await live.finish([*wording.notices, repeat_cut_off()] if is_repeat else wording.notices)
        elif remnants is None:
            await live.finish_as([], cut_off(begun=bool(answer.messages)))
        elif not _was_finished(remnants):
            texts = [_without_own_words(remnant.text) for remnant in remnants]
            await live.finish_as(texts, cut_off(begun=any(texts)))
        return live.messages

    async def _look(self, answer: Answer, canvas: Reopened) -> Sequence[Remnant] | None:
        """Return what is left of the answer in Discord, None where the bot may not read it; writing is another matter.

        What is found beside the messages that are known may be of an answer that is being written by now.
        """
        try:
            remnants = await canvas.remnants(answer.messages)
        except Denied:
            return None
        own = list[Remnant]()
        for remnant in remnants:
            known = remnant.message in answer.messages
            found = None if known else await self._journal.answer_in(remnant.message)
            if found is None or found.id == answer.id:
                own.append(remnant)
        return own

    async def _stored(self, answer: Answer, run: Run) -> Wording | None:
        """Return what is stored to be shown: the run's own, or the version before it; None where there is nothing."""
        if run.state == "open" and not answer.shown:
            return None
        wording = await self._journal.wording(answer.id, answer.shown or run.number)
        return wording if wording is not None and (wording.answer or wording.notices) else None


def _was_finished(remnants: Sequence[Remnant]) -> bool:
    """Tell whether an answer was shown to its end, and only the database did not take it."""
    return bool(remnants) and remnants[-1].text.endswith(not_remembered())


def _without_own_words(text: str) -> str:
    """Return the provider's part of a message that was cut off; empty where all of it is the bot's own."""
    if text.startswith("-# ") and "\n" not in text:
        return ""  # such as that the question waits its turn
    # A repair may itself have been cut off.
    return text.removesuffix(SIGN).rstrip().removesuffix(f"\n{cut_off(begun=True)}")
