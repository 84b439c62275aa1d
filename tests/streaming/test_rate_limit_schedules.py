"""The edit budget against Discord's own counting, on wild schedules: no request is ever one too many."""

import heapq
from dataclasses import dataclass, replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.streaming.bucket import BUCKET_WINDOW
from bot.streaming.canvas import BucketKey, Verb
from bot.streaming.rate_limits import Priority, RateLimiter
from tests.fakes.discord_limits import Limits

_EPSILON = 1e-6
"""Seconds by which the simulated Discord is late to count, so that rounding decides nothing."""


@dataclass(frozen=True)
class Request:
    """One request of a schedule: how long after the one before it is wanted, and how long its ways take."""

    bucket: BucketKey
    final: bool
    gap: float
    there: float
    back: float
    headers: bool


_verbs: st.SearchStrategy[Verb] = st.sampled_from(["create", "edit"])
LANES = st.builds(BucketKey, _verbs, st.sampled_from(["channels/1", "channels/2"]))
DELAYS = st.sampled_from([0.0, 0.01, 0.2, 0.3, 1.0, 4.0, 9.0])
REQUESTS = st.builds(
    Request,
    bucket=LANES,
    final=st.booleans(),
    gap=st.sampled_from([0.0, 0.0, 0.0, 0.1, 0.5, 1.2, 5.0]),
    there=DELAYS,
    back=DELAYS,
    headers=st.booleans(),
)
CROWDED = st.builds(
    Request,
    bucket=st.just(BucketKey("create", "channels/1")),
    final=st.just(True),
    gap=st.sampled_from([0.0, 0.05, 0.5]),
    there=st.sampled_from([0.0, 0.01, 0.3, 1.0]),
    back=st.sampled_from([0.0, 0.01, 0.3, 1.0]),
    headers=st.sampled_from([True, True, True, False]),
)
"""Many at once in one lane, so that answers overtake each other."""

SCHEDULES = st.one_of(st.lists(REQUESTS, max_size=40), st.lists(CROWDED, min_size=8, max_size=20))


class Simulation:
    """Sends each request as soon as the budget says; Discord counts it on its way, its answer comes back later."""

    def __init__(self, *, sliding: bool, headers: bool) -> None:
        self.rate_limiter = RateLimiter()
        self.limits = Limits(sliding=sliding)
        self.now = 1000.0
        self._headers = headers
        self._order = count()
        self._events: list[tuple[float, int, Request, tuple[int, float] | None]] = []

    def send(self, request: Request) -> None:
        """Wait until the budget allows `request`, and send it."""
        self._pass_until(self.now + request.gap)
        while (at := self._when(request)) is None or at > self.now:
            if at is None:
                assert self._events, "nothing is under way, and yet the budget waits for it"
                at = self._events[0][0]
            self._pass_until(at)
        self.rate_limiter.start(request.bucket, self.now)
        self._at(self.now + request.there + _EPSILON, request, None)

    def land(self) -> None:
        """Wait until every answer is back."""
        while self._events:
            self._pass_until(self._events[0][0])

    def _when(self, request: Request) -> float | None:
        mine = self.rate_limiter.next_slot(
            request.bucket, self.now, Priority.FINAL if request.final else Priority.PROGRESS
        )
        everything = self.rate_limiter.next_global_slot(self.now, Priority.FINAL)
        return None if mine is None or everything is None else max(mine, everything)

    def _at(self, time: float, request: Request, told: tuple[int, float] | None) -> None:
        heapq.heappush(self._events, (time, next(self._order), request, told))

    def _pass_until(self, time: float) -> None:
        while self._events and self._events[0][0] <= time:
            self.now, _, request, told = heapq.heappop(self._events)
            if told is None:
                self.limits.count(request.bucket, self.now)
                window = self.limits.window(request.bucket)
                told = (window.remaining(self.now), window.reset_after(self.now))
                self._at(self.now + request.back, request, told)
                continue
            if self._headers and request.headers:
                self.rate_limiter.update_from_headers(
                    request.bucket, self.now, limit=5, remaining=told[0], reset_after=told[1]
                )
            self.rate_limiter.finish(request.bucket, self.now)
        self.now = max(self.now, time)


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
@pytest.mark.parametrize("headers", [False, True], ids=["counting", "headers"])
@settings(max_examples=120, deadline=None)
@given(schedule=SCHEDULES)
def test_no_request_is_one_too_many(schedule: list[Request], sliding: bool, headers: bool) -> None:
    simulation = Simulation(sliding=sliding, headers=headers)
    for request in schedule:
        simulation.send(request)
    simulation.land()
    assert simulation.limits.violations == []


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
@settings(max_examples=60, deadline=None)
@given(schedule=st.lists(REQUESTS, max_size=30))
def test_a_final_edit_goes_at_once_while_only_progress_went_before(schedule: list[Request], sliding: bool) -> None:
    simulation, bucket = Simulation(sliding=sliding, headers=True), BucketKey("edit", "channels/1")
    for request in schedule:
        simulation.send(replace(request, bucket=bucket, final=False))
        assert simulation.rate_limiter.next_slot(bucket, simulation.now, Priority.FINAL) == simulation.now


@settings(max_examples=60, deadline=None)
@given(schedule=st.lists(REQUESTS, max_size=40))
def test_whoever_waits_for_an_answer_is_let_go_by_it(schedule: list[Request]) -> None:
    simulation = Simulation(sliding=True, headers=True)
    for request in schedule:
        simulation.send(request)
    simulation.land()
    for bucket in {request.bucket for request in schedule}:
        for priority in (Priority.FINAL, Priority.PROGRESS):
            at = simulation.rate_limiter.next_slot(bucket, simulation.now, priority)
            assert at is not None
            assert at <= simulation.now + BUCKET_WINDOW + 0.1
