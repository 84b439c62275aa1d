"""The line below an answer that another chatbot gave, since the chosen one is out: who answered, and why."""

from collections.abc import Sequence

from bot.domain import errors
from bot.strings.markup import in_phrase, in_words, small


def answered_instead(outages: Sequence[errors.AnswerError], label: str) -> str:
    """Return the line for an answer by the provider `label`, since those before it failed with `outages`."""
    reasons = in_phrase([_clause(error) for error in outages])
    return small(f"{reasons[:1].upper()}{reasons[1:]}, so {label} answered.")


def _clause(error: errors.AnswerError) -> str:
    """Return what went wrong, as a part of a sentence."""
    match error:
        case errors.ProviderOut():
            return f"{error.label} has been failing for {in_words(max(1, error.out_for))}"
        case errors.IdleTimeout():
            return f"{error.label} sent nothing for {in_words(error.seconds)}"
        case errors.TotalTimeout():
            return f"{error.label} took longer than {in_words(error.seconds)}"
        case errors.ServerFault():
            return f"{error.label} is having problems (error {error.status})"
        case errors.InvalidResponse():
            return f"{error.label} sent a reply I couldn't read"
        case errors.ConnectionLost():
            return f"the connection to {error.label} dropped"
        case errors.RateLimited():
            return f"{error.label} is getting too many questions right now"
        case errors.PaymentRequired():
            return f"the {error.label} account is out of credits or its plan doesn't include this"
        case errors.QuotaUsedUp():
            return f"the {error.label} account has used up its quota"
        case errors.CredentialsUnreadable() | errors.AddressNotOffered():
            return f"{error.label} can't be asked with this server's credentials"
        case errors.Unauthorized():
            return f"{error.label} rejected the API key"
        case errors.Forbidden():
            return f"{error.label} won't accept questions from this account"
        case errors.NotFound():
            return f"{error.label} can't find its chatbot"
        case errors.ProviderError():
            return f"{error.label} can't be reached right now"
        case _:
            return "my database can't be reached right now"
