"""What happened and what to do, for each error of the program."""

from typing import assert_never, cast

from bot.domain import errors
from bot.domain.runtime.database_health import DatabaseFault
from bot.strings.markup import in_words, small, to_plain
from bot.strings.notices import repeat_cut_off

OwnError = (
    errors.QuestionTooLong
    | errors.EmptyQuestion
    | errors.NothingToRead
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
    | errors.TextRefused
    | errors.InternalError
)


HostError = (
    errors.Unauthorized
    | errors.PaymentRequired
    | errors.QuotaUsedUp
    | errors.Forbidden
    | errors.Blocked
    | errors.NotFound
    | errors.WrongAddress
    | errors.ProxyRefused
    | errors.TlsFailed
)

ApiError = (
    HostError
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
)

_ABOUT_THE_QUESTION = (400, 422)
"""Statuses of a refusal that may be due to what was asked."""


def explain(error: errors.AnswerError) -> str:
    """Return the sentence for `error`: what happened, and what its reader can do."""
    # The casts state what a test holds: every concrete error is in one of the two lists above.
    if isinstance(error, errors.ProviderError):
        return _explain_api(cast("ApiError", error))
    return _explain_own(cast("OwnError", error))


def _explain_own(error: OwnError) -> str:
    match error:
        case errors.QuestionTooLong():
            along = " (with the quoted message)" if error.alone < error.length else ""
            return (
                f"Your question has {error.length} characters{along}, "
                f"but {error.label} takes at most {error.limit}. I sent nothing. Please shorten it."
            )
        case errors.EmptyQuestion():
            return "Your question is empty. Please write what you want to know."
        case errors.NothingToRead():
            return "I couldn't read the attached file. Please send it again, or put your question into words."
        case errors.QueueFull():
            return f"The queue in this channel is full ({error.waiting} questions). Please try again in a minute."
        case errors.AskerQueueFull():
            return f"You already have {error.waiting} questions waiting in this channel. Please try again in a minute."
        case errors.AlreadyAnswering():
            return "I'm still writing this answer. Please wait for it, or stop it first."
        case errors.NotStored():
            return "I no longer have this question. Please ask it again."
        case errors.Cancelled():
            return "Cancelled. Your question wasn't sent."
        case errors.ShuttingDown():
            return "I'm restarting. Please ask again in a minute."
        case errors.NotConfigured():
            return f"{error.provider} isn't set up here. `/help` lists the chatbots that are."
        case errors.DatabaseUnavailable():
            return _explain_database(error.fault)
        case errors.Interrupted():
            return "Interrupted: I was restarted while writing this. Please ask again."
        case errors.Stopped():
            return "Stopped. This answer is incomplete, and I won't remember it."
        case errors.QuestionEdited():
            return "The question was edited, so I asked again."
        case errors.QuestionDeleted():
            return "The question was deleted."
        case errors.OutOfTime():
            return (
                "Discord gives me 15 minutes to answer here, and they're up. Ask again, or ask for something shorter."
            )
        case errors.TextRefused():
            return _explain_refused(error)
        case errors.InternalError():
            return "Something went wrong on my side. The bot's host can find the cause in the log."
        case _:
            assert_never(error)


def _explain_database(fault: DatabaseFault | None) -> str:
    match fault:
        case DatabaseFault.LOST:
            return "I can't reach my database: its file is no longer there. Please tell the bot's host."
        case DatabaseFault.DAMAGED:
            return "I can't read all of my database: it's damaged. Please tell the bot's host."
        case None:
            return "I can't reach my database right now. Please try again in a minute."
        case _:
            assert_never(fault)


def _explain_refused(error: errors.TextRefused) -> str:
    what = "the rest of this answer" if error.partly else "this answer"
    if error.by_rule:
        return f"A rule of this server (AutoMod) blocked {what}. Try rephrasing your question."
    if error.for_link:
        return f"Discord blocked {what} because it considers a link in it harmful. Try rephrasing your question."
    return f"Discord didn't accept {what}. Try rephrasing your question."


def _explain_api(error: ApiError) -> str:
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
            return f"{error.label} refused the question (error {error.status}){_reason(error)}"
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
        case _:
            return _explain_for_host(error)


def _explain_for_host(error: HostError) -> str:
    """Return the sentence for an error that only the bot's host can do something about."""
    match error:
        case errors.Unauthorized():
            return f"{error.label} rejected this bot's API key. The bot's host needs to fix that."
        case errors.PaymentRequired():
            return (
                f"The {error.label} account is out of credits, or its plan doesn't include this. "
                "Please tell the bot's host."
            )
        case errors.QuotaUsedUp():
            return f"The {error.label} account has used up its quota. Please tell the bot's host."
        case errors.Forbidden():
            return (
                f"{error.label} won't accept questions from this bot's account. "
                "The bot's host needs to check the plan and API key."
            )
        case errors.Blocked():
            return (
                f"Something in front of {error.label}, perhaps a firewall, turned me away (error {error.status}). "
                "The bot's host needs to look into it."
            )
        case errors.NotFound():
            return (
                f"{error.label} can't find this chatbot. "
                "The bot's host needs to check the chatbot ID and the API address."
            )
        case errors.WrongAddress():
            return (
                f"The API address set for {error.label} doesn't take questions (error {error.status}). "
                "The bot's host needs to fix that."
            )
        case errors.ProxyRefused():
            return _explain_proxy(error)
        case errors.TlsFailed():
            return (
                f"I couldn't make a secure (TLS) connection to {error.label}. "
                "The bot's host needs to check the API address, its certificate and any proxy."
            )
        case _:
            assert_never(error)


def _explain_proxy(error: errors.ProxyRefused) -> str:
    if error.status in (407, 511):
        return (
            f"The proxy between me and {error.label} wants a login (error {error.status}). "
            "The bot's host needs to fix that."
        )
    return (
        f"The proxy between me and {error.label} doesn't let me reach it (error {error.status}). "
        "The bot's host needs to allow that there."
    )


def not_again(error: errors.AnswerError) -> str:
    """Return the line below an answer that stays because `error` kept another one from being given."""
    match error:
        case errors.Stopped():
            return small("Stopped. This is the previous answer.")
        case errors.Interrupted():
            return repeat_cut_off()
        case _:
            return small(f"I couldn't get another answer, so this is the previous one. {explain(error)}")


def _reason(error: errors.Rejected) -> str:
    if error.reason:
        return f": {_quoted(error.reason)}"
    return ". Try rephrasing your question." if error.status in _ABOUT_THE_QUESTION else ". Please tell the bot's host."


def _quoted(reason: str) -> str:
    return f"“{to_plain(reason, errors.MAX_REASON_CHARS)}”"
