"""Made-up facts of a run."""

from collections.abc import Sequence

from sandbox.apis import Outcome
from sandbox.discord.limits.request_log import Limited
from sandbox.page.what_happened.facts import Act, ApiRequest, Kind, Run, Write

ASKED = Act(0.0, "Alice asks")
FIVE = Limited(5, 5.0, 3)


def request(
    at: float = 0.1,
    arrivals: Sequence[tuple[float, int]] = ((0.5, 10), (2.0, 200)),
    ended_at: float | None = 2.0,
    status: int = 200,
    outcome: Outcome = Outcome.COMPLETE,
) -> ApiRequest:
    return ApiRequest("Chatbase", at, status, outcome, arrivals, ended_at)


def create(at: float, length: int = 5, target: int = 1) -> Write:
    return Write(at, Kind.CREATE, target, length, 200, FIVE)


def edit(at: float, length: int = 50, target: int = 1, status: int = 200, limited: Limited | None = FIVE) -> Write:
    return Write(at, Kind.EDIT, target, length, status, limited)


def refused(at: float, retry_after: float) -> Write:
    return edit(at, status=429, limited=Limited(5, 5.0, 0, retry_after))


def run(
    requests: Sequence[ApiRequest] = (),
    writes: Sequence[Write] = (),
    *,
    acts: Sequence[Act] = (ASKED,),
    now: float = 60.0,
    running: bool = False,
) -> Run:
    return Run(acts, requests, writes, now, running)
