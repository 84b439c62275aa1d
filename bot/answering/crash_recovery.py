"""Repairs the answers that were cut off, so that no message looks as if it were still being written.

A run that is not done in the database was cut off when its process ended. If all of its answer was stored, all of it is
shown; everything else is marked as interrupted, and can be asked again.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain

from bot.answering.answer_threads import AnswerThreads, thread_title
from bot.answering.notices.wording_notice import finish_with_wording
from bot.answering.question_log import log_repaired
from bot.answering.read_run import to_refused
from bot.answering.stored_answers import name_wording, read_pieces, read_question, read_version
from bot.conversation.server_settings import ServerSettings
from bot.domain.answer import Answer, Run, RunMetrics, RunResult, StoredTexts
from bot.domain.controls import AnswerControls
from bot.domain.errors import AnswerError, DatabaseUnavailable, Interrupted
from bot.domain.question import Caption
from bot.domain.runtime.correlation import correlated
from bot.domain.stores import AnswerStore
from bot.streaming.answer_content import Layout
from bot.streaming.canvas import BadRequest, CanvasError, MessageNotFound, PostedMessage, SavedCanvas, Unavailable
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.renderer import CURSOR, without_caption
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import asked_above, cut_off, not_remembered, repeat_cut_off

_log = logging.getLogger(__name__)

_CURSOR_ALONE = CURSOR.strip()
"""What Discord leaves of the cursor if there is nothing else in the message."""

_MAX_CHANNELS = 4
"""How many channels are repaired at once: reading their messages must not hold up answers."""


class CrashRecovery:
    """Repairs answers that this process took over with `AnswerStore.take_over`."""

    def __init__(
        self,
        answer_store: AnswerStore,
        scheduler: EditScheduler,
        controls: AnswerControls,
        server_settings: ServerSettings,
        answer_threads: AnswerThreads,
    ) -> None:
        self._answer_store = answer_store
        self._scheduler = scheduler
        self._controls = controls
        self._server_settings = server_settings
        self._answer_threads = answer_threads

    async def repair(
        self, interrupted: Sequence[Answer], open_canvas: Callable[[Answer], SavedCanvas]
    ) -> Sequence[Answer]:
        """Repair the answers, each channel's one after another, and start the threads that they have not got yet.

        Returns those that Discord or the database kept from being repaired: they are worth another try later.
        """
        channels = defaultdict[int, list[Answer]](list)
        for answer in interrupted:
            channels[answer.location.channel].append(answer)
        slots = asyncio.Semaphore(_MAX_CHANNELS)

        async def repair_in_turn(answers: Iterable[Answer]) -> Sequence[Answer]:
            async with slots:
                return [answer for answer in answers if not await self._try_correlated(answer, open_canvas)]

        left = list(chain.from_iterable(await asyncio.gather(*map(repair_in_turn, channels.values()))))
        if len(left) < len(interrupted):  # while Discord is away for hours, each try would be a line
            dealt_with = len(interrupted) - len(left)
            _log.info("%d of %d answers that were cut off are dealt with", dealt_with, len(interrupted))
        await asyncio.gather(*(self._start_thread(found, slots) for found in interrupted if found not in left))
        return left

    async def _start_thread(self, found: Answer, slots: asyncio.Semaphore) -> None:
        """Start the thread of an answer if its last run was shown whole only now, and it is to have one."""
        if found.runs[-1].state != "recorded" or found.runs[-1].outcome != "whole":
            return
        try:
            with correlated(found.question_id):
                async with slots:
                    await self._try_start_thread(found)
        except AnswerError:
            _log.warning("an answer in channel %d gets no thread", found.location.channel)
        except Exception:  # noqa: BLE001 - the answer is repaired, and others are still to be
            _log.exception("starting the thread of an answer in channel %d failed", found.location.channel)

    async def _try_start_thread(self, found: Answer) -> None:
        answer, number = await self._answer_store.answer(found.id), found.runs[-1].number
        known = await self._answer_store.wording(found.id, number)
        if answer is None or known is None or answer.shown != number or not answer.messages:
            return
        question = read_question(known.question, answer, None)
        config = await self._server_settings.answer_config(answer.location)
        earlier = replace(answer, runs=tuple(run for run in answer.runs if run.number < number))
        title = thread_title(question, config, earlier, "whole")
        await self._answer_threads.start(answer.id, question, answer.messages[0], title)

    async def _try_correlated(self, found: Answer, open_canvas: Callable[[Answer], SavedCanvas]) -> bool:
        """Like `_try_repair`, and the log says what the repair is of."""
        with correlated(found.question_id):
            if not await self._try_repair(found, open_canvas):
                return False
            for run in found.runs:
                log_repaired(found, run)
            return True

    async def _try_repair(self, found: Answer, open_canvas: Callable[[Answer], SavedCanvas]) -> bool:
        """Repair an answer if possible; returns False if it is worth another try later."""
        channel = found.location.channel
        try:
            answer = await self._answer_store.answer(found.id)
            if answer is not None:
                for run in _cut_off_runs(found, answer):
                    await self._repair(answer, run, open_canvas)
        except (Unavailable, DatabaseUnavailable) as error:
            _log.debug("an answer in channel %d stays cut off for now: %s", channel, type(error).__name__)
            return False
        except Exception:  # noqa: BLE001 - one answer's repair must not keep the others from theirs
            _log.exception("repairing an answer in channel %d failed", channel)
            return False
        return True

    async def _repair(self, answer: Answer, run: Run, open_canvas: Callable[[Answer], SavedCanvas]) -> None:
        shown = answer.messages
        # A later run has written over the messages of an earlier one.
        if run is answer.runs[-1]:
            try:
                shown = tuple(await self._restore(answer, run, open_canvas(answer)))
            except Unavailable:
                raise
            except CanvasError as error:
                # Nor will it be possible later: the channel is gone, or the bot may no longer write there.
                _log.warning(
                    "an answer in channel %d can no longer be reached: %s",
                    answer.location.channel,
                    type(error).__name__,
                )
                # What cannot be read, with a wrong key, may yet be shown with the right one.
                is_readable = await self._answer_store.wording(answer.id, run.number) is not None
                if run.state == "recorded" and is_readable:
                    await self._answer_store.mark_lost(answer.id, run.number)
                    return
            await self._remember(answer, run)
        if run.state == "open":
            await self._answer_store.end(
                answer.id, run.number, RunResult("interrupted", None, (), Interrupted.__name__), None
            )
        await self._answer_store.mark_done(answer.id, run.number, shown, RunMetrics(), answer.messages)

    async def _remember(self, answer: Answer, run: Run) -> None:
        """Put a version into the history that is shown only now, because Discord failed when it was written."""
        version = await read_version(self._answer_store, answer, run.number) if run.number == answer.shown else None
        if version is not None and version.reworded is not None:
            await self._answer_store.show(answer.id, run.number, version.reworded)

    async def _restore(self, answer: Answer, run: Run, canvas: SavedCanvas) -> Sequence[int]:
        """Show what is stored, or that nothing is, and return the messages that do; raises `CanvasError`."""
        posted = await canvas.posted_messages(answer.messages)
        if not posted and not answer.by_message:
            # The response was never begun, or somebody deleted it: there is nothing to edit.
            raise MessageNotFound
        # The version that is shown, or else what the run was to be.
        known = await self._answer_store.wording(answer.id, answer.shown or run.number)
        caption = None if known is None else read_question(known.question, answer, None).caption
        presentation = await self._server_settings.presentation(answer.location)
        layout = Layout(caption, presentation.max_messages)
        live = self._scheduler.open_notice(canvas, shown=posted, layout=layout)
        known_versions = (answer.versions, answer.shown, answer.shown_provider)
        live.set_controls(self._controls.finished(answer.id, *known_versions, has_others=presentation.has_others))
        posted = _below_caption(posted, caption)
        stored = _shown_texts(answer, run, known)
        if stored is None:
            texts = [_answer_text(message) for message in posted]
            concluded = _is_concluded(posted) or _was_finished(posted)
            await live.finish_as(texts, () if concluded else [cut_off(begun=any(texts))])
        else:
            live.replace(read_pieces(stored.answer) if stored.answer is not None else ())
            was_cut_off = run.state == "open" or run.outcome == "interrupted"
            is_earlier = run.number != answer.shown and stored.answer is not None and was_cut_off
            version = await read_version(self._answer_store, answer, answer.shown or run.number)
            wording = () if version is None else await name_wording(self._answer_store, answer, version)
            try:
                below = [repeat_cut_off()] if is_earlier else []
                await finish_with_wording(live, stored.notices, wording, below)
            except BadRequest as refusal:
                live.keep_shown()
                texts = [_answer_text(message) for message in posted]
                await live.finish_as(texts, [small(explain(to_refused(refusal, partly=any(texts))))])
                raise
        return live.messages


def _shown_texts(answer: Answer, run: Run, texts: StoredTexts | None) -> StoredTexts | None:
    """Return the texts to show, of the version that is shown or else of the run; None if there are none."""
    if texts is None:
        return None
    if answer.shown:
        return texts if texts.answer is not None else None
    # If it has no notices either, a repair ended the run, and was cut off itself.
    return texts if run.state == "recorded" and texts.notices else None


def _below_caption(posted: Sequence[PostedMessage], caption: Caption | None) -> Sequence[PostedMessage]:
    """Return an answer's messages without the line above the first one, whole or without the asker's words."""
    if not posted or caption is None:
        return posted
    text = posted[0].text
    for quoting in (True, False):
        text = without_caption(text, asked_above(caption, quoting=quoting))
    return [replace(posted[0], text=text), *posted[1:]]


def _cut_off_runs(found: Answer, answer: Answer) -> Sequence[Run]:
    """Return the runs that were found cut off, and are not done yet; others are in progress."""
    numbers = {run.number for run in found.runs}
    return [run for run in answer.runs if run.number in numbers and run.state != "done"]


def _answer_text(message: PostedMessage) -> str:
    """Return what a message shows of the answer; a message of small print is the bot's own, such as a queue notice."""
    return "" if _is_small(message.text) else message.text.removesuffix(_CURSOR_ALONE).rstrip()


def _was_finished(posted: Sequence[PostedMessage]) -> bool:
    """Tell whether all of an answer was shown, and only the database did not take it."""
    return bool(posted) and posted[-1].text.rpartition("\n")[2] == not_remembered()


def _is_concluded(posted: Sequence[PostedMessage]) -> bool:
    """Tell whether there is a notice below an answer's text: notices are written last."""
    if not any(map(_answer_text, posted)):
        return False
    last = posted[-1].text
    return not last.endswith(CURSOR) and last.rpartition("\n")[2].startswith("-# ")


def _is_small(text: str) -> bool:
    return all(line.startswith("-# ") for line in text.splitlines())
