"""The sentences for what a chat API, or the way to it, does wrong."""

from bot.domain import errors
from bot.domain.provider import Owner
from bot.strings.errors.lasting import explain_lasting, tell_owner
from bot.strings.markup import in_words, to_plain

ApiError = (
    errors.LastingError
    | errors.Unreachable
    | errors.IdleTimeout
    | errors.TotalTimeout
    | errors.RequestTooLarge
    | errors.RateLimited
    | errors.Rejected
    | errors.ErrorReported
    | errors.ServerFault
    | errors.InvalidResponse
    | errors.TooLarge
    | errors.ConnectionLost
    | errors.NoReply
    | errors.NoAnswerYet
    | errors.TakenOver
    | errors.ActionWanted
)

_ABOUT_THE_QUESTION = (400, 422)
"""Statuses of a refusal that may be due to what was asked."""


def explain_api(error: ApiError, owner: Owner) -> str:
    """Return the sentence for one of these errors; `owner` tells whose credentials were used."""
    match error:
        case errors.Unreachable():
            return f"{error.label} can't be reached right now. Please try again in a few minutes."
        case errors.IdleTimeout():
            return f"{error.label} sent nothing for {in_words(error.seconds)}, so I stopped waiting. Please try again."
        case errors.TotalTimeout():
            return (
                f"{error.label} took longer than {in_words(error.seconds)}, so I stopped waiting. "
                "Try a shorter or simpler question."
            )
        case errors.RateLimited():
            when = "in a minute" if error.retry_after is None else f"in {in_words(max(1, error.retry_after))}"
            return f"{error.label} is getting too many questions right now. Please try again {when}."
        case errors.Rejected():
            return f"{error.label} refused the question (error {error.status}){_reason(error, owner)}"
        case errors.ErrorReported():
            told = f": {_quoted(error.reason)}" if error.reason else ""
            stop = "" if error.reason and error.reason.endswith((".", "!", "?", "…")) else "."
            return f"{error.label} stopped with an error{told}{stop} Please ask again."
        case errors.ServerFault():
            return f"{error.label} is having problems (error {error.status}). Please try again in a few minutes."
        case errors.InvalidResponse():
            return f"{error.label} sent a reply I couldn't read. Please try again in a few minutes."
        case errors.TooLarge():
            return (
                f"{error.label} sent more than {error.limit / 1e6:g} MB, so I stopped reading. "
                "Try asking for something shorter."
            )
        case errors.RequestTooLarge():
            return (
                f"Your question, with what I send along, is too long for {error.label} (error {error.status}). "
                "Please shorten it, attach less, or start over with `/history clear`."
            )
        case errors.ConnectionLost():
            return f"The connection to {error.label} dropped, so this answer is incomplete. Please ask again."
        case errors.NoReply():
            return f"{error.label} returned an empty answer. Try rephrasing your question."
        case errors.NoAnswerYet():
            return f"{error.label} accepted the question but hasn't answered yet. Please ask again in a moment."
        case errors.TakenOver():
            who = "Someone paused" if error.is_paused else "A person has taken over"
            return (
                f"{who} this conversation at {error.label}, so the chatbot doesn't answer in it. "
                "Please try again later, or start a new one with `/history clear`."
            )
        case errors.ActionWanted():
            return f"{error.label} wants something done that I can't do, and stopped. Try rephrasing your question."
        case _:
            return explain_lasting(error, owner)


def _reason(error: errors.Rejected, owner: Owner) -> str:
    if error.reason:
        return f": {_quoted(error.reason)}"
    if error.status in _ABOUT_THE_QUESTION:
        return ". Try rephrasing your question."
    return f". {tell_owner(owner)}"


def _quoted(reason: str) -> str:
    return f"“{to_plain(reason, errors.MAX_REASON_CHARS)}”"
