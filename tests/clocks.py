"""A clock that only moves when a test says so."""


class FakeClock:
    """Returns `now`, in seconds, when it is called."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        """Let the seconds pass at once."""
        self.now += seconds
