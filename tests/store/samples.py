"""Values that the store's tests put in."""

from bot.chat.memory import SavedButton, Turn
from bot.chat.rich import Button

CHANNEL = 2**63 - 1
"""The largest id that Discord could give."""

OTHER_CHANNEL = 1_290_000_000_000_000_001


def make_turn(
    number: int = 1,
    *,
    provider: str = "chatbase",
    channel: int = CHANNEL,
    conversation_id: str = "first",
    replaces: str | None = None,
    kept: tuple[int, ...] = (),
) -> Turn:
    """Return a turn whose texts name its number."""
    return Turn(
        provider=provider,
        server=2**62,
        channel=channel,
        asker=2**62 + 1,
        question=f"question {number}",
        answer=f"answer {number}",
        conversation_id=conversation_id,
        replaces=replaces,
        kept=kept,
    )


def make_button(token: str, *, title: str = "Yes", value: str = "yes, please") -> SavedButton:
    """Return a button of ChatBot.com's."""
    return SavedButton("chatbot", Button(title, "say", value, token))
