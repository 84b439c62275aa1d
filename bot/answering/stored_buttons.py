"""The buttons of an answer: each gets a token before it is shown, and is found by it when somebody presses it.

What a button says is stored in its answer's text and nowhere else, so that it is deleted with the answer.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from bot.answering.stored_answers import read_button
from bot.domain.content import Button, Chunk, Image, RichContent
from bot.domain.question import Location
from bot.domain.stores import AnswerStore

_TOKEN = re.compile(r"(?P<answer>[\w-]+):(?P<number>[0-9]{1,9}):[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class StoredButton:
    """A button, and the name of the provider whose answer it belongs to."""

    provider: str
    button: Button


class Tokens:
    """Hands out the tokens of one run: the answer's id, the run's number, and a number for each button."""

    def __init__(self, answer: str, number: int) -> None:
        self._run = f"{answer}:{number}"
        self._positions = count()

    def put_on(self, piece: RichContent) -> RichContent:
        """Return `piece` with a token on each button that can be pressed; a link needs none."""
        if isinstance(piece, Image) or not piece.buttons:
            return piece
        return replace(piece, buttons=tuple(map(self._put_on, piece.buttons)))

    def _put_on(self, button: Button) -> Button:
        return button if button.action == "link" else replace(button, token=f"{self._run}:{next(self._positions)}")


def without_tokens(pieces: Iterable[Chunk]) -> Sequence[Chunk]:
    """Return `pieces` with buttons that are shown and cannot be pressed."""
    return [
        piece
        if isinstance(piece, str | Image)
        else replace(piece, buttons=tuple(replace(button, token="") for button in piece.buttons))
        for piece in pieces
    ]


async def find_button(
    answer_store: AnswerStore, token: str, message: int, is_here: Callable[[Location], bool]
) -> StoredButton | None:
    """Return the button with this token under `message`, None if it is not stored, or its answer is not here.

    Raises `DatabaseUnavailable`.
    """
    parts = _TOKEN.fullmatch(token)
    # Before the third migration, a token did not name its answer; the message that shows the button does.
    answer = await (answer_store.answer_in(message) if parts is None else answer_store.answer(parts["answer"]))
    if answer is None or not is_here(answer.location):
        return None
    numbers = [int(parts["number"])] if parts is not None else answer.versions
    for number in sorted(numbers, key=lambda number: number != answer.shown):
        wording = await answer_store.wording(answer.id, number)
        button = None if wording is None or wording.answer is None else read_button(wording.answer, token)
        if wording is not None and button is not None:
            return StoredButton(wording.provider, button)
    return None
