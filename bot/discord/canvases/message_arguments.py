"""Turns frames into the arguments of discord.py's methods."""

from io import BytesIO
from typing import Any

import discord

from bot.discord.allowed_mentions import SILENT
from bot.discord.components import draw
from bot.streaming.canvas import Frame


def new_message(frame: Frame) -> dict[str, Any]:
    """Return the arguments for a new message."""
    arguments = _text(frame)
    extras = draw(frame.rich, frame.controls)
    if extras.embeds:
        arguments["embeds"] = extras.embeds
    if extras.view is not None:
        arguments["view"] = extras.view
    if frame.file is not None:
        arguments["file"] = _file(frame)
    return arguments


def changed_message(before: Frame | None, frame: Frame) -> dict[str, Any]:
    """Return the arguments for an edit of a message that shows `before`, None if that is not known.

    What is below the text is sent only if it has changed: Discord keeps what an edit leaves out.
    """
    arguments = _text(frame)
    if before is None or (before.rich, before.controls) != (frame.rich, frame.controls):
        extras = draw(frame.rich, frame.controls)
        arguments["embeds"], arguments["view"] = extras.embeds, extras.view
    if frame.file is not None:
        arguments["attachments"] = [_file(frame)]
    elif before is None or before.file is not None:
        arguments["attachments"] = []
    return arguments


def _text(frame: Frame) -> dict[str, Any]:
    return {"content": frame.text, "allowed_mentions": SILENT}


def _file(frame: Frame) -> discord.File:
    assert frame.file is not None
    return discord.File(BytesIO(frame.file.text.encode()), frame.file.name)
