"""How often a chat API was asked the same thing: each time its default answer is worded differently."""

MAX_KEPT = 1000
"""Questions; the one that was not asked for longest goes first."""


class Repeats:
    """Counts questions by who asked them."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}

    def count(self, user_key: str | None, question: str | None) -> int:
        """Note the question, and return how often this user asked it before."""
        key = (user_key or "", (question or "").casefold())
        before = self._counts.pop(key, 0)
        self._counts[key] = before + 1
        if len(self._counts) > MAX_KEPT:
            del self._counts[next(iter(self._counts))]
        return before
