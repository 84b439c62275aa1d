"""Code spans, as CommonMark names code between backticks, in a line that has arrived whole."""

import re
from collections.abc import Iterator

_RUN = re.compile(r"`+")


def find_code_spans(text: str) -> dict[int, tuple[int, int]]:
    """Return the spans that may begin in `text`: where each begins, how many backticks it begins with, where it ends.

    A run of backticks begins one if another run is as long; the next such ends it. Where a span really begins, none of
    those within it counts.
    """
    spans, next_ends = dict[int, tuple[int, int]](), dict[int, int]()
    for run in reversed(list(_RUN.finditer(text))):
        size = len(run[0])
        if size in next_ends:
            spans[run.start()] = size, next_ends[size]
        next_ends[size] = run.end()
    return spans


def cut_at_code_spans(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the stretches of `text` in order, and whether each is a code span with its backticks."""
    at, spans = 0, find_code_spans(text)
    for start in sorted(spans):
        if start >= at:
            end = spans[start][1]
            yield text[at:start], False
            yield text[start:end], True
            at = end
    yield text[at:], False
