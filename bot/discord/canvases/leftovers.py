"""Recognises what is left in Discord of an answer that was cut off."""

from collections.abc import Iterator

import discord

from bot.discord.buttons.components import CONTROL_ID
from bot.domain.answer import Answer
from bot.streaming.canvas import PostedMessage

UNKNOWN_MESSAGE = 10008
"""Discord's code for a message that is gone (documentation, "JSON Error Codes")."""


def posted_message(message: discord.Message) -> PostedMessage:
    """Return what is to be known of a message."""
    return PostedMessage(message.id, message.content, steered=any(_steered(message)))


def belongs(message: discord.Message, answer: Answer) -> bool:
    """Tell whether a message of the bot's is a part of `answer`, though nobody noted that.

    The last page has controls, which say whose they are. A first page without them replies to what asked; but only
    where there was no answer before: later, replies may be other remarks to its asker.
    """
    if answer.id in _steered(message):
        return True
    if answer.shown:
        return False
    response = message.interaction_metadata
    asked_by = message.reference if answer.by_message else None
    if asked_by is not None:
        return asked_by.message_id == answer.question_id
    return response is not None and response.id == answer.question_id


def is_guests(message: discord.Message) -> bool:
    """Tell whether a response was given where the bot is no member, but came along with somebody."""
    response = message.interaction_metadata
    return response is not None and not response.is_guild_integration()


def _steered(message: discord.Message) -> Iterator[str]:
    """Yield the ids of the answers that the controls under a message steer."""
    for row in message.components:
        for item in getattr(row, "children", ()):
            match = CONTROL_ID.fullmatch(getattr(item, "custom_id", None) or "")
            if match is not None:
                yield match["answer"]
