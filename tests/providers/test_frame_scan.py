"""Whether a body begins as an event stream does, whatever way it is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.streams.frame_scan import FrameScan


def scan(*parts: str, declared: bool = False) -> bool | None:
    following = FrameScan(declared=declared)
    for part in parts:
        following.feed(part)
    return following.verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", None),
        ("dat", None),
        ("data: a", None),
        ("data: a\n", None),
        ("data: a\n\n", True),
        ("data:\r\n\r\n", True),
        ("data: a\rdata: b\r\r", True),
        ("\n\ndata: a\n\n", True),
        ("event: message\ndata: a\n\n", True),
        ("id: 7\nretry: 10\nevent:x.y-z\ndata: a\n\n", True),
        (": ping\n\n: OPENROUTER PROCESSING\n\ndata: a\n\n", True),
        (":ok\n:\n\ndata: a\n\n", True),
        ("event: error\n\n", True),
        ("event: ping\n\n", None),
        ("event: error", None),
        (": a comment may be any text at all", None),
        ("H", False),
        ("do", False),
        (" data: a\n\n", False),
        ("Data: a\n\n", False),
        ("database", False),
        ("data is", False),
        ("data: a\nand", False),
        ("event: Party at ", False),
        ("event: error\nis", False),
        ("events", False),
        ("id: the ", False),
        ("retry: later", False),
        (":)", False),
        (":smile: hello", False),
        ("```\ndata: a\n\n", False),
    ],
)
def test_the_verdict_on_an_undeclared_body(text: str, verdict: bool | None) -> None:
    assert scan(text) is verdict
    assert scan(*text) is verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("\r\n\n", None), ("da", None), ("data:", True), ("event: any name", True), (":)", True), ("\n{", False)],
)
def test_a_declared_one_needs_but_one_line(text: str, verdict: bool | None) -> None:
    assert scan(text, declared=True) is verdict
    assert scan(*text, declared=True) is verdict


@given(
    st.lists(st.sampled_from(["data:", "event:", "id: ", ":", " ", "\n", "\n\n", "\r", "\r\n", "error", "x y"])),
    st.booleans(),
    st.data(),
)
def test_any_cutting_of_the_same_text_gives_the_same_verdict(
    pieces: list[str], declared: bool, data: st.DataObject
) -> None:
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert scan(*parts, declared=declared) is scan(text, declared=declared)


@pytest.mark.parametrize("line", ["data: a\n", ": a\n", "id: 1\n", "\n", "data: "])
def test_doubt_ends_at_the_same_character_however_it_comes(line: str) -> None:
    text = line * 20_000
    assert scan(text[:16_383]) is None
    assert scan(text[:16_384]) is False
    assert scan(f"{text[:16_384]}\n\ndata: a\n\n") is False
    assert scan(*text[:16_384]) is False
