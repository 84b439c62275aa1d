"""What a chat API, or the way to it, does wrong."""

from bot.domain.errors.own import AnswerError

MAX_REASON_CHARS = 200
"""Characters of a provider's own reason that are passed on and shown."""


class ProviderError(AnswerError):
    """The provider gave no answer, or not all of it. `label` is the provider's name in sentences."""

    def __init__(self, label: str, detail: str = "") -> None:
        super().__init__(f"{label}: {type(self).__name__}{f' ({detail})' if detail else ''}")
        self.label = label


class StatusError(ProviderError):
    """The provider, or something on the way to it, answered with an HTTP `status` that says what is wrong."""

    def __init__(self, label: str, status: int) -> None:
        super().__init__(label, f"status {status}")
        self.status = status


class ApiTimeout(ProviderError):
    """The provider took longer than `seconds`."""

    def __init__(self, label: str, seconds: float) -> None:
        super().__init__(label, f"{seconds:g} s")
        self.seconds = seconds


class Unreachable(ProviderError):
    """No connection could be made; nothing was sent."""


class IdleTimeout(ApiTimeout):
    """Nothing arrived for `seconds`."""


class TotalTimeout(ApiTimeout):
    """The whole answer took longer than `seconds`."""


class Unauthorized(ProviderError):
    """The credentials were refused (401, or the provider's own way to say so)."""


class PaymentRequired(ProviderError):
    """The account has no credit, or its plan does not cover this (402)."""


class Forbidden(ProviderError):
    """The credentials do not allow this (403)."""


class QuotaUsedUp(StatusError):
    """The account has used up what its plan includes, whatever the status, which may mean something else too."""


class Blocked(StatusError):
    """Something in front of the provider, such as a check for browsers, turned the bot away."""


class NotFound(ProviderError):
    """The chatbot, or the address, does not exist (404)."""


class WrongAddress(StatusError):
    """The address does not take questions: it redirects, or does not take this method or content (405, 415)."""


class ProxyRefused(StatusError):
    """A proxy, or the network that the bot is in, wants a login (407, 511), or the proxy forbids this host."""


class TlsFailed(ProviderError):
    """No secure connection could be made, such as for a certificate that is not trusted; nothing was sent."""


class CredentialsUnreadable(ProviderError):
    """A server's own credentials cannot be decrypted, or are not complete; nothing was sent."""


class AddressNotOffered(ProviderError):
    """A server's admins chose an address that the operator no longer offers; nothing was sent."""


class RequestTooLarge(StatusError):
    """The question, with all that goes along, is more than the provider's server takes (413, 414, 431)."""


class RateLimited(ProviderError):
    """Too many requests (429). `retry_after` is in seconds, None if the provider did not say."""

    def __init__(self, label: str, retry_after: float | None = None) -> None:
        super().__init__(label, "" if retry_after is None else f"retry after {retry_after:g} s")
        self.retry_after = retry_after


class Rejected(StatusError):
    """The request was refused for another reason. `reason` is the provider's own, cleaned; it is not in `str()`."""

    def __init__(self, label: str, status: int, reason: str | None = None) -> None:
        super().__init__(label, status)
        self.reason = reason


class ErrorReported(ProviderError):
    """An error in a successful reply, without a status; `reason` is the provider's own, cleaned, and not in `str()`."""

    def __init__(self, label: str, reason: str | None = None) -> None:
        super().__init__(label)
        self.reason = reason


class ServerFault(StatusError):
    """The provider's server failed (5xx), or asks to try again (408, 421, 425)."""


class InvalidResponse(ProviderError):
    """The reply was not what the provider's document promises, such as an HTML page. `detail` says what it was."""


class TooLarge(ProviderError):
    """The reply went over `limit` bytes and was not read further."""

    def __init__(self, label: str, limit: int) -> None:
        super().__init__(label, f"over {limit} bytes")
        self.limit = limit


class ConnectionLost(ProviderError):
    """The connection broke before the answer was complete."""


class NoReply(ProviderError):
    """The provider answered with success, but with nothing to show."""


class NoAnswerYet(ProviderError):
    """The provider accepted the question without a reply (Stammer.ai's 202)."""


class TakenOver(ProviderError):
    """A person answers this conversation instead of the chatbot, or has paused it (`is_paused`): no outage."""

    def __init__(self, label: str, *, is_paused: bool = False) -> None:
        super().__init__(label, "paused" if is_paused else "")
        self.is_paused = is_paused


class ActionWanted(ProviderError):
    """The chatbot waits for something that only a program made for it could do, and says no more until then."""


_REFUSALS = (
    *(Unreachable, TlsFailed, Unauthorized, PaymentRequired, Forbidden, QuotaUsedUp, Blocked, NotFound, WrongAddress),
    *(ProxyRefused, CredentialsUnreadable, AddressNotOffered, RequestTooLarge, RateLimited, Rejected),
)
_UNAVAILABLE = 503


def is_refusal(error: AnswerError | None, *, is_silent: bool) -> bool:
    """Return whether the provider turned the question away with this error, or never got it.

    With one that `is_silent`, nothing came before it. A server that is unavailable (503) reads nothing; after any other
    fault of it, the question may be there. What a person took over goes on with that person.
    """
    if isinstance(error, TakenOver) or not is_silent:
        return isinstance(error, TakenOver)
    return isinstance(error, _REFUSALS) or (isinstance(error, ServerFault) and error.status == _UNAVAILABLE)
