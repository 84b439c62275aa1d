"""Whether a text can still be one JSON object with known keys, whatever way it is cut."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.streams.object_scan import ObjectScan
from tests.providers.json_strategies import wild_json

KEYS = ["text", "error", "message", "code"]


def scan(*parts: str) -> bool | None:
    following = ObjectScan(KEYS)
    for part in parts:
        following.feed(part)
    return following.verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", None),
        (" \r\n\t", None),
        ("{", None),
        ("{ ", None),
        ('{"te', None),
        ('{"text"', None),
        ('{"text": "', None),
        ('{"text": "a \\" } b', None),
        ('{"text": "a", ', None),
        ('{"error": {"unknown": [{"x": "}"}, ', None),
        ("{}", True),
        (' {"text": "a"}\n', True),
        ('{"text": "\\\\"}', True),
        ('{"code": -1.5e3 , "error": null, "text": true}', True),
        ('{"error": {"unknown": ["{", {}]}, "message": []}', True),
        ("a", False),
        ("[", False),
        ("{a", False),
        ("{'", False),
        ('{"name', False),
        ('{"name": "Bob"}', False),
        ('{"text" is', False),
        ('{"text": hello world', False),
        ('{"text": “', False),
        ('{"text": "a" and', False),
        ('{"text": "a"; ', False),
        ('{"text": "a", "author', False),
        ('{"text": "a", "text": "b"', False),
        ('{"text": "a",}', False),
        ('{"a much longer key than any', False),
        ('{"te\\u0078t": 1}', False),
        ('{"text": "a"} and more', False),
        ('{"text": "a"}{', False),
    ],
)
def test_the_verdict(text: str, verdict: bool | None) -> None:
    assert scan(text) is verdict
    assert scan(*text) is verdict


@given(st.dictionaries(st.sampled_from(KEYS), wild_json(KEYS)), st.sampled_from([None, 2]), st.booleans())
def test_every_object_with_known_keys_passes(document: dict[str, object], indent: int | None, ascii_only: bool) -> None:
    body = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    assert scan(f"\n{body} ") is True
    assert scan(body[:-1]) is None


@given(
    st.text(st.sampled_from('{}[]":, \\ntext1')).map('{"text": '.__add__) | st.text(st.sampled_from('{}[]":,\\ae')),
    st.data(),
)
def test_any_cutting_of_the_same_text_gives_the_same_verdict(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert scan(*parts) is scan(text)


@given(st.text(st.sampled_from('{}[]":, \\text1')), st.text(st.sampled_from('{}[]":, \\text1')))
def test_what_failed_stays_failed(text: str, more: str) -> None:
    if scan(text) is False:
        assert scan(text, more) is False


@pytest.mark.parametrize("piece", ["[", "{},", '"a",', " "])
def test_what_is_no_answer_is_soon_given_up(piece: str) -> None:
    head = "" if piece == " " else '{"error": ['
    assert scan(head + piece * 20_000) is False


@pytest.mark.parametrize("body", ['{"text": "' + "\\n" * 500_000, '{"text": "' + "x" * 1_000_000])
def test_a_megabyte_takes_no_time(body: str) -> None:
    started = time.process_time()
    assert scan(*(body[start : start + 1000] for start in range(0, len(body), 1000))) is None
    assert time.process_time() - started < 0.5
