"""A provider's own error text: where it is found, and what is taken out of it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import MAX_REASON_CHARS
from bot.providers.error_text import are_field_faults, clean_error_text, find_error_text


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
        ({"type": "error", "errorText": "Bad."}, "Bad."),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Bad."}}, "Bad."),
        ({"type": "error", "error": {"type": "overloaded_error"}}, "overloaded_error"),
        ({"errors": [{"message": "Bad."}, {"message": "Worse."}]}, "Bad.; Worse."),
        ({"errorText": '{"error": {"message": "Bad."}}'}, "Bad."),
        ({"message": "{braces} are bad"}, "{braces} are bad"),
        ({"code": "AGENT_PAUSED"}, "AGENT_PAUSED"),
        ({"type": "error"}, None),
        ({"type": "abort", "reason": "Too slow."}, "Too slow."),
        ({"status": "failed", "error": "Error"}, None),
        ({"detail": [{"loc": ["body", "messages", 0], "msg": "field required"}]}, "messages.0: field required"),
        (
            {"detail": [{"type": "missing", "loc": ["query", "q"], "msg": "Field required", "input": {"q": "x"}}] * 2},
            "q: Field required; q: Field required",
        ),
        ({"detail": [{"loc": ["body"], "msg": "Bad.", "type": "value_error"}]}, "Bad."),
        ({"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "No text."}, "Bad Request: No text."),
        ({"type": "https://e.com/credit", "title": "No credit.", "status": 400}, "No credit."),
        ({"title": "Bad Request", "detail": "A bad request: no text."}, "A bad request: no text."),
        ({"data": None, "errors": [{"message": "Bad.", "path": ["a", 0], "extensions": {"code": "X"}}]}, "Bad."),
        ({"message": "Invalid data.", "errors": {"q": ["Is required."]}}, "Invalid data. q: Is required."),
        ({"title": "Invalid.", "status": 400, "errors": {"Q": ["Is required."]}}, "Invalid. Q: Is required."),
        ({"errors": {"name": ["is blank"]}}, "name: is blank"),
        ({"errors": [{"title": "Invalid", "detail": "Too short", "source": {"pointer": "/q"}}]}, "Invalid: Too short"),
        ({"errors": [{"msg": "Invalid value", "param": "q"}]}, "Invalid value"),
        ("Bad.", "Bad."),
        ({"message": ["Bad."] * 100}, "; ".join(["Bad."] * 8)),
        ({"args": {"appsecret": "x", "incoming_message": "y"}}, None),
        ({"message": {"message": {"message": {"message": {"message": "deep"}}}}}, None),
        ({}, None),
        ([], None),
        (None, None),
        (7, None),
    ],
)
def test_finds_the_text_in_each_shape(payload: object, reason: str | None) -> None:
    assert find_error_text(payload) == reason


@pytest.mark.parametrize(
    ("payload", "are"),
    [
        ({"query": ["Too long."]}, True),
        ({"query": ["Too long."], "non_field_errors": ["No."]}, True),
        ({"query": ["Too long."], "data": {}}, False),
        ({"query": [7]}, False),
        ({"query": []}, False),
        ({}, False),
    ],
)
def test_field_faults_are_nothing_else(payload: dict[str, object], are: bool) -> None:
    assert are_field_faults(payload) is are


def test_is_one_short_line() -> None:
    assert clean_error_text("  a\n\tb\x00\u2028c ", (), ()) == "a b c"
    long = clean_error_text("x" * 500, (), ())
    assert long == "x" * (MAX_REASON_CHARS - 1) + "…"
    assert clean_error_text(" \n", (), ()) is None
    assert clean_error_text(None, (), ()) is None


def test_replaces_each_secret_in_each_form() -> None:
    told = "key s3/cret+ and s3%2Fcret%2B, S3/CRET+; url?k=s3/cret%2B s3-longer"
    cleaned = clean_error_text(told, ("s3", "s3/cret+", "s3-longer", ""), ())
    assert cleaned is not None
    assert "cret" not in cleaned.casefold()
    assert "longer" not in cleaned
    assert "s3" not in cleaned.casefold()


def test_a_secret_across_the_cut_is_not_shown_in_part() -> None:
    cleaned = clean_error_text("x" * 190 + " s3cret-of-some-length", ("s3cret-of-some-length",), ())
    assert cleaned is not None
    assert "s3c" not in cleaned


@pytest.mark.parametrize("before", [16_370, 16_384, 300_000])
def test_a_secret_behind_much_white_space_is_not_shown_in_part(before: int) -> None:
    secrets = ("s3cret-of-some-length", "s3cret-of")
    assert clean_error_text(" " * before + secrets[0] * 2 + " and more", secrets, ()) in ("[…]", None)
    assert clean_error_text(secrets[0] * 20_000, secrets, ()) == ("[…]" * 200)[: MAX_REASON_CHARS - 1] + "…"


@pytest.mark.parametrize("reason", ["x " * 500_000, "\0" * 1_000_000, "s3cret" * 160_000])
def test_a_megabyte_takes_no_time(reason: str) -> None:
    started = time.process_time()
    clean_error_text(reason, ("s3cret", "another/key+", "a-third"), ("What is that?",))
    assert time.process_time() - started < 0.1


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
    assert clean_error_text(reason, (), ("", "something else", text)) is None


@pytest.mark.parametrize(("reason", "text"), [("Invalid model.", "what model are you?"), ("Bad request", "hi")])
def test_is_kept_where_it_shares_but_a_word(reason: str, text: str) -> None:
    assert clean_error_text(reason, (), (text,)) == reason


@given(st.text(), st.lists(st.text(min_size=1)), st.lists(st.text()))
def test_never_fails_and_keeps_its_bounds(reason: str, secrets: list[str], texts: list[str]) -> None:
    cleaned = clean_error_text(reason, secrets, texts)
    assert cleaned is None or (0 < len(cleaned) <= MAX_REASON_CHARS and cleaned.isprintable())
