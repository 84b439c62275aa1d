"""The rate limiter against Discord's own counting, on random schedules: no request is ever one too many."""

import heapq
from dataclasses import dataclass, replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.streaming.canvas import BucketKey, Verb
from bot.streaming.rate_limit_bucket import BUCKET_WINDOW, BucketState
from bot.streaming.rate_limiter import Priority, RateLimiter
from tests.examples import share_of_examples
from tests.fakes.discord_limits import Limits

_EPSILON = 1e-6
"""Seconds by which the simulated Discord counts late, so that rounding decides nothing."""


@dataclass(frozen=True)
class Request:
    """One request: seconds after the one before, until Discord counts it, and from then until the response."""

    bucket: BucketKey
    priority: Priority
    gap: float
    until_counted: float
    until_response: float
    headers: bool


_verbs: st.SearchStrategy[Verb] = st.sampled_from(["create", "edit"])
BUCKETS = st.builds(BucketKey, _verbs, st.sampled_from(["channels/1", "channels/2"]))
DELAYS = st.sampled_from([0.0, 0.01, 0.2, 0.3, 1.0, 4.0, 9.0])
REQUESTS = st.builds(
    Request,
    bucket=BUCKETS,
    priority=st.sampled_from([Priority.FINAL, Priority.PROGRESS]),
    gap=st.sampled_from([0.0, 0.0, 0.0, 0.1, 0.5, 1.2, 5.0]),
    until_counted=DELAYS,
    until_response=DELAYS,
    headers=st.booleans(),
)
CROWDED = st.builds(
    Request,
    bucket=st.just(BucketKey("create", "channels/1")),
    priority=st.just(Priority.FINAL),
    gap=st.sampled_from([0.0, 0.05, 0.5]),
    until_counted=st.sampled_from([0.0, 0.01, 0.3, 1.0]),
    until_response=st.sampled_from([0.0, 0.01, 0.3, 1.0]),
    headers=st.sampled_from([True, True, True, False]),
)
"""Many at once in one bucket, so that responses overtake each other."""

SCHEDULES = st.one_of(st.lists(REQUESTS, max_size=40), st.lists(CROWDED, min_size=8, max_size=20))


class Simulation:
    """Sends each request as soon as the rate limiter allows it; Discord counts it later, and responds later still."""

    def __init__(self, *, sliding: bool, headers: bool) -> None:
        self.rate_limiter = RateLimiter()
        self.limits = Limits(sliding=sliding)
        self.now = 1000.0
        self._headers = headers
        self._numbers = count()
        self._events: list[tuple[float, int, Request, tuple[int, float] | None]] = []

    def send(self, request: Request) -> None:
        """Wait until the rate limiter allows `request`, and send it."""
        self._pass_until(self.now + request.gap)
        while (at := self._when(request)) is None or at > self.now:
            if at is None:
                assert self._events, "the rate limiter waits for a response, but none is outstanding"
                at = self._events[0][0]
            self._pass_until(at)
        self.rate_limiter.start(request.bucket, self.now)
        self._at(self.now + request.until_counted + _EPSILON, request, None)

    def receive_all(self) -> None:
        """Wait for all responses."""
        while self._events:
            self._pass_until(self._events[0][0])

    def _when(self, request: Request) -> float | None:
        at = self.rate_limiter.next_slot(request.bucket, self.now, request.priority)
        global_at = self.rate_limiter.next_global_slot(self.now, Priority.FINAL)
        return None if at is None or global_at is None else max(at, global_at)

    def _at(self, time: float, request: Request, state: tuple[int, float] | None) -> None:
        heapq.heappush(self._events, (time, next(self._numbers), request, state))

    def _pass_until(self, time: float) -> None:
        while self._events and self._events[0][0] <= time:
            self.now, _, request, state = heapq.heappop(self._events)
            if state is None:
                self.limits.count(request.bucket, self.now)
                window = self.limits.window(request.bucket)
                state = (window.remaining(self.now), window.reset_after(self.now))
                self._at(self.now + request.until_response, request, state)
                continue
            known = BucketState(5, *state) if self._headers and request.headers else None
            self.rate_limiter.finish(request.bucket, self.now, known)
        self.now = max(self.now, time)


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
@pytest.mark.parametrize("headers", [False, True], ids=["counting", "headers"])
@given(schedule=SCHEDULES)
def test_no_request_is_one_too_many(schedule: list[Request], sliding: bool, headers: bool) -> None:
    simulation = Simulation(sliding=sliding, headers=headers)
    for request in schedule:
        simulation.send(request)
    simulation.receive_all()
    assert simulation.limits.violations == []


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed", "sliding"])
@share_of_examples(0.5)
@given(schedule=st.lists(REQUESTS, max_size=30))
def test_a_final_edit_goes_at_once_if_only_progress_went_before(schedule: list[Request], sliding: bool) -> None:
    simulation, bucket = Simulation(sliding=sliding, headers=True), BucketKey("edit", "channels/1")
    for request in schedule:
        simulation.send(replace(request, bucket=bucket, priority=Priority.PROGRESS))
        assert simulation.rate_limiter.next_slot(bucket, simulation.now, Priority.FINAL) == simulation.now


@share_of_examples(0.5)
@given(schedule=st.lists(REQUESTS, max_size=40))
def test_when_all_responses_are_there_each_request_has_a_time(schedule: list[Request]) -> None:
    simulation = Simulation(sliding=True, headers=True)
    for request in schedule:
        simulation.send(request)
    simulation.receive_all()
    for bucket in {request.bucket for request in schedule}:
        for priority in (Priority.FINAL, Priority.PROGRESS):
            at = simulation.rate_limiter.next_slot(bucket, simulation.now, priority)
            assert at is not None
            assert at <= simulation.now + BUCKET_WINDOW + 0.1
