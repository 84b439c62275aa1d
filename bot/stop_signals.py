"""SIGTERM, SIGINT and Windows' Ctrl-Break: they ask the process to stop, which ends in time even if something hangs."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Timer

EXIT_SECONDS = 1.0
"""How many seconds after the time for answers in flight the process has ended."""

_LEFT_TO_THE_SYSTEM = 0.2
"""How much of that the operating system gets for removing a process that had to be ended by force."""


def listen_to(names: Sequence[str], receive: Callable[[signal.Signals], object]) -> None:
    """Have the running loop call `receive` with each signal that comes; names that this system lacks are left out.

    Windows' event loop has no handlers for signals (`NotImplementedError`); there, Python's own wake it up.
    """
    loop = asyncio.get_running_loop()
    for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
        try:
            loop.add_signal_handler(number, receive, number)
        except NotImplementedError:
            signal.signal(number, lambda got, _: _hand_over(loop, receive, signal.Signals(got)))


def _hand_over(
    loop: asyncio.AbstractEventLoop, receive: Callable[[signal.Signals], object], number: signal.Signals
) -> None:
    with suppress(RuntimeError):  # the loop is closed: the program ends already
        loop.call_soon_threadsafe(receive, number)


class StopSignals:
    """Listens to the signals. The process ends with 0 at most `drain_seconds` and a second after the first.

    It does so likewise after `begin_end`. A second SIGINT (Ctrl-C) ends it within a second; another SIGTERM changes
    nothing. While the program still opens what it needs, a signal cancels the task that made this.
    """

    def __init__(self, drain_seconds: float) -> None:
        self.drain_seconds = drain_seconds
        self.requested = asyncio.Event()
        """Set by the first signal."""
        self.hurried = asyncio.Event()
        """Set when somebody does not want to wait for the answers in flight."""
        self._opening = asyncio.current_task()
        self._drained_at: float | None = None
        self._end: Timer | None = None
        listen_to(("SIGTERM", "SIGINT", "SIGBREAK"), self._receive)

    def opened(self) -> None:
        """Say that the program is open: from now on it closes in order when `requested` is set."""
        self._opening = None

    def begin_end(self) -> float:
        """Return what is left of the time for answers in flight; it begins now unless it has begun."""
        now = asyncio.get_running_loop().time()
        if self._drained_at is None:
            self._drained_at = now + self.drain_seconds
            self._end_within(self.drain_seconds + EXIT_SECONDS)
        return max(0.0, self._drained_at - now)

    def _receive(self, number: signal.Signals) -> None:
        if not self.requested.is_set():
            self.requested.set()
            self.begin_end()
            if self._opening is not None:
                self._opening.cancel()
        elif number == signal.SIGINT and not self.hurried.is_set():
            self.hurried.set()
            self._end_within(EXIT_SECONDS)

    def _end_within(self, seconds: float) -> None:
        """Have a thread end the process, in case that closing hangs: the event loop may hang as well."""
        if self._end is not None:
            self._end.cancel()
        # What is not closed needs no care: the database undoes what is not committed, and keeps what is.
        self._end = Timer(seconds - _LEFT_TO_THE_SYSTEM, os._exit, (0,))
        self._end.daemon = True
        self._end.start()
