"""The names of the threads that answers get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.canvases.thread_start import thread_name
from bot.text.pagination import utf16_len


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("  a\n\tb  c ", "a b c"),
        ("x" * 100, "x" * 100),
        ("x" * 101, "x" * 99 + "…"),
        ("😀" * 50, "😀" * 50),
        ("😀" * 51, "😀" * 49 + "…"),
        ("x" * 98 + " yz", "x" * 98 + "…"),
    ],
)
def test_it_is_what_the_question_says(title: str, name: str) -> None:
    assert thread_name(title) == name


@given(st.text())
def test_it_is_on_one_line_and_fits(title: str) -> None:
    name = thread_name(title)
    assert len(name.splitlines()) <= 1
    assert utf16_len(name) <= 100
