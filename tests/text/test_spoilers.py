"""Spoilers are left out of what is shown where nothing would hide them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.spoilers import without_spoilers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a ||b|| c ||d||", "a … c …"),
        ("||b\nc||", "…"),
        ("a || b", "a || b"),
        ("||||", "||||"),
        ("||||b||", "…"),
        ("||`b`||", "…"),
        ("||```\nb\n```||", "…"),
        ("`a || b || c` ||d||", "`a || b || c` …"),
        ("``a ` || b`` ||c||", "``a ` || b`` …"),
        ("\\||b||", "\\||b||"),
        ("\\|||b||", "\\|…"),
        ("||b\\||c", "…c"),
        ("\\`||b||\\`", "\\`…\\`"),
        ("||a ` b|| c ` d", "… c ` d"),
        ("||a ` b|| c ` d ` ||e|| `", "… c ` d ` … `"),
        ("> `a\n||b|| `", "> `a\n… `"),
    ],
)
def test_what_discord_hides_is_left_out(text: str, shown: str) -> None:
    assert without_spoilers(text) == shown


@given(st.text("ab"), st.text("`\\ \n"), st.text("ab|`\\ \n", min_size=1))
def test_nothing_of_a_spoiler_is_left_whatever_is_around_it(before: str, between: str, after: str) -> None:
    assert "S" not in without_spoilers(f"{before}||{between}S||{after}")


@pytest.mark.parametrize("part", ["||", "`||", "||`a||", "\\|", "` ", "|| `\n"])
def test_it_takes_linear_time(part: str) -> None:
    begin = time.process_time()
    without_spoilers(part * 20_000)
    assert time.process_time() - begin < 1
