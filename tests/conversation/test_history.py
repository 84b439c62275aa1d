"""How much of a conversation is sent, whatever the bounds are."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.history import Bounds, select_turns, to_messages
from bot.conversation.speakers import Speaker
from bot.domain.conversation import Turn
from bot.domain.provider import Message

BOUNDS = st.builds(Bounds, messages=st.integers(0, 12), characters=st.integers(0, 120))
TEXTS = st.integers(0, 60).map(lambda length: "x" * length)


@st.composite
def conversations(draw: st.DrawFn) -> list[Turn]:
    """Draw a conversation's latest turns."""
    pairs = draw(st.lists(st.tuples(TEXTS, TEXTS), max_size=9))
    return [Turn(number, question, answer) for number, (question, answer) in enumerate(pairs, 1)]


def some(count: int, length: int = 10) -> list[Turn]:
    """Return turns of `length` characters each."""
    return [Turn(number, "q" * (length // 2), "a" * (length - length // 2)) for number in range(count)]


def select(turns: Sequence[Turn], bounds: Bounds) -> tuple[Sequence[Turn], bool]:
    """Return what is sent of one person's turns with their question, and whether that is all."""
    selected = select_turns(turns, bounds, Speaker(0, ""))
    return selected.turns, selected.are_all


@given(conversations(), BOUNDS)
def test_what_is_sent_is_within_the_bounds_and_the_latest_whole_turns(turns: list[Turn], bounds: Bounds) -> None:
    chosen, goes_on = select(turns, bounds)
    sent = to_messages(chosen)
    assert len(sent) <= bounds.messages
    assert sum(len(message.text) for message in sent) <= bounds.characters
    assert [message.role for message in sent] == ["user", "assistant"] * len(chosen)
    assert list(chosen) == turns[len(turns) - len(chosen) :]
    assert goes_on == (len(chosen) == len(turns))


@given(conversations(), BOUNDS)
def test_a_conversation_that_fits_goes_on_and_no_other_does(turns: list[Turn], bounds: Bounds) -> None:
    assert select(turns, bounds)[1] == bounds.fit(turns)


@given(conversations(), BOUNDS)
def test_the_last_turn_is_kept_wherever_it_fits_at_all(turns: list[Turn], bounds: Bounds) -> None:
    chosen, _ = select(turns, bounds)
    assert bool(chosen) == bool(turns and bounds.fit(turns[-1:]))


@pytest.mark.parametrize(("bound", "turns"), [(0, 0), (1, 0), (2, 1), (3, 1), (40, 20), (41, 20)])
def test_only_whole_turns_fit_the_bound_on_messages(bound: int, turns: int) -> None:
    bounds = Bounds(messages=bound)
    assert bounds.turns == turns
    assert bounds.fit(some(turns))
    assert not bounds.fit(some(turns + 1))


def test_the_bounds_themselves_are_allowed() -> None:
    assert select(some(20), Bounds(messages=40, characters=200)) == (some(20), True)
    assert not select(some(20), Bounds(messages=40, characters=199))[1]


def test_a_new_conversation_starts_with_a_quarter_of_what_fits() -> None:
    turns = some(21)
    assert select(turns, Bounds(messages=40)) == (turns[-5:], False)
    assert select(turns, Bounds(characters=200)) == (turns[-5:], False)


def test_a_last_turn_longer_than_a_quarter_is_kept_alone() -> None:
    turns = [*some(20), *some(1, length=150)]
    assert select(turns, Bounds(characters=200)) == (turns[-1:], False)


def test_messages_keep_who_said_what() -> None:
    assert to_messages([Turn(1, "One?", "Yes."), Turn(2, "Two?", "No.")]) == (
        Message("user", "One?"),
        Message("assistant", "Yes."),
        Message("user", "Two?"),
        Message("assistant", "No."),
    )
