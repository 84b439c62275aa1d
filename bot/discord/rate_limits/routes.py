"""Tells from a request's method and path which of Discord's rate limits it counts towards."""

import re
from collections.abc import Mapping

from bot.streaming.canvas import BucketKey, Verb

_CHANNEL = re.compile(r"/channels/(\d+)/messages(/\d+)?$")
_WEBHOOK = re.compile(r"/webhooks/\d+/([^/]+)(/messages/[^/]+)?$")
_TYPING = re.compile(r"/channels/(\d+)/typing$")
_VERBS: Mapping[str, Verb] = {"POST": "create", "PATCH": "edit", "DELETE": "delete"}
_UNCOUNTED = re.compile(r"/(?:webhooks|interactions)/")
_CALLBACK = re.compile(r"/interactions/\d+/[^/]+/callback$")
_TOKEN = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/]+")


def channel_bucket(verb: Verb, channel: int) -> BucketKey:
    """Return the bucket of a channel's messages."""
    return BucketKey(verb, f"channels/{channel}")


def typing_bucket(channel: int) -> BucketKey:
    """Return the bucket of a channel's typing indicators, in which only a 429 is noted."""
    return BucketKey("type", f"channels/{channel}")


def interaction_bucket(token: str) -> BucketKey:
    """Return the bucket of an interaction's token: creates and edits together, to be on the safe side.

    It does not count against the global limit (Discord's documentation, "Global Rate Limit").
    """
    return BucketKey("edit", f"webhooks/{token}", counted=False)


def bucket_of(method: str, path: str) -> BucketKey | None:
    """Return the bucket of a request that creates, edits or deletes a message, None for any other."""
    verb = _VERBS.get(method)
    if verb is None:
        return None
    if (match := _CHANNEL.search(path)) and bool(match[2]) == (verb != "create"):
        return channel_bucket(verb, int(match[1]))
    if (match := _WEBHOOK.search(path)) and bool(match[2]) == (verb != "create"):
        return interaction_bucket(match[1])
    return None


def typing_bucket_of(path: str) -> BucketKey | None:
    """Return the bucket of a request that shows the typing indicator, None for any other."""
    match = _TYPING.search(path)
    return typing_bucket(int(match[1])) if match else None


def is_counted(path: str) -> bool:
    """Return whether a request counts against the global limit."""
    return _UNCOUNTED.search(path) is None


def is_callback(path: str) -> bool:
    """Return whether a request is the first response to an interaction, which Discord takes for 3 s only."""
    return _CALLBACK.search(path) is not None


def without_token(path: str) -> str:
    """Return a path as it may be logged: an interaction's token is a secret."""
    return _TOKEN.sub(r"\1…", path)
