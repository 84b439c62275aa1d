"""Answers as they are stored: their runs, how each went, and each version's texts.

An answer is everything that is shown below one question. It has one or more runs: the first, and one for every time it
was asked again. Texts are stored apart from the rest, and are erased when their retention time is over.
"""

from dataclasses import dataclass, field
from typing import Literal

from bot.domain.conversation_key import Kind
from bot.domain.provider import Receipt
from bot.domain.question import Location

State = Literal["open", "recorded", "done"]
"""How far a run has come. open: it waits or runs · recorded: all of it is stored, but its last edit may not be shown ·
done: it is over. A run that is not done when the program starts was cut off by a crash."""

Outcome = Literal["whole", "partial", "failed", "stopped", "interrupted", "lost"]
"""How a run ended. whole: complete · partial: failed midway · failed: no text · stopped: by a user · interrupted: the
bot shut down · lost: never shown, because its turn did not come or Discord did not take it."""


@dataclass(frozen=True, slots=True)
class RunStart:
    """A run that begins. `number` counts an answer's runs from 1.

    `question_id` is Discord's id of the message that asked first, or of the interaction if `by_message` is false.
    `token` is the interaction's, by which its response can be edited for 15 minutes; it is erased when the run is
    done. `wording` is the question as `bot/answering/stored_answers.py` writes it. `kind` is the kind of conversation
    that the answer belongs to from its first run on.
    """

    answer: str
    number: int
    question_id: int
    by_message: bool
    location: Location
    asker: int
    provider: str
    wording: str
    token: str | None = None
    kind: Kind = "shared"


@dataclass(frozen=True, slots=True)
class RunMetrics:
    """A run in numbers. Times are in milliseconds, None if the moment never came.

    `waited` counts until its turn in the channel's queue, `first_text` and `total` from there. `edits` counts what was
    written to Discord, including new messages, and `retries` what was sent again after a failure. History is counted in
    messages: those that were sent, and those of the same conversation that did not fit.
    """

    waited: int | None = None
    first_text: int | None = None
    total: int | None = None
    edits: int = 0
    retries: int = 0
    history_sent: int = 0
    history_left_out: int = 0


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended, and what is stored of it.

    `wording` is the answer's pieces as `bot/answering/stored_answers.py` writes them, None if there was nothing to
    show: such a run is no version. `notices` are shown below it. `error` is the name of an error's class. `receipt` is
    what the provider told of it.
    """

    outcome: Outcome
    wording: str | None
    notices: tuple[str, ...] = ()
    error: str | None = None
    receipt: Receipt = field(default_factory=Receipt)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is stored. `turn` is the id of the turn that the history keeps of it, if it keeps one.

    `receipt` is what the provider told of it; `owner` is the id of the process that is at it, or was.
    """

    number: int
    provider: str
    state: State
    outcome: Outcome | None
    metrics: RunMetrics
    error: str | None
    turn: int | None
    is_version: bool
    receipt: Receipt = field(default_factory=Receipt)
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is stored. `messages` are Discord's ids of the messages that show it, first page first.

    `shown` is the number of the run that is shown, 0 if there is none yet; `token` belongs to a run that is not done.
    `kind` is the kind of conversation that it belongs to.
    """

    id: str
    question_id: int
    by_message: bool
    location: Location
    asker: int
    shown: int
    messages: tuple[int, ...] = ()
    runs: tuple[Run, ...] = ()
    token: str | None = field(default=None, repr=False)
    kind: Kind = "shared"

    @property
    def versions(self) -> tuple[int, ...]:
        """The numbers of the runs that can be shown, in order."""
        return tuple(run.number for run in self.runs if run.is_version)

    @property
    def turn(self) -> int | None:
        """The id of the turn that the history has, or had, for this answer."""
        return next((run.turn for run in self.runs if run.turn is not None), None)

    def turn_with(self, provider: str) -> int | None:
        """Return the id of the turn that the history with one provider has, or had, for this answer."""
        return next((run.turn for run in self.runs if run.turn is not None and run.provider == provider), None)

    @property
    def current_run(self) -> Run | None:
        """The run that is shown, the latest if none is; None if nothing is stored of any."""
        return self.run(self.shown) or (self.runs[-1] if self.runs else None)

    @property
    def shown_provider(self) -> str:
        """The name of the provider that gave the version shown, empty if none is."""
        run = self.run(self.shown)
        return "" if run is None else run.provider

    def run(self, number: int) -> Run | None:
        """Return the run with this number."""
        return next((run for run in self.runs if run.number == number), None)


@dataclass(frozen=True, slots=True)
class StoredTexts:
    """The texts of a run as they are stored: the question, the answer's pieces, and the notices below them.

    `provider` is the name of the provider that was asked.
    """

    provider: str
    question: str
    answer: str | None
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaveResult:
    """Whether a run's end was stored, and the id of its turn, None if no turn was stored.

    With `is_taken_over` another process has marked the run as interrupted, or is about to.
    """

    is_stored: bool
    turn: int | None
    is_taken_over: bool = False


@dataclass(frozen=True, slots=True)
class TurnUpdate:
    """New texts for a turn of the history."""

    turn: int
    question: str
    answer: str
