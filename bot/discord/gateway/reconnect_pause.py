"""The pause before Discord is tried again, and the log lines about it, which do not fill the log."""

import logging
from math import inf

from bot.discord.log_throttle import LogThrottle
from bot.domain.runtime.timing import Backoff, Clock, Pause

_log = logging.getLogger(__name__)

MAX_PAUSE = 56.0
"""Seconds; a try follows soon enough for the bot to be back within a minute after Discord is."""


class ReconnectPause:
    """Waits after each failure, and says so at once and then at most once a minute.

    Those of a process share the `log_throttle`, if they are given one.
    """

    def __init__(self, pause: Pause, clock: Clock, log_throttle: LogThrottle | None = None) -> None:
        self._pause = pause
        self._backoff = Backoff(clock, longest=MAX_PAUSE)
        self._log_throttle = log_throttle or LogThrottle(clock)
        self._told = False

    async def wait(
        self,
        reason: str,
        *,
        was_connected: bool = False,
        at_least: float = 0.0,
        at_most: float = inf,
        spent: float = 0.0,
    ) -> None:
        """Wait before the next try, for `at_least` the seconds that Discord asked for (429).

        `at_most` is as for `Backoff`. What the failed try has `spent` is taken off, down to the shortest pause. The
        first end of a connection (`was_connected`) after a calm is nothing to worry about: Discord closes each of them
        now and then.
        """
        seconds = max(self._backoff.next_pause(at_most) - spent, self._backoff.shortest, at_least)
        if was_connected and self._backoff.failures == 1:
            _log.debug("the connection to Discord ended (%s); reconnecting in %.1f s", reason, seconds)
        elif self._log_throttle.due():
            self._told = True
            _log.warning("Discord cannot be reached (%s); trying again in %.1f s", reason, seconds)
        await self._pause(seconds)

    def over(self) -> None:
        """Say that a trouble is over, if the log has a line about it."""
        if self._told:
            self._told = False
            _log.info("Discord can be reached again")
