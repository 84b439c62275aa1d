"""A quota or credit that is used up is told as that, whatever status it comes with."""

import pytest

from bot.domain.errors import ErrorReported, Forbidden, QuotaUsedUp, RateLimited, Rejected, RequestTooLarge
from bot.providers.error_mapping import error_for_status

SURE = [
    "You exceeded your current quota, please check your plan.",
    "The agent has run out of credits.",
    "Insufficient credits to complete this request",
    "Your credit balance is too low.",
    "Monthly limit reached for this workspace.",
    "No credits left",
]


@pytest.mark.parametrize("status", [200, 400, 403, 409, 413, 422, 429])
@pytest.mark.parametrize("reason", SURE)
def test_it_is_told_whatever_the_status(status: int, reason: str) -> None:
    assert isinstance(error_for_status("Chatbase", status, reason=reason), QuotaUsedUp)


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (400, "The message limit is 4000 characters.", Rejected),
        (413, "Message exceeds the limit of 4000 characters", RequestTooLarge),
        (422, "Questions about credit cards are not answered here.", Rejected),
        (422, "Note that this bot gives no advice on credits.", Rejected),
        (200, "The model is overloaded", ErrorReported),
        (200, None, ErrorReported),
        (400, "Too many requests: quota exceeded, 3 per minute", Rejected),
        (429, "Rate limit reached: 20 requests per minute exceeded", RateLimited),
        (403, "Access denied or quota exceeded", Forbidden),
    ],
)
def test_what_only_sounds_alike_is_not(status: int, reason: str | None, kind: type[Exception]) -> None:
    assert type(error_for_status("Chatbase", status, reason=reason)) is kind
