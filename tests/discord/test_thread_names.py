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
        ("is\x00 it\u202e me\ud83d?", "is it me?"),
        ("does ||Tom\ndie|| or ||not||, ||say", "does … or …, ||say"),
        ("`a || b || c` or ||d||?", "`a || b || c` or …?"),
        ("||the end: `he` dies||", "…"),
        ("||" + "x" * 1700 + "||", "…"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_it_is_what_the_question_says(title: str, name: str) -> None:
    assert thread_name(title) == name


@given(st.text(st.characters()))
def test_it_is_on_one_line_and_fits(title: str) -> None:
    name = thread_name(f"?{title}")
    assert name.startswith("?")
    assert len(name.splitlines()) == 1
    assert utf16_len(name) <= 100
