"""The best that any schedule can do under Discord's limits, computed: what the bot's own is compared with.

Discord's window is fixed: the first request opens it, five fit into five seconds, and the first one after its end opens
the next (`sandbox/discord/limits/rate_limits.py`). The best schedule knows beforehand when the text arrives and when it
ends, needs no time for a request, and keeps nothing back: no real one can reach it.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

EDITS, WINDOW = 5, 5.0
EVERYTHING = 50
"""Requests a second over everything."""


def best_staleness(pieces: int, every: float, *, kept: int = 0) -> float:
    """Return the least mean age, in seconds, of what is unseen while `pieces` arrive `every` so many seconds.

    So many of a window's edits are `kept` for the last one, whenever that should come, as a schedule must that does not
    know the end beforehand and lets no last edit wait.

    The first piece is seen at once, in a message newly created, which counts apart; the last edit shows the last piece
    as it arrives. Age is the time since the oldest unseen piece arrived, 0 while all is seen.
    """
    window, end = round(WINDOW / every), pieces - 1
    middle = cache(lambda length: _in_window(length, window, EDITS - 1 - kept))

    @cache
    def after(left: int) -> float:
        """Return the least cost of the last `left` pieces when an edit has just opened a window."""
        if not left:
            return 0.0
        costs = [middle(step) + after(left - step) for step in range(window, min(left, 2 * window) + 1)]
        if left < window:
            costs.append(_spread(left, EDITS - max(1, kept)))  # the last edit takes what was kept for it
        return min(costs)

    for left in range(end):  # from the end, so that no recursion goes deep
        after(left)
    first = (_age(opening) + after(end - opening) for opening in range(1, min(end, window) + 1))
    return min(first) * every * every / (end * every)


def even_staleness(pieces: int, every: float, *, kept: int) -> float:
    """Return the least mean age of what is unseen under an even rhythm, the only one that any end finds well prepared.

    As `best_staleness`, with so many edits `kept`, but for a schedule that does not know the end: it must space its
    edits as if there were none. Only when the rhythm begins is its own choice.
    """
    step, end = round(WINDOW / (EDITS - kept) / every), pieces - 1

    def cost(opening: int) -> float:
        whole, rest = divmod(end - opening, step)
        return _age(opening) + whole * _age(step) + _age(rest)

    return min(cost(opening) for opening in range(1, min(end, step) + 1)) * every / end


def _in_window(length: int, window: int, more: int) -> float:
    """Return the least cost from one window's first edit to the next one's, with so many `more` between them."""
    return min(_spread(inner, more) + _age(length - inner) for inner in range(more, window))


def _spread(length: int, parts: int) -> float:
    """Return the cost of `length` pieces shown in `parts` edits as even as can be."""
    whole, more = divmod(length, parts)
    return more * _age(whole + 1) + (parts - more) * _age(whole)


def _age(length: int) -> float:
    """Return the cost of an edit that shows `length` pieces, the last of which has only just arrived."""
    return max(0, length - 1) ** 2 / 2


def staleness(arrivals: Sequence[float], frames: Sequence[tuple[float, int]]) -> float:
    """Return the mean age in seconds, over the time of arrival, of the oldest piece unseen.

    `frames` are times and how many of the pieces they showed in whole.
    """
    total, seen = 0.0, 0
    begin, end = arrivals[0], arrivals[-1]
    for at, count in frames:
        if count > seen:
            total += _triangle(arrivals[seen], begin, min(at, end))
            # What had arrived by then and was not in the frame has been unseen from its own arrival on.
            seen, begin = count, max(begin, min(at, end))
    return total / (end - arrivals[0])


def _triangle(since: float, begin: float, end: float) -> float:
    """Return the integral from `begin` to `end` of the age of what arrived at `since`."""
    begin = max(begin, since)
    return ((end - since) ** 2 - (begin - since) ** 2) / 2 if end > begin else 0.0


def last_final(ends: Sequence[float]) -> float:
    """Return how long after its stream's end the last of many finals can be shown at the earliest, in seconds.

    That is the limit's rate, without a burst to begin with: what came before, progress, has used the limit up already.
    """
    at = float("-inf")
    for end in sorted(ends):
        at = max(end, at + 1 / EVERYTHING)
    return at - max(ends)


def longest_gap(times: Sequence[float]) -> float:
    """Return the longest time between two frames that follow each other."""
    return max((later - earlier for earlier, later in pairwise(times)), default=0.0)
