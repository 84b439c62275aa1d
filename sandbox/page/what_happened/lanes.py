"""The picture of one run: lanes, one below the other over the same seconds, each with its words at its marks."""

from collections.abc import Sequence
from itertools import groupby

from sandbox.apis import Outcome
from sandbox.discord.errors import Json
from sandbox.page.what_happened.facts import ApiRequest, Kind, Run
from sandbox.page.what_happened.waits import find_waits
from sandbox.page.what_happened.words import count, seconds

MAX_POINTS = 120
"""Of a curve, and edits that get a mark of their own."""
MAX_MARKS = 12

_AT_ONCE = 0.05
"""Seconds that nobody sees."""
_WORTH_A_SPAN = 0.3
"""Seconds until a chat API is asked that are shown."""


def draw_lanes(run: Run) -> list[Json]:
    """Return the lanes: people, each chat API, Discord, its limits."""
    apis = [list(requests) for _, requests in groupby(run.requests, key=lambda request: request.api)]
    return [_people(run), *(_api(requests) for requests in apis), _discord(run), _limits(run)]


def thin(points: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """Return at most about MAX_POINTS of the points, evenly, and always the first and the last."""
    step = max(1, len(points) // MAX_POINTS)
    return [*points[:-1:step], *points[-1:]]


def _people(run: Run) -> Json:
    begun = run.requests[0].at if run.requests else 0.0
    until = f"{seconds(begun)} until {run.requests[0].api} is asked" if run.requests else ""
    waits = [_span(0.0, begun, until, "quiet")] if begun > _WORTH_A_SPAN else []
    return _lane("People", "", spans=waits, marks=[_mark(act.at, act.text) for act in run.acts[:MAX_MARKS]])


def _api(requests: Sequence[ApiRequest]) -> Json:
    spans, marks = [], []
    curve: list[tuple[float, int]] = []
    for request in requests[:MAX_MARKS]:
        first, end = request.first_at, request.ended_at
        marks.append(_mark(request.at, "is asked"))
        spans += _thinking(request)
        if first is not None and not request.failed and end is not None and end - first < _AT_ONCE:
            marks.append(_mark(first, f"all at once: {count(request.size, 'byte')}"))
        elif first is not None and not request.failed:
            marks.append(_mark(first, "first part"))
        if request.failed or (end is not None and first is not None and end - first >= _AT_ONCE):
            marks.append(_mark(end or request.at, how_it_ended(request), bad=request.failed))
        curve += [(request.at, 0), *request.arrivals, *([(end, request.size)] if end is not None else [])]
    last = requests[-1]
    running = last.outcome is Outcome.RUNNING
    note = f"{count(last.size, 'byte')} so far" if running else f"in {count(len(last.arrivals), 'part')}"
    note = "" if last.failed else note
    return _lane(f"{last.api} writes", note, spans=spans, marks=marks, curve=curve)


def _thinking(request: ApiRequest) -> list[Json]:
    until = request.first_at if request.first_at is not None else request.ended_at
    if until is None:
        return [_span(request.at, None, "thinks", "quiet")]
    length = until - request.at
    return [_span(request.at, until, f"thinks {seconds(length)}", "quiet")] if length >= _AT_ONCE else []


def how_it_ended(request: ApiRequest) -> str:
    """Return in a few words how an answer ended."""
    if (request.status or 0) >= 400:
        return f"fails: status {request.status}"
    match request.outcome:
        case Outcome.CUT:
            return "connection lost"
        case Outcome.LEFT:
            return "the bot hangs up"
        case _:
            return f"last part: {count(request.size, 'byte')} in all"


def _discord(run: Run) -> Json:
    visible = [write for write in run.writes if write.shows]
    shown = run.shown
    marks = [_mark(write.at, "thinking …") for write in run.writes if write.kind is Kind.THINK and write.done]
    creates = [write for write in visible if write.kind is Kind.CREATE]
    marks += [
        _mark(write.at, f"message {number}") for number, write in enumerate(creates, 1) if write is not visible[0]
    ]
    marks += [_mark(write.at, "first words") for write in visible[:1]]
    if not run.running and len(visible) > 1:
        what = "last edit" if visible[-1].kind is Kind.EDIT else "last message"
        marks.append(_mark(visible[-1].at, f"{what}: {count(shown[-1][1] if shown else 0, 'character')} in all"))
    failed = [write for write in run.writes if write.status >= 400 and write.status != 429]
    marks += [_mark(write.at, f"error {write.status}", bad=True) for write in failed]
    edits = [(write.at, 0) for write in visible if write.kind is Kind.EDIT]
    note = f"in {count(len({write.target for write in visible}), 'message')}"
    note += f" with {count(len(edits), 'edit')}" if edits else ""
    ticks = [round(at, 3) for at, _ in thin(edits)]
    return _lane("Discord shows it", note if visible else "", marks=_few(marks), curve=shown, ticks=ticks, steps=True)


def _few(marks: list[Json]) -> list[Json]:
    """Return at most MAX_MARKS marks: the first ones and the last."""
    ordered = sorted(marks, key=lambda mark: float(mark["at"]))
    return ordered if len(ordered) <= MAX_MARKS else [*ordered[: MAX_MARKS - 1], ordered[-1]]


def _limits(run: Run) -> Json:
    spans = [_span(wait.begin, wait.end, wait.text, wait.cause.value) for wait in find_waits(run)]
    return _lane("Discord's limits", "" if spans else "none was in the way", spans=spans)


def _lane(title: str, note: str, **drawn: object) -> Json:
    empty: Json = {"spans": [], "marks": [], "curve": [], "ticks": [], "steps": False}
    lane = empty | drawn
    lane["curve"] = [[round(at, 3), size] for at, size in thin(lane["curve"])]
    return {"title": title, "note": note, **lane}


def _span(begin: float, end: float | None, text: str, kind: str) -> Json:
    """Return a span; one without an end goes on."""
    return {"from": round(begin, 3), "to": None if end is None else round(end, 3), "text": text, "kind": kind}


def _mark(at: float, text: str, *, bad: bool = False) -> Json:
    return {"at": round(at, 3), "text": text, "bad": bad}
