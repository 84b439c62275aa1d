"""Which of several choices somebody means who typed a value instead of picking it."""

from collections.abc import Sequence

from bot.domain.provider import Choice


def match_choices(typed: str, choices: Sequence[Choice]) -> Sequence[Choice]:
    """Return the choices that `typed` may mean: one if that is clear, several if not, none if it is unknown.

    A value or title that is the same counts first, then titles that begin with it; upper and lower case are the same.
    """
    wanted = " ".join(typed.split()).casefold()
    if not wanted:
        return ()
    spellings = [(choice, choice.value.casefold(), " ".join(choice.title.split()).casefold()) for choice in choices]
    return (
        [choice for choice, value, _ in spellings if value == wanted]
        or [choice for choice, _, title in spellings if title == wanted]
        or [choice for choice, _, title in spellings if title.startswith(wanted)]
    )


def suggest_choices(typed: str, choices: Sequence[Choice]) -> Sequence[Choice]:
    """Return the choices to offer while somebody types: those whose title holds it, or whose value it is."""
    wanted = typed.casefold()
    return [choice for choice in choices if wanted in choice.title.casefold() or wanted == choice.value.casefold()]
