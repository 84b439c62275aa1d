"""The event-stream decoder, whatever way the bytes are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.eventstream import EventStream, Lines


def decode(*parts: bytes | str) -> list[str]:
    stream = EventStream()
    payloads = [payload for part in parts for payload in stream.feed(part)]
    torn = stream.close()
    return payloads if torn is None else [*payloads, f"torn: {torn}"]


@pytest.mark.parametrize(
    ("sent", "payloads"),
    [
        (b"data: one\n\ndata: two\n\n", ["one", "two"]),
        (b"data: one\r\n\r\ndata: two\r\n\r\n", ["one", "two"]),
        (b"data: one\r\rdata: two\r\r", ["one", "two"]),
        (b"data: a\ndata: b\r\ndata: c\n\n", ["a\nb\nc"]),
        (b"data:no space\n\ndata:  two spaces\n\n", ["no space", " two spaces"]),
        (b"data: \ndata: \n\n", ["\n"]),
        (b"data\ndata\n\n", ["\n"]),
        (b": comment\nevent: message\nid: 7\nretry: 10\nunknown: x\ndata: one\n\n", ["one"]),
        (b"\xef\xbb\xbfdata: one\n\n", ["one"]),
        (b"data: \xef\xbb\xbfone\n\n", ["\ufeffone"]),
        (b"data: a: b\n\n", ["a: b"]),
        (b"\n\n\nevent: empty\n\ndata:\n\n", []),
        (b"data: torn", ["torn: torn"]),
        (b"data: torn\n", ["torn: torn"]),
        (b"data: one\n\ndata: [DONE]", ["one", "torn: [DONE]"]),
        (b"data: caf\xe9 \xf0\x9f\n\n", ["caf\ufffd \ufffd"]),
        ("data: a\u2028b\x0bc\x85d\n\n".encode(), ["a\u2028b\x0bc\x85d"]),
        (b"", []),
    ],
)
def test_reads_each_form(sent: bytes, payloads: list[str]) -> None:
    assert decode(sent) == payloads
    assert decode(*(sent[place : place + 1] for place in range(len(sent)))) == payloads


def test_gives_an_event_out_as_soon_as_its_blank_line_has_begun() -> None:
    stream = EventStream()
    assert stream.feed(b"data: one\r\n\r") == ["one"]
    assert stream.feed(b"\ndata: two\r\n\r\n") == ["two"]


def test_takes_text_as_well() -> None:
    assert decode("\ufeffdata: o", "ne\n", "\n") == ["one"]


stream_bytes = st.lists(
    st.sampled_from(
        [b"data", b":", b" ", b"\r", b"\n", b"\r\n", b"\n\n", b"event: x", b"\xe2\x82\xac", b"\xff", b"\xf0\x9f"]
    )
    | st.binary(max_size=4)
).map(b"".join)


@given(stream_bytes, st.data())
def test_any_cutting_of_the_same_bytes_gives_the_same_payloads(sent: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)))))
    parts = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert decode(*parts) == decode(sent)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1), min_size=1))
def test_what_an_encoder_wrote_comes_back(payloads: list[str]) -> None:
    sent = "".join("".join(f"data: {line}\n" for line in payload.split("\n")) + "\n" for payload in payloads)
    assert decode(sent) == payloads


@given(st.text(st.sampled_from("ab\r\n")), st.data())
def test_lines_are_those_of_universal_newlines(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    lines = Lines()
    complete = lines.feed(text[:cut]) + lines.feed(text[cut:])
    assert [*complete, lines.rest] == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
