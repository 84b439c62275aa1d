"""The rate limiter: decides when a request to Discord may go out, so that Discord never has to refuse one (429).

Discord counts creating and editing messages apart, each 5 per 5 s in a channel, and all requests together, 50 a
second (Discord's documentation, "Rate Limits"). The headers of its responses carry the true state, which wins over
what is counted here. A slot is free again one window after the *response* to the request that took it: Discord has
counted that request before it responded.
"""

from dataclasses import dataclass
from enum import IntEnum

from bot.streaming.canvas import BucketKey
from bot.streaming.rate_limit_bucket import MARGIN, Bucket, BucketState

GLOBAL_LIMIT = 48
GLOBAL_WINDOW = 1.0
"""Of Discord's 50 requests a second, two are left to what is not planned here, such as replies to admins. Several
processes of a bot share them."""

_LEFT_BY_PROGRESS = 4
"""Slots of the global limit that progress edits leave to first texts and final edits."""

_LEFT_BY_NOTICES = 2
"""Slots of a bucket that notices leave to answers."""

_NOTICE_DELAY = 0.3
"""Seconds until a notice may use a slot that came free: an answer that waited for the slot goes first."""

_SWEEP_ABOVE = 1000
"""Number of buckets above which those at rest are forgotten."""


class Priority(IntEnum):
    """What a request is for; the global limit serves lower numbers first."""

    FINAL = 0
    """An answer's last edit."""
    FIRST = 1
    """An answer's first text."""
    PROGRESS = 2
    """More text of an answer."""
    NOTICE = 3
    """A notice, which is not an answer's text: posted, brought to its last state, or deleted."""
    PLACEHOLDER = 4
    """What an answer shows before it has text."""
    NOTICE_UPDATE = 5
    """A notice that is already posted and only needs an update."""

    @property
    def is_final(self) -> bool:
        """Whether nothing follows: a final edit or a notice's last state."""
        return self in (Priority.FINAL, Priority.NOTICE)

    @property
    def is_notice(self) -> bool:
        """Whether the request has to leave room for the text of answers."""
        return self >= Priority.NOTICE


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often answers that share a bucket are edited: each `pace` seconds one of them.

    Nobody's text is unseen for longer than `longest` seconds: a window, or a round of all of them if that is more.
    """

    pace: float
    longest: float


class RateLimiter:
    """Counts requests, learns from Discord's headers, and says when the next request may go. Times are in seconds.

    It remembers about a thousand buckets, and more only while they are in use.
    """

    def __init__(self) -> None:
        self._buckets: dict[BucketKey, Bucket] = {}
        self.global_bucket = Bucket(limit=GLOBAL_LIMIT, window=GLOBAL_WINDOW)
        """What is known about the limit over all requests."""
        self._left_in_channels = 0

    @property
    def global_limit(self) -> int:
        """How many requests a second this process plans, of those that all processes of the bot may send."""
        return self.global_bucket.limit

    def set_global_limit(self, limit: int) -> None:
        """Plan so many requests a second from now on, from 1 to `GLOBAL_LIMIT`."""
        self.global_bucket.limit = max(1, min(limit, GLOBAL_LIMIT))

    def leave_in_channels(self, slots: int) -> None:
        """Leave so many slots of each channel's buckets to another process that writes in the same channels.

        Nothing tells one of them of the other's requests but the headers of its own, which come too late for its first.
        """
        self._left_in_channels = slots

    @property
    def bucket_count(self) -> int:
        """How many buckets are remembered."""
        return len(self._buckets)

    def next_slot(self, key: BucketKey, now: float, priority: Priority) -> float | None:
        """Return the earliest time for a request in this bucket; None until an outstanding request is done.

        Final edits, first texts, new messages and deletions of answers use any slot. Progress edits leave one free and
        keep an even pace. Notices leave two free, so that a flood of them delays no answer, and go one at a time; two
        are posted in a window, so that three answers can begin at once however many wait. In its last state a notice
        leaves one. All edits of notices and placeholders together get one slot per window, and an update of a
        notice waits until no answer was edited for a window.
        """
        bucket = self._buckets.get(key)
        if bucket is None:
            return now
        if priority.is_notice:
            return self._next_notice_slot(bucket, key, now, priority)
        if priority <= Priority.FIRST or key.verb != "edit":
            return bucket.when(now, keep=self._left(key))
        return bucket.when_progress(now, self._left(key))

    def _next_notice_slot(self, bucket: Bucket, key: BucketKey, now: float, priority: Priority) -> float | None:
        if bucket.outstanding:
            return None  # one at a time: responses that overtake each other make free slots seem taken
        if key.verb != "create" and priority.is_final:
            return bucket.when(now, keep=1 + self._left(key))
        earliest = bucket.when(now - _NOTICE_DELAY, keep=_LEFT_BY_NOTICES + self._left(key))
        if earliest is None:
            return None
        earliest += _NOTICE_DELAY
        latest = bucket.notices[-1 if key.verb != "create" else 0]
        earliest = max(earliest, latest + bucket.window)
        return max(earliest, bucket.last_start + bucket.window) if priority is Priority.NOTICE_UPDATE else earliest

    def slots(self, key: BucketKey, now: float, count: int) -> list[float]:
        """Return when the next `count` requests in this bucket may go, if none is outstanding for over a window."""
        bucket = self._buckets.get(key) or Bucket()
        return [bucket.when_nth(number, now, self._left(key)) for number in range(1, count + 1)]

    def rhythm(self, key: BucketKey, answers: int) -> Rhythm:
        """Return the rhythm in which so many answers share this bucket."""
        bucket = self._buckets.get(key) or Bucket()
        pace = bucket.window / max(1, bucket.limit - 1 - self._left(key))
        return Rhythm(pace, max(bucket.window, answers * pace))

    def next_global_slot(self, now: float, priority: Priority) -> float | None:
        """Return the earliest time for a request within the global limit; None until an outstanding request is done.

        First texts and final edits use any slot. All others keep an even pace here too, and leave a few slots free:
        after a burst all slots come free in another burst a window later, and urgent requests would wait for it.
        """
        if priority <= Priority.FIRST:
            return self.global_bucket.when(now, keep=0)
        at = self.global_bucket.when(now, keep=_LEFT_BY_PROGRESS)
        return None if at is None else max(at, self.global_bucket.last_start + GLOBAL_WINDOW / self.global_limit)

    def is_quiet(self, now: float) -> bool:
        """Return whether less than half of the global limit is in use, so that extras such as typing delay nobody."""
        self.global_bucket.forget_past(now)
        if self.global_bucket.not_before > now:
            return False
        return self.global_bucket.outstanding + len(self.global_bucket.free_at) < self.global_limit / 2

    def start(self, key: BucketKey, now: float, priority: Priority = Priority.PROGRESS) -> None:
        """Count a request that goes out now; `finish` must follow."""
        if len(self._buckets) > _SWEEP_ABOVE:
            self._sweep(now)
        bucket = self._buckets.setdefault(key, Bucket())
        bucket.start()
        if priority.is_notice:
            bucket.notices.append(now)
        else:
            bucket.last_start = now
            bucket.last_final = now if priority.is_final else bucket.last_final
        if key.counted:
            self.global_bucket.last_start = now
            self.start_other()

    def finish(self, key: BucketKey, now: float, state: BucketState | None = None) -> None:
        """Count a request as responded to, or failed; `state` is what the headers of its response say."""
        if state is not None:
            self.update_from_headers(key, now, state)
        self._buckets[key].finish(now)
        if key.counted:
            self.finish_other(now)

    def start_other(self) -> None:
        """Count a request that has no bucket here but falls under the global limit; `finish_other` must follow."""
        self.global_bucket.outstanding += 1

    def finish_other(self, now: float) -> None:
        """Count such a request as responded to, or failed."""
        self.global_bucket.finish(now)

    def update_from_headers(self, key: BucketKey, now: float, state: BucketState) -> None:
        """Take over what the headers of a response say; a state that makes no sense is ignored.

        The request is still outstanding, since it may be sent once more, or was not counted here.
        """
        if state.makes_sense:
            self._buckets.setdefault(key, Bucket()).update(now, state)

    def refused(self, key: BucketKey | None, now: float, retry_after: float) -> None:
        """Send nothing in this bucket, or nothing at all if it is None, for `retry_after` seconds: Discord sent 429."""
        bucket = self.global_bucket if key is None else self._buckets.setdefault(key, Bucket())
        bucket.not_before = max(bucket.not_before, now + retry_after + MARGIN)

    def _left(self, key: BucketKey) -> int:
        """Return how many slots are left to another process; an interaction belongs to one alone."""
        return self._left_in_channels if key.counted else 0

    def _sweep(self, now: float) -> None:
        """Forget buckets at rest, such as those of old interactions."""
        for key, bucket in list(self._buckets.items()):
            bucket.forget_past(now)
            rests_from = max(bucket.not_before, bucket.last_start + bucket.window)
            if not bucket.outstanding and not bucket.free_at and rests_from < now:
                del self._buckets[key]
