"""The queue of each channel: its questions are answered one after another, and its askers take turns.

Who asks one question waits behind one question of each other asker, however many those have lined up; the questions
of one asker keep the order in which they came.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from types import TracebackType

from bot.domain.errors import AnswerError, AskerQueueFull, QueueFull, ShuttingDown

MAX_WAITING = 20
"""How many questions may wait in one channel behind the one that is being answered."""

MAX_WAITING_EACH = 10
"""How many of them may be of one asker, so that there is always room for another's."""

Moved = Callable[[int], None]
"""Called with the number of questions that are before one that waits, whenever that number has changed."""


def _ignore(_: int) -> None:
    """Do nothing with a place in the line."""


class TurnQueue:
    """Hands out places, channel by channel. Taking a place does not wait, so that the order is the order of arrival."""

    def __init__(self, max_waiting: int = MAX_WAITING, max_each: int = MAX_WAITING_EACH) -> None:
        self._max_waiting = max_waiting
        self._max_each = max_each
        self._lines: dict[int, _ChannelQueue] = {}
        self._closed = False

    def join(self, channel: int, asker: int, moved: Moved = _ignore) -> "QueueTicket":
        """Take a place in the channel's line; raises `QueueFull`, `AskerQueueFull` or `ShuttingDown`."""
        if self._closed:
            raise ShuttingDown
        line = self._lines.setdefault(channel, _ChannelQueue())
        if line.served is not None:
            if line.length >= self._max_waiting:
                raise QueueFull(line.length)
            if line.length_of(asker) >= self._max_each:
                raise AskerQueueFull(line.length_of(asker))
        ticket = QueueTicket(self, channel, asker, moved)
        line.join(ticket)
        return ticket

    def waiting(self, channel: int) -> int:
        """Return how many questions wait in the channel behind the one that is being answered."""
        line = self._lines.get(channel)
        return 0 if line is None else line.length

    def leave(self, ticket: "QueueTicket") -> None:
        """Give a place up, whether its turn had come or not; the next in line is called."""
        line = self._lines[ticket.channel]
        line.drop(ticket)
        if line.served is None:
            del self._lines[ticket.channel]

    def close(self) -> None:
        """Hand out no more places, and send away everybody whose turn has not come."""
        self._closed = True
        for line in self._lines.values():
            for ticket in list(line.waiting()):
                ticket.reject(ShuttingDown())


class _ChannelQueue:
    """One channel's line: the question whose turn it is, and behind it each asker's own in a rotation of askers.

    Who is being answered comes last in the rotation, behind everybody who came meanwhile.
    """

    def __init__(self) -> None:
        self.served: QueueTicket | None = None
        self._askers: OrderedDict[int, deque[QueueTicket]] = OrderedDict()

    @property
    def length(self) -> int:
        """How many wait."""
        return sum(map(len, self._askers.values()))

    def length_of(self, asker: int) -> int:
        """Return how many of an asker's wait."""
        return len(self._askers.get(asker, ()))

    def waiting(self) -> "Iterator[QueueTicket]":
        """Yield those that wait, in the order in which they would be called."""
        rounds = [list(own) for own in self._askers.values()]
        for number in range(max(map(len, rounds), default=0)):
            yield from (own[number] for own in rounds if number < len(own))

    def join(self, ticket: "QueueTicket") -> None:
        """Put `ticket` at its asker's end of the line, or call it where there is none."""
        if self.served is None:
            self.served = ticket
            ticket.call()
        else:
            self._askers.setdefault(ticket.asker, deque()).append(ticket)
            if self.served.asker in self._askers:
                self._askers.move_to_end(self.served.asker)
            self._tell()

    def drop(self, ticket: "QueueTicket") -> None:
        """Take `ticket` out of the line, and call the next where it was this one's turn."""
        if ticket is not self.served:
            own = self._askers[ticket.asker]
            own.remove(ticket)
            if not own:
                del self._askers[ticket.asker]
        else:
            self.served = self._next()
            if self.served is not None:
                self.served.call()
        self._tell()

    def _next(self) -> "QueueTicket | None":
        """Return the first of the asker whose turn it is, who goes to the end of the rotation with what is left."""
        if not self._askers:
            return None
        asker, own = self._askers.popitem(last=False)
        ticket = own.popleft()
        if own:
            self._askers[asker] = own
        return ticket

    def _tell(self) -> None:
        for before, ticket in enumerate(list(self.waiting()), start=1):
            ticket.set_position(before)


class QueueTicket:
    """A place in a channel's line. Use it as `async with`: entering waits for the turn, leaving passes it on."""

    def __init__(self, turn_queue: TurnQueue, channel: int, asker: int, moved: Moved) -> None:
        self.channel = channel
        self.asker = asker
        self.ahead = 0
        """How many questions are before this one; 0 once its turn has come."""
        self._turn_queue = turn_queue
        self._moved = moved
        self._called: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def call(self) -> None:
        """Say that the turn has come."""
        self.ahead = 0
        if not self._called.done():
            self._called.set_result(None)

    def reject(self, reason: AnswerError) -> bool:
        """Say that the turn will not come; returns whether that was news."""
        if self._called.done():
            return False
        self._called.set_exception(reason)
        return True

    def set_position(self, before: int) -> None:
        """Say how many questions are before this one now."""
        if before != self.ahead and not self._called.done():
            self.ahead = before
            self._moved(before)

    def leave(self) -> None:
        """Give the place up without having waited for the turn."""
        if not self._called.cancel() and not self._called.cancelled():
            self._called.exception()  # taken note of, so that asyncio does not report it as forgotten
        self._turn_queue.leave(self)

    async def __aenter__(self) -> None:
        """Wait for the turn; raises what the ticket was dismissed with, such as `ShuttingDown`."""
        try:
            await self._called
        except BaseException:
            self._turn_queue.leave(self)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn_queue.leave(self)
