"""What happened and what to do, for each error of the program."""

from typing import assert_never, cast

from bot.domain import errors
from bot.strings.markup import in_words, small, to_plain
from bot.strings.notices import repeat_cut_off

OwnError = (
    errors.QuestionTooLong
    | errors.EmptyQuestion
    | errors.QueueFull
    | errors.AskerQueueFull
    | errors.AlreadyAnswering
    | errors.NotStored
    | errors.Cancelled
    | errors.ShuttingDown
    | errors.NotConfigured
    | errors.DatabaseUnavailable
    | errors.Interrupted
    | errors.Stopped
    | errors.QuestionEdited
    | errors.QuestionDeleted
    | errors.OutOfTime
    | errors.InternalError
)


ApiError = (
    errors.Unreachable
    | errors.IdleTimeout
    | errors.TotalTimeout
    | errors.Unauthorized
    | errors.PaymentRequired
    | errors.Forbidden
    | errors.NotFound
    | errors.RateLimited
    | errors.Rejected
    | errors.ErrorReported
    | errors.ServerFault
    | errors.InvalidResponse
    | errors.TooLarge
    | errors.ConnectionLost
    | errors.NoReply
    | errors.NoAnswerYet
)


_REASON_CHARS = 200


def explain(error: errors.AnswerError) -> str:
    """Return the sentence for `error`: what happened, and what its reader can do."""
    # The casts state what a test holds: every concrete error of the family stands in one of the two lists above.
    if isinstance(error, errors.ProviderError):
        return _explain_api(cast("ApiError", error))
    return _explain_own(cast("OwnError", error))


def _explain_own(error: OwnError) -> str:
    match error:
        case errors.QuestionTooLong():
            along = " with the message or attachments that go along" if error.alone < error.length else ""
            return (
                f"Your question has {error.length} characters{along}, and {error.label} takes at most {error.limit}. "
                "Nothing was sent; please shorten it."
            )
        case errors.EmptyQuestion():
            return "Your question is empty. Please write what you want to know."
        case errors.QueueFull():
            return f"{error.waiting} questions are waiting in this channel already. Please ask again in a minute."
        case errors.AskerQueueFull():
            return (
                f"{error.waiting} of your questions are waiting in this channel already. Please ask again in a minute."
            )
        case errors.AlreadyAnswering():
            return "I am still writing this answer. Please wait for it, or stop it first."
        case errors.NotStored():
            return "I do not keep this question any more. Please ask it anew."
        case errors.Cancelled():
            return "Your question was taken back before its turn came. It was not asked."
        case errors.ShuttingDown():
            return "I am about to restart. Please ask again in a minute."
        case errors.NotConfigured():
            return f"{error.provider} is not set up here. `/help` lists what is."
        case errors.DatabaseUnavailable():
            return "My database does not answer, so I cannot do that now. Please try again in a minute."
        case errors.Interrupted():
            return "Interrupted: I was restarted while writing this. Please ask again."
        case errors.Stopped():
            return "Stopped. What stands above is incomplete, and I will not remember it."
        case errors.QuestionEdited():
            return "The question was changed, so I asked again."
        case errors.QuestionDeleted():
            return "The question was deleted."
        case errors.OutOfTime():
            return "Discord lets me write here for 15 minutes only, and they are over. Please ask again, or for less."
        case errors.InternalError():
            return "Something went wrong inside me. The person who hosts this bot finds the cause in its log."
        case _:
            assert_never(error)


def _explain_api(error: ApiError) -> str:
    match error:
        case errors.Unreachable():
            return f"{error.label} cannot be reached right now. Please try again in a few minutes."
        case errors.IdleTimeout():
            return f"{error.label} sent nothing for {in_words(error.seconds)}, so I stopped waiting. Please try again."
        case errors.TotalTimeout():
            return f"{error.label} took longer than {in_words(error.seconds)}, so I stopped there. Please ask for less."
        case errors.Unauthorized():
            return f"{error.label} did not accept this bot's credentials. Its host has to correct them."
        case errors.PaymentRequired():
            return (
                f"The {error.label} account has run out of credit, or its plan does not cover this. Its owner can tell."
            )
        case errors.Forbidden():
            return (
                f"{error.label} does not allow this bot's account to ask. Its host has to check the plan and the keys."
            )
        case errors.NotFound():
            return f"{error.label} does not know this chatbot. Its host has to check the chatbot's id and the address."
        case errors.RateLimited():
            when = "in a minute" if error.retry_after is None else f"in {in_words(max(1, error.retry_after))}"
            return f"{error.label} is getting too many questions. Please try again {when}."
        case errors.Rejected():
            return f"{error.label} refused the question (status {error.status}){_reason(error.reason)}"
        case errors.ErrorReported():
            told = f": {_quoted(error.reason)}" if error.reason else ""
            stop = "" if error.reason and error.reason.endswith((".", "!", "?", "…")) else "."
            return f"{error.label} stopped with an error{told}{stop} Please ask again."
        case errors.ServerFault():
            return f"{error.label} has a fault on its side (status {error.status}). Please try again in a few minutes."
        case errors.InvalidResponse():
            return f"{error.label} sent something that is not an answer. Please try again in a few minutes."
        case errors.TooLarge():
            return f"{error.label} sent more than {error.limit / 1e6:g} MB, so I stopped reading there."
        case errors.ConnectionLost():
            return f"The connection to {error.label} broke off, so this answer is incomplete. Please ask again."
        case errors.NoReply():
            return f"{error.label} had nothing to say to that. Please try other words."
        case errors.NoAnswerYet():
            return f"{error.label} took the question but has no answer yet. Please ask again in a moment."
        case _:
            assert_never(error)


def not_again(error: errors.AnswerError) -> str:
    """Return the line below an answer that stays because `error` kept another one from being given."""
    match error:
        case errors.Stopped():
            return small("Stopped; this is the answer from before.")
        case errors.Interrupted():
            return repeat_cut_off()
        case _:
            return small(f"I could not get another answer. {explain(error)}")


def _reason(reason: str | None) -> str:
    return f": {_quoted(reason)}" if reason else ". Please try other words."


def _quoted(reason: str) -> str:
    return f"“{to_plain(reason, _REASON_CHARS)}”"
