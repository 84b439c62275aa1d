"""What is on the buttons, menus and forms of `/setup`."""

CHOOSE = "Choose a service"
OWNED = "🔑"
"""What marks a service that is set up in the menu."""

ENTER = "Enter values"
CHANGE = "Change"
TRY_AGAIN = "Try again"
TEST = "Ask a test question"
LET_ANSWER = "Have it answer in this server"
REMOVE = "Remove"
KEEP = "Keep"
BACK = "Back"

TEST_QUESTION = "Your question"


def named(label: str, login: str) -> str:
    """Return a button's label for one of several logins."""
    return f"{label}: {login}"


def form_title(label: str) -> str:
    """Return the title of the form for a provider's values."""
    return f"Your chatbot at {label}"
