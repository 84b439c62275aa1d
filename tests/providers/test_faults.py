"""What a status and a `Retry-After` header mean."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ErrorReported, RateLimited, Rejected
from bot.providers.error_mapping import error_for_status, parse_retry_after

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("30", 30.0),
        (" 1.5 ", 1.5),
        ("14:59", 899.0),
        ("00:07", 7.0),
        ("Thu, 01 Jan 2026 12:00:20 GMT", 20.0),
        ("Thu, 01 Jan 2026 12:00:20 -0000", 20.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("Thu, 01 Jan 2026 99:00:00 GMT", None),
        ("-5", None),
        ("14:60", None),
        ("soon", None),
        ("1e400", None),
        ("9" * 5000, None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_reads_each_form_of_retry_after(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} -?\d+ \d+:\d+:\d+ [-+]?\w+"))
def test_garbage_in_retry_after_does_not_raise(value: str) -> None:
    seconds = parse_retry_after(value)
    assert seconds is None or seconds >= 0


def test_facts_are_in_the_error_and_the_reason_is_not_in_its_text() -> None:
    assert str(error_for_status("X", 429, retry_after=2.0)) == "X: RateLimited (retry after 2 s)"
    limited = error_for_status("X", 429, retry_after=2.0)
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == 2.0
    rejected = error_for_status("X", 400, reason="told")
    assert isinstance(rejected, Rejected)
    assert (rejected.status, rejected.reason) == (400, "told")
    assert "told" not in f"{rejected} {rejected!r} {rejected.args}"
    reported = error_for_status("X", 200, reason="told")
    assert isinstance(reported, ErrorReported)
    assert reported.reason == "told"
    assert "told" not in f"{reported} {reported!r} {reported.args}"
