"""What counts as an error in the body of a success, and which HTTP status it amounts to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.body_errors import find_status, is_error_only, tells_error
from tests.providers.json_strategies import wild_json

TOLD = [
    {"error": "Bad."},
    {"error": {"message": "Bad.", "code": 402}},
    {"error": True, "message": "Bad."},
    {"errors": [{"message": "Bad."}]},
    {"message": "Bad.", "code": 402},
    {"message": "Bad.", "code": "AGENT_PAUSED"},
    {"message": "Bad.", "statusCode": 402},
    {"message": "Bad.", "status": "402"},
    {"message": "Bad.", "status": "error"},
    {"statusCode": 429, "error": "Too Many Requests", "message": "Bad."},
    {"success": False, "message": "Bad."},
    {"ok": False},
    {"type": "error"},
    {"type": "error", "error": {"type": "overloaded_error", "message": "Bad."}},
    {"type": "error", "errorText": "Bad."},
    {"type": "abort"},
    {"error_message": "Bad."},
]
"""Errors in the shapes that are documented or known."""

NOT_TOLD: list[dict[str, object]] = [
    {},
    {"text": "Hello"},
    {"name": "Bob"},
    {"error": None, "errors": [], "errorText": "", "message": "Hello"},
    {"message": "Hello", "code": 200, "status": "ok", "success": True},
    {"message": "Hello", "code": "success"},
    {"message": "Hello", "code": "0"},
    {"message": "Hello", "statusCode": 201},
    {"status": {"code": 200, "type": "success"}},
    {"status": True, "type": ["error"], "code": [None]},
    {"type": "text-delta", "delta": "an error"},
    {"code": "print()"},
]


@pytest.mark.parametrize("payload", TOLD, ids=json.dumps)
def test_errors_are_told(payload: dict[str, object]) -> None:
    assert tells_error(payload)
    assert is_error_only(payload)
    assert tells_error({**payload, "text": "Hello"})
    assert not is_error_only({**payload, "text": "Hello"})


@pytest.mark.parametrize("payload", NOT_TOLD, ids=json.dumps)
def test_what_is_no_error(payload: dict[str, object]) -> None:
    assert not tells_error(payload)
    assert not is_error_only(payload)


def test_a_message_alone_is_an_error_only_if_nothing_else_is_there() -> None:
    assert not tells_error({"message": "Hello"})
    assert is_error_only({"message": "Hello"})
    assert is_error_only({"message": "Hello", "requestId": "7"})
    assert not is_error_only({"message": "Hello", "from": "Bob"})
    assert not is_error_only({"message": " "})
    assert not is_error_only({"message": {"text": "Hello"}})


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        (402, 402),
        ("402", 402),
        ({"code": 402}, 402),
        ({"code": "402"}, 402),
        ({"status": {"code": 401, "type": "unauthorized"}}, 401),
        ({"statusCode": 429, "code": 500}, 429),
        ({"error": {"code": 429}}, 429),
        ({"error": {"error": {"status": 503}}}, 503),
        ({"errors": [{"status": "404"}]}, 404),
        ({"type": "error", "error": {"code": "CHAT_CREDITS_EXHAUSTED"}}, 402),
        ({"error": {"code": "RATE_LIMIT_TOO_MANY_REQUESTS", "message": "x"}}, 429),
        ({"error": {"code": "AUTH_INVALID_API_KEY"}}, 401),
        ({"error": {"code": "AGENT_NOT_FOUND"}}, 404),
        ({"error": {"code": "SERVICE_UNDER_MAINTENANCE"}}, 503),
        ({"error": "Unauthorized"}, 401),
        ({"message": "Payment Required"}, 402),
        ({"code": "tooManyRequests"}, 429),
        ({"code": "internal-server-error"}, 500),
        ({"errorText": '{"statusCode": 403, "message": "x"}'}, 403),
        (None, None),
        (True, None),
        (200, None),
        (399, None),
        (600, None),
        (402.0, None),
        ("4020", None),
        ("٤٠٢", None),
        ("x" * 1000, None),
        ({"code": True}, None),
        ({"code": "OK", "status": "Found"}, None),
        ({"error": "No such model: gpt-404"}, None),
        ({"text": "404", "data": {"code": 404}}, None),
    ],
)
def test_the_status(payload: object, status: int | None) -> None:
    assert find_status(payload) == status


@given(wild_json(["error", "code", "status", "statusCode", "type", "message", "errors"]))
def test_no_type_of_any_field_is_a_crash(payload: object) -> None:
    status = find_status(payload)
    assert status is None or 400 <= status < 600
    if isinstance(payload, dict):
        assert tells_error(payload) in (True, False)
        assert is_error_only(payload) in (True, False)


@given(st.recursive(st.just("402"), lambda inner: st.builds(lambda each: {"error": each}, inner)))
def test_it_does_not_look_for_ever(payload: object) -> None:
    assert find_status(payload) in (402, None)
