"""What the buttons under answers say, and what people are told who press them."""

CANCEL = "Cancel"
STOP = "Stop"
RETRY = "Retry"
ASK_ANOTHER = "Ask another"
"""The labels of the controls."""


def not_your_answer() -> str:
    """Return the refusal for somebody who presses a button under another person's answer."""
    return "Only the person who asked, or someone with **Manage Messages**, can do that."


def already_finished() -> str:
    """Return what is said if Stop comes too late."""
    return "This answer is already finished."


def cannot_stop() -> str:
    """Return what is said if Stop cannot reach the process that writes the answer, since a new one has taken over."""
    return "I've just been restarted and am finishing this answer, so it can't be stopped."


def choose_provider() -> str:
    """Return the line above the buttons that name the other providers."""
    return "Who should answer this question?"


def asking_instead(label: str) -> str:
    """Return what replaces that line when one was chosen."""
    return f"Asking {label}… Its answer will replace this one. Use ◀ ▶ to switch between versions."


def no_other_provider() -> str:
    """Return what is said if there is no other provider to ask."""
    return "Only one chatbot is set up here, so there's no other to ask."


def unknown_button() -> str:
    """Return what is said about a button whose meaning is no longer stored."""
    return "I no longer know this button. Please write your question instead."
