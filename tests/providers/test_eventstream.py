"""The event-stream decoder, whatever way the bytes are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.streams.sse import Event, LineDecoder, SseDecoder


def show(event: Event) -> str:
    return f"{event.name}: {event.data}" if event.name else event.data


def decode(*parts: bytes | str) -> list[str]:
    stream = SseDecoder()
    events = [show(event) for part in parts for event in stream.feed(part)]
    torn = stream.close()
    return events if torn is None else [*events, f"torn: {show(torn)}"]


@pytest.mark.parametrize(
    ("sent", "events"),
    [
        (b"data: one\n\ndata: two\n\n", ["one", "two"]),
        (b"data: one\r\n\r\ndata: two\r\n\r\n", ["one", "two"]),
        (b"data: one\r\rdata: two\r\r", ["one", "two"]),
        (b"data: a\ndata: b\r\ndata: c\n\n", ["a\nb\nc"]),
        (b"data:no space\n\ndata:  two spaces\n\n", ["no space", " two spaces"]),
        (b"data: \ndata: \n\n", ["\n"]),
        (b"data\ndata\n\n", ["\n"]),
        (b": comment\nevent: message\nid: 7\nretry: 10\nunknown: x\ndata: one\n\n", ["message: one"]),
        (b"data: one\nevent: error\n\ndata: two\n\n", ["error: one", "two"]),
        (b"event: error\nevent:last\ndata\n\n", ["last: "]),
        (b"event: error\r\r", ["error: "]),
        (b"data: one\n\nevent: error", ["one", "torn: error: "]),
        (b"event\n\nevent:\n\n", []),
        (b"\xef\xbb\xbfdata: one\n\n", ["one"]),
        (b"data: \xef\xbb\xbfone\n\n", ["\ufeffone"]),
        (b"data: a: b\n\n", ["a: b"]),
        (b"\n\n\nid: 7\n\ndata:\n\n", []),
        (b"data: torn", ["torn: torn"]),
        (b"data: torn\n", ["torn: torn"]),
        (b"data: one\n\ndata: [DONE]", ["one", "torn: [DONE]"]),
        (b"data: caf\xe9 \xf0\x9f\n\n", ["caf\ufffd \ufffd"]),
        ("data: a\u2028b\x0bc\x85d\n\n".encode(), ["a\u2028b\x0bc\x85d"]),
        (b"", []),
    ],
)
def test_reads_each_form(sent: bytes, events: list[str]) -> None:
    assert decode(sent) == events
    assert decode(*(sent[place : place + 1] for place in range(len(sent)))) == events


def test_gives_an_event_out_as_soon_as_its_blank_line_has_begun() -> None:
    stream = SseDecoder()
    assert stream.feed(b"data: one\r\n\r") == [Event("", "one")]
    assert stream.feed(b"\ndata: two\r\n\r\n") == [Event("", "two")]


def test_takes_text_as_well() -> None:
    assert decode("\ufeffdata: o", "ne\n", "\n") == ["one"]


stream_bytes = st.lists(
    st.sampled_from(
        [b"data", b":", b" ", b"\r", b"\n", b"\r\n", b"\n\n", b"event: x", b"\xe2\x82\xac", b"\xff", b"\xf0\x9f"]
    )
    | st.binary(max_size=4)
).map(b"".join)


@given(stream_bytes, st.data())
def test_any_cutting_of_the_same_bytes_gives_the_same_events(sent: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)))))
    parts = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert decode(*parts) == decode(sent)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1), min_size=1))
def test_what_an_encoder_wrote_comes_back(payloads: list[str]) -> None:
    sent = "".join("".join(f"data: {line}\n" for line in payload.split("\n")) + "\n" for payload in payloads)
    assert decode(sent) == payloads


def test_a_line_that_goes_on_is_looked_at_without_the_rest_of_it() -> None:
    lines = LineDecoder()
    for part in ("one\nda", "t", "a: x", "yz"):
        lines.feed(part)
    assert [lines.peek(size) for size in (1, 3, 7, 100)] == ["d", "dat", "data: x", "data: xyz"]


@given(st.text(st.sampled_from("ab\r\n")), st.data())
def test_lines_are_those_of_universal_newlines(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    lines = LineDecoder()
    complete = lines.feed(text[:cut]) + lines.feed(text[cut:])
    assert [*complete, lines.rest] == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
