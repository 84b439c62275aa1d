"""The live painter: shows every running answer as new as the edit budget allows, and never makes a reader wait.

Text is pushed into a `LiveAnswer` without waiting; the painter decides whose newest state goes out next. First text
goes at once, finals go before all else, and among equals the answer goes first that was unseen longest. Never are two
requests of one answer under way at the same time, so that an older text cannot land last.
"""

import asyncio
import heapq
import logging
from collections.abc import Callable, Sequence
from typing import Self

from bot.streaming.canvas import CanvasError, MessageSurface, Unavailable
from bot.streaming.live_answer import LiveAnswer, Operation
from bot.streaming.rate_limits import RateLimiter

_log = logging.getLogger(__name__)

_FIRST_EDIT_DELAY = 0.6
"""Seconds between an answer's first text and the first edit: an edit sooner would show a word or two."""

_FINAL, _FIRST, _PROGRESS, _REMARK = range(4)
"""The order in which requests stand in line for the limit over everything."""

_TYPING_EVERY = 8.0
"""Seconds; Discord shows an indicator for ten."""

_RETRY_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before trying again while Discord is unavailable; then the answer counts as lost."""

_LOOK_AGAIN = 60.0
"""Seconds after which a lane that is held back for long is looked at again: the answer may have another by then."""

_CLOSE_SECONDS = 2.0
"""How long leaving waits for requests under way."""


class EditScheduler:
    """Paints all running answers of the process. Use it as `async with`: leaving waits a little for requests under way.

    One that is held back, as by a rate limit of minutes, is given up then, and its answer lost.
    """

    def __init__(self, rate_limiter: RateLimiter, clock: Callable[[], float] | None = None) -> None:
        self._rate_limiter = rate_limiter
        self._clock = clock or asyncio.get_running_loop().time
        self._waiting: list[tuple[tuple[int, float], int, LiveAnswer]] = []
        self._entries = 0
        self._wake: asyncio.TimerHandle | None = None
        self._tasks = asyncio.TaskGroup()
        self._timers: dict[LiveAnswer, asyncio.TimerHandle] = {}
        self._typing: dict[LiveAnswer, asyncio.TimerHandle] = {}
        self._indicators: set[asyncio.Task[None]] = set()
        self._requests: set[asyncio.Task[None]] = set()
        self._closing = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        for timer in [*self._timers.values(), *self._typing.values()]:
            timer.cancel()
        for answer in [
            *self._timers,
            *(answer for position, _, answer in self._waiting if answer.queued_at == position),
        ]:
            answer.fail(_closed())
        if self._wake is not None:
            self._wake.cancel()
        for indicator in self._indicators:
            indicator.cancel()  # its request may be held back for seconds, and nobody waits for it
        if self._requests:
            held_back = (await asyncio.wait(self._requests, timeout=_CLOSE_SECONDS))[1]
            for request in held_back:
                request.cancel()
        # The group is not told what ended the block, which would come out of it as a group of errors.
        await self._tasks.__aexit__(None, None, None)

    def open(self, canvas: MessageSurface, *, progressive: bool = True, shown: Sequence[int] = ()) -> LiveAnswer:
        """Begin an answer on `canvas`, which shows that somebody is typing until there is text.

        One that is not `progressive` is shown once it is complete. `shown` are messages that it is to write over.
        """
        answer = LiveAnswer(canvas, self._clock, self._changed, progressive=progressive, shown=shown)
        self._type(answer)
        return answer

    def open_edit(self, canvas: MessageSurface, *, shown: Sequence[int]) -> LiveAnswer:
        """Begin to show something else in `shown`, the messages of an answer that is over."""
        return LiveAnswer(canvas, self._clock, self._changed, progressive=False, shown=shown)

    def open_notice(self, canvas: MessageSurface, *, shown: Sequence[int] = ()) -> LiveAnswer:
        """Begin something that is no answer, and is written when the answers under way leave room for it."""
        return LiveAnswer(canvas, self._clock, self._changed, progressive=False, is_notice=True, shown=shown)

    async def post_notice(self, canvas: MessageSurface, text: str) -> None:
        """Write a message that is no answer, once the answers under way leave room for it; raises `CanvasError`."""
        await self.open_notice(canvas).finish([text])

    def _changed(self, answer: LiveAnswer) -> None:
        """Take note that `answer` has something new to show. Cheap where it is waiting for its turn already."""
        if answer.in_flight:
            return
        if answer.queued_at is not None:
            if _urgency(answer) < answer.queued_at[0]:
                self._enqueue(answer)
                self._dispatch()
            return
        if answer in self._timers:
            if not answer.ended and _urgency(answer) == answer.delayed_as:
                return
            # It has more to say than what it waited with.
            self._timers.pop(answer).cancel()
        self._consider(answer)

    def _consider(self, answer: LiveAnswer) -> None:
        """Send the answer's next operation if its lane allows, or set a timer for when it will."""
        self._timers.pop(answer, None)
        operation = self._next_operation(answer)
        if operation is None or self._is_early(answer, operation):
            return
        if operation.bucket.counted:
            self._enqueue(answer)
            self._dispatch()
        else:
            self._send(answer, operation)

    def _next_operation(self, answer: LiveAnswer) -> Operation | None:
        """Return what to send next of `answer`; None where that is nothing, or can be nothing any more."""
        try:
            operation = answer.next_operation()
        except Exception as error:  # noqa: BLE001 - a fault in one answer's drawing must not end the others'
            _log.exception("drawing an answer failed")
            answer.fail(Unavailable(type(error).__name__))
            return None
        if operation is None:
            answer.mark_shown()
        elif self._closing:
            answer.fail(_closed())
            return None
        return operation

    def _is_early(self, answer: LiveAnswer, operation: Operation) -> bool:
        """Tell whether the operation's lane makes it wait, and set a timer for when it will not."""
        now = self._clock()
        at = self._rate_limiter.next_slot(
            operation.bucket, now, final=operation.final, is_notice=answer.is_notice, patient=answer.is_low_priority
        )
        if at is None:
            # Every slot is taken by requests under way, of earlier answers in this channel: look again shortly.
            at = now + 0.05
        if operation.message is not None and not operation.final:
            at = max(at, answer.painted_at + _FIRST_EDIT_DELAY)
        at = max(at, answer.not_before)
        if at > now:
            answer.delayed_as = _urgency(answer)
            pause = min(at - now, _LOOK_AGAIN)
            self._timers[answer] = asyncio.get_running_loop().call_later(pause, self._consider, answer)
        return at > now

    def _enqueue(self, answer: LiveAnswer) -> None:
        """Put `answer` in line for the limit over everything: the most urgent first, then whoever waits longest."""
        urgency = _urgency(answer)
        answer.queued_at = (urgency, answer.ended_at if answer.ended else answer.unseen_since)
        self._entries += 1
        heapq.heappush(self._waiting, (answer.queued_at, self._entries, answer))

    def _dispatch(self) -> None:
        """Send what is in line, as far as the limit over everything allows, and come back when it allows more."""
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        while self._waiting:
            position, _, answer = self._waiting[0]
            if answer.queued_at != position:
                heapq.heappop(self._waiting)
                continue
            now = self._clock()
            at = self._rate_limiter.next_global_slot(now, urgent=position[0] in (_FINAL, _FIRST))
            if at is None or at > now:
                pause = 0.02 if at is None else at - now
                self._wake = asyncio.get_running_loop().call_later(pause, self._dispatch)
                return
            heapq.heappop(self._waiting)
            answer.queued_at = None
            operation = self._next_operation(answer)
            # Others may have used its lane up while it stood in line.
            if operation is not None and not self._is_early(answer, operation):
                self._send(answer, operation)

    def _send(self, answer: LiveAnswer, operation: Operation) -> None:
        answer.in_flight = True
        typing = self._typing.pop(answer, None)
        if typing is not None:
            typing.cancel()  # its timer would keep the answer in memory for seconds
        self._rate_limiter.start(operation.bucket, self._clock(), final=operation.final, is_notice=answer.is_notice)
        request = self._tasks.create_task(self._perform(answer, operation))
        self._requests.add(request)
        request.add_done_callback(self._requests.discard)

    async def _perform(self, answer: LiveAnswer, operation: Operation) -> None:
        try:
            await answer.perform(operation)
        except Unavailable as error:
            if answer.failures >= len(_RETRY_PAUSES):
                answer.fail(error)
            else:
                answer.not_before = self._clock() + _RETRY_PAUSES[answer.failures]
                answer.failures += 1
                answer.retries += 1
        except CanvasError as error:
            answer.reject(operation, error)
        except Exception as error:  # noqa: BLE001 - a fault in one answer's painting must not end the others'
            _log.exception("painting an answer failed")
            answer.fail(Unavailable(type(error).__name__))
        except asyncio.CancelledError:
            answer.fail(_closed())
            raise
        finally:
            self._rate_limiter.finish(operation.bucket, self._clock())
            answer.in_flight = False
        self._consider(answer)
        self._dispatch()

    def _type(self, answer: LiveAnswer) -> None:
        """Show typing now and again until the answer has text, whenever that takes nobody's place."""
        if answer.ended or self._closing:
            self._typing.pop(answer, None)
            return
        if self._rate_limiter.is_quiet(self._clock()):
            self._rate_limiter.start_other()  # here already, so that the next answer to be opened finds it counted
            indicator = self._tasks.create_task(self._show_typing(answer))
            self._indicators.add(indicator)
            indicator.add_done_callback(self._indicators.discard)
        self._typing[answer] = asyncio.get_running_loop().call_later(_TYPING_EVERY, self._type, answer)

    async def _show_typing(self, answer: LiveAnswer) -> None:
        try:
            await answer.canvas.typing()
        except Exception:  # noqa: BLE001 - likewise
            _log.exception("showing the typing indicator failed")
        finally:
            self._rate_limiter.finish_other(self._clock())


def _urgency(answer: LiveAnswer) -> int:
    if answer.is_notice:
        return _REMARK
    if answer.ended:
        return _FINAL
    return _PROGRESS if answer.started else _FIRST


def _closed() -> Unavailable:
    return Unavailable("the painter is closing")
