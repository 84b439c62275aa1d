"""Texts that are made to do harm, at 10 kB, 100 kB and 1 MB: each step is short, and each character takes a moment.

What is measured is the processor time of the thread, so that it does not matter what else the machine does. With
`--log-cli-level=INFO` it is said how many microseconds each character takes.
"""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import thread_time
from typing import TypeVar

import pytest

from bot.answering.stored_answers import read_pieces, write_pieces
from bot.domain.errors import ProviderError
from bot.providers.streams.chatbase_stream import AnswerStream
from bot.streaming.answer_text import text_of
from bot.streaming.renderer import AnswerRenderer
from bot.streaming.segment import MAX_MESSAGES, SLICE
from tests.text.hostile_strings import UNITS, of_size

T = TypeVar("T")

_log = logging.getLogger(__name__)

SIZES = (10_000, 100_000, 1_000_000)
MAX_STEP = 0.05
"""Seconds. The longest step that was found takes 13 ms; a test that fails on a slow machine helps nobody."""

_MAX_PER_CHARACTER = 50e-6
_FRAME_EVERY = 8
_WIRE_SLICE = 4096
_MANY_TIMES_LONGER = 25
"""How much longer ten times the text may take: quadratic work takes a hundred times as long."""


class Steps:
    """The longest step and the sum of all, in seconds of the thread's processor time."""

    def __init__(self) -> None:
        self.longest = self.total = 0.0

    def take(self, step: Callable[[], T]) -> T:
        """Take a step."""
        before = thread_time()
        result = step()
        spent = thread_time() - before
        self.longest = max(self.longest, spent)
        self.total += spent
        return result


@contextmanager
def _no_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def show(text: str, steps: Steps) -> int:
    """Show a text as it arrives, and then store it and read it again; returns how many messages it takes."""
    draft = AnswerRenderer()
    for number, at in enumerate(range(0, len(text), SLICE)):
        steps.take(lambda at=at: draft.push(text[at : at + SLICE]))  # type: ignore[misc]
        if number % _FRAME_EVERY == 0:
            steps.take(lambda: draft.frames(ended=False))
    steps.take(draft.end)
    steps.take(lambda: draft.empty)
    frames = steps.take(lambda: draft.frames(ended=True))
    wording = steps.take(lambda: write_pieces(draft.pieces))
    steps.take(lambda: text_of(read_pieces(wording)))
    return len(frames)


@pytest.mark.parametrize("name", UNITS)
def test_showing_takes_short_steps_and_time_in_proportion(name: str) -> None:
    per_character = []
    for size in SIZES:
        text, steps = of_size(UNITS[name], size), Steps()
        with _no_collector():
            shown = show(text, steps)
        assert steps.longest <= MAX_STEP, f"{steps.longest * 1000:.0f} ms at a stretch, of {size} characters"
        per_character.append(steps.total / len(text))
        if shown <= MAX_MESSAGES and size == SIZES[1]:
            break  # all of it is shown, so ten times as much would tell no more
    _log.info("%s: %s µs", name, " ".join(f"{seconds * 1e6:.2f}" for seconds in per_character))
    assert max(per_character) <= _MAX_PER_CHARACTER
    assert per_character[-1] <= per_character[0] * _MANY_TIMES_LONGER / 10 + 1e-6


class _Refused(ProviderError):
    """What a body tells of."""

    def __init__(self) -> None:
        super().__init__("Chatbase")


def _stream(media_type: str, body: bytes, steps: Steps) -> None:
    stream = AnswerStream("Chatbase", media_type, streaming=True, delimited=True, refuse=lambda _: _Refused())

    def read_on(texts: Iterator[str]) -> bool:
        return next(texts, None) is not None

    try:
        for at in range(0, len(body), _WIRE_SLICE):
            texts = stream.feed(body[at : at + _WIRE_SLICE])
            while steps.take(lambda texts=texts: read_on(texts)):  # type: ignore[misc]
                pass
        texts = stream.close()
        while steps.take(lambda: read_on(texts)):
            pass
    except ProviderError:
        return


WIRES: dict[str, Callable[[str], str]] = {
    "text/plain": lambda text: text,
    "text/event-stream": lambda text: f"data: {text}\n\n",
    "application/json": lambda text: f'{{"text": "{text}',
}
"""Media types, and how a text comes with each: as it is, as an event that may break off, as JSON that may be none."""


@pytest.mark.parametrize("name", UNITS)
def test_streams_take_short_steps_and_time_in_proportion(name: str) -> None:
    for media_type, wrap in WIRES.items():
        per_character = []
        for size in SIZES:
            body, steps = wrap(of_size(UNITS[name], size)).encode(errors="replace"), Steps()
            with _no_collector():
                _stream(media_type, body, steps)
            assert steps.longest <= MAX_STEP, f"{steps.longest * 1000:.0f} ms at a stretch, {size} of {media_type}"
            per_character.append(steps.total / size)
        assert max(per_character) <= _MAX_PER_CHARACTER
        assert per_character[-1] <= per_character[0] * _MANY_TIMES_LONGER / 10 + 1e-6
