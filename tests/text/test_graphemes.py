"""Boundaries between what shows as one character, held against the regex package."""

import regex
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.graphemes import is_boundary

TRICKY = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("e\u0301👩\u200d💻🏽🇩🇪🇫\U000e0067한ᄒ\u1161\u11ab\r\n\u0e33\u0600क\u094dष\u200c1\ufe0f\u20e3"),
    ),
    max_size=12,
)


@given(TRICKY)
@example("👨‍👩‍👧‍👦")
@example("🏴\U000e0067\U000e0062\U000e007f!")
@example("🇩🇪🇫🇷")
def test_no_cut_goes_through_a_cluster(text: str) -> None:
    starts = {match.start() for match in regex.finditer(r"\X", text)}
    for index in range(1, len(text)):
        if is_boundary(text, index):
            assert index in starts, (text[:index], text[index:])


def test_plain_text_may_be_cut_anywhere() -> None:
    assert all(is_boundary("plain text, cut anywhere", index) for index in range(24))


def test_only_what_came_before_decides() -> None:
    text = "a👩‍💻🇩🇪🇫🇷e\u0301"
    for index in range(1, len(text)):
        assert is_boundary(text, index) == is_boundary(text[: index + 1], index)
