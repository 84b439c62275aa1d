"""Text files that go along with a question, and the port through which they are loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MAX_FILES = 10
MAX_FILE_BYTES = 100_000
"""How many text files go along with a question, and how many bytes they may have together."""

MAX_FILE_NAME_CHARS = 100
"""How much of a file's name is kept, in characters."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A text file. Until it is loaded, `text` is None and `url` is where Discord has it."""

    name: str
    url: str = ""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class LoadedFiles:
    """What came of loading files.

    Those of the `files` that have no text could not be loaded; `not_text` names those that turned out not to be texts.
    """

    files: tuple[AttachedFile, ...]
    not_text: tuple[str, ...] = ()


class FileLoader(Protocol):
    """Loads the texts of files."""

    async def load(self, files: Sequence[AttachedFile]) -> LoadedFiles:
        """Load those that have no text yet; what goes wrong is part of the result."""
        ...
