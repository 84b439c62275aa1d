"""How each provider's latest question went: what there is to know of credentials that cannot be tried for free."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.chat import errors
from bot.chat.sentences import explain

_LASTING = (errors.Unauthorized, errors.PaymentRequired, errors.Forbidden, errors.NotFound)
"""What stays until somebody mends it."""

_ANSWERED = (errors.NoReply, errors.NotReady)
"""What is no answer to the asker, but shows that the credentials are good."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an answer ended: the sentence for its fault, None for none; `lasting` where that will not pass by itself."""

    fault: str | None = None
    lasting: bool = False


class Outcomes:
    """Keeps one outcome for each provider since the start; it knows neither whose question it was nor what it said."""

    def __init__(self) -> None:
        self._latest: dict[str, Outcome] = {}

    @property
    def latest(self) -> Mapping[str, Outcome]:
        """The latest outcome by the provider's name; one that was not asked yet is absent."""
        return MappingProxyType(self._latest)

    def note(self, provider: str, error: errors.AnswerError | None) -> None:
        """Note how an answer ended. What says nothing of the provider as such, such as a refused text, is left out."""
        if error is None or isinstance(error, _ANSWERED):
            self._latest[provider] = Outcome()
        elif isinstance(error, errors.ProviderError) and not isinstance(error, errors.Rejected):
            self._latest[provider] = Outcome(explain(error), isinstance(error, _LASTING))
