"""How work grows with the length of an answer: the time per character, long answers against short ones."""

import time
from collections.abc import Callable

from bench.figures import Figure, middle
from bot.chat.pager import Pager
from bot.providers.eventstream import EventStream

_SHORT, _LONG, _PIECE = 10_000, 1_000_000, 24
_TEXT = "Words of an answer, with `code` and more. Then a new line\n- and a list\n\n```py\nx = 1\n```\n"


def measure() -> list[Figure]:
    """Return the ratio of the time per character for 1 MB against 10 kB, of pager and decoder; 1 is linear."""
    return [
        Figure("pager: time per character, 1 MB / 10 kB", _ratio(_page), "", 1.2),
        Figure("event-stream decoder: the same", _ratio(_decode), "", 1.2),
    ]


def _ratio(work: Callable[[int], None]) -> float:
    def per_character(length: int) -> float:
        start = time.perf_counter()
        for _ in range(_LONG // length):
            work(length)
        return time.perf_counter() - start

    return middle(per_character(_LONG) / per_character(_SHORT) for _ in range(3))


def _page(length: int) -> None:
    pager, text = Pager(), _TEXT * (length // len(_TEXT))
    for start in range(0, length, 600):
        pager.add(text[start : start + 600])
        pager.pages(ended=False)


def _decode(length: int) -> None:
    decoder = EventStream()
    event = b"data: " + b"x" * _PIECE + b"\n\n"
    for _ in range(length // _PIECE):
        list(decoder.feed(event))
