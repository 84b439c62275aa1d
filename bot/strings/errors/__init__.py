"""What happened and what to do, for each error of the program."""

from typing import cast

from bot.domain import errors
from bot.domain.provider import Owner
from bot.strings.errors.api import ApiError, explain_api
from bot.strings.errors.own import OwnError, explain_own
from bot.strings.markup import small
from bot.strings.notices import repeat_cut_off


def explain(error: errors.AnswerError, owner: Owner = "host") -> str:
    """Return the sentence for `error`: what happened, and what its reader can do.

    `owner` tells whose credentials the provider was asked with: who they belong to can do something about them.
    """
    # The casts state what a test holds: every concrete error is in one of the two lists above.
    if isinstance(error, errors.ProviderError):
        return explain_api(cast("ApiError", error), owner)
    return explain_own(cast("OwnError", error))


def not_again(error: errors.AnswerError, owner: Owner = "host") -> str:
    """Return the line below an answer that stays because `error` kept another one from being given."""
    match error:
        case errors.Stopped():
            return small("Stopped. This is the previous answer.")
        case errors.Interrupted():
            return repeat_cut_off()
        case _:
            return small(f"I couldn't get another answer, so this is the previous one. {explain(error, owner)}")
