"""The breaker: it opens after outages in a row, lets one question at a time try again, and knows each owner apart."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.health import breaker as module
from bot.answering.health.breaker import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MAX_OUTAGES,
    WITHIN,
    Breaker,
    OpenStatus,
    Permit,
)
from bot.domain.secrets.credentials import CredentialId

HOST, OWN = CredentialId("chatbase"), CredentialId("chatbase", 7, 100)


class Time:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, key: CredentialId = HOST, times: int = MAX_OUTAGES) -> None:
    for _ in range(times):
        permit = breaker.permit(key)
        assert permit is not None
        permit.end(False)


def opened(time: Time, key: CredentialId = HOST) -> Breaker:
    breaker = Breaker(time)
    fail(breaker, key)
    return breaker


def test_five_outages_in_a_row_open_it_and_a_success_between_them_counts_afresh() -> None:
    breaker = Breaker(Time())
    fail(breaker, times=4)
    assert breaker.status(HOST) is None
    permit = breaker.permit(HOST)
    assert permit is not None
    permit.end(True)
    fail(breaker, times=4)
    assert breaker.permit(HOST) is not None
    fail(breaker, times=1)
    assert breaker.permit(HOST) is None
    assert breaker.status(HOST) == OpenStatus(0.0, FIRST_PAUSE)


def test_outages_far_apart_do_not_open_it() -> None:
    time = Time()
    breaker = Breaker(time)
    for _ in range(10):
        fail(breaker, times=1)
        time.now += WITHIN / 2 + 1
    assert breaker.status(HOST) is None


def test_silences_of_a_minute_open_it() -> None:
    time = Time()
    breaker = Breaker(time)
    for _ in range(MAX_OUTAGES):
        permit = breaker.permit(HOST)
        assert permit is not None
        time.now += 60
        permit.end(False)
    assert breaker.status(HOST) == OpenStatus(60.0 * (MAX_OUTAGES - 1), FIRST_PAUSE)


def test_one_question_at_a_time_tries_again_after_pauses_that_grow() -> None:
    time, pauses = Time(), []
    breaker = opened(time)
    for _ in range(8):
        status = breaker.status(HOST)
        assert status is not None
        pauses.append(status.next_trial)
        time.now += status.next_trial - 0.5
        assert breaker.permit(HOST) is None
        time.now += 0.5
        trial = breaker.permit(HOST)
        assert trial is not None
        time.now += 60
        assert breaker.permit(HOST) is None, "others are told meanwhile, however long the trial takes"
        status = breaker.status(HOST)
        assert status is not None
        assert status.is_being_tried
        trial.end(False)
    assert pauses == [15.0, 30.0, 60.0, 120.0, 240.0, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    time.now += LONGEST_PAUSE
    trial = breaker.permit(HOST)
    assert trial is not None
    trial.end(True)
    assert breaker.status(HOST) is None
    assert len(breaker) == 0
    fail(breaker, times=4)
    assert breaker.permit(HOST) is not None, "it counts afresh"


def test_a_trial_that_shows_nothing_is_followed_by_another_at_once() -> None:
    time = Time()
    breaker = opened(time)
    time.now += FIRST_PAUSE
    for _ in range(3):
        time.now += 1
        trial = breaker.permit(HOST)
        assert trial is not None
        with trial:
            pass  # stopped by its asker, or a mistake
        assert breaker.status(HOST) == OpenStatus(time.now - 1000.0, 0.0), "nobody keeps it from others by stopping"
    trial = breaker.permit(HOST)
    assert trial is not None
    trial.end(False)
    assert breaker.status(HOST) == OpenStatus(time.now - 1000.0, 2 * FIRST_PAUSE)


def test_what_began_before_the_outage_neither_closes_it_nor_delays_the_trial() -> None:
    time = Time()
    breaker = Breaker(time)
    long, slow = breaker.permit(HOST), breaker.permit(HOST)
    assert long is not None
    assert slow is not None
    time.now += 10
    fail(breaker)
    before = breaker.status(HOST)
    long.end(True)
    slow.end(False)
    assert breaker.status(HOST) == before


def test_each_owner_and_each_saving_is_apart() -> None:
    breaker = opened(Time(), OWN)
    assert breaker.permit(OWN) is None
    assert breaker.permit(HOST) is not None
    assert breaker.permit(CredentialId("chatbase", 8, 100)) is not None
    assert breaker.permit(CredentialId("tamako", 7, 100)) is not None
    corrected = OWN._replace(saving=101)
    assert breaker.permit(corrected) is not None, "credentials that were corrected are asked with at once"


def test_thousands_of_servers_take_bounded_memory() -> None:
    breaker = Breaker(Time())
    for server in range(module.MAX_KEPT + 500):
        fail(breaker, CredentialId("chatbase", server, 1), times=1)
    assert len(breaker) == module.MAX_KEPT


@dataclass
class Model:
    """Plays events on a breaker, and holds what must be true after each."""

    time: Time = field(default_factory=Time)
    permits: list[tuple[CredentialId, Permit, bool]] = field(default_factory=list)
    """Those that have not ended, and whether each is a trial."""
    outages: dict[CredentialId, int] = field(default_factory=dict)
    """How many outages ended since the last success."""

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.time)

    def ask(self, key: CredentialId) -> None:
        status = self.breaker.status(key)
        is_due = status is None or (status.next_trial == 0 and not status.is_being_tried)
        permit = self.breaker.permit(key)
        assert (permit is not None) == is_due
        if permit is not None:
            self.permits.append((key, permit, status is not None))

    def end(self, number: int, is_up: bool | None) -> None:
        if not self.permits:
            return
        key, permit, is_trial = self.permits.pop(number % len(self.permits))
        permit.end(is_up)
        if is_up is False:
            self.outages[key] = self.outages.get(key, 0) + 1
        elif is_up and self.breaker.status(key) is None:
            self.outages[key] = 0
        if is_trial and is_up:
            assert self.breaker.status(key) is None
        if is_trial and not is_up and (status := self.breaker.status(key)) is not None and not status.is_being_tried:
            assert status.next_trial == 0 if is_up is None else FIRST_PAUSE <= status.next_trial <= LONGEST_PAUSE

    def check(self) -> None:
        for key in (HOST, OWN):
            trials = sum(is_trial and each == key for each, _, is_trial in self.permits)
            status = self.breaker.status(key)
            if status is not None:
                assert self.outages.get(key, 0) >= MAX_OUTAGES, "it opens after outages of its own alone"
                assert status.is_being_tried <= trials
                assert status.out_for >= 0
                assert 0 <= status.next_trial <= LONGEST_PAUSE


EVENTS = st.one_of(
    st.builds(lambda key: lambda model: model.ask(key), st.sampled_from([HOST, OWN])),
    st.builds(
        lambda number, is_up: lambda model: model.end(number, is_up),
        st.integers(0, 50),
        st.sampled_from([True, False, False, False, None]),
    ),
    st.builds(
        lambda seconds: lambda model: setattr(model.time, "now", model.time.now + seconds),
        st.sampled_from([0.1, 1.0, 15.0, 61.0, 301.0]),
    ),
)


@given(st.lists(EVENTS, max_size=80))
def test_whatever_happens_one_trial_runs_at_a_time_and_it_never_stays_shut(
    events: list[Callable[[Model], None]],
) -> None:
    model = Model()
    for event in events:
        event(model)
        model.check()
    while model.permits:
        model.end(0, None)
    model.time.now += LONGEST_PAUSE
    for key in (HOST, OWN):
        permit = model.breaker.permit(key)
        assert permit is not None, "there is always another trial"
        permit.end(True)
        assert model.breaker.status(key) is None
