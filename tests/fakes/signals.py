"""Signals between processes that are in one test: each is delivered at once."""

from collections.abc import Callable

from bot.domain.cluster.signals import Payload, Signals


class Air:
    """What the signals of several processes go through."""

    def __init__(self) -> None:
        self._ends: list[FakeSignals] = []
        self.sent: list[tuple[str, Payload]] = []

    def process(self, bot: int = 1) -> "FakeSignals":
        """Return the signals of one more process of a bot."""
        self._ends.append(FakeSignals(self, bot))
        return self._ends[-1]

    def deliver(self, sender: "FakeSignals", kind: str, payload: Payload, *, to_all_bots: bool) -> None:
        """Have all others receive a signal."""
        self.sent.append((kind, payload))
        for end in self._ends:
            if end is not sender and (to_all_bots or end.bot == sender.bot):
                end.receive(kind, payload)


class FakeSignals(Signals):
    """One process's."""

    is_instant = True

    def __init__(self, air: Air, bot: int) -> None:
        self._air = air
        self._listeners: list[tuple[str, Callable[[Payload], None], Callable[[], None]]] = []
        self.bot = bot

    async def send(self, kind: str, payload: Payload, *, to_all_bots: bool = False) -> None:
        """Deliver it to the others."""
        self._air.deliver(self, kind, payload, to_all_bots=to_all_bots)

    def listen(self, kind: str, receive: Callable[[Payload], None], missed: Callable[[], None]) -> None:
        """Add a listener."""
        self._listeners.append((kind, receive, missed))

    def receive(self, kind: str, payload: Payload) -> None:
        """Call those that listen to a kind."""
        for wanted, receive, _ in self._listeners:
            if wanted == kind:
                receive(payload)

    def lose(self) -> None:
        """Tell everybody who listens that signals may have been lost."""
        for _, _, missed in self._listeners:
            missed()
