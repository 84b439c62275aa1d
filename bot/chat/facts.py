"""What the bot itself remembers from one start to the next, as the program asks it of a database."""

from typing import Protocol


class Facts(Protocol):
    """Short notes, each under a name. Both methods raise `MemoryUnavailable`."""

    async def fact(self, name: str) -> str | None:
        """Return what was noted under `name`."""
        ...

    async def save_fact(self, name: str, value: str) -> None:
        """Note `value` under `name`."""
        ...
