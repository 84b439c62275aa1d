"""How long decoding JSON may take: a document with too many values is refused before that, whatever it is made of."""

import json
from collections.abc import Callable
from contextlib import suppress
from time import thread_time

import pytest

from bot.providers.json_text import MAX_VALUES, load_json

_SIZE = 1_000_000


def _filled(opening: str, unit: str, closing: str) -> str:
    return opening + unit * ((_SIZE - len(opening) - len(closing)) // len(unit)) + closing


DEAR = {
    "lists": _filled("[", "[],", "1]"),
    "nested lists": "[" * _SIZE,
    "numbers": _filled("[", "1,", "1]"),
    "fractions": _filled("[", "1e9,", "1]"),
    "objects": _filled("[", '{"a":1},', "1]"),
    "names": "{" + ",".join(f'"{number:06d}":1' for number in range(90_000)) + "}",
    "strings": _filled("[", '"a",', "1]"),
    "strings behind a text": '["' + "," * 500_000 + '"' + ',""' * 150_000 + "]",
}
TEXTS = {
    "commas": _filled('["', ",", '"]'),
    "brackets": _filled('["', "[{", '"]'),
    "quotes": _filled('["', r"\",", '"]'),
    "backslashes": _filled('["', r"\\,", '"]'),
    "quotes behind backslashes": _filled('["', r"\\\",", '"]'),
    "letters": _filled('["', "я", '"]'),
    "escaped letters": _filled('["', r"\u00e9", '"]'),
}


def _seconds(text: str, load: Callable[[str], object] = load_json) -> float:
    best = 1.0
    for _ in range(3):
        before = thread_time()
        with suppress(ValueError):
            load(text)
        best = min(best, thread_time() - before)
    return best


@pytest.mark.parametrize("name", DEAR)
def test_a_document_of_a_million_values_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="too many values"):
        load_json(DEAR[name])


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_text_is_read_whatever_it_holds(name: str) -> None:
    assert load_json(TEXTS[name]) == json.loads(TEXTS[name])


@pytest.mark.parametrize("text", [*DEAR.values(), *TEXTS.values(), "[" + ",".join(["1" * 4200] * 200) + "]"])
def test_no_document_takes_over_twenty_milliseconds(text: str) -> None:
    seconds = _seconds(text)
    if seconds >= 0.02 and text in TEXTS.values():  # 14 ms on a quiet machine; half is json.loads
        assert seconds < 3 * _seconds(text, json.loads)
    else:
        assert seconds < 0.02


def test_as_many_values_as_are_allowed_are_read() -> None:
    document = "[" + "1," * (MAX_VALUES - 2) + "1]"
    assert load_json(document) == [1] * (MAX_VALUES - 1)
    with pytest.raises(ValueError, match="too many values"):
        load_json(document.replace("]", ",1,1]"))


def test_numbers_are_those_of_json() -> None:
    assert load_json("[7, -12, 123456789012345678, 1.5, 1e3]") == [7, -12, 123456789012345678, 1.5, 1000.0]
    assert load_json("9" * 5000) == float("inf")
