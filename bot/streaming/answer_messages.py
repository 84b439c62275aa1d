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
    BlockedLink,
    BucketKey,
    CanvasError,
    EditLimited,
    Frame,
    MessageNotFound,
    MessageSurface,
    PostedMessage,
    Refused,
    Unavailable,
    WriteForbidden,
)
from bot.streaming.posted_messages import PostedMessages
from bot.streaming.rate_limiter import Priority

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

    If Discord takes no more edits of old messages, new ones are posted below. Old ones that were not touched stay,
    and come last among the ids, so that they are deleted with the answer and never written over. A notice is not worth
    that: it misses an update, and its last state fails.
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
        self._posted = PostedMessages(shown)
        self._on_messages = on_messages
        self._on_failure = on_failure
        self._has_shown_text = self._is_urgent = False

    @property
    def ids(self) -> Sequence[int]:
        """Discord's ids of the messages: those that show it in order, then those that were left behind."""
        return self._posted.ids

    @property
    def priority(self) -> Priority:
        """How urgent the next request is."""
        if self._is_urgent and not (self._posted.pages or self._content.removed):
            return Priority.FIRST
        if self._is_notice:
            return Priority.NOTICE_UPDATE if self._posted.pages and not self._content.ended else Priority.NOTICE
        if self._content.ended:
            return Priority.FINAL
        if not self._content.begun:
            return Priority.PLACEHOLDER
        return Priority.PROGRESS if self._has_shown_text else Priority.FIRST

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing is to be shown, and nothing is there to be deleted."""
        return self._content.removed and not self._posted.ids

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
            if index == len(self._posted.pages):
                bucket = self._surface.bucket("create", first=first)
                return Request(bucket, frame, index, None, self.priority, view.has_new_text)
            message, posted = self._posted.pages[index]
            if posted != frame:
                bucket = self._surface.bucket("edit", first=first)
                return Request(bucket, frame, index, message, self.priority, view.has_new_text)
        if view.replaces_posted and (surplus := self._posted.surplus(len(view.frames))) is not None:
            index = max(0, len(self._posted.pages) - 1)
            bucket = self._surface.bucket("delete", first=index == 0)
            return Request(bucket, None, index, surplus, self.priority, has_new_text=False)
        return None

    async def perform(self, request: Request) -> bool:
        """Send `request`, and return whether Discord took it; raises `Unavailable` if it is to be tried again.

        If Discord refuses it for good, the answer goes on without what was refused, or is lost.
        """
        try:
            await self._send(request)
        except EditLimited as error:
            if request.message is None or request.frame is None:
                raise
            if not self._is_notice:
                self._post_below(request.index)
            elif self._content.ended:
                self.fail(error)  # it can be tried again later
            else:
                self._posted.pages[request.index] = (request.message, request.frame)  # its next state may be taken
            return False
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
            after = None if first else self._posted.pages[request.index - 1][0]
            message = await self._surface.create(request.frame, after=after)
            self._posted.pages.append((message, request.frame))
            self._report()
        elif request.frame is not None:
            await self._surface.edit(request.message, request.frame, first=first)
            self._posted.pages[request.index] = (request.message, request.frame)
        else:
            await self._delete(request.message)
            self._posted.remove(request.message)
            self._report()

    async def _delete(self, message: int) -> None:
        try:
            await self._surface.delete(message)
        except MessageNotFound:
            return  # somebody else was quicker

    def _post_below(self, index: int) -> None:
        """Go on in new messages, since Discord takes no edit of the one with this number and of those after it."""
        self._posted.leave(index)
        self._content.say_posted_below()
        self._report()

    def _refused(self, request: Request, error: CanvasError) -> None:
        posted = self._posted.frame_of(request.message)
        refused, accepted = _extras(request.frame), _extras(posted)
        has_file = request.frame is not None and request.frame.file is not None
        if isinstance(error, MessageNotFound) and request.message is not None and posted is None:
            # Somebody deleted a message from before, which was to be edited: it is posted again.
            self._posted.remove(request.message)
            self._report()
        elif self._may_be_for_caption(request, error) and self._content.shorten_caption():
            return  # the rest may be taken
        elif request.priority is Priority.PLACEHOLDER and isinstance(error, BadRequest):
            self._content.set_placeholder("")  # what comes may be taken
        elif has_file and isinstance(error, BadRequest | WriteForbidden | Refused):
            self._content.drop_file()  # the messages before it were taken
        elif isinstance(error, BadRequest) and not isinstance(error, BlockedByRule) and refused != accepted:
            self._content.drop_extras(refused, accepted)
        else:
            self.fail(error)

    def _may_be_for_caption(self, request: Request, error: CanvasError) -> bool:
        """Tell whether Discord may have refused a message for the line above the answer, which it never took yet."""
        is_first = request.index == 0 and self._posted.frame_of(request.message) is None
        by_filter = isinstance(error, BlockedByRule | BlockedLink)
        return is_first and (by_filter or (isinstance(error, BadRequest) and not _extras(request.frame)))

    def _report(self) -> None:
        if self._on_messages is not None:
            self._on_messages(self.ids)

    def keep_shown(self) -> bool:
        """Go on with what Discord shows of the answer, after it refused the rest; returns whether that is anything."""
        self.lost = None
        shown: list[Frame] = []
        for _, frame in self._posted.pages:
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


def _extras(frame: Frame | None) -> tuple[RichContent, ...]:
    return () if frame is None else frame.rich
