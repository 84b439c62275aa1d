"""How the latest question to each chatbot went: all there is to know of credentials that cannot be tried for free."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.answering.notices.notice_choice import without_reason
from bot.domain import errors
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.domain.secrets.credentials import CredentialId
from bot.strings.errors import explain

_MAX_KEPT = 10_000
"""For how many credentials it is kept."""

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
    """Keeps how the latest question to each chatbot went, by its credentials; not who asked it, nor what it said."""

    def __init__(self) -> None:
        self._latest = BoundedDict[CredentialId, HealthStatus](_MAX_KEPT)

    @property
    def latest(self) -> Mapping[CredentialId, HealthStatus]:
        """The status by credentials; those with which nothing was asked since the start are absent."""
        return MappingProxyType(self._latest)

    def note(self, credential: CredentialId, error: errors.AnswerError | None) -> None:
        """Note how an answer ended. Errors that say nothing about the provider, such as a refused text, are ignored."""
        if error is None or isinstance(error, _ANSWERED):
            self._latest[credential] = HealthStatus()
        elif isinstance(error, errors.ErrorReported):
            # Without the reason, which may quote the question.
            self._latest[credential] = HealthStatus(explain(without_reason(error), credential.owner))
        elif isinstance(error, errors.ProviderError) and not isinstance(
            error, (errors.Rejected, errors.RequestTooLarge)
        ):
            self._latest[credential] = HealthStatus(
                explain(error, credential.owner), isinstance(error, errors.LastingError)
            )
