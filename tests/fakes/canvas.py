"""Discord as the chat tests see it: places to write on, which count every request and remember all that was visible."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from bot.streaming.canvas import BucketKey, Canvas, CanvasError, Frame, MessageNotFound, PostedMessage, Verb
from bot.streaming.edit_scheduler import EditScheduler
from bot.streaming.rate_limits import RateLimiter
from tests.fakes.discord_limits import LANE, Limits
from tests.virtual_time import virtual_loop

Delay = Callable[[], tuple[float, float]]
"""Returns the seconds that a request's way to Discord takes, and its answer's way back."""


def a_tenth() -> tuple[float, float]:
    """Return what most tests take for both ways."""
    return 0.05, 0.05


@dataclass(frozen=True)
class Sight:
    """What could be seen in one message from `at` on, in seconds."""

    at: float
    message: int
    frame: Frame


@dataclass(frozen=True)
class Call:
    """A request as it was made, `at` seconds; `message` is None for a new one."""

    at: float
    verb: Verb
    message: int | None
    frame: Frame
    first: bool


class Paper:
    """A Discord with its rate limits, whose answers tell `rate_limiter` their headers as the real wire does.

    One with `sliding` windows has no headers: they could not say which of its slots is free when.
    """

    def __init__(self, rate_limiter: RateLimiter, *, sliding: bool, delay: Delay) -> None:
        self.limits = Limits(sliding=sliding)
        self.sights: list[Sight] = []
        self.sheets: list[Sheet] = []
        self._rate_limiter = rate_limiter
        self._sliding = sliding
        self._delay = delay
        self._ids = count(1)

    def left(self, messages: Mapping[int, Frame], channel: int = 1) -> "Sheet":
        """Return a place with what was left there before; messages from now on have higher numbers."""
        sheet = self.canvas(channel)
        sheet.messages = dict(messages)
        self._ids = count(max([*messages, next(self._ids)]) + 1)
        return sheet

    def canvas(self, channel: int = 1, *faults: CanvasError | None) -> "Sheet":
        """Return a place to write in a channel; `faults` are what its next requests end in, None for success."""
        sheet = Sheet(self, channel, list(faults))
        self.sheets.append(sheet)
        return sheet

    async def request(self, bucket: BucketKey, message: int | None, frame: Frame, fault: CanvasError | None) -> int:
        """Take a request as Discord does: count it, show it, answer it."""
        there, back = self._delay()
        await asyncio.sleep(there)
        now = asyncio.get_running_loop().time()
        self.limits.count(bucket, now)
        window = self.limits.window(bucket)
        told = window.remaining(now), window.reset_after(now)
        number = next(self._ids) if message is None else message
        if fault is None:
            self.sights.append(Sight(now, number, frame))
        await asyncio.sleep(back)
        if not self._sliding:
            answered = asyncio.get_running_loop().time()
            self._rate_limiter.update_from_headers(
                bucket, answered, limit=LANE[0], remaining=told[0], reset_after=told[1]
            )
        if fault is not None:
            raise fault
        return number


@dataclass(eq=False)
class Sheet(Canvas):
    """The canvas of one question. `overlapped` tells whether two of its requests were ever under way at once."""

    paper: Paper
    channel: int
    faults: list[CanvasError | None]
    calls: list[Call] = field(default_factory=list)
    typings: list[float] = field(default_factory=list)
    messages: dict[int, Frame] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    private: bool = True
    whispers: list[str] = field(default_factory=list)
    begun: bool = False
    busy: bool = False
    overlapped: bool = False
    hears: bool = True
    """Whether a whisper reaches the asker."""
    counted: bool = True
    """Whether its requests count against the limit over everything; those of interactions do not."""
    hold: asyncio.Event | None = None
    """Where set, creates wait for it before they reach Discord."""
    refusal_fault: CanvasError | None = None
    remnants_fault: CanvasError | None = None
    token: str | None = None
    far: int = 0
    asides: "list[Sheet]" = field(default_factory=list)
    reminders: "list[Sheet]" = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """What its messages say now, in order."""
        return [frame.text for frame in self.messages.values()]

    @property
    def frames(self) -> list[Frame]:
        """Its messages as they are now, in order."""
        return list(self.messages.values())

    @property
    def sights(self) -> list[Sight]:
        """All that could be seen of it, in order."""
        return [sight for sight in self.paper.sights if sight.message in self.messages]

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        """Return the channel's lane."""
        return BucketKey(verb, f"channels/{self.channel}", self.counted)

    async def begin(self) -> None:
        """Take note of it."""
        self.begun = True

    async def typing(self) -> None:
        """Take note of it."""
        now = asyncio.get_running_loop().time()
        self.typings.append(now)
        self.paper.limits.count_other(now)

    async def create(self, frame: Frame, *, first: bool) -> int:
        """Show a new message."""
        if self.hold is not None:
            await self.hold.wait()
        return await self._request("create", None, frame, first=first)

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Change a message."""
        if message not in self.messages:
            raise MessageNotFound
        await self._request("edit", message, frame, first=first)

    async def delete(self, message: int) -> None:
        """Take a message away."""
        if message not in self.messages:
            raise MessageNotFound
        await self._request("delete", message, Frame(""), first=False)
        del self.messages[message]

    def queue_notice_surface(self) -> "Sheet":
        """Return another sheet in the same channel."""
        self.asides.append(self.paper.canvas(self.channel))
        return self.asides[-1]

    def ping_surface(self) -> "Sheet":
        """Return another sheet in the same channel."""
        self.reminders.append(self.paper.canvas(self.channel))
        return self.reminders[-1]

    def messages_since(self) -> int:
        """Return how far up the question is, as the test says."""
        return self.far

    async def posted_messages(self, messages: Sequence[int]) -> Sequence[PostedMessage]:
        """Return what is left of `messages`, and what was written here after them."""
        if self.remnants_fault is not None:
            raise self.remnants_fault
        known = [number for number in messages if number in self.messages]
        later = [number for number in self.messages if number > max(messages, default=0)]
        return [PostedMessage(number, self.messages[number].text) for number in (*known, *later)]

    async def refuse(self, sentence: str) -> bool:
        """Take note of what the asker is told, where the place is one that has a private way."""
        if self.refusal_fault is not None:
            raise self.refusal_fault
        if self.private:
            self.refusals.append(sentence)
        return self.private

    async def send_dm(self, sentence: str) -> bool:
        """Take note of what the asker is told elsewhere."""
        self.whispers.append(sentence)
        return self.hears

    async def _request(self, verb: Verb, message: int | None, frame: Frame, *, first: bool) -> int:
        self.overlapped |= self.busy
        self.busy = True
        self.calls.append(Call(asyncio.get_running_loop().time(), verb, message, frame, first))
        fault = self.faults.pop(0) if self.faults else None
        try:
            number = await self.paper.request(self.bucket(verb, first=first), message, frame, fault)
        finally:
            self.busy = False
        self.messages[number] = frame
        return number


@dataclass(frozen=True)
class Studio:
    """A painter at work, and all that it works with."""

    scheduler: EditScheduler
    paper: Paper
    rate_limiter: RateLimiter


@asynccontextmanager
async def a_studio(*, sliding: bool = False, delay: Delay = a_tenth) -> AsyncIterator[Studio]:
    """Yield a painter before a Discord, and hold it to what every test of it may rely on.

    Nothing was ever one request too many, no answer had two under way, and no task or timer is left behind.
    """
    loop, tasks_before = virtual_loop(), asyncio.all_tasks()
    rate_limiter = RateLimiter()
    paper = Paper(rate_limiter, sliding=sliding, delay=delay)
    async with EditScheduler(rate_limiter) as scheduler:
        yield Studio(scheduler, paper, rate_limiter)
    assert not paper.limits.violations, paper.limits.violations[:20]
    assert not any(sheet.overlapped for sheet in paper.sheets)
    await asyncio.sleep(0.001)  # whoever was let go by now takes leave
    assert asyncio.all_tasks() == tasks_before
    assert loop.timers() == []
