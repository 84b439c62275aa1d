"""What kept text back: edits that Discord refused, and those that its limit did not allow yet."""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from sandbox.page.what_happened.facts import Kind, Run
from sandbox.page.what_happened.words import seconds

MAX_WAITS = 12
"""More are told as one, the last."""

_SHARE = 0.5
"""Of the time that a limit allows for one edit on average: what is shorter is no wait for it."""
_TOGETHER = 1.5
"""Seconds between two waits that are told as one."""


class Cause(StrEnum):
    """Why text waited."""

    REFUSED = "refused"
    """Discord answered with status 429."""
    LIMIT = "limit"
    """Another edit would have been refused, or have used up the last one."""


@dataclass(frozen=True, slots=True)
class Wait:
    """From when until when text that was there was not shown; `gaps` counts the waits that are told as one."""

    begin: float
    end: float
    cause: Cause
    text: str
    gaps: int = 1


def find_waits(run: Run) -> list[Wait]:
    """Return the waits in their order; those that follow each other for the same cause are one."""
    merged: list[Wait] = []
    for wait in sorted([*_refused(run), *_held_back(run)], key=lambda wait: wait.begin):
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.cause is wait.cause
            and (wait.begin - last.end < _TOGETHER or len(merged) >= MAX_WAITS)
        ):
            merged[-1] = replace(last, end=wait.end, gaps=last.gaps + wait.gaps)
        elif len(merged) < MAX_WAITS * 2:
            merged.append(wait)
    return [_told_as_one(wait) for wait in merged]


def _refused(run: Run) -> list[Wait]:
    """Return the waits after a 429: until the next try, or until what Discord said."""
    waits, now = [], run.length
    for place, write in enumerate(run.writes):
        if write.status != 429 or write.limited is None:
            continue
        told = write.limited.retry_after or 0.0
        following = run.writes[place + 1].at if place + 1 < len(run.writes) else write.at + told
        end = min(following, now) if following > write.at else write.at
        what = "an edit" if write.kind is Kind.EDIT else "a message"
        text = f"Discord refuses {what} (429): wait {seconds(told)}"
        waits.append(Wait(write.at, end, Cause.REFUSED, text))
    return waits


def _held_back(run: Run) -> list[Wait]:
    """Return the times between two edits in which text had come that the limit let nobody see yet."""
    parts = [at for request in run.requests for at, _ in request.arrivals]
    waits, place = [], 0
    tried = [write for write in run.writes if write.kind is not Kind.THINK]
    for one, other in ((one, other) for one, other in pairwise(tried) if one.done):
        while place < len(parts) and parts[place] <= one.at:
            place += 1
        limited = other.limited or one.limited
        if place == len(parts) or other.kind is not Kind.EDIT or limited is None or not limited.count:
            continue
        if other.at - parts[place] > limited.window / limited.count * _SHARE:
            text = f"text waits for an edit: Discord allows {limited.count} in {limited.window:g}\u00a0s"
            waits.append(Wait(parts[place], other.at, Cause.LIMIT, text))
    return waits


def _told_as_one(wait: Wait) -> Wait:
    if wait.gaps == 1:
        return wait
    if wait.cause is Cause.REFUSED:
        return replace(wait, text=f"Discord refuses {wait.gaps} tries (429){wait.text.partition('(429)')[2]} at first")
    allowed = wait.text.partition(": ")[2]
    return replace(wait, text=f"one edit every {seconds((wait.end - wait.begin) / wait.gaps)}: {allowed}")


def longest_lag(run: Run) -> float:
    """Return the longest time in seconds that words had come and readers did not see them."""
    parts = [at for request in run.requests for at, _ in request.arrivals]
    writes = [write.at for write in run.writes if write.done and write.length is not None]
    lags, place = [0.0], 0
    for at in writes:
        if place < len(parts) and parts[place] < at:
            lags.append(at - parts[place])
        while place < len(parts) and parts[place] <= at:
            place += 1
    if place < len(parts):
        lags.append(run.length - parts[place])
    return max(lags)
