"""A part of a channel's history: its newest messages, or those before, after or around one."""

from collections.abc import Sequence

from sandbox.discord import Message
from sandbox.discord.errors import Json
from sandbox.page.requests import InvalidRequest, Request
from sandbox.page.views import view_message

MAX_MESSAGES = 100
"""How many messages one part has at most, and unless the request says."""


def read_history(request: Request) -> Json:
    """Return a part of what the person sees in a channel, oldest first, and whether there is more on either side.

    `before`, `after` or `around` is a message's id; that message may be deleted by now. Without them, the part is the
    newest. `limit` is 1 to 100. Raises `InvalidRequest`.
    """
    limit = request.count("limit")
    if limit is None:
        limit = MAX_MESSAGES
    if not 1 <= limit <= MAX_MESSAGES:
        raise InvalidRequest(f"“limit” has to be between 1 and {MAX_MESSAGES}")
    messages = request.channel().visible_to(request.person)
    start = max(0, _start(request, messages, limit))
    end = _place(request, "before", messages) if "before" in request.body else start + limit
    return {
        "messages": [view_message(message, request.person) for message in messages[start:end]],
        "more_before": start > 0,
        "more_after": end < len(messages),
    }


def _start(request: Request, messages: Sequence[Message], limit: int) -> int:
    if "before" in request.body:
        return _place(request, "before", messages) - limit
    if "after" in request.body:
        key = request.key("after")
        return sum(message.id <= key for message in messages)
    if "around" in request.body:
        # The last part is as long as the others.
        return min(_place(request, "around", messages) - limit // 2, len(messages) - limit)
    return len(messages) - limit


def _place(request: Request, name: str, messages: Sequence[Message]) -> int:
    """Return how many messages are older than the one that the request names."""
    key = request.key(name)
    return sum(message.id < key for message in messages)
