"""The edit scheduler: shows every running answer as up to date as the rate limits allow, and never blocks a reader.

Text is pushed into a `LiveAnswer` without waiting; the scheduler decides which answer's newest state is sent next. Its
first text goes at once, final edits go before all else, and otherwise the answer goes first whose text was unseen
longest: first in its bucket, then of those whose buckets have room, in the limit over all requests. One answer never
has two requests in flight, so an older text cannot arrive last.
"""

import asyncio
import heapq
import logging
from collections.abc import Callable, Sequence
from typing import Self

from bot.domain.runtime.correlation import correlated
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.domain.runtime.timing import Clock
from bot.streaming.answer_content import AnswerContent, Layout
from bot.streaming.answer_messages import AnswerMessages, OnMessages, Request
from bot.streaming.bucket_queues import BucketQueues
from bot.streaming.canvas import MessageSurface, PostedMessage, Unavailable
from bot.streaming.live_answer import LiveAnswer
from bot.streaming.rate_limiter import Priority, RateLimiter
from bot.streaming.scheduled_answer import ScheduledAnswer, longest_unseen
from bot.streaming.typing_indicators import TypingIndicators

_log = logging.getLogger(__name__)
_CLOSING = "the edit scheduler is closing"

_FULL_GLOBAL_PAUSE = 0.02
"""Seconds before looking again for a slot while requests in flight have taken all of them."""

_CLOSE_SECONDS = 2.0
"""How long closing waits for requests in flight."""


class EditScheduler:
    """Shows all running answers of the process. Use it as `async with`: on leaving it waits up to 2 s for requests.

    Answers whose requests take longer, for instance because of a long rate limit, are lost then.
    """

    def __init__(
        self, rate_limiter: RateLimiter, clock: Clock | None = None, telemetry: Telemetry = NO_TELEMETRY
    ) -> None:
        self._telemetry = telemetry
        self._rate_limiter = rate_limiter
        self._clock = clock or asyncio.get_running_loop().time
        self._queue: list[tuple[tuple[Priority, float], int, ScheduledAnswer]] = []
        self._entries = 0
        self._wake: asyncio.TimerHandle | None = None
        self._tasks = asyncio.TaskGroup()
        self._bucket_queues = BucketQueues(rate_limiter, self._clock, self._send_if_room, self._consider)
        self._typing = TypingIndicators(rate_limiter, self._clock)
        self._requests: dict[asyncio.Task[None], ScheduledAnswer] = {}
        self._closing = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._refuse_all()
        await self._typing.close()
        if self._requests:
            for request in (await asyncio.wait(self._requests, timeout=_CLOSE_SECONDS))[1]:
                request.cancel()
        # The group is not told about an exception in the block: it would raise that again inside an ExceptionGroup.
        await self._tasks.__aexit__(None, None, None)

    def stop(self) -> None:
        """Send nothing more, for the process ends: what is not shown by now fails as `Unavailable`."""
        self._refuse_all()
        for request in self._requests:
            request.cancel()

    def _refuse_all(self) -> None:
        """Have all that waits to be sent fail, and all that comes."""
        self._closing = True
        self._bucket_queues.close()
        queued = [scheduled for position, _, scheduled in self._queue if scheduled.queued_at == position]
        for scheduled in [*self._bucket_queues, *queued]:
            scheduled.messages.fail(Unavailable(_CLOSING))
        if self._wake is not None:
            self._wake.cancel()

    def final_edits_sent_at(self, count: int) -> float:
        """Return when Discord's limit over all requests lets the last of `count` final edits go, if all were due now.

        Not before the end of a limit that Discord named; in the time of the scheduler's clock.
        """
        return self._rate_limiter.global_bucket.when_nth(count, self._clock())

    def longest_unseen(self) -> float:
        """Return for how many seconds the text has been unseen that has been so the longest; 0 if all is seen."""
        queued = (scheduled for _, _, scheduled in self._queue)
        return longest_unseen(self._requests.values(), [*self._bucket_queues, *queued], self._clock())

    def open(
        self,
        surface: MessageSurface,
        *,
        progressive: bool = True,
        shown: Sequence[int] = (),
        on_messages: OnMessages | None = None,
        on_failure: Callable[[], None] | None = None,
        layout: Layout | None = None,
    ) -> LiveAnswer:
        """Start an answer on `surface`, which shows the typing indicator until there is text.

        If it is not `progressive`, it is shown when it is complete. `shown`, `on_messages` and `on_failure` are those
        of `AnswerMessages`.
        """
        content = AnswerContent(progressive=progressive, max_messages=surface.max_messages, layout=layout)
        messages = AnswerMessages(content, surface, shown=shown, on_messages=on_messages, on_failure=on_failure)
        scheduled = ScheduledAnswer(messages, self._changed, self._clock())
        self._typing.start(scheduled, surface, lambda: self._closing or content.ended)
        return LiveAnswer(content, messages, scheduled)

    def open_edit(self, surface: MessageSurface, *, shown: Sequence[int], layout: Layout | None = None) -> LiveAnswer:
        """Start to show something else in `shown`, the messages of a finished answer."""
        content = AnswerContent(progressive=False, max_messages=surface.max_messages, layout=layout)
        messages = AnswerMessages(content, surface, shown=shown)
        return LiveAnswer(content, messages, ScheduledAnswer(messages, self._changed, self._clock()))

    def open_notice(
        self,
        surface: MessageSurface,
        *,
        shown: Sequence[int | PostedMessage] = (),
        on_messages: OnMessages | None = None,
        layout: Layout | None = None,
    ) -> LiveAnswer:
        """Start a notice, which is not an answer's text and is sent when running answers leave room for it."""
        content = AnswerContent(progressive=False, max_messages=surface.max_messages, layout=layout)
        messages = AnswerMessages(content, surface, is_notice=True, shown=shown, on_messages=on_messages)
        return LiveAnswer(content, messages, ScheduledAnswer(messages, self._changed, self._clock()))

    def _changed(self, scheduled: ScheduledAnswer, priority: Priority) -> None:
        """Note that an answer has something new to show. Cheap if it is waiting already."""
        if scheduled.is_all_seen or priority is Priority.FINAL:
            scheduled.unseen_since, scheduled.is_all_seen = self._clock(), False
        if scheduled.in_flight:
            return
        if scheduled.queued_at is not None:
            if scheduled.messages.is_withdrawn:
                scheduled.queued_at = None  # a limit over all requests may last for an hour
                self._consider(scheduled)
            elif priority < scheduled.queued_at[0]:
                self._enqueue(scheduled, priority)
                self._dispatch()
            return
        if priority != self._bucket_queues.waits_as(scheduled) or priority.is_final:
            self._consider(scheduled)  # what it has to show now may go sooner

    def _consider(self, scheduled: ScheduledAnswer) -> None:
        """Send the answer's next request as soon as its bucket allows it."""
        self._bucket_queues.remove(scheduled)
        request = self._next_request(scheduled)
        if request is not None:
            self._bucket_queues.add(scheduled, request)
            self._bucket_queues.look(request.bucket)

    def _send_if_room(self, scheduled: ScheduledAnswer, urgency: Priority) -> None:
        """Send the answer's next request, for which its bucket has room, if the global limit allows it too."""
        request = self._next_request(scheduled)
        if request is None:
            return
        if request.bucket.counted:
            self._enqueue(scheduled, urgency)
            self._dispatch()
        else:
            self._send_or_wait(scheduled, request, urgency)

    def _next_request(self, scheduled: ScheduledAnswer) -> Request | None:
        """Return the answer's next request, or None if there is nothing left to send."""
        with correlated(scheduled.correlation):
            request = scheduled.messages.next_request()
        if request is not None and self._closing:
            scheduled.messages.fail(Unavailable(_CLOSING))
            return None
        return request

    def _send_or_wait(self, scheduled: ScheduledAnswer, request: Request, urgency: Priority) -> None:
        """Send the request, unless others have used up its bucket meanwhile."""
        now = self._clock()
        at = self._rate_limiter.next_slot(request.bucket, now, urgency)
        if at is not None and at <= now:
            self._send(scheduled, request)
        else:
            self._bucket_queues.add(scheduled, request)
            self._bucket_queues.look_soon(request.bucket)

    def _enqueue(self, scheduled: ScheduledAnswer, priority: Priority) -> None:
        """Queue an answer for the global limit: by priority, then by how long its text has been unseen."""
        scheduled.queued_at = (priority, scheduled.unseen_since)
        self._entries += 1
        heapq.heappush(self._queue, (scheduled.queued_at, self._entries, scheduled))

    def _dispatch(self) -> None:
        """Send what is queued as far as the global limit allows, and come back when it allows more."""
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        while self._queue:
            position, _, scheduled = self._queue[0]
            if scheduled.queued_at != position:
                heapq.heappop(self._queue)  # it was queued again with another priority
                continue
            now = self._clock()
            at = self._rate_limiter.next_global_slot(now, position[0])
            if at is None or at > now:
                pause = _FULL_GLOBAL_PAUSE if at is None else at - now
                self._wake = asyncio.get_running_loop().call_later(pause, self._dispatch)
                return
            heapq.heappop(self._queue)
            scheduled.queued_at = None
            request = self._next_request(scheduled)
            if request is not None:
                self._send_or_wait(scheduled, request, min(position[0], request.priority))

    def _send(self, scheduled: ScheduledAnswer, request: Request) -> None:
        scheduled.sends(request)
        self._typing.stop(scheduled)
        self._rate_limiter.start(request.bucket, self._clock(), request.priority)
        task = self._tasks.create_task(self._perform(scheduled, request))
        self._requests[task] = scheduled
        task.add_done_callback(self._requests.pop)

    async def _perform(self, scheduled: ScheduledAnswer, request: Request) -> None:
        with correlated(scheduled.correlation):
            try:
                if await scheduled.messages.perform(request):
                    self._telemetry.edit_shown(request.bucket.verb, scheduled.succeeded(request, self._clock()))
            except Unavailable as error:
                if not scheduled.try_again(self._clock()):
                    scheduled.messages.fail(error)
            except Exception as error:  # noqa: BLE001 - a fault in showing one answer must not end the others
                _log.exception("showing an answer failed")
                scheduled.messages.fail(Unavailable(type(error).__name__))
            except asyncio.CancelledError:
                scheduled.messages.fail(Unavailable(_CLOSING))
                raise
            finally:
                self._rate_limiter.finish(request.bucket, self._clock())
                scheduled.in_flight = False
        self._consider(scheduled)
        self._bucket_queues.look(request.bucket)
        self._dispatch()
