"""Which of several choices somebody means who typed a value instead of picking it."""

import unicodedata
from collections.abc import Sequence

from bot.domain.provider import Choice


def match_choices(typed: str, choices: Sequence[Choice]) -> Sequence[Choice]:
    """Return the choices that `typed` may mean: one if that is clear, several if not, none if it is unknown.

    A value or title that is the same counts first, then titles that begin with it; case, and how blanks and characters
    are encoded, do not matter.
    """
    wanted = _alike(typed)
    if not wanted:
        return ()
    spellings = [(choice, _alike(choice.value), _alike(choice.title)) for choice in choices]
    return (
        [choice for choice, value, _ in spellings if value == wanted]
        or [choice for choice, _, title in spellings if title == wanted]
        or [choice for choice, _, title in spellings if title.startswith(wanted)]
    )


def suggest_choices(typed: str, choices: Sequence[Choice]) -> Sequence[Choice]:
    """Return the choices to offer while somebody types: those whose title holds it, or whose value it is."""
    wanted = _alike(typed)
    return [choice for choice in choices if wanted in _alike(choice.title) or wanted == _alike(choice.value)]


def _alike(text: str) -> str:
    """Return what is the same for texts that a reader takes for the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
