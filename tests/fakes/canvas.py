"""A fake Discord: its canvases count every request, and remember everything that was visible."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from bot.streaming.canvas import (
    BlockedByRule,
    BucketKey,
    Canvas,
    CanvasError,
    Frame,
    MessageNotFound,
    PostedMessage,
    Verb,
)
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.rate_limit_bucket import BucketState
from bot.streaming.rate_limiter import RateLimiter
from tests.fakes.discord_limits import BUCKET, Limits
from tests.virtual_time import virtual_loop

Delay = Callable[[], tuple[float, float]]
"""Returns the seconds from a request's start until Discord counts it, and from then until the response."""


def a_tenth() -> tuple[float, float]:
    """Return the delays of most tests, a tenth of a second in all."""
    return 0.05, 0.05


@dataclass(frozen=True)
class Seen:
    """What one message showed from `at` on, in seconds."""

    at: float
    message: int
    frame: Frame


@dataclass(frozen=True)
class Call:
    """A request, made `at` seconds; `message` is None if it creates one."""

    at: float
    verb: Verb
    message: int | None
    frame: Frame
    first: bool


class FakeDiscord:
    """A Discord with rate limits, whose responses tell `rate_limiter` their headers as the real connection does.

    With `sliding` windows there are no headers: they could not say when each slot is free again.
    """

    def __init__(self, rate_limiter: RateLimiter, *, sliding: bool, delay: Delay) -> None:
        self.limits = Limits(sliding=sliding)
        self.seen: list[Seen] = []
        self.canvases: list[FakeCanvas] = []
        self._rate_limiter = rate_limiter
        self._sliding = sliding
        self._delay = delay
        self._ids = count(1)

    def refuse(self, bucket: BucketKey | None, seconds: float) -> None:
        """Tell the rate limiter of a 429 for so long, for a bucket, or over all requests if that is None."""
        self._rate_limiter.refused(bucket, asyncio.get_running_loop().time(), seconds)

    def reopened(self, messages: Mapping[int, Frame], channel: int = 1) -> "FakeCanvas":
        """Return a canvas that has `messages` from before; later messages have higher numbers."""
        canvas = self.canvas(channel)
        canvas.messages = dict(messages)
        self._ids = count(max([*messages, next(self._ids)]) + 1)
        return canvas

    def canvas(self, channel: int = 1, *faults: CanvasError | None) -> "FakeCanvas":
        """Return a canvas in a channel; `faults` are the outcomes of its next requests, None for success."""
        canvas = FakeCanvas(self, channel, list(faults))
        self.canvases.append(canvas)
        return canvas

    async def request(self, bucket: BucketKey, message: int | None, frame: Frame, fault: CanvasError | None) -> int:
        """Handle a request as Discord does: count it, show it, respond."""
        until_counted, until_response = self._delay()
        await asyncio.sleep(until_counted)
        now = asyncio.get_running_loop().time()
        self.limits.count(bucket, now)
        window = self.limits.window(bucket)
        remaining, reset_after = window.remaining(now), window.reset_after(now)
        number = next(self._ids) if message is None else message
        if fault is None:
            self.seen.append(Seen(now, number, frame))
        await asyncio.sleep(until_response)
        if not self._sliding:
            now = asyncio.get_running_loop().time()
            self._rate_limiter.update_from_headers(bucket, now, BucketState(BUCKET[0], remaining, reset_after))
        if fault is not None:
            raise fault
        return number


@dataclass
class Behaviour:
    """What a test may change about a canvas."""

    can_refuse: bool = True
    """Whether the asker can be told privately that the question is not answered."""
    takes_direct_messages: bool = True
    """Whether a direct message reaches the asker."""
    overheard: bool = False
    """Whether the asker did not speak to the bot."""
    counted: bool = True
    """Whether its requests count towards the global limit; those of interactions do not."""
    hold: asyncio.Event | None = None
    """If set, new messages wait for it before they reach Discord."""
    refusal_fault: CanvasError | None = None
    posted_messages_fault: CanvasError | None = None
    newer_messages: int = 0
    blocked_word: str | None = None
    """What a rule of the server blocks in messages and edits."""


@dataclass(eq=False)
class FakeCanvas(Canvas):
    """The canvas of one question. `overlapped` tells whether two of its requests were ever in flight at once."""

    discord: FakeDiscord
    channel: int
    faults: list[CanvasError | None]
    """The outcomes of its next requests, None for success."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    calls: list[Call] = field(default_factory=list)
    typings: list[float] = field(default_factory=list)
    messages: dict[int, Frame] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    direct_messages: list[str] = field(default_factory=list)
    has_begun: bool = False
    busy: bool = False
    overlapped: bool = False
    queue_notices: "list[FakeCanvas]" = field(default_factory=list)
    pings: "list[FakeCanvas]" = field(default_factory=list)

    @property
    def token(self) -> None:
        """It belongs to a message, not to an interaction."""
        return

    @property
    def texts(self) -> list[str]:
        """The texts of its messages now, in order."""
        return [frame.text for frame in self.messages.values()]

    @property
    def frames(self) -> list[Frame]:
        """Its messages now, in order."""
        return list(self.messages.values())

    @property
    def seen(self) -> list[Seen]:
        """Everything that it showed, in order."""
        return [each for each in self.discord.seen if each.message in self.messages]

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        """Return the channel's bucket."""
        return BucketKey(verb, f"channels/{self.channel}", self.behaviour.counted)

    async def begin(self) -> None:
        """Record it."""
        self.has_begun = True

    async def withdraw(self) -> None:
        """Take it back."""
        self.has_begun = False

    async def typing(self) -> None:
        """Record it."""
        now = asyncio.get_running_loop().time()
        self.typings.append(now)
        self.discord.limits.count_other(now)

    async def create(self, frame: Frame, *, after: int | None) -> int:
        """Post a message."""
        if self.behaviour.hold is not None:
            await self.behaviour.hold.wait()
        return await self._request("create", None, frame, first=after is None)

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Edit a message."""
        if message not in self.messages:
            raise MessageNotFound
        await self._request("edit", message, frame, first=first)

    async def delete(self, message: int) -> None:
        """Delete a message."""
        if message not in self.messages:
            raise MessageNotFound
        await self._request("delete", message, Frame(""), first=False)
        del self.messages[message]

    def queue_notice_surface(self) -> "FakeCanvas":
        """Return another canvas in the same channel."""
        self.queue_notices.append(self.discord.canvas(self.channel))
        return self.queue_notices[-1]

    def ping_surface(self) -> "FakeCanvas":
        """Return another canvas in the same channel."""
        self.pings.append(self.discord.canvas(self.channel))
        return self.pings[-1]

    def others_below(self, message: int) -> int:
        """Return the number that the test set."""
        return self.behaviour.newer_messages

    async def posted_messages(self, messages: Sequence[int]) -> Sequence[PostedMessage]:
        """Return those of `messages` that still exist, and all that were posted here after them."""
        if self.behaviour.posted_messages_fault is not None:
            raise self.behaviour.posted_messages_fault
        known = [number for number in messages if number in self.messages]
        later = [number for number in self.messages if number > max(messages, default=0)]
        return [PostedMessage(number, self.messages[number].text) for number in (*known, *later)]

    async def refuse(self, sentence: str) -> bool:
        """Record what the asker is told, if this is possible here."""
        if self.behaviour.refusal_fault is not None:
            raise self.behaviour.refusal_fault
        if self.behaviour.can_refuse:
            self.refusals.append(sentence)
        return self.behaviour.can_refuse

    async def send_dm(self, sentence: str) -> bool | None:
        """Record the direct message, unless the asker was only overheard."""
        if self.behaviour.overheard:
            return None
        self.direct_messages.append(sentence)
        return self.behaviour.takes_direct_messages

    async def _request(self, verb: Verb, message: int | None, frame: Frame, *, first: bool) -> int:
        self.overlapped |= self.busy
        self.busy = True
        self.calls.append(Call(asyncio.get_running_loop().time(), verb, message, frame, first))
        fault = self.faults.pop(0) if self.faults else None
        if self.behaviour.blocked_word is not None and self.behaviour.blocked_word in frame.text:
            fault = BlockedByRule()
        try:
            number = await self.discord.request(self.bucket(verb, first=first), message, frame, fault)
        finally:
            self.busy = False
        self.messages[number] = frame
        return number


@dataclass(frozen=True)
class RunningScheduler:
    """An edit scheduler at work, and what it works with."""

    scheduler: EditScheduler
    discord: FakeDiscord
    rate_limiter: RateLimiter


@asynccontextmanager
async def running_scheduler(*, sliding: bool = False, delay: Delay = a_tenth) -> AsyncIterator[RunningScheduler]:
    """Yield an edit scheduler with a fake Discord, and check at the end what has to hold in every test.

    No request was ever one too many, no answer had two in flight, and no task or timer is left.
    """
    loop, tasks_before = virtual_loop(), asyncio.all_tasks()
    rate_limiter = RateLimiter()
    discord = FakeDiscord(rate_limiter, sliding=sliding, delay=delay)
    async with EditScheduler(rate_limiter) as scheduler:
        yield RunningScheduler(scheduler, discord, rate_limiter)
    assert not discord.limits.violations, discord.limits.violations[:20]
    assert not any(canvas.overlapped for canvas in discord.canvases)
    await asyncio.sleep(0.001)  # tasks that were cancelled or woken just now end
    assert asyncio.all_tasks() == tasks_before
    assert loop.timers() == []
