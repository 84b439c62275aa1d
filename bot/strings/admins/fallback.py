"""What is said about who answers if a chatbot is out: to admins who set it, below an answer, and by `/doctor`."""

from collections.abc import Sequence

from bot.strings.markup import as_code, first_of

_MAX_NAME_CHARS = 40


def no_such_fallback(typed: str, labels: Sequence[str]) -> str:
    """Return the refusal of a list with a chatbot that is not set up; `labels` are those that are."""
    named = as_code(typed, _MAX_NAME_CHARS)
    return f"There's no chatbot called {named} here. Available: {first_of(labels)}. Nothing was changed."


def named_twice(label: str) -> str:
    """Return the refusal of a list with a chatbot that is on it already."""
    return f"{label} is on the list twice. Please name each chatbot once. Nothing was changed."


def fallback_changed(labels: Sequence[str]) -> str:
    """Return who answers from now on if a chatbot is out, in order; nobody if `labels` is empty."""
    if not labels:
        return "If a chatbot can't answer, no other one answers instead."
    order = ", then ".join(f"**{label}**" for label in labels)
    return f"If a chatbot can't answer, I now ask {order} instead. A small line below the answer says so."


def answers_here_anyway(label: str) -> str:
    """Return the warning that the only chatbot on the list is the one that answers here."""
    return f"⚠️ {label} is the one that answers here, so this changes nothing in this channel. Name another one too."
