"""Reads from a message whether it speaks to the bot, and what it asks."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asks:
    """The message asks something; `text` is the question without the mention, empty where there is nothing else."""

    text: str


@dataclass(frozen=True, slots=True)
class WantsHelp:
    """The message is the text command for help."""


def read_message(content: str, *, bot: int, prefix: str | None, addressed: bool) -> Asks | WantsHelp | None:
    """Return what a message wants of the bot, None where it is not meant.

    `addressed` says that the message mentions the bot or is a direct message; `prefix` is the one of text commands,
    None where the bot cannot see messages that do not mention it.
    """
    text = without_mention(content, bot)
    if prefix and (command := _text_command(text, prefix)) is not None:
        return command
    return Asks(text) if addressed else None


def _text_command(text: str, prefix: str) -> Asks | WantsHelp | None:
    match = re.match(rf"{re.escape(prefix)}(ask|help)(?:\s+|$)", text, re.IGNORECASE)
    if match is None:
        return None
    return Asks(text[match.end() :].strip()) if match[1].lower() == "ask" else WantsHelp()


def without_mention(content: str, bot: int) -> str:
    """Return the text as people wrote it, without the bot's mention and the space that one leaves behind."""
    return re.sub(rf"[ \t]?<@!?{bot}>", "", content).strip()
