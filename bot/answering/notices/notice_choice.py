"""What the bot adds below an answer, or tells its asker elsewhere: why it ends there, and what was left out."""

from collections.abc import Sequence

from bot.answering.question_files import QuestionFiles
from bot.domain.errors import AnswerError, ErrorReported, Rejected, Stopped
from bot.domain.provider import Owner
from bot.streaming.canvas import (
    BlockedByRule,
    BlockedLink,
    CanvasError,
    PlaceRefused,
    ThreadLocked,
    TokenExpired,
    WriteForbidden,
)
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import (
    UNNAMED,
    blocked_by_rule,
    blocked_for_link,
    cannot_write,
    could_not_show,
    files_left_out,
    files_missing,
    files_shortened,
    no_messages_there,
    not_read,
    quote_empty,
    quote_not_read,
    quote_withheld,
    stopped_early,
    thread_closed,
    too_late,
)

_OUTSIDE = {
    WriteForbidden: cannot_write,
    PlaceRefused: no_messages_there,
    ThreadLocked: thread_closed,
    TokenExpired: too_late,
    BlockedByRule: blocked_by_rule,
    BlockedLink: blocked_for_link,
}


_QUOTE_NOTICES = {"empty": quote_empty, "withheld": quote_withheld}
"""What is said about quotations without a text, if Discord does not just hide it."""


def notices_below(
    files: QuestionFiles, error: AnswerError | None, owner: Owner, *, nothing_shown: bool, quoting: bool = True
) -> Sequence[str]:
    """Return the notices for an answer that ended with `error`, None if it is whole, with the `owner`'s credentials.

    Unless they are `quoting`, they hold nobody's words: no reason of a provider and no file's name.
    """
    question, label, sent = files.question, files.label, files.sent

    def named(names: Sequence[str]) -> Sequence[str]:
        return names if quoting else (UNNAMED,)

    notices = []
    if isinstance(error, Stopped) and nothing_shown:
        notices.append(stopped_early())
    elif error is not None:
        notices.append(small(explain(error if quoting else without_reason(error), owner)))
    if question.quote is not None and not question.quote.text:
        notices.append(_QUOTE_NOTICES.get(question.quote.kind, quote_not_read)())
    if question.attachments:
        notices.append(not_read(named(question.attachments)))
    if files.missing:
        notices.append(files_missing(named(files.missing)))
    if sent.shortened:
        notices.append(files_shortened(named(sent.shortened), label))
    if sent.left_out:
        notices.append(files_left_out(named(sent.left_out), label))
    return notices


def explain_outside(error: CanvasError, channel: int) -> str:
    """Return what an asker is told in a direct message when `error` keeps the answer out of the channel."""
    return _OUTSIDE.get(type(error), could_not_show)(channel)


def without_reason(error: AnswerError) -> AnswerError:
    """Return `error` without the words that a provider gave for it."""
    match error:
        case ErrorReported():
            return ErrorReported(error.label)
        case Rejected():
            return Rejected(error.label, error.status)
        case _:
            return error
