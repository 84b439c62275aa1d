"""The queue of each channel: its questions are answered one after another, in the order in which they came."""

import asyncio
from collections import OrderedDict
from types import TracebackType

from bot.chat.errors import QueueFull, ShuttingDown

MOST_WAITING = 20
"""How many questions may wait in one channel behind the one that is being answered."""


class Turnstile:
    """Hands out places, channel by channel. Taking a place does not wait, so that the order is the order of arrival."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._lines: dict[int, OrderedDict[Ticket, None]] = {}
        self._closed = False

    def take(self, channel: int) -> "Ticket":
        """Take the next place in the channel's line; raises `QueueFull` or `ShuttingDown`."""
        if self._closed:
            raise ShuttingDown
        line = self._lines.setdefault(channel, OrderedDict())
        if len(line) > self._most_waiting:
            raise QueueFull(len(line) - 1)
        ticket = Ticket(self, channel)
        line[ticket] = None
        if len(line) == 1:
            ticket.call()
        return ticket

    def waiting(self, channel: int) -> int:
        """Return how many wait in the channel behind the one whose turn it is."""
        return max(0, len(self._lines.get(channel, ())) - 1)

    def leave(self, ticket: "Ticket") -> None:
        """Give a place up, whether its turn had come or not; the next in line is called."""
        line = self._lines[ticket.channel]
        del line[ticket]
        if line:
            next(iter(line)).call()
        else:
            del self._lines[ticket.channel]

    def close(self) -> None:
        """Hand out no more places, and send away everybody whose turn has not come."""
        self._closed = True
        for line in self._lines.values():
            for ticket in list(line)[1:]:
                ticket.dismiss()


class Ticket:
    """A place in a channel's line. Use it as `async with`: entering waits for the turn, leaving passes it on."""

    def __init__(self, turnstile: Turnstile, channel: int) -> None:
        self.channel = channel
        self._turnstile = turnstile
        self._called: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def call(self) -> None:
        """Say that the turn has come."""
        if not self._called.done():
            self._called.set_result(None)

    def dismiss(self) -> None:
        """Say that the turn will not come."""
        if not self._called.done():
            self._called.set_exception(ShuttingDown())

    def leave(self) -> None:
        """Give the place up without having waited for the turn."""
        if not self._called.cancel() and not self._called.cancelled():
            self._called.exception()  # taken note of, so that asyncio does not report it as forgotten
        self._turnstile.leave(self)

    async def __aenter__(self) -> None:
        """Wait for the turn; raises `ShuttingDown`."""
        try:
            await self._called
        except BaseException:
            self._turnstile.leave(self)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turnstile.leave(self)
