"""`python -m bot review-answers`: what to answer to Discord's review of privileged intents."""

import sys
from collections.abc import Mapping
from typing import TextIO

from bot.store.addresses.urls import SqliteFile, parse_url
from bot.strings.host.review import ReviewFacts, review_answers


def print_answers(
    *,
    reads_content: bool,
    database_url: str,
    vendors: Mapping[str, str],
    policy: str | None,
    is_encrypted: bool,
    out: TextIO | None = None,
) -> int:
    """Print the answers that are true of these settings, and return the exit code; `ReviewFacts` explains them."""
    address = parse_url(database_url)
    facts = ReviewFacts(reads_content, str(address), isinstance(address, SqliteFile), vendors, policy, is_encrypted)
    (out or sys.stdout).write(f"{review_answers(facts)}\n")
    return 0
