"""Numbers in settings that somebody broke by hand: none raises, none is beyond its limits, none costs much."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.fair_use.limits import MAX_LIMIT, Limit, read_role_limits
from bot.domain.settings.server_settings import (
    DEFAULT_RETENTION_DAYS,
    LENGTH_LIMITS,
    RETENTION_LIMITS,
    fallback_names,
    max_messages,
    retention_days,
    role_ids,
)

BROKEN = ("", " ", "-1", "0", "1.5", "1e9", "\u0663", "\u00b2", "9" * 20, "9" * 5000, "\ufdd0x", ",:;/", "1:" * 9000)


@pytest.mark.parametrize("value", BROKEN)
def test_what_is_no_number_counts_as_not_set_and_others_stay_within_their_limits(value: str) -> None:
    days, messages = retention_days({"retention": value}), max_messages({"length": value})
    assert RETENTION_LIMITS[0] <= days <= RETENTION_LIMITS[1]
    assert messages is None or LENGTH_LIMITS[0] <= messages <= LENGTH_LIMITS[1]
    assert all(0 < role < 10**20 for role in role_ids(value))


def test_what_was_set_by_a_command_is_read_as_before() -> None:
    assert [retention_days({"retention": value}) for value in ("7", "365", "999", "x")] == [
        *(7, 365, 365),
        DEFAULT_RETENTION_DAYS,
    ]
    assert [max_messages(stored) for stored in ({"length": "3"}, {"length": "0"}, {})] == [3, 1, None]
    assert role_ids("7, 8,,x") == {7, 8}


@given(st.text(alphabet="0123456789,:/ adehmoruxy-\u0663"))
@example("9" * 5000)
@example(",".join(f"{role}:1/day" for role in range(1000, 5000)))
@example("1:" + "9" * 5000 + "/day")
def test_no_text_breaks_what_reads_it(value: str) -> None:
    limit = Limit.read(value)
    assert limit is None or 1 <= limit.questions <= MAX_LIMIT
    assert all(each is None or 1 <= each.questions <= MAX_LIMIT for each in read_role_limits(value).values())
    assert len(set(fallback_names(value))) == len(fallback_names(value))
    role_ids(value)
    retention_days({"retention": value})
