"""What the edit scheduler knows about one answer: where it waits, since when, and how its requests went."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.domain.runtime.correlation import correlation_id
from bot.streaming.answer_messages import AnswerMessages, Request
from bot.streaming.live_answer import EditStats, Schedule
from bot.streaming.rate_limiter import Priority

RETRY_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before trying again while Discord is unavailable; then the answer counts as lost."""

_log = logging.getLogger(__name__)

_LONG_AGO = float("-inf")


class ScheduledAnswer(Schedule):
    """An answer, and when its next request is due. `changed` hands on to `on_change`. Times are the scheduler's.

    Its requests are sent in tasks that may begin in other answers' tasks: `correlation` is the id of its own question.
    """

    def __init__(
        self, messages: AnswerMessages, on_change: Callable[["ScheduledAnswer", Priority], None], now: float
    ) -> None:
        self.messages = messages
        self.correlation = correlation_id()
        self.stats = EditStats()
        self.in_flight = False
        self.queued_at: tuple[Priority, float] | None = None
        """Its position in the queue for the global limit; None if it is not queued."""
        self.unseen_since = now
        """Since when there is something new to show; of an answer that has ended, when it did."""
        self.is_all_seen = True
        self.last_shown_at = _LONG_AGO
        self.not_before = _LONG_AGO
        self.sent_since: float | None = None
        """The same of what was sent last, None if it was no new text."""
        self._failures = 0
        self._on_change = on_change

    def changed(self, priority: Priority) -> None:
        """Send the answer's next request as soon as the rate limits allow. Cheap if that is already planned."""
        self._on_change(self, priority)

    def sends(self, request: Request) -> None:
        """Note that a request is in flight, which shows all that there is."""
        self.in_flight = self.is_all_seen = True
        self.sent_since = self.unseen_since if request.has_new_text else None

    @property
    def has_unseen_text(self) -> bool:
        """Whether text of an answer, and no notice, waits to be sent."""
        return not self.messages.settled.is_set() and self.messages.priority <= Priority.PROGRESS

    def succeeded(self, request: Request, now: float) -> float | None:
        """Count a request that Discord took; return how old the text was that it showed, None if it showed none."""
        self._failures = 0
        first_seen_at = self.stats.first_seen_at
        if request.has_new_text:
            self.last_shown_at = now
            first_seen_at = now if first_seen_at is None else first_seen_at
        self.stats = replace(self.stats, edits=self.stats.edits + 1, first_seen_at=first_seen_at)
        _log.debug("Discord took request %d of an answer", self.stats.edits)
        return None if self.sent_since is None else now - self.sent_since

    def try_again(self, now: float) -> bool:
        """Count a request that failed, and return whether it is to be sent again, after a pause that grows."""
        if self._failures >= len(RETRY_PAUSES):
            return False
        self.not_before = now + RETRY_PAUSES[self._failures]
        self._failures += 1
        self.stats = replace(self.stats, retries=self.stats.retries + 1)
        _log.debug("Discord failed; the request is sent again in %g s", RETRY_PAUSES[self._failures - 1])
        return True


def longest_unseen(in_flight: Iterable[ScheduledAnswer], waiting: Iterable[ScheduledAnswer], now: float) -> float:
    """Return for how many seconds the text has been unseen that has been so the longest; 0 if all is seen.

    What is looked at of each answer takes a tenth of a microsecond, unless it is the oldest so far.
    """
    sent = (each.sent_since for each in in_flight if each.in_flight)
    oldest = min((since for since in sent if since is not None), default=now)
    for each in waiting:
        if each.unseen_since < oldest and each.has_unseen_text:
            oldest = each.unseen_since
    return now - oldest
