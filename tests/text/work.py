"""Measures work: a text twice as long may at most double what is done with it, and what it becomes."""

from collections.abc import Callable
from cProfile import Profile
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from time import process_time

MAX_CALLS = 60
"""How many calls of functions each character may take."""

_DOUBLE = 2.2
_MAX_SECONDS = 50e-6
"""How long each character may take: ten times what the slowest takes on a slow machine."""


@dataclass(frozen=True)
class Family:
    """Texts of any size: `unit` over and over, behind `head`."""

    unit: str
    head: str = ""

    def text(self, times: int) -> str:
        """Return the text with so many utf16_len."""
        return self.head + self.unit * times

    def times(self, size: int) -> int:
        """Return how many utf16_len make a text of about `size` characters."""
        return max(2, size // len(self.unit))


class Rising(Family):
    """Texts of any size: `unit` once, twice, three times and so on, a blank between."""

    def text(self, times: int) -> str:
        """Return the text with about so many utf16_len."""
        return self.head + " ".join(self.unit * size for size in range(1, isqrt(2 * times) + 1))


def count_calls(act: Callable[[], object]) -> int:
    """Return how many functions `act` calls, those in C included: the same number on every machine."""
    profile = Profile()
    profile.enable()
    act()
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def check_growth(show: Callable[[str], str], family: Family, size: int, max_growth: float, slack: int = 500) -> None:
    """Check what `show` does with texts of `size`, twice and four times as many characters.

    Calls are counted, so the machine does not matter. What happens within one call, as in a regular expression, is
    timed: quadratic work takes sixteen times as long for the longest text, and eight times is too much here. `slack`
    are the calls that come with no character of their own.
    """
    texts = [family.text(family.times(size) * factor) for factor in (1, 2, 4)]
    for text in texts:
        assert len(show(text)) <= max_growth * len(text) + 200
    calls = [count_calls(lambda text=text: show(text)) for text in texts]  # type: ignore[misc]
    for less, more in pairwise(calls):
        assert more <= _DOUBLE * less + slack
    assert calls[-1] <= MAX_CALLS * len(texts[-1]) + 2000
    short, long = _seconds(show, texts[0]), _seconds(show, texts[-1])
    for _ in range(3):
        if long <= 8 * short and long <= _MAX_SECONDS * len(texts[-1]):
            return
        short, long = max(short, _seconds(show, texts[0])), min(long, _seconds(show, texts[-1]))
    assert long < 0.01, f"{short:.4f} s for {len(texts[0])} characters, {long:.4f} s for {len(texts[-1])}"


def _seconds(show: Callable[[str], str], text: str) -> float:
    start = process_time()
    show(text)
    return process_time() - start
