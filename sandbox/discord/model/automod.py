"""AutoMod: the keywords that a guild's rules block in messages and edits (reference, "Auto Moderation")."""

import re
from collections.abc import Iterable

from sandbox.discord.model.permissions import Permission

EXEMPT = Permission.MANAGE_GUILD | Permission.ADMINISTRATOR
"""Members with one of these are exempt from every rule."""


def contains_keyword(text: str, keywords: Iterable[str]) -> bool:
    """Return whether a keyword is in the text; case does not matter.

    A keyword is a whole word or phrase; an asterisk at its beginning or end lets the word go on there (reference,
    "Keyword Matching Strategies").
    """
    return any(_pattern(keyword).search(text) for keyword in keywords)


def _pattern(keyword: str) -> re.Pattern[str]:
    before = "" if keyword.startswith("*") else r"(?<!\w)"
    after = "" if keyword.endswith("*") else r"(?!\w)"
    return re.compile(before + re.escape(keyword.strip("*")) + after, re.IGNORECASE)
