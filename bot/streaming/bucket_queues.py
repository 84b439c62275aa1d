"""The answers that wait for a rate-limit bucket, and which of them is sent next.

Several answers in one channel share its five edits in 5 s. Final edits go first, then first texts, and of the others
the one whose text was unseen longest. But an answer whose text would be unseen for longer than a window, because a
final edit takes what is left of this one, goes before that: it waits no longer than the window.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.streaming.answer_messages import Request
from bot.streaming.canvas import BucketKey
from bot.streaming.rate_limiter import Priority, RateLimiter
from bot.streaming.scheduled_answer import ScheduledAnswer

FIRST_EDIT_DELAY = 0.6
"""Seconds between an answer's first text and the first edit: an edit sooner would show a word or two."""

_MAX_PAUSE = 60.0
"""Seconds after which a request is considered again even if its bucket is blocked for longer: it may have another by
then."""

_FULL_BUCKET_PAUSE = 0.05
"""Seconds before looking again for a slot while requests in flight have taken all of them."""


@dataclass(frozen=True, slots=True)
class _Wait:
    priority: Priority
    earliest: float
    """When its request may go at the earliest, whatever room its bucket has."""


@dataclass(frozen=True, slots=True)
class _Choice:
    scheduled: ScheduledAnswer
    at: float
    urgency: Priority


class BucketQueues:
    """Waits for slots. `send` is called with the answer whose turn has come, and with how urgent that is.

    `reconsider` is called with one whose bucket has had no room for a minute.
    """

    def __init__(
        self,
        rate_limiter: RateLimiter,
        clock: Callable[[], float],
        send: Callable[[ScheduledAnswer, Priority], None],
        reconsider: Callable[[ScheduledAnswer], None],
    ) -> None:
        self._rate_limiter = rate_limiter
        self._clock = clock
        self._send = send
        self._reconsider = reconsider
        self._waits: dict[BucketKey, dict[ScheduledAnswer, _Wait]] = {}
        self._bucket_of: dict[ScheduledAnswer, BucketKey] = {}
        self._timers: dict[BucketKey, asyncio.TimerHandle] = {}

    def __iter__(self) -> Iterator[ScheduledAnswer]:
        """Iterate over all that wait."""
        return iter(self._bucket_of)

    def waits_as(self, scheduled: ScheduledAnswer) -> Priority | None:
        """Return the priority with which an answer waits, None if it does not."""
        bucket = self._bucket_of.get(scheduled)
        return None if bucket is None else self._waits[bucket][scheduled].priority

    def add(self, scheduled: ScheduledAnswer, request: Request) -> None:
        """Let an answer wait for what its next request needs; call `look` after it."""
        bucket, earliest = request.bucket, scheduled.not_before
        if bucket.verb == "edit" and not request.priority.is_final:
            earliest = max(earliest, scheduled.last_shown_at + FIRST_EDIT_DELAY)
        self._waits.setdefault(bucket, {})[scheduled] = _Wait(request.priority, earliest)
        self._bucket_of[scheduled] = bucket

    def remove(self, scheduled: ScheduledAnswer) -> None:
        """Let an answer wait no longer."""
        bucket = self._bucket_of.pop(scheduled, None)
        if bucket is not None:
            del self._waits[bucket][scheduled]
            if not self._waits[bucket]:
                del self._waits[bucket]
                self._stop_timer(bucket)

    def look(self, bucket: BucketKey) -> None:
        """Send what this bucket has room for now, and come back when it has more."""
        while waits := self._waits.get(bucket):
            now = self._clock()
            choice = self._choose(bucket, waits, now)
            if choice.at > now:
                self._look_again(bucket, choice.at - now)
                return
            self.remove(choice.scheduled)
            self._send(choice.scheduled, choice.urgency)

    def look_soon(self, bucket: BucketKey) -> None:
        """Do that a moment later."""
        self._look_again(bucket, 0.0)

    def close(self) -> None:
        """Look no more."""
        for bucket in list(self._timers):
            self._stop_timer(bucket)

    def _choose(self, bucket: BucketKey, waits: dict[ScheduledAnswer, _Wait], now: float) -> _Choice:
        """Return who goes first of those who may go now, or else who may go soonest."""
        urgencies = {wait.priority: wait.priority for wait in waits.values()}
        slots = {priority: self._slot(bucket, now, priority) for priority in urgencies}
        running = _running(waits, now)
        if running and self._due(bucket, running) < slots[Priority.PROGRESS]:
            # An even pace would leave somebody's text unseen for too long: it goes as urgently as a final edit.
            urgencies[Priority.PROGRESS] = Priority.FINAL
            at = max(self._due(bucket, running), self._slot(bucket, now, Priority.FINAL))
            slots[Priority.PROGRESS] = min(at, slots[Priority.PROGRESS])

        def order(scheduled: ScheduledAnswer) -> tuple[float, Priority, float]:
            wait = waits[scheduled]
            return max(now, wait.earliest, slots[wait.priority]), wait.priority, scheduled.unseen_since

        first = min(waits, key=order)
        at, priority, _ = order(first)
        if at <= now and priority <= Priority.FIRST and running and self._makes_late(bucket, now, running):
            return _Choice(running[0], now, Priority.FINAL)
        return _Choice(first, at, urgencies[priority])

    def _slot(self, bucket: BucketKey, now: float, priority: Priority) -> float:
        at = self._rate_limiter.next_slot(bucket, now, priority)
        return now + _FULL_BUCKET_PAUSE if at is None else at

    def _due(self, bucket: BucketKey, running: Sequence[ScheduledAnswer]) -> float:
        """Return when the first of them has to go if all that follow, one each turn, are to be seen in time."""
        rhythm = self._rate_limiter.rhythm(bucket, len(running))
        return min(each.unseen_since + rhythm.longest - number * rhythm.pace for number, each in enumerate(running))

    def _makes_late(self, bucket: BucketKey, now: float, running: Sequence[ScheduledAnswer]) -> bool:
        """Return whether somebody's text would be unseen for too long if a slot were used for something else now."""
        slots = self._rate_limiter.slots(bucket, now, len(running) + 1)
        longest = self._rate_limiter.rhythm(bucket, len(running)).longest
        return any(at > each.unseen_since + longest for each, at in zip(running, slots[1:], strict=True))

    def _look_again(self, bucket: BucketKey, seconds: float) -> None:
        self._stop_timer(bucket)
        look = self.look if seconds <= _MAX_PAUSE else self._reconsider_all
        self._timers[bucket] = asyncio.get_running_loop().call_later(min(seconds, _MAX_PAUSE), look, bucket)

    def _reconsider_all(self, bucket: BucketKey) -> None:
        for scheduled in list(self._waits.get(bucket, ())):
            self._reconsider(scheduled)

    def _stop_timer(self, bucket: BucketKey) -> None:
        timer = self._timers.pop(bucket, None)
        if timer is not None:
            timer.cancel()


def _running(waits: Mapping[ScheduledAnswer, _Wait], now: float) -> Sequence[ScheduledAnswer]:
    """Return the answers in progress that have something to show, the longest unseen first."""
    ready = (each for each, wait in waits.items() if wait.priority is Priority.PROGRESS and wait.earliest <= now)
    return sorted(ready, key=lambda scheduled: scheduled.unseen_since)
