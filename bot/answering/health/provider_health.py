"""How each provider's latest question went: all there is to know of credentials that cannot be tried for free."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.answering.notices.notice_choice import without_reason
from bot.domain import errors
from bot.strings.errors import explain

_LASTING = (
    *(errors.Unauthorized, errors.PaymentRequired, errors.QuotaUsedUp, errors.Forbidden, errors.Blocked),
    *(errors.NotFound, errors.WrongAddress, errors.ProxyRefused, errors.TlsFailed),
)
"""Errors that stay until somebody fixes their cause."""

_ANSWERED = (errors.NoReply, errors.NoAnswerYet, errors.TakenOver, errors.ActionWanted)
"""Errors that show that the credentials are good."""


@dataclass(frozen=True, slots=True)
class HealthStatus:
    """How a provider's latest question went.

    `fault` is the sentence for what went wrong, None if nothing did; `lasting` tells that it will not pass by itself.
    """

    fault: str | None = None
    lasting: bool = False


class ProviderHealth:
    """Keeps how each provider's latest question went, but neither who asked it nor what it said."""

    def __init__(self) -> None:
        self._latest: dict[str, HealthStatus] = {}

    @property
    def latest(self) -> Mapping[str, HealthStatus]:
        """The status by the provider's name; a provider that was not asked since the start is absent."""
        return MappingProxyType(self._latest)

    def note(self, provider: str, error: errors.AnswerError | None) -> None:
        """Note how an answer ended. Errors that say nothing about the provider, such as a refused text, are ignored."""
        if error is None or isinstance(error, _ANSWERED):
            self._latest[provider] = HealthStatus()
        elif isinstance(error, errors.ErrorReported):
            # Without the reason, which may quote the question.
            self._latest[provider] = HealthStatus(explain(without_reason(error)))
        elif isinstance(error, errors.ProviderError) and not isinstance(
            error, (errors.Rejected, errors.RequestTooLarge)
        ):
            self._latest[provider] = HealthStatus(explain(error), isinstance(error, _LASTING))
