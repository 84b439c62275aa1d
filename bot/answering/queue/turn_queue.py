"""The queue of each channel: its questions are answered one after another, and its askers take turns.

A question waits behind at most one question of each other asker, however many of theirs are in the queue. The questions
of one asker keep their order.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from types import TracebackType

from bot.domain.errors import AnswerError, AskerQueueFull, QueueFull, Refusal, ShuttingDown

MAX_WAITING = 20
"""How many questions may wait in one channel behind the one that is being answered."""

MAX_WAITING_EACH = 10
"""How many of them may be one asker's, so that there is always room for somebody else's."""

Moved = Callable[[int], None]
"""Called with the number of questions ahead of one that waits, whenever that number has changed."""


def _ignore(_: int) -> None:
    """Do nothing about a new position."""


class TurnQueue:
    """Hands out tickets, channel by channel. Joining does not wait, so questions are queued in the order they came."""

    def __init__(self, max_waiting: int = MAX_WAITING, max_each: int = MAX_WAITING_EACH) -> None:
        self._max_waiting = max_waiting
        self._max_each = max_each
        self._channels: dict[int, _ChannelQueue] = {}
        self.is_closed = False
        """Whether no more tickets are handed out."""

    def join(self, channel: int, asker: int, moved: Moved = _ignore) -> "QueueTicket":
        """Join the channel's queue; raises `QueueFull`, `AskerQueueFull` or `ShuttingDown`."""
        if self.is_closed:
            raise ShuttingDown
        queue = self._channels.get(channel) or _ChannelQueue()
        if (reason := self._reason_against(queue, asker)) is not None:
            raise reason
        self._channels[channel] = queue
        ticket = QueueTicket(self, channel, asker, moved)
        queue.join(ticket)
        return ticket

    def _reason_against(self, queue: "_ChannelQueue", asker: int) -> Refusal | None:
        if queue.served is None:
            return None
        if queue.length >= self._max_waiting:
            return QueueFull(queue.length)
        if queue.length_of(asker) >= self._max_each:
            return AskerQueueFull(queue.length_of(asker))
        return None

    def has_room(self, channel: int, asker: int) -> bool:
        """Return whether the channel's queue would take another question of the asker."""
        queue = self._channels.get(channel)
        return queue is None or self._reason_against(queue, asker) is None

    def waiting(self, channel: int) -> int:
        """Return how many questions wait in the channel behind the one that is being answered."""
        queue = self._channels.get(channel)
        return 0 if queue is None else queue.length

    def __len__(self) -> int:
        """Return in how many channels a question is being answered."""
        return len(self._channels)

    def leave(self, ticket: "QueueTicket") -> None:
        """Take a ticket out of its queue, whether its turn had come or not, and call the next one."""
        queue = self._channels[ticket.channel]
        queue.drop(ticket)
        if queue.served is None:
            del self._channels[ticket.channel]

    def close(self) -> None:
        """Hand out no more tickets, and reject those whose turn has not come."""
        self.is_closed = True
        for queue in self._channels.values():
            for ticket in list(queue.waiting()):
                ticket.reject(ShuttingDown())


class _ChannelQueue:
    """One channel's queue: the question whose turn it is, and behind it each asker's own in a rotation of askers.

    The asker who is being answered comes last in the rotation, behind everybody who came meanwhile.
    """

    def __init__(self) -> None:
        self.served: QueueTicket | None = None
        self._askers: OrderedDict[int, deque[QueueTicket]] = OrderedDict()

    @property
    def length(self) -> int:
        """How many questions wait."""
        return sum(map(len, self._askers.values()))

    def length_of(self, asker: int) -> int:
        """Return how many of an asker's questions wait."""
        return len(self._askers.get(asker, ()))

    def waiting(self) -> "Iterator[QueueTicket]":
        """Yield the tickets that wait, in the order in which they would be called."""
        rounds = [list(own) for own in self._askers.values()]
        for number in range(max(map(len, rounds), default=0)):
            yield from (own[number] for own in rounds if number < len(own))

    def join(self, ticket: "QueueTicket") -> None:
        """Put `ticket` behind its asker's others, or call it if the queue is empty."""
        if self.served is None:
            self.served = ticket
            ticket.call()
        else:
            self._askers.setdefault(ticket.asker, deque()).append(ticket)
            if self.served.asker in self._askers:
                self._askers.move_to_end(self.served.asker)
            self._update_positions()

    def drop(self, ticket: "QueueTicket") -> None:
        """Take `ticket` out of the queue; if it was its turn, call the next one."""
        if ticket is not self.served:
            own = self._askers[ticket.asker]
            own.remove(ticket)
            if not own:
                del self._askers[ticket.asker]
        else:
            self.served = self._next()
            if self.served is not None:
                self.served.call()
        self._update_positions()

    def _next(self) -> "QueueTicket | None":
        """Take out the first ticket of the next asker, whose other tickets go to the end of the rotation."""
        if not self._askers:
            return None
        asker, own = self._askers.popitem(last=False)
        ticket = own.popleft()
        if own:
            self._askers[asker] = own
        return ticket

    def _update_positions(self) -> None:
        for ahead, ticket in enumerate(list(self.waiting()), start=1):
            ticket.set_position(ahead)


class QueueTicket:
    """A question's place in its channel's queue. `async with ticket:` waits for the turn, and passes it on after."""

    def __init__(self, turn_queue: TurnQueue, channel: int, asker: int, moved: Moved) -> None:
        self.channel = channel
        self.asker = asker
        self.ahead = 0
        """How many questions are ahead of this one; 0 once its turn has come."""
        self._turn_queue = turn_queue
        self._moved = moved
        self._called: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def call(self) -> None:
        """Say that the turn has come."""
        self.ahead = 0
        if not self._called.done():
            self._called.set_result(None)

    def reject(self, reason: AnswerError) -> bool:
        """Say that the turn will not come; returns False if it has come, or was rejected before."""
        if self._called.done():
            return False
        self._called.set_exception(reason)
        return True

    async def comes_within(self, seconds: float) -> bool:
        """Wait for the turn for at most `seconds`, and return whether it has come."""
        if not self._called.done():
            await asyncio.wait({self._called}, timeout=seconds)
        return self._called.done() and not self._called.cancelled() and self._called.exception() is None

    def set_position(self, ahead: int) -> None:
        """Say how many questions are ahead of this one now."""
        if ahead != self.ahead and not self._called.done():
            self.ahead = ahead
            self._moved(ahead)

    def leave(self) -> None:
        """Give the place up without waiting for the turn."""
        if not self._called.cancel() and not self._called.cancelled():
            self._called.exception()  # looked at, so that asyncio does not report it as never retrieved
        self._turn_queue.leave(self)

    async def __aenter__(self) -> None:
        """Wait for the turn; raises what the ticket was rejected with, such as `ShuttingDown`."""
        try:
            await self._called
        except BaseException:
            self._turn_queue.leave(self)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn_queue.leave(self)
