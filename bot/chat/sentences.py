"""Every sentence that the bot itself says in a conversation: each error's, and what it adds below an answer.

Sentences say what happened and what to do, and are written for the person who reads them in Discord. What stands below
an answer is small print: a line that begins with `-# `.
"""

from typing import assert_never, cast

from bot.domain import errors

OwnError = (
    errors.QuestionTooLong
    | errors.NothingAsked
    | errors.QueueFull
    | errors.TooManyWaiting
    | errors.AlreadyAsked
    | errors.Forgotten
    | errors.Cancelled
    | errors.ShuttingDown
    | errors.NotConfigured
    | errors.MemoryUnavailable
    | errors.Interrupted
    | errors.Stopped
    | errors.Superseded
    | errors.Withdrawn
    | errors.OutOfTime
    | errors.Fault
)
ApiError = (
    errors.Unreachable
    | errors.Silent
    | errors.TooSlow
    | errors.Unauthorized
    | errors.PaymentRequired
    | errors.Forbidden
    | errors.NotFound
    | errors.RateLimited
    | errors.Rejected
    | errors.ErrorReported
    | errors.ServerFault
    | errors.Unreadable
    | errors.TooLarge
    | errors.CutShort
    | errors.NoReply
    | errors.NotReady
)

_REASON_CHARS = 200
_NAME_CHARS = 40
_QUESTION_CHARS = 200
"""How much is shown of a provider's own reason, of a file's name, and of a question: all notices fit one message."""


def small(sentence: str) -> str:
    """Return `sentence` as small print: each of its lines behind `-# `."""
    return "\n".join(f"-# {line}" for line in sentence.splitlines())


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
        case errors.NothingAsked():
            return "Your question is empty. Please write what you want to know."
        case errors.QueueFull():
            return f"{error.waiting} questions are waiting in this channel already. Please ask again in a minute."
        case errors.TooManyWaiting():
            return (
                f"{error.waiting} of your questions are waiting in this channel already. Please ask again in a minute."
            )
        case errors.AlreadyAsked():
            return "I am still writing this answer. Please wait for it, or stop it first."
        case errors.Forgotten():
            return "I do not keep this question any more. Please ask it anew."
        case errors.Cancelled():
            return "Your question was taken back before its turn came. It was not asked."
        case errors.ShuttingDown():
            return "I am about to restart. Please ask again in a minute."
        case errors.NotConfigured():
            return f"{error.provider} is not set up here. `/help` lists what is."
        case errors.MemoryUnavailable():
            return "My database does not answer, so I cannot do that now. Please try again in a minute."
        case errors.Interrupted():
            return "Interrupted: I was restarted while writing this. Please ask again."
        case errors.Stopped():
            return "Stopped. What stands above is incomplete, and I will not remember it."
        case errors.Superseded():
            return "The question was changed, so I asked again."
        case errors.Withdrawn():
            return "The question was deleted."
        case errors.OutOfTime():
            return "Discord lets me write here for 15 minutes only, and they are over. Please ask again, or for less."
        case errors.Fault():
            return "Something went wrong inside me. The person who hosts this bot finds the cause in its log."
        case _:
            assert_never(error)


def _explain_api(error: ApiError) -> str:
    match error:
        case errors.Unreachable():
            return f"{error.label} cannot be reached right now. Please try again in a few minutes."
        case errors.Silent():
            return f"{error.label} sent nothing for {_seconds(error.seconds)}, so I stopped waiting. Please try again."
        case errors.TooSlow():
            return f"{error.label} took longer than {_seconds(error.seconds)}, so I stopped there. Please ask for less."
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
            when = "in a minute" if error.retry_after is None else f"in {_seconds(max(1, error.retry_after))}"
            return f"{error.label} is getting too many questions. Please try again {when}."
        case errors.Rejected():
            return f"{error.label} refused the question (status {error.status}){_reason(error.reason)}"
        case errors.ErrorReported():
            told = f": {_quoted(error.reason)}" if error.reason else ""
            stop = "" if error.reason and error.reason.endswith((".", "!", "?", "…")) else "."
            return f"{error.label} stopped with an error{told}{stop} Please ask again."
        case errors.ServerFault():
            return f"{error.label} has a fault on its side (status {error.status}). Please try again in a few minutes."
        case errors.Unreadable():
            return f"{error.label} sent something that is not an answer. Please try again in a few minutes."
        case errors.TooLarge():
            return f"{error.label} sent more than {error.limit / 1e6:g} MB, so I stopped reading there."
        case errors.CutShort():
            return f"The connection to {error.label} broke off, so this answer is incomplete. Please ask again."
        case errors.NoReply():
            return f"{error.label} had nothing to say to that. Please try other words."
        case errors.NotReady():
            return f"{error.label} took the question but has no answer yet. Please ask again in a moment."
        case _:
            assert_never(error)


def too_many_messages(characters: int, messages: int) -> str:
    """Return the line for an answer that takes more messages than the bot writes in a row."""
    return small(
        f"This answer has {characters} characters. I stop after {messages} messages; the file holds all of it."
    )


def not_read(names: tuple[str, ...]) -> str:
    """Return the line that names attachments, which no provider is sent."""
    listed = ", ".join(_plain(name, _NAME_CHARS) for name in names)
    return small(f"I cannot read attachments, so I answered without: {listed}")


def quote_not_read() -> str:
    """Return the line for a question that replies to a message whose text Discord does not let the bot see."""
    return small("I cannot see the message you replied to, so I answered without it.")


def asked_about(link: str, asked: str) -> str:
    """Return the line below an answer that says which message it is about, and what was `asked` of it if anything."""
    return small(f"About {link}" + (f": “{_plain(asked, _QUESTION_CHARS)}”" if asked else ""))


def not_remembered() -> str:
    """Return the line for an answer that was shown but could not be stored."""
    return small("My database did not take this answer, so I will not remember it.")


def without_extras() -> str:
    """Return the line for an answer whose buttons or pictures Discord refused."""
    return small("Discord did not accept the buttons or pictures of this answer, so they are missing.")


def in_line(before: int, now: float) -> str:
    """Return what somebody is told who waits behind `before` questions; `now` is in seconds since 1970 (UTC).

    Discord makes "now" or "5 seconds ago" of the time and counts on by itself, so that the sentence stays true where
    there is no room to change it.
    """
    questions = "1 question" if before == 1 else f"{before} questions"
    return f"Your question waits its turn: {questions} before it, as of <t:{now:.0f}:R>."


def asking(label: str) -> str:
    """Return what stands in place of an answer that is asked for again, until it begins."""
    return f"Asking {label}…"


def stopped_early() -> str:
    """Return the line for an answer that was stopped before any of it was there."""
    return small("Stopped before I had written anything.")


def not_again(error: errors.AnswerError) -> str:
    """Return the line below an answer that stays because `error` kept another one from being given."""
    match error:
        case errors.Stopped():
            return small("Stopped; this is the answer from before.")
        case errors.Interrupted():
            return repeat_cut_off()
        case _:
            return small(f"I could not get another answer. {explain(error)}")


def cut_off(begun: bool) -> str:
    """Return the line below a question that the bot's end cut off, whether something of its answer was shown or not."""
    if begun:
        return small("Interrupted: I was restarted while writing this. Press Retry, or ask again.")
    return small("I was restarted before I could answer this. Press Retry, or ask again.")


def repeat_cut_off() -> str:
    """Return the line below an answer that was being asked again when the bot was restarted."""
    return small("I was restarted while asking again; this is the answer from before.")


def is_ready(server: int | None, channel: int, message: int) -> str:
    """Return what an asker is called back with."""
    place = "@me" if server is None else server
    return f"Your answer is ready: https://discord.com/channels/{place}/{channel}/{message}"


def cannot_write(channel: int) -> str:
    """Return what an asker is told outside the channel when the bot may not write in it."""
    return (
        f"You asked me something in <#{channel}>, but I may not write there. Somebody who manages the server can give "
        "me **View Channel**, **Send Messages** and, for threads, **Send Messages in Threads**."
    )


def thread_closed(channel: int) -> str:
    """Return what an asker is told outside the channel when it is a thread that takes no messages any more."""
    return (
        f"You asked me something in <#{channel}>, but that thread is locked. Somebody who manages threads can unlock "
        "it, or give me **Manage Threads**."
    )


def too_late(channel: int) -> str:
    """Return what an asker is told outside the channel when Discord no longer lets the bot answer there."""
    return (
        f"My answer in <#{channel}> came too late: where I am not a member, Discord lets me write for 15 minutes. "
        "Please ask again."
    )


def could_not_show(channel: int) -> str:
    """Return what an asker is told outside the channel when Discord did not take the answer there."""
    return f"I had an answer for you in <#{channel}>, but Discord did not let me show it. Please ask again in a minute."


def later(seconds: float) -> str:
    """Return when to try again what Discord refuses for so many `seconds`, such as "in 60 minutes"."""
    return f"in {_seconds(max(1, seconds))}"


def _seconds(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} second{'' if round(seconds) == 1 else 's'}"
    return f"{seconds / 60:.0f} minutes"


def _reason(reason: str | None) -> str:
    return f": {_quoted(reason)}" if reason else ". Please try other words."


def _quoted(reason: str) -> str:
    return f"“{_plain(reason, _REASON_CHARS)}”"


def _plain(text: str, most: int) -> str:
    """Return at most `most` characters of `text` on one line, with nothing in it that Discord would draw or ping."""
    line = " ".join(text.split())
    shown = line if len(line) <= most else f"{line[: most - 1]}…"
    return "".join(f"\\{char}" if char in "\\*_~`|<>[]()#@:-" else char for char in shown)
