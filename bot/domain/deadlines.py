"""How long Discord waits for an interaction's response, and how much of that the bot uses."""

RESPONSE_SECONDS = 3.0
"""Discord takes no response after that (documentation, "Receiving and Responding to Interactions")."""

DEFER_AFTER = RESPONSE_SECONDS / 2
"""Seconds of work, or of waiting for a rate limit, before the response is sent; the rest is for sending it."""

SUGGEST_WITHIN = 2.0
"""Seconds for collecting suggestions while somebody types: they cannot be deferred, and need less time to be sent."""
