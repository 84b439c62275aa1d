"""What is known about one of Discord's rate-limit buckets: its limit, and when each of its slots is free again."""

from bisect import insort
from collections import deque
from dataclasses import dataclass, field

BUCKET_LIMIT = 5
BUCKET_WINDOW = 5.0
"""5 requests per 5 s: what is assumed of a bucket until Discord's headers say otherwise."""

_MAX_STANDSTILL = 1.5
"""Seconds without an edit after which an answer may use the slot that is kept for its end. An answer that has its
bucket to itself is edited every 1.25 s."""

MAX_NOTICES = 2
"""How many notices are posted in a window at the most."""

MARGIN = 0.02
"""Seconds added to what a header says, since its times are rounded."""


_MAX_LIMIT = 1000
_MAX_WINDOW = 86_400.0
"""Requests and seconds. Headers that say more are nonsense, and ignored: each request that is taken costs a step."""


@dataclass(frozen=True, slots=True)
class BucketState:
    """What the headers of a response say: `remaining` of `limit` requests until `reset_after` seconds from now."""

    limit: int
    remaining: int
    reset_after: float

    @property
    def makes_sense(self) -> bool:
        """Whether a bucket can be in this state."""
        return (
            1 <= self.limit <= _MAX_LIMIT and 0 <= self.remaining <= self.limit and 0 <= self.reset_after <= _MAX_WINDOW
        )


@dataclass(slots=True)
class Bucket:
    """What is known about one of Discord's rate-limit buckets."""

    limit: int = BUCKET_LIMIT
    window: float = BUCKET_WINDOW
    outstanding: int = 0
    free_at: deque[float] = field(default_factory=deque)
    """When each slot that a finished request took is free again, in order."""
    last_start: float = float("-inf")
    last_final: float = float("-inf")
    notices: deque[float] = field(default_factory=lambda: deque([float("-inf")] * MAX_NOTICES, MAX_NOTICES))
    """When the latest notices were sent."""
    not_before: float = float("-inf")
    sole_request: bool = True
    """Whether the latest request was sent while no other was outstanding, so that no response overtook another."""
    responded: int = 0
    """How many of the outstanding requests have a response whose headers were read; `finish` counts their slots."""
    reset_at: float | None = None
    """When their slots are free again, None if there is none of them."""

    def start(self) -> None:
        """Count a request that goes out."""
        self.sole_request = not self.outstanding
        self.outstanding += 1

    def finish(self, now: float) -> None:
        """Count a request as responded to, or failed: its slot is taken for one window more."""
        self.outstanding = max(0, self.outstanding - 1)
        insort(self.free_at, now + self.window if self.reset_at is None else max(now, self.reset_at))
        self.responded = max(0, self.responded - 1)
        if not self.responded:
            self.reset_at = None

    def update(self, now: float, state: BucketState) -> None:
        """Take over what the headers of a response say."""
        self.limit = state.limit
        if state.remaining == state.limit - 1 and state.reset_after > 0:
            self.window = state.reset_after
        reset_at = now + state.reset_after + MARGIN
        taken = state.limit - state.remaining
        if self.outstanding:
            # `finish` adds the slots of these requests. The headers may count any of them already, or not yet.
            self.responded = min(self.outstanding, self.responded + 1)
            self.reset_at = reset_at if self.reset_at is None else max(reset_at, self.reset_at)
            taken -= self.outstanding
        if self.sole_request:
            self.free_at.clear()
        # Then they may only add slots.
        for _ in range(taken - len(self.free_at)):
            insort(self.free_at, reset_at)

    def forget_past(self, now: float) -> None:
        """Forget the slots that are free again."""
        while self.free_at and self.free_at[0] <= now:
            self.free_at.popleft()

    def when(self, now: float, *, keep: int) -> float | None:
        """Return when the next request may go with `keep` slots left free; None until an outstanding one is done."""
        self.forget_past(now)
        room = max(1, self.limit - keep)
        missing = self.outstanding + len(self.free_at) + 1 - room
        if missing <= 0:
            return max(now, self.not_before)
        if missing > len(self.free_at):
            return None
        return max(now, self.not_before, self.free_at[missing - 1])

    def when_nth(self, number: int, now: float, keep: int = 0) -> float:
        """Return when the `number`-th request from now may go with `keep` slots left free, if nothing else is sent.

        1 is the next. Each is taken to be responded to at once, and one that is outstanding now to take no longer than
        a window.
        """
        self.forget_past(now)
        room = max(1, self.limit - keep)
        windows, slot = divmod(number - 1, room)
        taken = slot + self.outstanding + len(self.free_at) - room
        at = now if taken < 0 else self.free_at[taken] if taken < len(self.free_at) else now + self.window
        return max(at, self.not_before) + windows * self.window

    def when_progress(self, now: float, keep: int = 0) -> float | None:
        """Return when the next progress edit may go with `keep` slots left free; None until an outstanding one is done.

        It leaves one slot more to the final edit. But if another answer ended in this window, this one began with what
        that left, and keeping a slot could let it stand still for half a window: then it may use the last slot too.
        """
        at = self._when_paced(now, keep=1 + keep)
        if at is not None and at - self.last_start > _MAX_STANDSTILL and self.last_final + self.window > now:
            return self._when_paced(now, keep=keep)
        return at

    def _when_paced(self, now: float, *, keep: int) -> float | None:
        earliest = self.when(now, keep=keep)
        return None if earliest is None else max(earliest, self.last_start + self._pace(keep))

    def _pace(self, keep: int) -> float:
        """Return the seconds between progress edits that spread the free slots over the time until more are free.

        In a bucket that one answer has to itself this is a quarter of the window each time. If earlier answers have
        used some of its slots, an even pace makes the wait for the next free slot as short as possible.
        """
        room = max(1, self.limit - keep)
        left = room - self.outstanding - len(self.free_at)
        if left <= 0 or not self.free_at:
            return self.window / room
        return (self.free_at[0] - self.last_start) / (left + 1)
