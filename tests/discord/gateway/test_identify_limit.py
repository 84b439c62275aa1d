"""The bot's own limit of IDENTIFYs: never more than forty in any hour, nor two in five seconds."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.gateway.identify_limit import MAX_IDENTIFIES, IdentifyLimit
from tests.clocks import FakeClock


def test_the_first_may_be_sent_at_once() -> None:
    assert IdentifyLimit(FakeClock()).wait() == 0


def test_the_second_waits_five_seconds() -> None:
    clock = FakeClock()
    limit = IdentifyLimit(clock)
    limit.count()
    assert 5 <= limit.wait() < 6
    assert not limit.used_up()
    clock.now += limit.wait()
    assert limit.wait() == 0


def test_after_forty_the_next_waits_until_the_first_is_an_hour_old() -> None:
    clock = FakeClock()
    limit = IdentifyLimit(clock)
    for _ in range(MAX_IDENTIFIES):
        assert not limit.used_up()
        limit.count()
        clock.now += 10
    assert limit.used_up()
    assert 3600 - 400 <= limit.wait() <= 3620 - 400
    clock.now += limit.wait()
    assert (limit.wait(), limit.used_up()) == (0, False)
    limit.count()
    assert limit.used_up()
    assert 5 < limit.wait() < 11, "the second of the forty is an hour old ten seconds after the first"


@given(st.lists(st.floats(0, 2000), max_size=300))
def test_any_hour_has_forty_at_most_and_any_day_fewer_than_a_thousand(pauses: list[float]) -> None:
    clock = FakeClock()
    limit = IdentifyLimit(clock)
    sent: list[float] = []
    for pause in pauses:
        clock.now += pause
        clock.now += limit.wait()
        limit.count()
        sent.append(clock.now)
    assert all(later - sooner >= 5 for sooner, later in pairwise(sent))
    for number, begin in enumerate(sent):
        assert sum(1 for each in sent[number:] if each <= begin + 3600) <= MAX_IDENTIFIES
    assert MAX_IDENTIFIES * 24 < 1000
