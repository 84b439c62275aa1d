"""How work grows with the length of an answer: the time per character, from 1 kB to 1 MB."""

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from bench.figures import Figure
from bot.providers.streams.sse import SseDecoder
from bot.text.pagination import Paginator

_LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
_PIECE, _SHOWN_EVERY = 24, 600
_TEXT = "Words of an answer, with `code` and more. Then a new line\n- and a list\n\n```py\nx = 1\n```\n"


def measure(*, rounds: int) -> tuple[list[Figure], dict[str, Any]]:
    """Return how many times the least time per character the greatest one is; 1 is linear.

    The paginator is held against the shortest answer that it has to cut at all: one of 1 kB is a single message, and
    what
    cutting costs would be divided by nothing.
    """
    paginator, decoder = _curve(_page, rounds), _curve(_decode, rounds)
    figures = [
        _compare("paginator", paginator, 10_000, 1.2),
        _compare("paginator", paginator, 1_000, None),
        _compare("event-stream decoder", decoder, 1_000, 1.2),
    ]
    curves = {"paginator": paginator, "event-stream decoder": decoder}
    return figures, {
        "growth": {
            name: [(length, seconds * 1e9) for length, seconds in curve.items()] for name, curve in curves.items()
        }
    }


def _compare(name: str, curve: Mapping[int, float], with_length: int, must: float | None) -> Figure:
    what = f"{name}: time per character, {max(curve) // 1000:,} kB ({with_length // 1000} kB)"
    return Figure(what, curve[max(curve)] * 1e9, "ns", curve[with_length] * 1e9, must)


def _curve(work: Callable[[int], None], rounds: int) -> dict[int, float]:
    """Return the median seconds per character for each length, all of them measured in turn."""
    samples: dict[int, list[float]] = {length: [] for length in _LENGTHS}
    for _ in range(rounds):
        for length, found in samples.items():
            repeats = max(1, 200_000 // length)
            start = time.process_time()
            for _ in range(repeats):
                work(length)
            found.append((time.process_time() - start) / (repeats * length))
    return {length: median(found) for length, found in samples.items()}


def _page(length: int) -> None:
    paginator, text = Paginator(), _TEXT * (length // len(_TEXT) + 1)
    for start in range(0, length, _SHOWN_EVERY):
        paginator.add(text[start : min(length, start + _SHOWN_EVERY)])
        paginator.pages(ended=False)


def _decode(length: int) -> None:
    decoder = SseDecoder()
    event = b"data: " + b"x" * _PIECE + b"\n\n"
    for _ in range(length // _PIECE):
        list(decoder.feed(event))
