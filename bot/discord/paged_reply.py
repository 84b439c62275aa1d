"""Answers an interaction with a list that may be too long for one message."""

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.discord.interactions import respond
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len


async def respond_in_pages(interaction: discord.Interaction[Any], lines: Iterable[str]) -> None:
    """Send whole lines to the caller alone, in as few messages as they take."""
    for page in pages_of(lines):
        await respond(interaction, page)


def pages_of(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines put together into pages that Discord takes; each line fits by itself."""
    page = ""
    for line in lines:
        longer = f"{page}\n{line}" if page else line
        if page and utf16_len(longer) > MAX_PAGE_UNITS:
            yield page
            longer = line
        page = longer
    if page:
        yield page
