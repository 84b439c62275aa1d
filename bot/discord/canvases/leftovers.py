"""Recognises the messages of an interrupted answer."""

from collections.abc import Iterator

import discord

from bot.discord.custom_ids import CONTROL_ID
from bot.domain.answer import Answer
from bot.streaming.canvas import PostedMessage

UNKNOWN_MESSAGE = 10008
"""Discord's code for a message that is gone (documentation, "JSON Error Codes")."""


def posted_message(message: discord.Message) -> PostedMessage:
    """Return what the program needs to know of a message."""
    return PostedMessage(message.id, message.content, steered=any(_controlled(message)))


def belongs(message: discord.Message, answer: Answer) -> bool:
    """Return whether a message of the bot is a part of `answer`, though that was not noted.

    The last page has controls, which name their answer. A first page without controls replies to the question; that
    counts only if there was no answer before: later, replies may be notices to its asker.
    """
    if answer.id in _controlled(message):
        return True
    if answer.shown:
        return False
    response = message.interaction_metadata
    asked_by = message.reference if answer.by_message else None
    if asked_by is not None:
        return asked_by.message_id == answer.question_id
    return response is not None and response.id == answer.question_id


def is_guests(message: discord.Message) -> bool:
    """Return whether a response is in a place that the bot is no member of: it came with a user install."""
    response = message.interaction_metadata
    return response is not None and not response.is_guild_integration()


def _controlled(message: discord.Message) -> Iterator[str]:
    """Yield the ids of the answers that a message's controls belong to."""
    for row in message.components:
        for item in getattr(row, "children", ()):
            match = CONTROL_ID.fullmatch(getattr(item, "custom_id", None) or "")
            if match is not None:
                yield match["answer"]
