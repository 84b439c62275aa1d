"""A version of an answer as it was stored: how it is shown again, and what the history keeps of it then."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.wording import read_pieces, read_question
from bot.domain.answer import Answer, Reworded
from bot.domain.content import Piece
from bot.domain.question import Question
from bot.domain.stores import Journal
from bot.streaming.renderer import text_of


@dataclass(frozen=True, slots=True)
class Version:
    """A run's texts. `reworded` is the turn that the history keeps of it, None where it keeps none."""

    number: int
    question: Question
    pieces: Sequence[Piece]
    notices: Sequence[str]
    reworded: Reworded | None


async def read_version(journal: Journal, answer: Answer, number: int) -> Version | None:
    """Return the run with this number as it can be shown, None where it is no version (any more).

    Raises `MemoryUnavailable`.
    """
    run = answer.run(number)
    wording = await journal.wording(answer.id, number) if run is not None else None
    if run is None or wording is None or wording.answer is None:
        return None
    question, pieces = read_question(wording.question, answer, run.provider), read_pieces(wording.answer)
    reworded = None
    if run.turn is not None and run.outcome == "whole":
        reworded = Reworded(run.turn, question.compose(), text_of(pieces))
    return Version(number, question, pieces, wording.notices, reworded)
