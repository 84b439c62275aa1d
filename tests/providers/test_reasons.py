"""A provider's own error text: where it is found, and what is taken out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.reasons import REASON_CHARS, clean_reason, find_reason


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"message": "Bad."}, "Bad."),
        ({"error": "Bad."}, "Bad."),
        ({"message": "", "error": "Bad."}, "Bad."),
        ({"error": {"code": "x", "message": "Bad."}}, "Bad."),
        ({"error": True, "message": "Bad."}, "Bad."),
        ({"detail": "Bad."}, "Bad."),
        ({"message": ["Bad.", "Worse."]}, "Bad.; Worse."),
        ({"query": ["Too long."], "user_key": ["Missing."]}, "query: Too long.; user_key: Missing."),
        ({"status": {"code": 400, "type": "bad_request"}, "timestamp": "t"}, "bad_request"),
        ({"args": {"appsecret": "x", "incoming_message": "y"}}, None),
        ({"message": {"message": {"message": {"message": {"message": "deep"}}}}}, None),
        ({}, None),
        ([], None),
        (None, None),
        (7, None),
    ],
)
def test_finds_the_text_in_each_shape(payload: object, reason: str | None) -> None:
    assert find_reason(payload) == reason


def test_is_one_short_line() -> None:
    assert clean_reason("  a\n\tb\x00\u2028c ", (), ()) == "a b c"
    long = clean_reason("x" * 500, (), ())
    assert long == "x" * (REASON_CHARS - 1) + "…"
    assert clean_reason(" \n", (), ()) is None
    assert clean_reason(None, (), ()) is None


def test_replaces_each_secret_in_each_form() -> None:
    told = "key s3/cret+ and s3%2Fcret%2B, S3/CRET+; url?k=s3/cret%2B s3-longer"
    cleaned = clean_reason(told, ("s3", "s3/cret+", "s3-longer", ""), ())
    assert cleaned is not None
    assert "cret" not in cleaned.casefold()
    assert "longer" not in cleaned
    assert "s3" not in cleaned.casefold()


def test_a_secret_across_the_cut_is_not_shown_in_part() -> None:
    cleaned = clean_reason("x" * 190 + " s3cret-of-some-length", ("s3cret-of-some-length",), ())
    assert cleaned is not None
    assert "s3c" not in cleaned


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("Cannot answer 'where does my grandmother live'", "Tell me: Where does my grandmother live?"),
        ("Cannot answer where%20does%20my%20grandmother%20live", "where does my grandmother live"),
        ("no idea about hunter2!", "hunter2"),
        ("WHERE DOES MY GRAND…", "where does my grandmother live"),
    ],
)
def test_is_dropped_where_it_repeats_what_people_wrote(reason: str, text: str) -> None:
    assert clean_reason(reason, (), ("", "something else", text)) is None


@pytest.mark.parametrize(("reason", "text"), [("Invalid model.", "what model are you?"), ("Bad request", "hi")])
def test_is_kept_where_it_shares_but_a_word(reason: str, text: str) -> None:
    assert clean_reason(reason, (), (text,)) == reason


@given(st.text(), st.lists(st.text(min_size=1)), st.lists(st.text()))
def test_never_fails_and_keeps_its_bounds(reason: str, secrets: list[str], texts: list[str]) -> None:
    cleaned = clean_reason(reason, secrets, texts)
    assert cleaned is None or (0 < len(cleaned) <= REASON_CHARS and cleaned.isprintable())
