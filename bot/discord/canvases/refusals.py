"""What each of Discord's refusals means for an answer.

Codes: Discord's documentation, "JSON Error Codes". A code means the same whatever status it comes with.
"""

from collections.abc import Mapping

import discord

from bot.discord.errors import DISCORD_FAILURES, MESSAGE_LIMITS, MessageLimited, UnreadableReply
from bot.discord.rate_limits.max_wait import MAX_WAIT
from bot.streaming.canvas import (
    BadRequest,
    BlockedByRule,
    BlockedLink,
    CanvasError,
    EditLimited,
    HeldBack,
    MessageNotFound,
    PlaceRefused,
    Refused,
    ThreadExists,
    ThreadLocked,
    TokenExpired,
    Unavailable,
    Unconfirmed,
    WriteForbidden,
)

CANNOT_REPLY = 160002
"""Discord's code for a reply without Read Message History."""

_CODES: Mapping[type[CanvasError], tuple[int, ...]] = {
    # Missing Access; missing permissions.
    WriteForbidden: (50001, 50013, CANNOT_REPLY),
    # Unknown channel, server or message.
    MessageNotFound: (10003, 10004, 10008),
    # Unknown webhook or interaction; invalid webhook token.
    TokenExpired: (10015, 10062, 50027),
    ThreadExists: (160004,),
    # Archived; locked.
    ThreadLocked: (50083, 160005),
    BlockedByRule: (200000, 200001),
    BlockedLink: (240000,),
    EditLimited: tuple(MESSAGE_LIMITS),
    # A type of channel that takes no messages, or none of this kind; a verification level or location that shuts the
    # bot out; an archived thread that cannot be reopened because too many are active.
    PlaceRefused: (40058, 50008, 50009, 50024, 50095, 160006, 160007, 220001, 220002, 220003, 220004),
    # Limits of a channel or server, something that is switched off or overloaded, and Cloudflare.
    Unavailable: (20016, 20028, 20029, 40004, 40006, 40062, 40333, 110001, 130000),
    # The problem is the account, or the message that is written to: Discord would take no other text either.
    Refused: (20012, 20026, 40001, 40002, 40007, 40094, 50005, 50007, 50014, 50021, 50178, 50278, 60003),
}

_BY_CODE: Mapping[int, type[CanvasError]] = {code: kind for kind, codes in _CODES.items() for code in codes}

FAILURES = (*DISCORD_FAILURES, CanvasError)


def to_canvas_error(error: Exception) -> CanvasError:
    """Return what a failure means for an answer."""
    match error:
        case CanvasError():
            return error
        case UnreadableReply():
            return Unconfirmed()
        case MessageLimited():
            return EditLimited(str(error.code))
        case discord.HTTPException() if error.code in _BY_CODE:
            return _BY_CODE[error.code](str(error.code))
        case discord.HTTPException() if error.status in (401, 403, 404):
            # Without a code that says so, such as in a page of a proxy's, it is not about permissions, nor is anything
            # known to be deleted.
            return Refused(f"{error.status} {error.code}")
        case discord.HTTPException() if 400 <= error.status < 500 and error.status != 429:
            return BadRequest(str(error.code))
        case discord.RateLimited() if error.retry_after > MAX_WAIT:
            return HeldBack(type(error).__name__)
        case _:
            return Unavailable(type(error).__name__)
