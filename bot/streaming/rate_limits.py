"""The edit budget: when a request to Discord may go out so that none is ever turned away (429).

Discord counts creating and editing messages apart, each 5 per 5 s for a channel, and all requests together, 50 a
second (Discord's documentation, "Rate Limits"). Its answers carry the true state in their headers, which wins
over what is counted here. A slot is free again one window after the *answer* to the request that took it: whenever
Discord itself counted that request, it was before its answer came.
"""

from bisect import insort
from collections import deque
from dataclasses import dataclass, field

from bot.streaming.canvas import BucketKey

BUCKET_LIMIT = 5
BUCKET_WINDOW = 5.0
"""5 requests per 5 s: what a lane is taken for until Discord's headers say otherwise."""

GLOBAL_LIMIT = 48
GLOBAL_WINDOW = 1.0
"""Of Discord's 50 requests a second, two are left to what this budget does not plan, such as replies to admins."""

_LEFT_BY_PROGRESS = 4
"""Slots of the limit over everything that progress leaves to first texts and final edits."""

_LEFT_BY_REMARKS = 2
"""Slots that a remark leaves to answers."""

_STANDSTILL = 1.5
"""Seconds for which an answer stands still at most while there is a slot that could show it: an even pace of one that
has its lane to itself is 1.25."""

_YIELDS = 0.3
"""Seconds after which a slot that came free is a remark's too: an answer that waited for it goes first."""

_MARGIN = 0.02
"""Seconds added to what a header says, since its times are rounded."""

_MAX_LIMIT = 1000
_MAX_WINDOW = 86_400.0
"""Requests and seconds. What a header says above them is nonsense: each request that is taken costs a step."""

_SWEEP_ABOVE = 1000


@dataclass(slots=True)
class _Bucket:
    """What is known of one lane."""

    limit: int = BUCKET_LIMIT
    window: float = BUCKET_WINDOW
    outstanding: int = 0
    free_at: deque[float] = field(default_factory=deque)
    """When each slot that is taken, and not by an outstanding request, is free again; in order."""
    last_start: float = float("-inf")
    last_final: float = float("-inf")
    last_remark: float = float("-inf")
    not_before: float = float("-inf")
    alone: bool = True
    """Whether no other request was under way beside the one that went out last, so that no answer overtook another."""
    reset_at: float | None = None
    """What the headers of the answer just received said, until `finish` books that request's slot."""

    def forget_past(self, now: float) -> None:
        while self.free_at and self.free_at[0] <= now:
            self.free_at.popleft()

    def when(self, now: float, *, keep: int) -> float | None:
        """Return when the next request may go so that `keep` slots stay free; None until an outstanding one is done."""
        self.forget_past(now)
        room = max(1, self.limit - keep)
        missing = self.outstanding + len(self.free_at) + 1 - room
        if missing <= 0:
            return max(now, self.not_before)
        if missing > len(self.free_at):
            return None
        return max(now, self.not_before, self.free_at[missing - 1])

    def when_progress(self, now: float) -> float | None:
        """Return when the next progress edit may go; None until an outstanding request is done.

        It leaves a slot to the final edit. But where an answer ended in this window, and the next one began with what
        that one left, keeping another slot back could let it stand still for half a window: then it may have that too.
        """
        at = self._when_paced(now, keep=1)
        if at is not None and at - self.last_start > _STANDSTILL and self.last_final + self.window > now:
            return self._when_paced(now, keep=0)
        return at

    def _when_paced(self, now: float, *, keep: int) -> float | None:
        earliest = self.when(now, keep=keep)
        return None if earliest is None else max(earliest, self.last_start + self._pace(keep))

    def _pace(self, keep: int) -> float:
        """Return the seconds from one progress edit to the next that spread those left over the time until more are.

        In a lane that one answer has to itself that is a quarter of the window each time. Where earlier answers have
        used some of its slots, fewer are left, and an even pace from now on makes the standstill before the next ones
        come free as short as it can be.
        """
        room = max(1, self.limit - keep)
        left = room - self.outstanding - len(self.free_at)
        if left <= 0 or not self.free_at:
            return self.window / room
        return (self.free_at[0] - self.last_start) / (left + 1)


class RateLimiter:
    """Counts what was sent, learns what Discord says, and tells when the next request may go. Times are in seconds."""

    def __init__(self) -> None:
        self._buckets: dict[BucketKey, _Bucket] = {}
        self._everything = _Bucket(limit=GLOBAL_LIMIT, window=GLOBAL_WINDOW)

    def next_slot(
        self, bucket: BucketKey, now: float, *, final: bool, is_notice: bool = False, patient: bool = False
    ) -> float | None:
        """Return the earliest time for a request on `bucket`, as far as the lane itself is concerned.

        What is not `final` leaves one slot free, so that the final edit does not wait behind a progress edit, and keeps
        an even rhythm, so that no burst is followed by a standstill. A `is_notice` leaves two free, so that a flood of
        them holds no answer up; and all of the lane's that only change get one slot in each window together. A
        `patient` one waits until no answer was edited for a window: a running one has use for every slot. A remark
        that changes for good, or goes, waits for no more than a free slot beside the final edit's. None means: when an
        outstanding request is done.
        """
        book = self._buckets.get(bucket)
        if book is None:
            return now
        if is_notice:
            at = self._when_remark(book, bucket, now, final=final)
            return max(at, book.last_start + book.window) if at is not None and patient else at
        if final or bucket.verb == "create":
            return book.when(now, keep=0)
        return book.when_progress(now)

    def _when_remark(self, book: _Bucket, bucket: BucketKey, now: float, *, final: bool) -> float | None:
        if book.outstanding:
            return None  # one at a time: answers that overtake each other make free slots seem taken
        if bucket.verb != "create" and final:
            return book.when(now, keep=1)
        earliest = book.when(now - _YIELDS, keep=_LEFT_BY_REMARKS)
        if earliest is None:
            return None
        earliest += _YIELDS
        return earliest if bucket.verb == "create" else max(earliest, book.last_remark + book.window)

    def next_global_slot(self, now: float, *, urgent: bool) -> float | None:
        """Return the earliest time for a request that counts against the limit over everything.

        What is not `urgent` keeps an even rhythm here too, and leaves a few slots free: after a burst all slots come
        free in another burst a window later, and whoever is urgent in between waits for it.
        """
        if urgent:
            return self._everything.when(now, keep=0)
        at = self._everything.when(now, keep=_LEFT_BY_PROGRESS)
        return None if at is None else max(at, self._everything.last_start + GLOBAL_WINDOW / GLOBAL_LIMIT)

    def is_quiet(self, now: float) -> bool:
        """Tell whether so little goes out that even a nicety, such as a typing indicator, takes nobody's place."""
        self._everything.forget_past(now)
        if self._everything.not_before > now:
            return False
        return self._everything.outstanding + len(self._everything.free_at) < GLOBAL_LIMIT // 2

    def start(self, bucket: BucketKey, now: float, *, final: bool = False, is_notice: bool = False) -> None:
        """Note that a request goes out on `bucket`; `finish` must follow."""
        if len(self._buckets) > _SWEEP_ABOVE:
            self._sweep(now)
        book = self._buckets.setdefault(bucket, _Bucket())
        book.alone = not book.outstanding
        book.outstanding += 1
        if is_notice:
            book.last_remark = now
        else:
            book.last_start = now
            book.last_final = now if final else book.last_final
        if bucket.counted:
            self._everything.last_start = now
            self.start_other()

    def finish(self, bucket: BucketKey, now: float) -> None:
        """Note that the request was answered, or failed."""
        _finish(self._buckets[bucket], now)
        if bucket.counted:
            self.finish_other(now)

    def start_other(self) -> None:
        """Note a request that has no lane here but counts against the limit over everything."""
        self._everything.outstanding += 1

    def finish_other(self, now: float) -> None:
        """Note that such a request was answered, or failed."""
        _finish(self._everything, now)

    def update_from_headers(
        self, bucket: BucketKey, now: float, *, limit: int, remaining: int, reset_after: float
    ) -> None:
        """Take over what an answer's headers say: `remaining` of `limit` requests until `reset_after` seconds from now.

        To be called before `finish` of the same request.
        """
        book = self._buckets.setdefault(bucket, _Bucket())
        if not (1 <= limit <= _MAX_LIMIT and 0 <= remaining <= limit and 0 <= reset_after <= _MAX_WINDOW):
            return
        book.limit = limit
        if remaining == limit - 1 and reset_after > 0:
            book.window = reset_after
        reset_at = now + reset_after + _MARGIN
        taken = limit - remaining
        if book.outstanding:
            # The request just answered adds its own slot in `finish`.
            book.reset_at, taken = reset_at, taken - 1
        if book.alone:
            book.free_at.clear()
        # Of several under way nobody can tell which ones the headers counted already: then they may only add slots.
        for _ in range(taken - len(book.free_at)):
            insort(book.free_at, reset_at)

    def refused(self, bucket: BucketKey | None, now: float, retry_after: float) -> None:
        """Note a 429: nothing goes out on `bucket`, or at all where it is None, for `retry_after` seconds."""
        book = self._everything if bucket is None else self._buckets.setdefault(bucket, _Bucket())
        book.not_before = max(book.not_before, now + retry_after + _MARGIN)

    def _sweep(self, now: float) -> None:
        """Forget lanes at rest, such as those of interactions long answered."""
        for bucket, book in list(self._buckets.items()):
            book.forget_past(now)
            if not book.outstanding and not book.free_at and max(book.not_before, book.last_start + book.window) < now:
                del self._buckets[bucket]


def _finish(book: _Bucket, now: float) -> None:
    book.outstanding = max(0, book.outstanding - 1)
    insort(book.free_at, now + book.window if book.reset_at is None else max(now, book.reset_at))
    book.reset_at = None
