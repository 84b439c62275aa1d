"""SECRET_KEY: every form of a key that is read, and what is said of the others."""

import base64
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.crypto.keys import MalformedKeys, new_key, parse_keys

_BYTES = bytes(range(200, 232))  # whose base64 has digits that the URL-safe one lacks
_OTHER = bytes(range(32))


def _forms(secret: bytes) -> list[str]:
    both = [base64.b64encode(secret).decode(), base64.urlsafe_b64encode(secret).decode()]
    return both + [each.rstrip("=") for each in both]


@pytest.mark.parametrize("form", _forms(_BYTES))
def test_each_form_of_base64_is_the_same_key(form: str) -> None:
    assert [key.secret for key in parse_keys(f"  {form}\t")] == [_BYTES]
    assert {key.id for key in parse_keys(form)} == {key.id for key in parse_keys(_forms(_BYTES)[0])}


def test_several_keys_keep_their_order() -> None:
    keys = parse_keys(f" {_forms(_BYTES)[0]} ,\n{_forms(_OTHER)[3]}")
    assert [key.secret for key in keys] == [_BYTES, _OTHER]
    assert len({key.id for key in keys}) == 2
    assert [key.secret for key in parse_keys(f"{_forms(_BYTES)[1]}, ")] == [_BYTES]


def test_a_new_key_can_be_read_and_is_no_other() -> None:
    made = [new_key() for _ in range(5)]
    assert len({parse_keys(key)[0].secret for key in made}) == 5
    assert all(len(key) == 44 and key.isascii() for key in made)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_forms(_BYTES)[0][:-8], "holds 27 bytes"),
        (_BYTES.hex(), "holds 48 bytes"),
        ("====", "holds 0 bytes"),
        ("a", "is not base64"),
        ("schlüssel", "is not base64"),
        (f'"{_forms(_BYTES)[0]}"', "is not base64"),
        (f"{_forms(_BYTES)[0]} {_forms(_OTHER)[0]}", "is not base64"),
        (",", "is empty"),
        (f"{_forms(_BYTES)[0]},,", "(key 2 of 2) is empty"),
        (f",{_forms(_BYTES)[0]},{_forms(_OTHER)[0]}", "(key 1 of 3) is empty"),
        (f"{_forms(_BYTES)[0]},{_forms(_OTHER)[0][:-3]}", "(key 2 of 2) is not base64"),
    ],
)
def test_a_malformed_key_is_told_with_its_place_and_what_to_do(text: str, said: str) -> None:
    with pytest.raises(MalformedKeys, match="python -m bot new-key") as error:
        parse_keys(text)
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)


@given(st.one_of(st.text(), st.text("AZaz09+/-_= ,"), st.binary().map(lambda each: base64.b64encode(each).decode())))
def test_whatever_is_set_is_read_or_refused_without_a_piece_of_it(text: str) -> None:
    said = ""
    try:
        keys = parse_keys(text)
    except MalformedKeys as error:
        keys, said = (), str(error)
    assert all(len(key.secret) == 32 for key in keys)
    assert not [text[i : i + 6] for i in range(len(text) - 5) if text[i : i + 6] in said]


def test_a_key_shows_itself_nowhere() -> None:
    (key,) = parse_keys(_forms(_BYTES)[0])
    assert not any(form[:8] in repr(key) for form in _forms(_BYTES))
    with pytest.raises(TypeError, match="written"):
        pickle.dumps(key)
