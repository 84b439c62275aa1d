"""What a 429 is taken to say: headers before body, sense before nonsense."""

import json
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from bot.discord.rate_limits.headers import RateLimit, read_rate_limit

DEFAULT = 5.0
JSON = {"Content-Type": "application/json"}


def read(headers: dict[str, str], body: object = None) -> RateLimit:
    """Return what is read of Discord's own kind of answer; a body of None has nothing in it."""
    return read_rate_limit(CIMultiDict(JSON | headers), json.dumps({} if body is None else body).encode())


@pytest.mark.parametrize(
    ("headers", "told", "is_global"),
    [
        ({"X-RateLimit-Global": "true"}, False, True),
        ({"x-ratelimit-global": " True "}, False, True),
        ({"X-RateLimit-Scope": "global"}, False, True),
        ({"X-RateLimit-Scope": "GLOBAL", "X-RateLimit-Global": "false"}, False, True),
        ({"X-RateLimit-Scope": "user", "X-RateLimit-Global": "true"}, False, True),
        ({"X-RateLimit-Global": "false"}, True, False),
        ({"X-RateLimit-Global": ""}, True, False),
        ({"X-RateLimit-Global": "1"}, True, False),
        ({"X-RateLimit-Scope": "user"}, True, False),
        ({"X-RateLimit-Scope": "shared"}, True, False),
        ({"X-RateLimit-Scope": "globally"}, True, False),
        ({}, True, True),
        ({}, False, False),
        ({}, "true", False),
        ({}, 1, False),
        ({}, None, False),
    ],
)
def test_what_counts_for_all(headers: dict[str, str], told: object, is_global: bool) -> None:
    assert read({"Retry-After": "3", **headers}, {"retry_after": 3, "global": told}).is_global is is_global


@pytest.mark.parametrize("nonsense", ["-1", "-inf", "nan", "inf", "1e300", "86401", "14:59", "soon", "", "0x10", "3 s"])
def test_nonsense_in_the_header_gives_way_to_the_body_and_that_to_a_default(nonsense: str) -> None:
    assert read({"Retry-After": nonsense}, {"retry_after": 2.5}).retry_after == 2.5
    assert read({"Retry-After": nonsense}).retry_after == DEFAULT


@pytest.mark.parametrize(
    "nonsense", [-1, True, None, [], {}, "14:59", "soon", 1e300, 10**400, float("nan"), float("inf")]
)
def test_nonsense_in_the_body_is_nothing_to_wait_for(nonsense: object) -> None:
    assert read({"Retry-After": "7"}, {"retry_after": nonsense}) == RateLimit(7.0, is_global=False, slept=inf)
    assert read({}, {"retry_after": nonsense}).retry_after == DEFAULT


def test_the_header_wins_though_discord_py_sleeps_by_the_body() -> None:
    assert read({"Retry-After": "65"}, {"retry_after": 64.57}) == RateLimit(65.0, is_global=False, slept=64.57)
    assert read({"Retry-After": " 0 "}, {"retry_after": 3600}) == RateLimit(0.0, is_global=False, slept=3600.0)


@pytest.mark.parametrize(("code", "expected"), [(30046, 30046), ("30046", 0), (None, 0), ([], 0)])
def test_the_body_has_discords_code(code: object, expected: int) -> None:
    assert read({}, {"retry_after": 3, "code": code}).code == expected


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", b"<title>Access denied</title>"),
        ("text/html", b'{"retry_after": 3, "global": true}'),
        ("application/json; charset=utf-8", b'{"retry_after": 3, "global": true}'),
        (None, b'{"retry_after": 3, "global": true}'),
        ("application/json", b""),
        ("application/json", b"error code: 1015"),
        ("application/json", b"[3]"),
        ("application/json", b"\xff\xfe\x00"),
        ("application/json", b'{"retry_after": ' + b"9" * 5000 + b"}"),
        ("application/json", b"[" * 60_000),
        ("application/json", b'{"retry_after": 3, "pad": "' + b"x" * 70_000 + b'"}'),
        ("application/json", b'{"code": 0, "message": "You are being blocked from accessing our API temporarily"}'),
    ],
)
def test_a_body_that_is_not_discords_says_nothing(content_type: str | None, body: bytes) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert read_rate_limit(headers, body) == RateLimit(DEFAULT, is_global=False, slept=inf)
    headers["Retry-After"] = "3600"
    assert read_rate_limit(headers, body) == RateLimit(3600.0, is_global=False, slept=inf)


NAMES = st.sampled_from(["Retry-After", "X-RateLimit-Scope", "X-RateLimit-Global", "Content-Type", "Via"])


@given(
    st.dictionaries(NAMES, st.text() | st.floats().map(str) | st.just("application/json")),
    st.binary()
    | st.dictionaries(st.sampled_from(["retry_after", "global"]), st.floats() | st.integers() | st.text())
    .map(json.dumps)
    .map(str.encode),
)
def test_whatever_comes_the_time_to_wait_is_a_day_at_most(headers: dict[str, str], body: bytes) -> None:
    limit = read_rate_limit(headers, body)
    assert 0 <= limit.retry_after <= 86_400
    assert limit.slept == inf or 0 <= limit.slept <= 86_400
