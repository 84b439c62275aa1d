"""The order in which one channel's questions are answered: several at once, each asker's own one after another.

A question waits behind at most one question of each other asker, however many of theirs wait. An asker who is being
answered comes last in the rotation, behind everybody who came meanwhile.

A question may have to be the only one in its conversation. That shows only while it is prepared, when its turn may have
come already: then it gives its turn back, and waits in front of all that never had one.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, Protocol, TypeVar


class Place(Protocol):
    """What the rotation needs to know of a question.

    It `counts` among those that are answered at once unless it is written where limits of its own apply. `number` says
    when it came. `conversation` is the one that it has to be alone in, None if there is none or that is not known yet.
    Once it `is_ready`, it is answered as soon as its turn comes.
    """

    asker: int
    counts: bool
    number: int
    conversation: Hashable | None
    is_ready: bool


P = TypeVar("P", bound=Place)


class Rotation(Generic[P]):
    """One channel's questions: those that are being answered, in the order in which they began, and those that wait.

    Of those that count, `max_at_once` are answered at once.
    """

    def __init__(
        self, max_at_once: int, served: Iterable[P] = (), waiting: Mapping[int, Iterable[P]] | None = None
    ) -> None:
        self._max_at_once = max_at_once
        self.served = list(served)
        self._waiting = OrderedDict((asker, deque(own)) for asker, own in (waiting or {}).items())
        self._returned = list[P]()
        """Those that wait although their turn had come."""

    @property
    def length(self) -> int:
        """How many questions wait."""
        return sum(map(len, self._waiting.values()))

    def length_of(self, asker: int) -> int:
        """Return how many of an asker's questions wait."""
        return len(self._waiting.get(asker, ()))

    @property
    def waiting(self) -> list[P]:
        """All that wait, each asker's in order."""
        return [place for own in self._waiting.values() for place in own]

    def would_wait(self, place: P) -> bool:
        """Return whether a question would have to wait if it came now."""
        return place not in Rotation(self._max_at_once, self.served, self._waiting).add(place)

    def add(self, place: P) -> list[P]:
        """Let a question wait behind its asker's others, and return those whose turn has come, which may be itself."""
        self._waiting.setdefault(place.asker, deque()).append(place)
        for other in self.served:
            if other.asker in self._waiting:
                self._waiting.move_to_end(other.asker)
        return self._call()

    def remove(self, place: P) -> list[P]:
        """Take a question out, whether its turn had come or not, and return those whose turn has come now."""
        if place in self.served:
            self.served.remove(place)
        else:
            self._take(place)
        return self._call()

    def give_back(self, place: P) -> list[P]:
        """Let a question whose turn has come wait again, and return those whose turn has come instead."""
        self.served.remove(place)
        self._waiting.setdefault(place.asker, deque()).appendleft(place)
        self._returned = sorted([*self._returned, place], key=lambda each: each.number)
        for returned in reversed(self._returned):
            self._waiting.move_to_end(returned.asker, last=False)
        return self._call()

    def blocker(self, place: P) -> P | None:
        """Return which question is answered in the place's conversation, or is to be before it; None if none is.

        An earlier one that is still prepared may be in the same conversation, as long as its own is not known.
        """
        if place.conversation is None:
            return None
        for other in self.served:
            is_there = other.conversation == place.conversation
            may_be_there = is_there or (other.conversation is None and not other.is_ready)
            if (is_there and other.is_ready) or (may_be_there and other.number < place.number):
                return other
        return None

    def call(self) -> list[P]:
        """Return those whose turn has come now, since more is known of one that is prepared."""
        return self._call()

    def ends_before(self) -> dict[P, int]:
        """Return for each that waits how many questions have to end, at the least, before its turn comes."""
        found: dict[P, int] = {}
        in_conversations = any(place.conversation is not None for place in self.waiting)
        in_the_way = [
            place
            for place in self.served
            if place.counts
            or place.asker in self._waiting
            or place.conversation is not None
            or (in_conversations and not place.is_ready)
        ]
        for asker in self._waiting:
            ahead, ends = Rotation(self._max_at_once, in_the_way, self._waiting), 0
            while ahead.length_of(asker):
                ends += 1
                called = ahead.remove(ahead._in_the_way_of(asker))
                found |= {place: ends for place in called if place.asker == asker}
        return found

    def _in_the_way_of(self, asker: int) -> P:
        """Return which question has to end first: the asker's own, or one in the same conversation.

        Of others, it is one that brings nobody else forward.
        """
        own = next((place for place in self.served if place.asker == asker), None)
        own = own or self.blocker(self._waiting[asker][0])
        order = {waiting: number for number, (waiting, others) in enumerate(self._waiting.items()) if others[0].counts}
        counting = (place for place in self.served if place.counts)
        return own or max(counting, key=lambda place: order.get(place.asker, len(self._waiting)))

    def _call(self) -> list[P]:
        called = []
        while (place := self._next()) is not None:
            self._take(place)
            if own := self._waiting.pop(place.asker, None):
                self._waiting[place.asker] = own
            self.served.append(place)
            called.append(place)
        return called

    def _next(self) -> P | None:
        """Return whose turn has come. One that there is no room for holds up all behind it that count."""
        is_held_up = False
        for asker, own in self._waiting.items():
            place = own[0]
            if self._is_busy(asker) or self.blocker(place) is not None:
                continue
            if not place.counts or (self._has_room() and not is_held_up):
                return place
            is_held_up = True
        return None

    def _is_busy(self, asker: int) -> bool:
        return any(place.asker == asker for place in self.served)

    def _has_room(self) -> bool:
        return sum(other.counts for other in self.served) < self._max_at_once

    def _take(self, place: P) -> None:
        own = self._waiting[place.asker]
        own.remove(place)
        self._returned = [other for other in self._returned if other is not place]
        if not own:
            del self._waiting[place.asker]
