"""What a chat API remembers of each user, so that a test can see two users kept apart."""

import time
from collections.abc import Callable

KEPT_QUESTIONS = 50


class Memory:
    """Questions by user key, oldest first; with `idle` seconds without one, a user's are forgotten."""

    def __init__(self, idle: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._idle = idle
        self._clock = clock
        self._questions: dict[str, list[str]] = {}
        self._last: dict[str, float] = {}

    def of(self, user_key: str) -> list[str]:
        """Return what this user asked so far."""
        if self._idle is not None and self._clock() - self._last.get(user_key, self._clock()) > self._idle:
            self.forget(user_key)
        return list(self._questions.get(user_key, []))

    def add(self, user_key: str, question: str) -> None:
        """Keep the question."""
        self._questions[user_key] = [*self.of(user_key), question][-KEPT_QUESTIONS:]
        self._last[user_key] = self._clock()

    def forget(self, user_key: str) -> None:
        """Forget this user."""
        self._questions.pop(user_key, None)
        self._last.pop(user_key, None)
