"""The answering service: takes a question, asks the provider, has the answer shown, and remembers the turn."""

import asyncio
import logging
from contextlib import suppress

from bot.chat.canvas import Canvas, CanvasError, Closed, Denied, Expired, Gone
from bot.chat.errors import (
    AnswerError,
    Fault,
    MemoryUnavailable,
    NothingAsked,
    QuestionTooLong,
)
from bot.chat.memory import Memory
from bot.chat.painter import Painter
from bot.chat.preferences import Preferences, Setup
from bot.chat.questions import Question
from bot.chat.queue import Turnstile
from bot.chat.reader import Reader
from bot.chat.recall import Recall, Recalled
from bot.chat.sentences import (
    asked_about,
    cannot_write,
    could_not_show,
    explain,
    not_read,
    not_remembered,
    quote_not_read,
    small,
    thread_closed,
    too_late,
)

_log = logging.getLogger(__name__)

_BEFORE_BEGINNING = 1.5
"""Seconds within which a question can still be refused privately; Discord gives up on an interaction after 3."""

_UNSAYABLE = {Denied: cannot_write, Closed: thread_closed, Expired: too_late}
"""What an asker is told outside the channel, by what keeps an answer out of it."""

_LAST_EDITS = 5.0
"""Seconds for the edits that mark interrupted answers before the process ends."""


class Service:
    """Answers questions, each channel's one after another. `answer` may be called any number of times at once."""

    def __init__(self, preferences: Preferences, memory: Memory, recall: Recall, painter: Painter) -> None:
        self._preferences = preferences
        self._reader = Reader(memory)
        self._recall = recall
        self._painter = painter
        self._turnstile = Turnstile()
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def answer(self, question: Question, canvas: Canvas) -> None:
        """Answer `question` on `canvas`; returns when all is shown, or when the asker knows why not. Never raises.

        The place in the channel's queue is taken before anything is waited for: questions are answered in the order in
        which this method was called.
        """
        self._under_way += 1
        self._idle.clear()
        try:
            await self._queued(question, canvas)
        except AnswerError as error:
            _log.info("question %d refused: %s", question.id, type(error).__name__)
            await self._refuse(question, canvas, explain(error))
        except CanvasError as error:
            await self._unsayable(question, canvas, error)
        except Exception:  # noqa: BLE001 - whatever it was, the asker is told, and the next question answered
            _log.exception("question %d: answering failed", question.id)
            await self._refuse(question, canvas, explain(Fault()))
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def say(self, canvas: Canvas, text: str) -> None:
        """Write something that is no answer, such as help, as a reply; raises `CanvasError`."""
        await self._painter.remark(canvas, text)

    async def drain(self, seconds: float) -> None:
        """Take no more questions, let running answers finish for `seconds`, then mark the rest interrupted."""
        self._turnstile.close()
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            _log.warning("interrupted %d answers", self._reader.interrupt())
            try:
                async with asyncio.timeout(_LAST_EDITS):
                    await self._idle.wait()
            except TimeoutError:
                _log.warning("%d answers could not be marked as interrupted", self._under_way)

    async def _queued(self, question: Question, canvas: Canvas) -> None:
        ticket = self._turnstile.take(question.place.channel)
        try:
            setup = await self._set_up(question, canvas)
            _check(question, setup)
            await canvas.begin()
        except BaseException:
            ticket.leave()
            raise
        async with ticket:
            recalled = await self._recall.prompt(question, setup)
            await self._answered(question, setup, recalled, canvas)

    async def _set_up(self, question: Question, canvas: Canvas) -> Setup:
        """Return who answers. A slow database is not waited for beyond what an interaction's deadline allows."""
        setup = asyncio.create_task(self._preferences.setup(question.place, question.provider))
        try:
            await asyncio.wait({setup}, timeout=_BEFORE_BEGINNING)
            if not setup.done():
                await canvas.begin()
            return await setup
        finally:
            setup.cancel()

    async def _answered(self, question: Question, setup: Setup, recalled: Recalled, canvas: Canvas) -> None:
        live = self._painter.open(canvas, progressive=setup.provider.streams)
        error = await self._reader.read(setup.provider, recalled.prompt, live)
        notices = [small(explain(error))] if error is not None else []
        if question.about is not None:
            notices.append(asked_about(question.about.link, question.about.asked))
        if question.quote is not None and not question.quote.text:
            notices.append(quote_not_read())
        if question.attachments:
            notices.append(not_read(question.attachments))
        turn = None
        if error is None and live.lost is None:
            # Recorded before the last edit, so that not even a kill loses a turn that somebody saw finished.
            try:
                turn = await self._recall.record(question, setup, recalled, live.text)
            except MemoryUnavailable:
                notices.append(not_remembered())
        try:
            await live.finish(notices)
        except CanvasError:
            if turn is not None:
                with suppress(MemoryUnavailable):
                    await self._recall.withdraw(turn)
            raise
        outcome = "in full" if error is None else type(error).__name__
        _log.info("question %d answered by %s: %s", question.id, setup.provider.name, outcome)

    async def _refuse(self, question: Question, canvas: Canvas, sentence: str) -> None:
        try:
            if not await canvas.refuse(small(sentence)):
                await self._painter.remark(canvas, small(sentence))
        except CanvasError as error:
            await self._unsayable(question, canvas, error)

    async def _unsayable(self, question: Question, canvas: Canvas, error: CanvasError) -> None:
        """Say in the log, and to the asker if possible, that nothing could be said in the channel."""
        channel = question.place.channel
        _log.warning("question %d: cannot write in channel %d: %s", question.id, channel, type(error).__name__)
        if isinstance(error, Gone):
            return  # somebody took the message or the channel away: there is nothing to explain
        sentence = _UNSAYABLE.get(type(error), could_not_show)(channel)
        if not await canvas.whisper(sentence):
            _log.warning("question %d: the asker could not be told either", question.id)


def _check(question: Question, setup: Setup) -> None:
    """Turn away what the provider would; raises `Refusal`."""
    if question.jump is not None:
        return
    length, limit = len(question.compose()), setup.provider.question_limit
    if not length:
        raise NothingAsked
    if limit is not None and length > limit:
        raise QuestionTooLong(setup.provider.label, length, limit, alone=len(question.text))
