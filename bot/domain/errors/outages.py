"""Which errors say that a provider is out: only after those another one is asked instead.

Never after a refusal of the question itself (400, 413, 422 and others), which another provider might not see and its
asker should. Nor if the provider is there, though it gave no answer: an empty reply, a reply that is still to come, a
person who took over, a reply that is too large, or an error in a successful reply that says neither a status nor that a
quota is used up.
"""

from bot.domain import errors

_PASSING = errors.Unreachable | errors.ConnectionLost | errors.ApiTimeout | errors.ServerFault | errors.InvalidResponse
_OUTAGES = errors.LastingError | _PASSING | errors.RateLimited


def is_outage(error: errors.AnswerError | None) -> bool:
    """Return whether an answer of which nothing came failed because its provider is out.

    A provider that asks for a pause (429) counts: the HTTP client has waited for it already if that was short.
    """
    return isinstance(error, _OUTAGES)


def is_up(error: errors.AnswerError | None, *, is_silent: bool) -> bool | None:
    """Return whether an answer's end shows that its provider works; None if it says nothing about that.

    Nothing came of one that `is_silent`. A pause that a provider asks for may be for one person alone; and a question
    that was stopped, or could not be sent, says nothing.
    """
    if error is None or not is_silent:
        return True
    if isinstance(error, errors.RateLimited) or not isinstance(error, errors.ProviderError):
        return None
    return not is_outage(error)
