"""One process, and no other, does what is to be done once."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cluster.processes import Process, ProcessState
from bot.operations.cluster.duty import is_on_duty
from tests.operations.cluster.processes import process

STATES: tuple[ProcessState, ...] = ("starting", "running", "finishing")


def on_duty(*processes: Process) -> list[str]:
    return [own.id for own in processes if is_on_duty(own, [other for other in processes if other is not own])]


def test_the_one_that_joined_first() -> None:
    first, second = process(1, 2, name="first"), process(0, 2, name="second")
    assert on_duty(first) == ["first"]
    assert on_duty(second) == ["second"]
    assert on_duty(second, first) == ["first"]


def test_a_successor_that_runs_leaves_it_to_the_elder_until_that_finishes() -> None:
    old, new = process(name="old"), process(name="new", state="starting")
    assert on_duty(old, new) == ["old"]
    assert on_duty(old, replace(new, state="running")) == ["old"]
    assert on_duty(replace(old, state="finishing"), new) == ["new"]


def test_of_those_that_start_the_elder() -> None:
    assert on_duty(process(name="one", state="starting"), process(name="two", state="starting")) == ["one"]


def test_one_that_finishes_is_not() -> None:
    assert on_duty(process(state="finishing")) == []
    assert on_duty(process(0, 2, state="finishing"), process(1, 2, name="other")) == ["other"]


def test_one_that_could_not_join_is_only_if_it_is_to_be_alone() -> None:
    assert is_on_duty(replace(process(), joined_at=0), [])
    assert not is_on_duty(replace(process(0, 2), joined_at=0), [])


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(STATES), st.sets(st.integers(0, 7))), max_size=8))
def test_never_two_at_once_whatever_each_has_seen_of_those_that_joined_after_it(
    joining: list[tuple[int, ProcessState, set[int]]],
) -> None:
    processes = [process(cluster, 4, state=state) for cluster, state, _ in joining]
    views = [
        [other for place, other in enumerate(processes) if place < own or (place > own and place in seen)]
        for own, (_, _, seen) in enumerate(joining)
    ]
    found = [own for own, view in zip(processes, views, strict=True) if is_on_duty(own, view)]
    assert len(found) == any(each.state != "finishing" for each in processes)
