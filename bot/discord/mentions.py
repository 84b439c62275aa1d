"""Reads from a message whether it speaks to the bot, and what it asks."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuestionText:
    """The message asks something; `text` is the question without the mention, empty if there is nothing else.

    `spoken_to` tells whether the bot was addressed, and did not only overhear it.
    """

    text: str
    spoken_to: bool = True


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """The message is the text command for help."""


_CALLS_OTHERS = re.compile(r"<@[!&]?\d+>|@(?:everyone|here)\b")
"""How a message begins that is meant for somebody else: with a person, a role, or everybody."""


def read_message(
    content: str, *, bot: int, prefix: str | None, addressed: bool, overheard: bool = False
) -> QuestionText | HelpRequest | None:
    """Return what a message wants of the bot, None if it is not meant for it.

    `addressed` says that the message mentions the bot or is a direct message; `prefix` is the one of text commands,
    None if the bot cannot see messages that do not mention it. `overheard` says that the bot answers every message
    of the channel, and that this one is no reply to somebody else: then it is meant unless it calls others first, or
    holds no text.
    """
    text = without_mention(content, bot)
    if prefix and (command := _text_command(text, prefix)) is not None:
        return command
    if addressed:
        return QuestionText(text)
    return QuestionText(text, spoken_to=False) if overheard and text and not _CALLS_OTHERS.match(text) else None


def _text_command(text: str, prefix: str) -> QuestionText | HelpRequest | None:
    match = re.match(rf"{re.escape(prefix)}(ask|help)(?:\s+|$)", text, re.IGNORECASE)
    if match is None:
        return None
    return QuestionText(text[match.end() :].strip()) if match[1].lower() == "ask" else HelpRequest()


def without_mention(content: str, bot: int) -> str:
    """Return the text as people wrote it, without the bot's mention and the space that one leaves behind."""
    return re.sub(rf"[ \t]?<@!?{bot}>", "", content).strip()
