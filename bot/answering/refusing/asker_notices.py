"""Tells askers in their channel something other than an answer: each of them once, and many with one message.

A channel takes about 3 such messages in 5 s, so that answers have room. What waits to be said is gathered: when there
is room, one message tells everybody in the channel who is to be told the same.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.content import Button, Buttons
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.streaming.canvas import BucketKey, Canvas, CanvasError, Frame, MessageSurface, Unavailable, Verb
from bot.streaming.edit_scheduler import EditScheduler
from bot.strings.queue import with_others

MAX_AGE = 30.0
"""Seconds after which it is too late to tell somebody: the advice would be out of date."""

PATIENCE = 4.0
"""Seconds for which answers go first; after that the message takes the next slot."""

TOLD_SECONDS = 30.0
"""For how long an asker who was told of a crowd is not told the same again."""

MAX_WAITING = 1000
"""How many askers of one channel may wait to be told; further ones are not told."""

_MAX_TOLD = 2000
"""How many askers are remembered with the kinds of what they were told."""


class _Unsaid(CanvasError):
    """The message is no longer needed, or no longer true."""


@dataclass(eq=False, slots=True)
class _Waiting:
    """An asker who is to be told `text`; `over` once they were, or never will be."""

    asker: int
    text: Callable[[], str]
    kind: str | None
    until: float
    buttons: tuple[Button, ...] = ()
    told: bool = False
    over: bool = False


@dataclass(slots=True)
class _Channel:
    """Who waits in one channel, by asker, oldest first. One message at a time is on its way."""

    waiting: dict[int, _Waiting] = field(default_factory=dict)
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def give_up(self) -> None:
        """Let nobody be told: Discord takes no message here."""
        for each in self.waiting.values():
            each.over = True
        self.waiting.clear()


class AskerNotices:
    """Posts such messages through `scheduler`, after the answers' own requests."""

    def __init__(self, scheduler: EditScheduler) -> None:
        self._scheduler = scheduler
        self._clock = asyncio.get_running_loop().time
        self._channels: dict[int, _Channel] = {}
        self._told = BoundedDict[tuple[int, int, str], float](_MAX_TOLD)

    async def tell(
        self,
        canvas: Canvas,
        channel: int,
        asker: int,
        text: Callable[[], str],
        kind: str | None = None,
        buttons: Sequence[Button] = (),
    ) -> bool:
        """Tell an asker what `text` returns when the message is sent; returns whether they know it then.

        Below it are the `buttons`.

        Who waits to be told something in this channel is told nothing else. With a `kind`, who was told something of
        that kind less than 30 s ago is not told again. Raises `CanvasError` if Discord does not take the message.
        """
        told_at = None if kind is None else self._told.get((channel, asker, kind))
        if told_at is not None and self._clock() < told_at + TOLD_SECONDS:
            return True
        place = self._channels.setdefault(channel, _Channel())
        if (earlier := place.waiting.get(asker)) is not None:
            async with place.one_at_a_time:
                return earlier.told
        if len(place.waiting) >= MAX_WAITING:
            return False
        waiting = place.waiting[asker] = _Waiting(asker, text, kind, self._clock() + MAX_AGE, tuple(buttons))
        try:
            async with place.one_at_a_time:
                if not waiting.over and self._clock() < waiting.until:
                    await self._post(canvas, channel, place, waiting)
        finally:
            waiting.over = True
            if place.waiting.get(asker) is waiting:
                del place.waiting[asker]
            if not place.waiting and self._channels.get(channel) is place:
                del self._channels[channel]
        return waiting.told

    async def _post(self, canvas: Canvas, channel: int, place: _Channel, waiting: _Waiting) -> None:
        surface = _Surface(
            canvas, lambda: self._gather(place, waiting), lambda batch: self._note(channel, place, batch)
        )
        live = self._scheduler.open_notice(surface)
        if waiting.buttons:
            live.push(Buttons("", waiting.buttons))
        hurrying = asyncio.get_running_loop().call_later(PATIENCE, live.hurry)
        try:
            async with asyncio.timeout_at(waiting.until):
                await live.finish([waiting.text()])
        except TimeoutError:
            # What is on its way may arrive: until that is known, nobody else tells the same people.
            await surface.idle.wait()
            if not surface.is_posted:
                await live.remove_quietly()
        except _Unsaid:
            pass
        except Unavailable:
            raise
        except CanvasError:
            place.give_up()
            raise
        finally:
            hurrying.cancel()

    def _gather(self, place: _Channel, first: _Waiting) -> tuple[str, Sequence[_Waiting]]:
        """Return what to say now, and who is told by that; raises `_Unsaid`."""
        if first.over or self._clock() >= first.until:
            raise _Unsaid
        text = first.text()
        others = [each for each in place.waiting.values() if each is not first and each.text() == text]
        return with_others(text, [each.asker for each in others]), [first, *others]

    def _note(self, channel: int, place: _Channel, batch: Sequence[_Waiting]) -> None:
        """Note who was told."""
        now = self._clock()
        for each in batch:
            each.told = each.over = True
            place.waiting.pop(each.asker, None)
            if each.kind is not None:
                self._told[channel, each.asker, each.kind] = now


class _Surface(MessageSurface):
    """Writes on `canvas` what `gather` returns at the moment when the message is sent, and tells `note` of success."""

    def __init__(
        self,
        canvas: Canvas,
        gather: Callable[[], tuple[str, Sequence[_Waiting]]],
        note: Callable[[Sequence[_Waiting]], None],
    ) -> None:
        self.is_posted = False
        self.idle = asyncio.Event()
        """Set while no message is on its way."""
        self.idle.set()
        self._canvas = canvas
        self._gather = gather
        self._note = note

    def bucket(self, verb: Verb, *, first: bool) -> BucketKey:
        """Return the canvas's bucket."""
        return self._canvas.bucket(verb, first=first)

    async def typing(self) -> None:
        """Do nothing: no answer is coming."""

    async def create(self, frame: Frame, *, after: int | None) -> int:
        """Write the message."""
        text, batch = self._gather()
        self.idle.clear()
        try:
            message = await self._canvas.create(replace(frame, text=text), after=after)
        finally:
            self.idle.set()
        self.is_posted = True
        self._note(batch)
        return message

    async def edit(self, message: int, frame: Frame, *, first: bool) -> None:
        """Replace what the message shows."""
        await self._canvas.edit(message, frame, first=first)

    async def delete(self, message: int) -> None:
        """Delete the message."""
        await self._canvas.delete(message)
