"""How those that take long tell how far they are."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is being done, and how much of how much is done, in whatever unit."""


def untold(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""
