"""Encryption: every text comes back in its own cell with its own key, and nowhere else."""

import pickle
import sys
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.crypto.keys import new_key
from bot.crypto.opening import open_cipher
from bot.domain.secrets.cipher import MARKER, NO_CIPHER, Cell, Cipher, is_encrypted

_OLD, _NEW = new_key(), new_key()
_CELL = Cell("turns", "question", "12/34")

_texts = st.text(st.characters(exclude_categories=()), max_size=200)  # with lone surrogates
_parts = st.text(st.sampled_from("ab/,:0123456789\0é\ud800"), max_size=6)
_cells = st.builds(Cell, _parts, _parts, _parts)


def _storable(text: str) -> str:
    return "".join("\ufffd" if each == "\0" or "\ud800" <= each <= "\udfff" else each for each in text)


@given(_texts, _cells)
def test_every_text_comes_back(text: str, cell: Cell) -> None:
    cipher = open_cipher(_NEW)
    stored = cipher.encrypt(text, cell)
    assert cipher.decrypt(stored, cell) == _storable(text)
    assert is_encrypted(stored) == bool(text)
    assert _storable(stored) == stored


@given(_texts.filter(bool), _cells, _cells)
def test_no_text_comes_back_in_another_cell(text: str, cell: Cell, other: Cell) -> None:
    assume(cell != other)
    cipher = open_cipher(_NEW)
    assert cipher.decrypt(cipher.encrypt(text, cell), other) is None


@given(_texts.filter(bool), st.data())
def test_a_changed_text_does_not_come_back(text: str, data: st.DataObject) -> None:
    cipher = open_cipher(_NEW)
    stored = cipher.encrypt(text, _CELL)
    # Not of the marker, without which it is a clear text.
    place = data.draw(st.integers(1, len(stored) - 1))
    flipped = chr(ord(stored[place]) ^ 1 << data.draw(st.integers(0, 6)))
    assert cipher.decrypt(stored[:place] + flipped + stored[place + 1 :], _CELL) is None
    assert cipher.decrypt(stored[:place], _CELL) is None
    assert cipher.decrypt(stored + flipped, _CELL) is None


@pytest.mark.parametrize("other", [open_cipher(new_key()), NO_CIPHER])
@given(_texts.filter(bool))
def test_no_text_comes_back_without_its_key(other: Cipher, text: str) -> None:
    assert other.decrypt(open_cipher(_NEW).encrypt(text, _CELL), _CELL) is None


@given(_texts.filter(bool))
def test_the_first_key_encrypts_and_all_decrypt(text: str) -> None:
    old, both, new = open_cipher(_OLD), open_cipher(f"{_NEW},{_OLD}"), open_cipher(_NEW)
    assert both.decrypt(old.encrypt(text, _CELL), _CELL) == _storable(text)
    assert new.decrypt(both.encrypt(text, _CELL), _CELL) == _storable(text)
    assert old.decrypt(both.encrypt(text, _CELL), _CELL) is None


@given(_texts)
def test_a_clear_text_stays_readable_once_there_is_a_key(text: str) -> None:
    stored = NO_CIPHER.encrypt(text, _CELL)
    assert not is_encrypted(stored)
    assert stored == (_storable(text) if not is_encrypted(text) else f"\ufffd{_storable(text[1:])}")
    for cipher in (NO_CIPHER, open_cipher(_NEW)):
        assert cipher.decrypt(stored, _CELL) == stored


def _copied(text: str) -> str:
    return open_cipher(_NEW).encrypt(text, _CELL)


@pytest.mark.parametrize(
    "make", [_copied, lambda text: f"{MARKER}1{text}", lambda text: MARKER + text, lambda _: MARKER]
)
def test_what_looks_encrypted_is_a_text_like_any_other_when_it_is_stored(make: Callable[[str], str]) -> None:
    text = make("Where is the harbour?")
    assert not is_encrypted(NO_CIPHER.encrypt(text, _CELL))
    cipher = open_cipher(_NEW)
    assert cipher.decrypt(cipher.encrypt(text, _CELL), _CELL) == text


@given(_texts)
def test_nothing_that_may_be_in_a_column_raises(text: str) -> None:
    for cipher in (NO_CIPHER, open_cipher(_NEW)):
        for stored in (text, MARKER + text, f"{MARKER}1{cipher.key_ids[0] if cipher.key_ids else ''}{text}"):
            assert cipher.decrypt(stored, _CELL) in (None, stored)


def test_a_text_is_never_encrypted_the_same_way_twice() -> None:
    cipher = open_cipher(_NEW)
    assert len({cipher.encrypt("Where is the harbour?", _CELL) for _ in range(5)}) == 5


def test_a_cipher_shows_its_keys_nowhere() -> None:
    cipher = open_cipher(_NEW)
    assert _NEW[:8] not in repr(cipher)
    assert not any(_NEW[:8] in key_id for key_id in cipher.key_ids)
    with pytest.raises(TypeError, match="written"):
        pickle.dumps(cipher)


def test_without_a_key_the_library_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.crypto.aes_gcm", raising=False)
    assert open_cipher(None) is NO_CIPHER
    assert "bot.crypto.aes_gcm" not in sys.modules
