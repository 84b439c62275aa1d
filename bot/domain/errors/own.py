"""The root of the family, and what is not about a chat API: the question, the queue, the database, Discord, the bot."""

from bot.domain.fair_use.quotas import Quota
from bot.domain.runtime.database_health import DatabaseFault


class AnswerError(Exception):
    """The root of the family."""


class Refusal(AnswerError):
    """The question was turned away before anything was sent."""


class QuestionTooLong(Refusal):
    """The question is longer than the provider takes; `alone` is its length without what goes along with it."""

    def __init__(self, label: str, length: int, limit: int, *, alone: int | None = None) -> None:
        super().__init__(f"{label}: {length} characters, at most {limit}")
        self.label, self.length, self.limit = label, length, limit
        self.alone = length if alone is None else alone


class EmptyQuestion(Refusal):
    """The question holds nothing but white space."""


class NothingToRead(Refusal):
    """The question was a file alone, which could not be read."""


class CrowdedQueue(Refusal):
    """So many questions are `waiting` already that no more are taken."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} questions are waiting")
        self.waiting = waiting


class QueueFull(CrowdedQueue):
    """Too many questions are waiting in the channel already."""


class AskerQueueFull(CrowdedQueue):
    """Too many questions of the same asker are waiting in the channel already."""


class AlreadyAnswering(Refusal):
    """The same answer is being written already."""


class NotStored(Refusal):
    """What a button refers to is not kept any more."""


class Cancelled(Refusal):
    """Cancelled while still queued, by the asker or a moderator."""


class ShuttingDown(Refusal):
    """The bot is about to stop. If it `is_replaced`, another process of it takes questions already."""

    def __init__(self, *, is_replaced: bool = False) -> None:
        super().__init__()
        self.is_replaced = is_replaced


class NotConfigured(Refusal):
    """The provider that was asked for by name has no credentials here; `provider` is what it is called.

    `can_bring` says that the server it was asked in may bring some.
    """

    def __init__(self, provider: str, *, can_bring: bool = False) -> None:
        super().__init__(provider)
        self.provider, self.can_bring = provider, can_bring


class NoChatbot(Refusal):
    """No provider at all has credentials here; `can_bring` likewise. `in_server` is False in direct messages."""

    def __init__(self, *, in_server: bool, can_bring: bool) -> None:
        super().__init__()
        self.in_server, self.can_bring = in_server, can_bring


class LimitReached(Refusal):
    """A limit of questions in a time is reached: `quota` is used up, and `person` wanted to ask.

    `can_set_up` says that the limit would not hold for credentials of the server's own, which `/setup` takes.
    """

    def __init__(self, quota: Quota, person: int, *, can_set_up: bool = False) -> None:
        super().__init__(f"{quota.whose}: {quota.max_questions} in a {quota.period}")
        self.quota, self.person, self.can_set_up = quota, person, can_set_up


class ProviderOut(Refusal):
    """The provider has been failing for `out_for` seconds, so it is not asked; it is tried again in `next_trial`.

    That is 0 if it is being tried right now.
    """

    def __init__(self, label: str, out_for: float, next_trial: float) -> None:
        super().__init__(f"{label}: for {out_for:.0f} s")
        self.label, self.out_for, self.next_trial = label, out_for, next_trial


class DatabaseUnavailable(AnswerError):
    """The database could not be read or written; `fault` is None if that may be over at once."""

    def __init__(self, kind: str = "", fault: DatabaseFault | None = None) -> None:
        super().__init__(kind)
        self.fault = fault


class Interrupted(AnswerError):
    """The bot was stopped while the answer was being written."""


class Stopped(AnswerError):
    """Stopped by the asker or a moderator."""


class QuestionEdited(AnswerError):
    """The question was changed while it was being answered; it is asked again."""


class QuestionDeleted(AnswerError):
    """The question was deleted; nothing of its answer is to be shown any more."""


class OutOfTime(AnswerError):
    """The answer took longer than Discord lets the bot write to where it was asked."""


class TextRefused(AnswerError):
    """Discord refused the answer's text; `partly` tells whether it shows the beginning.

    `by_rule` says that a rule of the server (AutoMod) did that, `for_link` that Discord considers a link harmful.
    """

    def __init__(self, *, partly: bool, by_rule: bool = False, for_link: bool = False) -> None:
        super().__init__()
        self.partly, self.by_rule, self.for_link = partly, by_rule, for_link


class InternalError(AnswerError):
    """A mistake in the bot itself; its log says which."""


class AlreadyClaimed(Exception):
    """The question is answered by another process. None of the family: nothing may be shown, and nobody is told."""
