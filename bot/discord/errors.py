"""The ways in which a request to Discord, or a connection to it, can fail."""

import aiohttp
import discord

DISCORD_FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What discord.py raises: its own exceptions, and those of the HTTP client and the network beneath it."""


class UnreadableReply(discord.DiscordException):
    """Discord took a request (2xx), and its answer is not what its documentation promises."""


UNREADABLE = (UnreadableReply, aiohttp.ClientPayloadError)
"""What is raised if Discord took a request and its answer is nonsense, or broke off."""


MESSAGE_LIMITS = frozenset({20022, 30046})
"""Discord's codes for 429s that are about one message alone: too many edits of crossposted messages, and of messages
older than an hour (documentation, "JSON Error Codes"). New messages are taken all the same."""


class MessageLimited(discord.DiscordException):
    """A 429 with one of `MESSAGE_LIMITS`, which is its `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(f"code {code}")
        self.code = code


ALREADY_ACKNOWLEDGED = 40060
"""Discord's code for a second response (documentation, "JSON Error Codes"): another process with this token has told
the asker what there is to say."""


BAD_TOKEN_CODE, NEEDS_SHARDS_CODE, NO_INTENT_CODE = 4004, 4011, 4014

_FINAL_CODES = frozenset({BAD_TOKEN_CODE, 4010, NEEDS_SHARDS_CODE, 4012, 4013, NO_INTENT_CODE})
"""Close codes of the gateway after which no try can succeed: documentation, "Gateway Close Event Codes"."""

_UNAUTHORIZED = 401


def is_final(error: Exception) -> bool:
    """Return whether no later try can succeed: Discord refused the token, the intents, the shard or the version."""
    if isinstance(error, discord.ConnectionClosed):
        return error.code in _FINAL_CODES
    if isinstance(error, discord.HTTPException):
        return error.status == _UNAUTHORIZED
    return isinstance(error, discord.LoginFailure)
