"""One process, and no other, does what is to be done once."""

from bot.domain.cluster.processes import Process
from bot.operations.cluster.duty import is_on_duty
from tests.operations.cluster.processes import process


def on_duty(*processes: Process) -> list[str]:
    return [own.id for own in processes if is_on_duty(own, [other for other in processes if other is not own])]


def test_the_smallest_cluster() -> None:
    first, second = process(0, 2, name="first"), process(1, 2, name="second")
    assert on_duty(first) == ["first"]
    assert on_duty(second) == ["second"]
    assert on_duty(second, first) == ["first"]


def test_of_two_the_younger_that_is_running() -> None:
    old = process(name="old")
    assert on_duty(old, process(name="new", state="starting")) == ["old"]
    assert on_duty(old, process(name="new")) == ["new"]
    assert on_duty(process(name="old", state="finishing"), process(name="new", state="starting")) == ["new"]


def test_of_those_that_start_the_elder() -> None:
    assert on_duty(process(name="one", state="starting"), process(name="two", state="starting")) == ["one"]


def test_one_that_finishes_is_not() -> None:
    assert on_duty(process(state="finishing")) == []
    assert on_duty(process(0, 2, state="finishing"), process(1, 2, name="other")) == ["other"]
