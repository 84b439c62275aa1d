"""What the answer to a request that Discord took has to be, so that discord.py can make sense of it."""

import json
from collections.abc import Mapping

from bot.discord.errors import UnreadableReply
from bot.discord.rate_limits.routes import is_callback


def is_readable(path: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether an answer is JSON by discord.py's measure, and to an interaction's first response says what it is.

    discord.py takes any other type for text, and fails wherever it looks for an object in that.
    """
    if headers.get("Content-Type") != "application/json":
        return False
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not is_callback(path):
        return isinstance(answer, dict | list)
    match answer:
        # Documentation, "Interaction Callback Response Object".
        case {"interaction": {"id": str()}}:
            return True
    return False


def read_message_id(body: bytes) -> int:
    """Return the id of the message that an answer holds; raises `UnreadableReply`."""
    try:
        return int(json.loads(body)["id"])
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        raise UnreadableReply from None
