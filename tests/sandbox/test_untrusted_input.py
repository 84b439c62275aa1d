"""JSON and ids from outside: sound values are read, anything else is refused with one kind of error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.untrusted_input import MAX_DEPTH, parse_id, parse_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_what_is_sound_is_read(value: object) -> None:
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.text() | st.binary() | st.text('[]{}":,\\ud80019eE+-.NaInfty ', max_size=40))
def test_anything_is_read_or_refused(raw: str | bytes) -> None:
    try:
        value = parse_json(raw)
    except ValueError:
        return
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "raw",
    [
        "[" * 100_000,
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        "NaN",
        '{"a": -Infinity}',
        "1e400",
        "9" * 5_000,
        '"\\ud800"',
        '{"\\udfff": 1}',
        b"\xff\xfe",
        "",
    ],
)
def test_what_would_break_later_is_refused(raw: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever it is: all are refused alike
        parse_json(raw)


def test_as_deep_as_allowed_is_read() -> None:
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


@given(st.integers(0, 2**64 - 1))
def test_an_id_is_read(number: int) -> None:
    assert parse_id(str(number)) == number


@pytest.mark.parametrize(
    "value", ["9" * 21, "9" * 5_000, "-1", "+1", "1_0", " 1", "1\n", "٣", "²", "", "a", None, 1, True, ["1"]]
)
def test_what_is_no_id_is_none(value: object) -> None:
    assert parse_id(value) is None
