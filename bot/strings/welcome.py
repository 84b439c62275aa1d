"""What the bot says when it is added to a server, and on the cards that lead on from there."""

from collections.abc import Sequence

from bot.domain.settings.server_settings import ONLY
from bot.strings.setting_changes import answers_where

TRY_IT = "Try it"
WHO_ANSWERS = "Choose who answers"
WHERE = "Where may I answer"
CHECK = "Check"
"""The buttons below the welcome."""

DONE = "Delete the welcome message"
EVERYWHERE = "Everywhere"
ONLY_IN = "Only in these channels"
"""What is on the private cards."""

QUESTION = "Question"
SAMPLE_QUESTION = "What can you help me with?"
"""The form's field, and what is already written there."""


def welcome(bot: int, label: str | None) -> str:
    """Return the two lines of the welcome: what the bot is and how to ask, and who answers; None if nobody does yet."""
    asking = (
        f"Hi! I bring a chatbot into this server. Mention <@{bot}> with a question, reply to my answers, or use `/ask`."
    )
    if label is None:
        return f"{asking}\nNo chatbot is set up here yet. Someone with **Manage Server** can do that with `/setup`."
    return f"{asking}\n**{label}** answers here. Press **{TRY_IT}** for a first answer."


def choose_who_answers() -> str:
    """Return what is said above the menu of chatbots."""
    return "Who should answer in this server? `/settings provider` also sets it for single channels."


def choose_where(mode: str, channels: Sequence[int], max_shown: int) -> str:
    """Return what is said above the menu of channels; `mode` and `channels` are what is set now.

    The menu has at most `max_shown` of them.
    """
    said = f"{answers_where(mode, channels)} Choose channels to have me answer only there, threads and posts included."
    if mode != ONLY or len(channels) <= max_shown:
        return said
    return f"{said} The menu has room for {max_shown}; the others stay on the list, until you press **{EVERYWHERE}**."


def channels_gone() -> str:
    """Return the refusal of channels that were deleted while they were chosen."""
    return "I can't find these channels any longer. Please choose others. Nothing was changed."


def welcome_deleted() -> str:
    """Return what is said once the welcome is gone."""
    return "I deleted the welcome message. `/help` shows what I can do, and `/settings show` what is set."


def welcome_stays() -> str:
    """Return what is said if Discord did not delete the welcome."""
    return "Discord didn't delete the welcome message. Please try again in a minute, or delete it yourself."
