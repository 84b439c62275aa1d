"""What the program asks of a database about its answers: what is under way, how each went, and each version's wording.

An answer is everything that stands below one question. It has one or more runs: the first, and one for every time it
was asked again. The journal itself holds no text of anybody; the wordings beside it do, and go when their time is over.
"""

from dataclasses import dataclass, field
from typing import Literal

from bot.domain.question import Location

State = Literal["open", "recorded", "done"]
"""How far a run has come: it may be under way; all of it is stored, but its last edit may not have been shown; it is
over. What is not done when the program starts was cut off by the end of the one before."""

Outcome = Literal["whole", "partial", "failed", "stopped", "interrupted", "lost"]
"""How a run ended: complete; broken off with some text, or with none; ended by somebody; by the program's own end; or
never shown, because its turn did not come or Discord did not take it."""


@dataclass(frozen=True, slots=True)
class RunStart:
    """A run that begins. `number` counts an answer's runs from 1.

    `question_id` is Discord's id of the message, or where `by_message` is false of the interaction, that asked first.
    `token` is the interaction's, by which its response can be edited for 15 minutes; the journal drops it when the run
    is done. `wording` is the question as `bot.chat.wording` writes it.
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


@dataclass(frozen=True, slots=True)
class RunMetrics:
    """What can be said of a run in numbers. Times are in milliseconds, None where the moment never came.

    `waited` until its turn in the channel's queue, `first_text` and `total` from there on. `edits` counts what was
    written to Discord, creating messages included, `retries` what Discord had to be sent again. History is counted in
    messages: those sent along, and those of the same conversation that no longer fitted.
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
    """A run that has ended: how, and what of it is kept.

    `wording` is the answer's pieces as `bot.chat.wording` writes them, None where there was nothing to show: such a run
    is no version. `notices` stand below it. `error` names an error's class.
    """

    outcome: Outcome
    wording: str | None
    notices: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the journal has it. `turn` is the id of the turn that the history keeps of it, if it keeps one."""

    number: int
    provider: str
    state: State
    outcome: Outcome | None
    figures: RunMetrics
    error: str | None
    turn: int | None
    is_version: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as the journal has it. `messages` are Discord's ids of what shows it, first page first.

    `shown` is the number of the run that is shown, 0 for none so far; `token` that of a run that is not done.
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

    @property
    def versions(self) -> tuple[int, ...]:
        """The numbers of the runs that can be shown, in order."""
        return tuple(run.number for run in self.runs if run.is_version)

    @property
    def turn(self) -> int | None:
        """The id of the turn that the history has, or had, of this answer."""
        return next((run.turn for run in self.runs if run.turn is not None), None)

    def turn_with(self, provider: str) -> int | None:
        """Return the id of the turn that the history with one provider has, or had, of this answer."""
        return next((run.turn for run in self.runs if run.turn is not None and run.provider == provider), None)

    def run(self, number: int) -> Run | None:
        """Return the run with this number."""
        return next((run for run in self.runs if run.number == number), None)


@dataclass(frozen=True, slots=True)
class StoredTexts:
    """The texts of a run: the question, the answer's pieces, and the notices below them, as they were stored.

    `provider` is the name of the one that was asked.
    """

    provider: str
    question: str
    answer: str | None
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What came of a run's end: whether the journal has it, and the id of its turn, None where none was recorded."""

    journalled: bool
    turn: int | None


@dataclass(frozen=True, slots=True)
class TurnUpdate:
    """What a turn of the history is to say from now on."""

    turn: int
    question: str
    answer: str
