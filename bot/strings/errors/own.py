"""The sentences for what is not about a chat API: the question, the queue, the database, Discord and the bot itself."""

from typing import assert_never

from bot.domain import errors
from bot.domain.runtime.database_health import DatabaseFault
from bot.strings.admins.limits import limit_reached
from bot.strings.markup import in_words

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
    | errors.NoChatbot
    | errors.LimitReached
    | errors.ProviderOut
    | errors.DatabaseUnavailable
    | errors.Interrupted
    | errors.Stopped
    | errors.QuestionEdited
    | errors.QuestionDeleted
    | errors.OutOfTime
    | errors.TextRefused
    | errors.InternalError
)


def explain_own(error: OwnError) -> str:
    """Return the sentence for one of these errors."""
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
        case errors.ShuttingDown() if error.is_replaced:
            return "I was restarted before I could answer this. Please ask again."
        case errors.ShuttingDown():
            return "I'm restarting. Please ask again in a minute."
        case errors.NotConfigured() if error.can_bring:
            return f"{error.provider} isn't set up in this server. This server's admins can set it up with `/setup`."
        case errors.NotConfigured():
            return f"{error.provider} isn't set up here. `/help` lists the chatbots that are."
        case errors.NoChatbot():
            return _explain_no_chatbot(error)
        case errors.LimitReached():
            return limit_reached(error)
        case errors.ProviderOut():
            when = f"in {in_words(max(1, error.next_trial))}" if error.next_trial else "right now"
            return (
                f"{error.label} has been failing for {in_words(max(1, error.out_for))}, so I sent nothing. "
                f"I'm trying it again {when}. Please ask again after that."
            )
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


def _explain_no_chatbot(error: errors.NoChatbot) -> str:
    if error.can_bring:
        return "No chatbot is set up in this server yet. This server's admins can set one up with `/setup`."
    if error.in_server:
        return "No chatbot is set up in this server. Please tell the bot's host."
    return "No chatbot is set up here. Ask me in a server whose admins have set one up."


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
