"""Reminds a server's admins, once a day, that what they entered for a chatbot stopped working."""

import time
from collections.abc import Callable, Sequence

from bot.domain import errors
from bot.domain.question import Question
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.domain.secrets.credentials import CredentialId
from bot.strings.admins.setup.reminders import key_stopped
from bot.strings.markup import small

_DAY = 24 * 60 * 60

_MAX_REMINDED = 10_000
"""For how many servers it is known when they were reminded."""


class StoppedKeys:
    """Tells when to remind. `clock` returns seconds since 1970 (UTC); after a restart a day begins early."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._reminded = BoundedDict[tuple[int, str], float](_MAX_REMINDED)

    def reminder(
        self, question: Question, credential: CredentialId, label: str, error: errors.AnswerError | None
    ) -> Sequence[str]:
        """Return the line for below an answer that failed with `error`, if its asker can do something about it."""
        server = credential.server
        if server is None or not question.by_admin or not isinstance(error, errors.CredentialError):
            return ()
        now, reminded = self._clock(), (server, credential.provider)
        if now - self._reminded.get(reminded, -_DAY) < _DAY:
            return ()
        self._reminded[reminded] = now
        return (small(key_stopped(label)),)
