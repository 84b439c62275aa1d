"""What the operator's figures count: each part of the program tells of what happens in it."""

from bot.domain.errors import AnswerError
from bot.domain.fair_use.usage import FinishedRun


class Telemetry:
    """Is told of events, and counts none of them: for a program without an operator's view.

    What counts them has the same methods. None waits, fails, or takes more than a few microseconds. None is told an id,
    a name that a person chose, or a text. Times are in seconds.
    """

    def question_came(self) -> None:
        """Count a question, whatever becomes of it."""

    def question_refused(self, error: AnswerError) -> None:
        """Count a question that no provider was asked."""

    def provider_failed(self, provider: str, error: AnswerError) -> None:
        """Count a try at a provider that ended with `error`."""

    def run_ended(self, run: FinishedRun) -> None:
        """Count a run whose question was sent to its provider, in direct messages as well."""

    def edit_shown(self, verb: str, unseen: float | None) -> None:
        """Count a request that showed something of an answer or a notice; `verb` is that of its `BucketKey`.

        `unseen` is how long the text that it showed had been there, None if it showed no new text.
        """

    def discord_responded(self, status: int | None) -> None:
        """Count a request to Discord's REST API, and its HTTP status, None if there was no response."""

    def discord_limited(self, scope: str) -> None:
        """Count a 429 of Discord's; `scope` is what its header says, which may be anything."""

    def database_called(self, seconds: float, *, writes: bool, failed: bool) -> None:
        """Count a call on the database, with its wait in line."""

    def session_began(self, *, resumed: bool) -> None:
        """Count a session of a shard with Discord's gateway that began, or went on."""

    def session_lost(self) -> None:
        """Count a connection to Discord's gateway that ended, or that could not be made."""

    def caught_up(self, questions: int) -> None:
        """Count a search for what was asked while the bot was away, and the questions that it found."""

    def answers_recovered(self, answers: int) -> None:
        """Count answers that were taken over from processes that ended."""


NO_TELEMETRY = Telemetry()
"""Counts nothing."""
