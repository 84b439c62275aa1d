"""Quantiles from buckets, held against the exact ones."""

from collections import Counter
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from bot.limits.histogram import MAX_BUCKET, bucket_of, quantile

MAX_TOO_LONG, MAX_TOO_SHORT = 1.091, 0.916
"""What the docstring promises."""

times = st.one_of(st.integers(1, 50), st.integers(1, 700_000), st.integers(1, 2**30))
shares = st.sampled_from([0.5, 0.95, 0.01, 1.0])


def exact(values: list[int], share: float) -> int:
    return sorted(values)[max(ceil(share * len(values)), 1) - 1]


@given(st.lists(times, min_size=1, max_size=60), shares)
def test_a_quantile_is_within_its_error_of_the_exact_one(values: list[int], share: float) -> None:
    found = quantile(Counter(map(bucket_of, values)), share)
    assert found is not None
    assert MAX_TOO_SHORT <= found / exact(values, share) <= MAX_TOO_LONG


@given(st.lists(times, min_size=1, max_size=30), st.lists(times, min_size=1, max_size=30), shares)
def test_histograms_that_are_added_up_are_that_of_all(one: list[int], other: list[int], share: float) -> None:
    together = Counter(map(bucket_of, one)) + Counter(map(bucket_of, other))
    assert quantile(together, share) == quantile(Counter(map(bucket_of, one + other)), share)


@given(times, times)
def test_a_longer_time_is_in_no_lower_bucket(one: int, other: int) -> None:
    assert bucket_of(min(one, other)) <= bucket_of(max(one, other)) <= MAX_BUCKET


def test_what_is_no_usual_time() -> None:
    assert quantile({}, 0.5) is None
    assert bucket_of(0) == bucket_of(-5) == bucket_of(1) == 0
    assert bucket_of(2**62) == MAX_BUCKET


def test_the_median_and_the_slow_end_of_known_times() -> None:
    histogram = Counter(map(bucket_of, [1_000] * 94 + [16_000] * 6))
    assert quantile(histogram, 0.5) == 1024
    assert quantile(histogram, 0.95) == 16384
    assert quantile(histogram, 0.94) == 1024
