"""A dictionary with a limit forgets what was set longest ago, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.runtime.bounded_dict import BoundedDict


def test_the_entry_that_was_set_longest_ago_goes() -> None:
    held = BoundedDict[str, int](2)
    held["a"], held["b"] = 1, 2
    held["a"] = 3
    held["c"] = 4
    assert dict(held) == {"a": 3, "c": 4}


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["set", "pop"])), max_size=60))
def test_it_holds_the_latest_and_never_more(limit: int, steps: list[tuple[int, str]]) -> None:
    held, expected = BoundedDict[int, int](limit), list[int]()
    for key, step in steps:
        if key in expected:
            expected.remove(key)
        if step == "set":
            held[key] = key
            expected = [*expected, key][-limit:]
        else:
            held.pop(key, None)
        assert list(held) == expected
