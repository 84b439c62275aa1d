"""How each provider's latest question went: what there is to know of credentials that cannot be tried for free."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain import errors
from bot.strings.errors import explain

_LASTING = (errors.Unauthorized, errors.PaymentRequired, errors.Forbidden, errors.NotFound)
"""What stays until somebody mends it."""

_ANSWERED = (errors.NoReply, errors.NoAnswerYet)
"""What is no answer to the asker, but shows that the credentials are good."""


@dataclass(frozen=True, slots=True)
class HealthStatus:
    """How a provider stood at its latest question.

    `fault` is the sentence for what went wrong, None for nothing; `lasting` says that it will not pass by itself.
    """

    fault: str | None = None
    lasting: bool = False


class ProviderHealth:
    """Keeps how each provider stood last since the start; it knows neither whose question it was nor what it said."""

    def __init__(self) -> None:
        self._latest: dict[str, HealthStatus] = {}

    @property
    def latest(self) -> Mapping[str, HealthStatus]:
        """The latest standing by the provider's name; one that was not asked yet is absent."""
        return MappingProxyType(self._latest)

    def note(self, provider: str, error: errors.AnswerError | None) -> None:
        """Note how an answer ended. What says nothing of the provider as such, such as a refused text, is left out."""
        if error is None or isinstance(error, _ANSWERED):
            self._latest[provider] = HealthStatus()
        elif isinstance(error, errors.ErrorReported):
            self._latest[provider] = HealthStatus(
                explain(errors.ErrorReported(error.label))
            )  # its reason is the asker's
        elif isinstance(error, errors.ProviderError) and not isinstance(error, errors.Rejected):
            self._latest[provider] = HealthStatus(explain(error), isinstance(error, _LASTING))
