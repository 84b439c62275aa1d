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


def match_list(typed: str, choices: Sequence[Choice]) -> Sequence[tuple[str, Sequence[Choice]]]:
    """Return the names in a list that is separated by commas, and which choices each may mean."""
    return [(name, match_choices(name, choices)) for part in typed.split(",") if (name := part.strip())]


def suggest_lists(typed: str, choices: Sequence[Choice]) -> Sequence[Choice]:
    """Return the lists to offer while somebody types one: what is there, with another choice that is not in it yet.

    Once the last name is clear, the lists that go on after it are offered too.
    """
    before, _, last = typed.rpartition(",")
    chosen = [meant[0] for _, meant in match_list(before, choices) if len(meant) == 1]
    left = [choice for choice in choices if choice not in chosen]
    found = [[*chosen, choice] for choice in suggest_choices(last, left)]
    if len(meant := match_choices(last, left)) == 1:
        found += [[*chosen, meant[0], choice] for choice in left if choice != meant[0]]
    return [
        Choice(",".join(each.value for each in several), ", ".join(each.title for each in several)) for several in found
    ]


def _alike(text: str) -> str:
    """Return what is the same for texts that a reader takes for the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
