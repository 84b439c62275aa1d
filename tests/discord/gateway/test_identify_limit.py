"""The bot's own limit of IDENTIFYs: forty in any hour, or two of each shard, and never two in five seconds."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.gateway.identify_limit import MAX_IDENTIFIES, IdentifyLimit
from tests.clocks import FakeClock


def test_the_first_may_be_sent_at_once() -> None:
    limit = IdentifyLimit(FakeClock())
    assert (limit.seconds_until_allowed(), limit.seconds_of_spacing()) == (0, 0)


def test_the_second_waits_five_seconds() -> None:
    clock = FakeClock()
    limit = IdentifyLimit(clock)
    limit.count()
    assert limit.seconds_until_allowed() == 0
    assert 5 <= limit.seconds_of_spacing() < 6
    clock.now += limit.seconds_of_spacing()
    assert limit.seconds_of_spacing() == 0


def test_after_forty_the_next_waits_until_the_first_is_an_hour_old() -> None:
    clock = FakeClock()
    limit = IdentifyLimit(clock)
    limit.count()  # the shard's first
    for _ in range(MAX_IDENTIFIES):
        assert limit.seconds_until_allowed() == 0
        limit.count()
        clock.now += 10
    assert 3600 - 400 <= limit.seconds_until_allowed() <= 3620 - 400
    clock.now += limit.seconds_until_allowed()
    assert limit.seconds_until_allowed() == 0
    limit.count()
    assert 5 < limit.seconds_until_allowed() < 11, "the second of the forty is an hour old ten seconds after the first"


def test_many_shards_may_begin_twice_each_and_the_first_of_each_is_not_held_up() -> None:
    clock = FakeClock()
    limit = IdentifyLimit(clock, shards=30)
    for _ in range(3):
        for shard in range(29):
            assert limit.seconds_until_allowed(shard) == 0
            limit.count(shard)
    limit.count(0)
    assert limit.seconds_until_allowed(0) == 0
    limit.count(0)
    assert limit.seconds_until_allowed(0) > 3600, "sixty, and the first of each"
    assert limit.seconds_until_allowed(29) == 0


def test_as_many_shards_at_once_as_discord_lets() -> None:
    clock = FakeClock()
    limit = IdentifyLimit(clock, shards=8)
    limit.count(0)
    assert [limit.seconds_of_spacing(shard, 4) > 0 for shard in range(6)] == [True, False, False, False, True, False]
    assert all(limit.seconds_of_spacing(shard, 1) > 0 for shard in range(6))


@given(st.lists(st.tuples(st.floats(0, 2000), st.integers(0, 2)), max_size=300))
def test_any_hour_has_forty_at_most_and_any_day_fewer_than_a_thousand(tries: list[tuple[float, int]]) -> None:
    clock = FakeClock()
    limit = IdentifyLimit(clock, shards=3)
    sent: list[tuple[float, int]] = []
    for pause, shard in tries:
        clock.now += pause
        clock.now += max(limit.seconds_until_allowed(shard), limit.seconds_of_spacing(shard))
        limit.count(shard)
        sent.append((clock.now, shard))
    assert all(later - sooner >= 5 for (sooner, _), (later, _) in pairwise(sent))
    firsts = {next(number for number, (_, each) in enumerate(sent) if each == shard) for _, shard in sent}
    counted = [moment for number, (moment, _) in enumerate(sent) if number not in firsts]
    for number, begin in enumerate(counted):
        assert sum(1 for each in counted[number:] if each <= begin + 3600) <= MAX_IDENTIFIES
    assert MAX_IDENTIFIES * 24 < 1000


@pytest.mark.parametrize(
    ("shards", "processes", "per_hour"),
    [(1, 1, 40), (1, 2, 20), (3, 4, 10), (4, 12, 8), (1, 100, 2), (16, 2, 32), (30, 1, 60)],
)
def test_processes_share_the_forty_and_each_shard_has_two(shards: int, processes: int, per_hour: int) -> None:
    assert IdentifyLimit(FakeClock(), shards, processes).per_hour == per_hour


def test_those_that_are_about_to_be_sent_count_too() -> None:
    clock = FakeClock()
    limit = IdentifyLimit(clock, shards=4, processes=8)
    for moment in range(9):
        limit.count(0)
        clock.now = 1000 + 10 * (moment + 1)
    assert [limit.seconds_until_allowed(0, under_way=number) > 3500 for number in range(3)] == [True] * 3
    limit = IdentifyLimit(clock, shards=4, processes=8)
    for _ in range(7):
        limit.count(0)
    assert [limit.seconds_until_allowed(0, under_way=number) > 0 for number in range(4)] == [False, False, True, True]
    assert limit.seconds_until_allowed(1, under_way=3) == 0, "its first"
