"""The messages of one answer in Discord: which request comes next, and what its outcome changes."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.content import RichContent
from bot.streaming.answer_content import AnswerContent, View
from bot.streaming.canvas import (
    BadRequest,
    BlockedByRule,
    BucketKey,
    CanvasError,
    Frame,
    MessageNotFound,
    MessageSurface,
    PostedMessage,
    Unavailable,
)
from bot.streaming.rate_limiter import Priority
from bot.streaming.renderer import can_go_on

_log = logging.getLogger(__name__)

OnMessages = Callable[[Sequence[int]], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One request to Discord: creates the answer's message number `index`, or edits the one with the id `message`.

    Without a `frame`, that message is deleted. `has_new_text` tells whether it shows text that just came from the
    provider.
    """

    bucket: BucketKey
    frame: Frame | None
    index: int
    message: int | None
    priority: Priority
    has_new_text: bool


class AnswerMessages:
    """The messages that show `content`. The edit scheduler sends their requests one after another.

    `shown` are messages that are already posted: they are edited, and deleted if fewer are needed. If one is given with
    what it shows, it is edited only if that changes. `on_messages` is called with the ids of all messages when one is
    added or removed, and `on_failure` once if the answer is lost.
    """

    def __init__(
        self,
        content: AnswerContent,
        surface: MessageSurface,
        *,
        is_notice: bool = False,
        shown: Sequence[int | PostedMessage] = (),
        on_messages: OnMessages | None = None,
        on_failure: Callable[[], None] | None = None,
    ) -> None:
        self.lost: CanvasError | None = None
        """Why the answer cannot be shown any further."""
        self.settled = asyncio.Event()
        """Set when nothing is left to send of an answer that has ended, or when it is lost."""
        self._content = content
        self._surface = surface
        self._is_notice = is_notice
        self._posted: list[tuple[int, Frame | None]] = [_known(message) for message in shown]
        """Each message's id, and what it shows; None if that is not known."""
        self._on_messages = on_messages
        self._on_failure = on_failure
        self._has_shown_text = self._is_urgent = False

    @property
    def ids(self) -> Sequence[int]:
        """Discord's ids of the messages, in order."""
        return [message for message, _ in self._posted]

    @property
    def priority(self) -> Priority:
        """How urgent the next request is."""
        if self._is_urgent and not (self._posted or self._content.removed):
            return Priority.FIRST
        if self._is_notice:
            return Priority.NOTICE_UPDATE if self._posted and not self._content.ended else Priority.NOTICE
        if self._content.ended:
            return Priority.FINAL
        if not self._content.pieces:
            return Priority.PLACEHOLDER
        return Priority.PROGRESS if self._has_shown_text else Priority.FIRST

    def hurry(self) -> None:
        """Have the first message go like that of an answer, though this is a notice."""
        self._is_urgent = True

    def next_request(self) -> Request | None:
        """Return the next request, or None if there is nothing left to send."""
        if self.lost is not None:
            return None
        try:
            request = self._request_for(self._content.view())
        except Exception as error:  # noqa: BLE001 - a fault in rendering one answer must not end the others
            _log.exception("rendering an answer failed")
            self.fail(Unavailable(type(error).__name__))
            return None
        if request is None and self._content.ended:
            self.settled.set()
        return request

    def _request_for(self, view: View) -> Request | None:
        for index, frame in enumerate(view.frames):
            first = index == 0
            if index == len(self._posted):
                bucket = self._surface.bucket("create", first=first)
                return Request(bucket, frame, index, None, self.priority, view.has_new_text)
            message, posted = self._posted[index]
            if posted != frame:
                bucket = self._surface.bucket("edit", first=first)
                return Request(bucket, frame, index, message, self.priority, view.has_new_text)
        if view.replaces_posted and len(view.frames) < len(self._posted):
            index = len(self._posted) - 1
            bucket = self._surface.bucket("delete", first=index == 0)
            return Request(bucket, None, index, self._posted[index][0], self.priority, has_new_text=False)
        return None

    async def perform(self, request: Request) -> bool:
        """Send `request`, and return whether Discord took it; raises `Unavailable` if it is to be tried again.

        If Discord refuses it for good, the answer goes on without what was refused, or is lost.
        """
        try:
            await self._send(request)
        except Unavailable:
            raise
        except CanvasError as error:
            self._refused(request, error)
            return False
        self._has_shown_text |= request.has_new_text
        return True

    async def _send(self, request: Request) -> None:
        first = request.index == 0
        if request.message is None:
            assert request.frame is not None
            message = await self._surface.create(request.frame, first=first)
            self._posted.append((message, request.frame))
            self._report()
        elif request.frame is not None:
            await self._surface.edit(request.message, request.frame, first=first)
            self._posted[request.index] = (request.message, request.frame)
        else:
            await self._delete(request.message)
            del self._posted[request.index]
            self._report()

    async def _delete(self, message: int) -> None:
        try:
            await self._surface.delete(message)
        except MessageNotFound:
            return  # somebody else was quicker

    def _refused(self, request: Request, error: CanvasError) -> None:
        posted = None if request.message is None else self._posted[request.index][1]
        refused, accepted = _extras(request.frame), _extras(posted)
        if isinstance(error, MessageNotFound) and request.message is not None and posted is None:
            # Somebody deleted a message from before, which was to be edited: it is posted again.
            del self._posted[request.index]
            self._report()
        elif isinstance(error, BadRequest) and not isinstance(error, BlockedByRule) and refused != accepted:
            self._content.drop_extras(refused, accepted)
        else:
            self.fail(error)

    def _report(self) -> None:
        if self._on_messages is not None:
            self._on_messages(self.ids)

    def keep_shown(self) -> bool:
        """Go on with what Discord shows of the answer, after it refused the rest; returns whether that is anything."""
        self.lost = None
        shown: list[Frame] = []
        for _, frame in self._posted:
            if frame is None or not self._has_shown_text:
                break
            shown.append(frame)
        self._content.keep(shown)
        return bool(shown)

    def fail(self, error: CanvasError) -> None:
        """Give the answer up: it cannot be shown any further."""
        self.lost = error
        self.settled.set()
        if self._on_failure is not None:
            self._on_failure()


def _known(message: int | PostedMessage) -> tuple[int, Frame | None]:
    """Return a message's id, and what it shows if that can be relied on.

    Messages that have buttons, or no room for a cursor, are always edited: they may look finished and not be.
    """
    if isinstance(message, int):
        return message, None
    is_certain = can_go_on(message.text) and not message.steered
    return message.message, Frame(message.text) if is_certain else None


def _extras(frame: Frame | None) -> tuple[RichContent, ...]:
    return () if frame is None else frame.rich
