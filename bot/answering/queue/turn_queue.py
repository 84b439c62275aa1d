"""The queue of each channel: up to three askers' questions are answered at once, and its askers take turns.

The questions of one asker are answered one after another, in order, and so are those in a conversation that a provider
keeps, whose order is its server's.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from itertools import count
from types import TracebackType
from typing import Any

from bot.answering.queue.rotation import Place, Rotation
from bot.domain.errors import AnswerError, AskerQueueFull, QueueFull, Refusal, ShuttingDown

MAX_AT_ONCE = 3
"""How many askers' questions are answered at once in one channel. Each answer more slows all of them down: they share
the channel's five edits in 5 s."""

MAX_WAITING = 20
"""How many questions may wait in one channel behind those that are being answered."""

MAX_WAITING_EACH = 10
"""How many of them may be one asker's, so that there is always room for somebody else's."""

Moved = Callable[[int], None]
"""Called with the number of questions ahead of one that waits, whenever that number has changed."""


def _ignore(_: int) -> None:
    """Do nothing about a new position."""


class TurnQueue:
    """Hands out tickets, channel by channel. Joining does not wait, so questions are queued in the order they came."""

    def __init__(
        self, max_waiting: int = MAX_WAITING, max_each: int = MAX_WAITING_EACH, max_at_once: int = MAX_AT_ONCE
    ) -> None:
        self._max_at_once = max_at_once
        self._max_waiting = max_waiting
        self._max_each = max_each
        self._channels: dict[int, Rotation[QueueTicket]] = {}
        self._numbers = count(1)
        self.is_closed = False
        """Whether no more tickets are handed out."""

    def join(self, channel: int, asker: int, moved: Moved = _ignore, *, counts: bool = True) -> "QueueTicket":
        """Join the channel's queue; raises `QueueFull`, `AskerQueueFull` or `ShuttingDown`.

        A question that does not count waits for its asker's own alone, and takes nobody's place.
        """
        if self.is_closed:
            raise ShuttingDown
        ticket = QueueTicket(self, channel, asker, moved, counts=counts)
        queue = self._channels.get(channel) or Rotation["QueueTicket"](self._max_at_once)
        if (reason := self._reason_against(queue, ticket)) is not None:
            raise reason
        self._channels[channel] = queue
        self._call(queue, queue.add(ticket))
        return ticket

    def _reason_against(self, queue: "Rotation[QueueTicket]", ticket: "QueueTicket") -> Refusal | None:
        if not queue.would_wait(ticket):
            return None
        if queue.length >= self._max_waiting:
            return QueueFull(queue.length)
        if queue.length_of(ticket.asker) >= self._max_each:
            return AskerQueueFull(queue.length_of(ticket.asker))
        return None

    def number(self) -> int:
        """Return the next ticket's number."""
        return next(self._numbers)

    def settle(self, ticket: "QueueTicket") -> None:
        """Call those who waited to know which conversation a ticket goes to."""
        queue = self._channels[ticket.channel]
        self._call(queue, queue.call())

    def prepare(self, ticket: "QueueTicket") -> None:
        """Have a ticket give its turn back if another question is answered in its conversation, or is to be first."""
        queue = self._channels[ticket.channel]
        if ticket not in queue.served or queue.blocker(ticket) is None or ticket.is_rejected:
            return
        ticket.call_off()
        self._call(queue, queue.give_back(ticket))

    def enter(self, ticket: "QueueTicket", conversation: Hashable) -> list[asyncio.Event]:
        """Move a ticket whose turn has come to another conversation; return what tells that those before it left."""
        queue = self._channels[ticket.channel]
        ahead = [other.left for other in queue.served if other is not ticket and other.conversation == conversation]
        ticket.move(conversation)
        self._call(queue, queue.call())
        return ahead

    def has_room(self, channel: int, asker: int) -> bool:
        """Return whether the channel's queue would take another question of the asker."""
        queue = self._channels.get(channel)
        if queue is None:
            return True
        return self._reason_against(queue, QueueTicket(self, channel, asker, _ignore)) is None

    def waiting(self, channel: int | None = None) -> int:
        """Return how many questions wait in a channel behind those that are being answered, in all if it is None."""
        if channel is None:
            return sum(queue.length for queue in self._channels.values())
        queue = self._channels.get(channel)
        return 0 if queue is None else queue.length

    def __len__(self) -> int:
        """Return in how many channels a question is being answered."""
        return len(self._channels)

    def leave(self, ticket: "QueueTicket") -> None:
        """Take a ticket out of its queue, whether its turn had come or not, and call whose turn has come now."""
        queue = self._channels[ticket.channel]
        ticket.left.set()
        self._call(queue, queue.remove(ticket))
        if not queue.served:
            del self._channels[ticket.channel]

    def close(self, *, rejects_waiting: bool = True, is_replaced: bool = False) -> None:
        """Hand out no more tickets, and reject those whose turn has not come unless they are still to be answered."""
        self.is_closed = True
        for queue in self._channels.values() if rejects_waiting else ():
            for ticket in (*queue.waiting, *queue.served):  # one whose turn has come may yet give it back
                ticket.reject(ShuttingDown(is_replaced=is_replaced))

    @staticmethod
    def _call(queue: "Rotation[QueueTicket]", called: "list[QueueTicket]") -> None:
        for ticket in called:
            ticket.call()
        for ticket, ahead in queue.ends_before().items():
            ticket.set_position(ahead)


class QueueTicket(Place):
    """A question's place in its channel's queue. `async with ticket:` waits for the turn, and passes it on after."""

    def __init__(self, turn_queue: TurnQueue, channel: int, asker: int, moved: Moved, *, counts: bool = True) -> None:
        self.channel = channel
        self.asker = asker
        self.counts = counts
        self.number = turn_queue.number()
        self.conversation: Hashable | None = None
        self.is_settled = self.is_ready = False
        self.ahead = 0
        """How many questions have to end before this one's turn comes; 0 once it has come."""
        self.left = asyncio.Event()
        """Set when it leaves its conversation."""
        self._turn_queue = turn_queue
        self._moved = moved
        self._called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_too_late = asyncio.Event()
        self._too_late: AnswerError | None = None
        """What the ticket was rejected with after its turn had come."""

    @property
    def is_rejected(self) -> bool:
        """Whether the turn will not come."""
        return self._called.done() and not self._called.cancelled() and self._called.exception() is not None

    def call(self) -> None:
        """Say that the turn has come."""
        self.ahead = 0
        if not self._called.done():
            self._called.set_result(None)

    def call_off(self) -> None:
        """Say that the turn has not come after all; nobody waits for it yet. So it was not too late to reject it."""
        self._called = asyncio.get_running_loop().create_future()
        if self._too_late is not None:
            self._called.set_exception(self._too_late)

    def settle(self, conversation: Hashable | None) -> None:
        """Say which conversation the question has to be alone in, None if there is none."""
        self.conversation, self.is_settled = conversation, True
        self._turn_queue.settle(self)

    async def enter(self, conversation: Hashable) -> None:
        """Go on in another conversation although the turn has come; wait for those that are answered in it before."""
        for left in self._turn_queue.enter(self, conversation):
            await left.wait()

    def move(self, conversation: Hashable) -> None:
        """Leave the conversation for another one."""
        self.left.set()
        self.conversation, self.left = conversation, asyncio.Event()

    def get_ready(self) -> None:
        """Say that the question can be answered from now on; perhaps it has to wait for its conversation."""
        self.is_ready = True
        self._turn_queue.prepare(self)

    def reject(self, reason: AnswerError) -> bool:
        """Say that the turn will not come; returns False if it has come, or was rejected before."""
        if self._called.done():
            self._too_late = self._too_late or reason
            self._is_too_late.set()
            return False
        self._called.set_exception(reason)
        return True

    async def unless_rejected(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something first although the turn has come; raises what it is rejected with until that is done."""
        working, rejected = asyncio.create_task(work), asyncio.create_task(self._is_too_late.wait())
        try:
            await asyncio.wait({working, rejected}, return_when=asyncio.FIRST_COMPLETED)
            if self._too_late is not None:
                raise self._too_late
            await working
        finally:
            working.cancel()
            rejected.cancel()
            await asyncio.wait({working, rejected})

    async def comes_within(self, seconds: float) -> bool:
        """Wait for the turn for at most `seconds`, and return whether it has come."""
        if not self._called.done():
            await asyncio.wait({self._called}, timeout=seconds)
        return self._called.done() and not self._called.cancelled() and self._called.exception() is None

    def set_position(self, ahead: int) -> None:
        """Say how many questions have to end now before the turn comes."""
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
