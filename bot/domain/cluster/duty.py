"""What only one of a bot's processes does: registering the commands, and retention."""

from collections.abc import Callable
from typing import Protocol


class Duty(Protocol):
    """Tells which process does that."""

    @property
    def is_here(self) -> bool:
        """Whether it is this one."""
        ...

    def on_begin(self, tell: Callable[[], None]) -> None:
        """Have `tell` called whenever it has become this one; it must neither raise nor take long."""
        ...


class _AlwaysOnDuty(Duty):
    """The duty of a process that is alone."""

    is_here = True

    def on_begin(self, tell: Callable[[], None]) -> None:
        """Never call it: it has been this one from the beginning."""


ALWAYS_ON_DUTY: Duty = _AlwaysOnDuty()
