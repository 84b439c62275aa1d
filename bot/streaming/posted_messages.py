"""Which messages an answer has in Discord, and what each of them shows."""

from collections.abc import Sequence
from itertools import pairwise

from bot.streaming.canvas import Frame, PostedMessage
from bot.streaming.renderer import can_go_on


class PostedMessages:
    """The messages of an answer: its pages in order, and others that show none of it.

    `shown` are those from before; if one is given with what it shows, that is relied on.
    """

    def __init__(self, shown: Sequence[int | PostedMessage]) -> None:
        known = [_known(message) for message in shown]
        count = _count_pages([message for message, _ in known])
        self.pages = known[:count]
        """The id of each page's message, and what it shows; None if that is not known."""
        self._left = [message for message, _ in known[count:]]
        """Messages that stay as they are."""
        self._mixed: list[int] = []
        """Messages that would be read as a part of what is shown now."""

    @property
    def ids(self) -> Sequence[int]:
        """All messages: the pages in order, then the others, which are older."""
        return [*(message for message, _ in self.pages), *self._mixed, *self._left]

    def frame_of(self, message: int | None) -> Frame | None:
        """Return what the message of a page shows, None if that is not known, or if there is no such message."""
        return next((frame for page, frame in self.pages if page == message), None)

    def surplus(self, needed: int) -> int | None:
        """Return the next message to delete if so many pages are needed; None if all may stay."""
        if needed < len(self.pages):
            return self.pages[-1][0]
        if self._mixed:
            return self._mixed[-1]
        return self._left[-1] if self._left and not needed else None

    def remove(self, message: int) -> None:
        """Note that a message is gone."""
        self.pages = [page for page in self.pages if page[0] != message]
        self._mixed = [each for each in self._mixed if each != message]
        self._left = [each for each in self._left if each != message]

    def leave(self, index: int) -> None:
        """Show this page and those after it in new messages, since theirs can no longer be edited.

        If nothing of what is shown now is there, the old ones can stay as they are.
        """
        untouched = index == 0 and self.pages[0][1] is None
        (self._left if untouched else self._mixed).extend(message for message, _ in self.pages[index:])
        del self.pages[index:]


def _known(message: int | PostedMessage) -> tuple[int, Frame | None]:
    """Return a message's id, and what it shows if that can be relied on.

    Messages that have buttons, or no room for a cursor, are always edited: they may look finished and not be.
    """
    if isinstance(message, int):
        return message, None
    is_certain = can_go_on(message.text) and not message.steered
    return message.message, Frame(message.text) if is_certain else None


def _count_pages(messages: Sequence[int]) -> int:
    """Return how many of an answer's messages show its pages: ids grow with time, and older ones after them do not."""
    return next((number for number, (one, other) in enumerate(pairwise(messages), 1) if other < one), len(messages))
