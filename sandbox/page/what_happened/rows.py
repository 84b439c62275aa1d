"""The table of one run: the same as the picture, in its order in time, a row for each thing that happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sandbox.apis import Outcome
from sandbox.discord.errors import Json
from sandbox.page.what_happened.facts import ApiRequest, Kind, Run, Write
from sandbox.page.what_happened.lanes import how_it_ended
from sandbox.page.what_happened.waits import find_waits
from sandbox.page.what_happened.words import count, seconds

MAX_ROWS = 60


@dataclass(frozen=True, slots=True)
class _Row:
    at: float
    who: str
    what: str
    edit: int | None = None
    """Characters that an edit shows; None for what is no edit."""


def tell_rows(run: Run) -> list[Json]:
    """Return the rows; with more than MAX_ROWS, edits in a row are one, and then the middle is left out."""
    rows = sorted([*_acts(run), *_requests(run), *_writes(run), *_waits(run)], key=lambda row: row.at)
    if len(rows) > MAX_ROWS:
        rows = list(_together(rows))
    if len(rows) > MAX_ROWS:
        half = MAX_ROWS // 2
        rest = rows[half : len(rows) - half + 1]
        gap = _Row(rest[0].at, "…", f"{len(rest)} more, until {seconds(rest[-1].at)}")
        rows = [*rows[:half], gap, *rows[len(rows) - half + 1 :]]
    return [{"at": seconds(row.at), "who": row.who, "what": row.what} for row in rows]


def _acts(run: Run) -> Iterator[_Row]:
    for act in run.acts:
        yield _Row(act.at, "People", act.text)


def _requests(run: Run) -> Iterator[_Row]:
    for request in run.requests:
        yield _Row(request.at, request.api, "is asked")
        if request.first_at is not None and not (request.status or 0) >= 400:
            yield _Row(
                request.first_at, request.api, f"sends the first part, after {seconds(request.first_at - request.at)}"
            )
        if request.ended_at is not None:
            yield _Row(request.ended_at, request.api, _end(request))


def _end(request: ApiRequest) -> str:
    size = f"{count(request.size, 'byte')} in {count(len(request.arrivals), 'part')}"
    if request.outcome is Outcome.COMPLETE and not request.failed:
        return f"has sent all of it: {size}"
    return f"{how_it_ended(request)}, after {size}"


def _writes(run: Run) -> Iterator[_Row]:
    for write in run.writes:
        if write.status != 429:  # among the waits
            yield _Row(
                write.at, "Discord", _written(write), write.length if write.done and write.kind is Kind.EDIT else None
            )


def _written(write: Write) -> str:
    if write.kind is Kind.THINK and write.done:
        return "shows that the bot is thinking"
    what = {Kind.EDIT: "an edit", Kind.CREATE: "a new message", Kind.THINK: "that it is thinking"}[write.kind]
    if write.status >= 400:
        return f"answers {what} with the error {write.status}"
    if not write.status:
        return f"has not answered yet: {what}"
    if write.length is None:
        return f"shows {what}: buttons or files"
    return f"shows {what}: {count(write.length, 'character') if write.length else 'no text'}"


def _waits(run: Run) -> Iterator[_Row]:
    for wait in find_waits(run):
        yield _Row(wait.begin, "Discord's limit", f"{wait.text} (until {seconds(wait.end)})")


def _together(rows: list[_Row]) -> Iterator[_Row]:
    for is_edit, group in groupby(rows, key=lambda row: row.edit is not None):
        found = list(group)
        if not is_edit or len(found) < 3:
            yield from found
            continue
        last = found[-1]
        told = (
            f"shows {len(found)} edits until {seconds(last.at)}, the last one of {count(last.edit or 0, 'character')}"
        )
        yield _Row(found[0].at, "Discord", told, last.edit)
