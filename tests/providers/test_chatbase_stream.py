"""Chatbase's answer in each form, told apart by its bytes, whatever way they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ConnectionLost, InvalidResponse, NoReply, ProviderError, Rejected
from bot.providers.streams.chatbase_stream import AnswerStream

EVENTS, JSON, PLAIN, HTML = "text/event-stream", "application/json", "text/plain", "text/html"
TYPES = [EVENTS, JSON, PLAIN, HTML, "", "application/octet-stream"]


def open_stream(media_type: str, *, streaming: bool = True, delimited: bool = True) -> AnswerStream:
    return AnswerStream(
        "X", media_type, streaming=streaming, delimited=delimited, refuse=lambda _: Rejected("X", 200, "told")
    )


def read(
    *parts: bytes, media_type: str = PLAIN, streaming: bool = True, delimited: bool = True
) -> tuple[str, type[ProviderError] | None]:
    """Return the text, and the kind of error that came after it."""
    stream = open_stream(media_type, streaming=streaming, delimited=delimited)
    texts: list[str] = []
    try:
        for part in parts:
            texts.extend(stream.feed(part))
            if stream.finished:
                return "".join(texts), None
        texts.extend(stream.close())
    except ProviderError as error:
        return "".join(texts), type(error)
    return "".join(texts), None


@pytest.mark.parametrize(
    ("media_type", "sent", "text"),
    [
        (PLAIN, b"Hello, world", "Hello, world"),
        (PLAIN, b"  \n leading", "  \n leading"),
        ("", "\ufeffgrüße 🍕".encode(), "grüße 🍕"),
        (PLAIN, b"caf\xe9 \xf0\x9f", "caf\ufffd \ufffd"),
        (PLAIN, b'{"name": "Bob"}', '{"name": "Bob"}'),
        (PLAIN, b'{"text": "Buy milk", "id": 1}', '{"text": "Buy milk", "id": 1}'),
        (PLAIN, b'{"text": "Hello"} is JSON', '{"text": "Hello"} is JSON'),
        (PLAIN, b'{"text": 7}', '{"text": 7}'),
        (PLAIN, b'{"text": "Hel', '{"text": "Hel'),
        (PLAIN, b'["text"]', '["text"]'),
        (PLAIN, b"{braces} in prose", "{braces} in prose"),
        (PLAIN, b'{"text": "Hello"}', "Hello"),
        (PLAIN, b'{"text": "Gr\xc3\xbc\\u00dfe\\n", "conversationId": "c-1"}', "Grüße\n"),
        (PLAIN, b'\xef\xbb\xbf\r\n\t {\n  "text" : "Hello"\n}\n', "Hello"),
        ("", b'{"error": null, "text": "Hello"}', "Hello"),
        (HTML, b'{"text": "<p>Hello"}', "<p>Hello"),
        (HTML, b'\n{"text": "Hello"}', "Hello"),
        (EVENTS, b'{"text": "Hello"}', "Hello"),
        (EVENTS, b'\r\n {"text": "Hello"}\r\n', "Hello"),
        (JSON, b'\r\n {"text": "Hello"}\r\n', "Hello"),
        (JSON, b": ping\n\nevent: message\ndata: Hello\n\n", "Hello"),
        (PLAIN, b": ping\n\nid: 1\ndata: Hel\n\ndata: lo\n\n", "Hello"),
        (PLAIN, b":) Hello\n\nyou", ":) Hello\n\nyou"),
        (PLAIN, b": a colon first", ": a colon first"),
        (PLAIN, b"event: Birthday\nplace: here", "event: Birthday\nplace: here"),
        (PLAIN, b"data: is the plural of datum", "data: is the plural of datum"),
        (PLAIN, b"data: is a word\nand here is more\n\nend", "data: is a word\nand here is more\n\nend"),
        (PLAIN, b"dat", "dat"),
        (PLAIN, b"database", "database"),
        (PLAIN, b"data: a\n", "data: a\n"),
        (PLAIN, b"data: Hel\n\ndata: lo\n\ndata: [DONE]\n\n", "Hello"),
        (PLAIN, b"data: a\r\nid: 1\r\n\r\ndata: [DONE]\r\n\r\n", "a"),
        (PLAIN, b"data: URLs embed files.\n\nThey are\n\nlong.", "URLs embed files.\n\nThey are\n\nlong."),
        (HTML, b"The label is wrong, the text is right.", "The label is wrong, the text is right."),
        (JSON, b'{"text": "Hello"}', "Hello"),
        (JSON, b'\xef\xbb\xbf {"text": "Hello \\ud83c"}', "Hello \ud83c"),
        (JSON, b"data: Hel\n\ndata: lo\n\ndata: [DONE]\n\n", "Hello"),
        ("application/problem+json", b'{"text": "Hello"}', "Hello"),
        (EVENTS, b": ping\n\ndata: Hel\n\ndata: lo\n\ndata: [DONE]\n\n", "Hello"),
        (EVENTS, b"data:  two\n\ndata:  words\n\ndata:[DONE]", " two words"),
        (EVENTS, b"\n\ndata: a\ndata: b\n\ndata: [DONE]\n", "a\nb"),
        (EVENTS, b"data: all\n\n", "all"),
        (EVENTS, b'data: {"text": "Hel"}\n\ndata: {"text": "lo"}\n\ndata: [DONE]\n\n', "Hello"),
        (
            EVENTS,
            b'data: {"type":"start"}\n\ndata: {"type":"text-delta","delta":"Hi"}\n\ndata: {"type":"finish"}\n\n',
            "Hi",
        ),
        (EVENTS, b'data: {"text":"H"}\n\ndata: {"type":"x","text":"x"}\n\ndata: odd\n\ndata: {"text":"i"}\n\n', "Hi"),
        (EVENTS, b'data: {"text": ""}\n\ndata: {"text": "Hi"}\n\n', "Hi"),
        (EVENTS, b'data: {"name": "an answer in JSON"}\n\ndata: [DONE]\n\n', '{"name": "an answer in JSON"}'),
        (EVENTS, b'data: The object {}\n\ndata: {"text": "x"}\n\ndata: [DONE]\n\n', 'The object {}{"text": "x"}'),
        (EVENTS, b"Raw text under a wrong label", "Raw text under a wrong label"),
        (EVENTS, b"data: before\n\ndata: [DONE]\n\ndata: after\n\n", "before"),
    ],
)
def test_reads_each_form(media_type: str, sent: bytes, text: str) -> None:
    assert read(sent, media_type=media_type) == (text, None)
    assert read(*(sent[place : place + 1] for place in range(len(sent))), media_type=media_type) == (text, None)


@pytest.mark.parametrize(
    ("media_type", "sent", "text", "fault"),
    [
        (HTML, b"\n <!DOCTYPE html><p>502", "", InvalidResponse),
        (JSON, b"{", "", InvalidResponse),
        (JSON, b"[" * 100_000, "", InvalidResponse),
        (JSON, b"[]", "", InvalidResponse),
        (JSON, b'{"text": 7}', "", InvalidResponse),
        (JSON, b"<html>", "", InvalidResponse),
        (JSON, b"", "", NoReply),
        (JSON, b'{"message": "no"}', "", Rejected),
        (EVENTS, b"data: Hel\n\ndata: lo", "Hello", ConnectionLost),
        (EVENTS, b'data: {"text": "Hel"}\n\ndata: {"tex', "Hel", ConnectionLost),
        (EVENTS, b'data: {"text": "Hel"}\n\ndata: {"type": "error", "errorText": "x"}\n\n', "Hel", Rejected),
        (EVENTS, b'data: {"error": {"message": "x"}}\n\n', "", Rejected),
    ],
)
def test_says_what_was_wrong(media_type: str, sent: bytes, text: str, fault: type[ProviderError]) -> None:
    assert read(sent, media_type=media_type) == (text, fault)


def test_without_http_marking_the_end_only_done_ends_an_event_stream() -> None:
    assert read(b"data: Hel\n\n", media_type=EVENTS, delimited=False) == ("Hel", ConnectionLost)
    assert read(b"data: Hel\n\ndata: [DONE]\n\n", media_type=EVENTS, delimited=False) == ("Hel", None)
    assert read(b"Hel", media_type=PLAIN, delimited=False) == ("Hel", None)
    assert read(b": ping\n\n", media_type=EVENTS, delimited=False) == ("", None)


def test_without_a_stream_asked_for_json_is_expected_under_any_type() -> None:
    assert read(b'{"text": "Hello"}', media_type=PLAIN, streaming=False) == ("Hello", None)
    assert read(b'{"text": "Hello"}', media_type=EVENTS, streaming=False) == ("Hello", None)
    assert read(b"data: Hel\n\ndata: [DONE]\n\n", media_type=EVENTS, streaming=False) == ("Hel", None)
    assert read(b"Hello", media_type=PLAIN, streaming=False) == ("", InvalidResponse)
    assert read(b"<html>", media_type=HTML, streaming=False) == ("", InvalidResponse)


@pytest.mark.parametrize(
    ("media_type", "sent", "at_once"),
    [
        (PLAIN, b"H", ["H"]),
        (PLAIN, b"do", ["do"]),
        (PLAIN, b"data: x\nno", ["data: x\nno"]),
        (PLAIN, b"data: Hel\n\n", ["Hel"]),
        (PLAIN, b'{"name', ['{"name']),
        (PLAIN, b"{b", ["{b"]),
        (PLAIN, b'{"text": "Hello"} i', ['{"text": "Hello"} i']),
        (PLAIN, b":)", [":)"]),
        (PLAIN, b"event: My ", ["event: My "]),
        (PLAIN, b"event: error\nd\xc3\xa4", ["event: error\ndä"]),
        (EVENTS, b"data: Hel\n\n", ["Hel"]),
        (EVENTS, b"Hel", ["Hel"]),
    ],
)
def test_the_first_text_is_not_held_back(media_type: str, sent: bytes, at_once: list[str]) -> None:
    assert list(open_stream(media_type).feed(sent)) == at_once


def test_doubt_has_an_end() -> None:
    stream = open_stream(PLAIN)
    assert list(stream.feed(b"data: " + b"x" * 16_000)) == []
    assert "".join(stream.feed(b"x" * 1000)) == "data: " + "x" * 17_000


def test_what_was_held_back_is_salvaged_from_a_cut() -> None:
    def salvage(media_type: str, *parts: bytes) -> str:
        stream = open_stream(media_type)
        return "".join([*(text for part in parts for text in stream.feed(part)), *stream.salvage()])

    assert salvage(PLAIN, b"data: and n") == "data: and n"
    assert salvage(PLAIN, b"Hello \xf0\x9f") == "Hello "
    assert salvage(EVENTS, b"data: Hel\n\ndata: lo") == "Hello"
    assert salvage(JSON, b'{"text": "Hel') == "Hel"
    assert salvage(PLAIN, b'{"text": "Gr\\u00fc\\ud83d\\u00') == "Grü"
    assert salvage(PLAIN, b'{"text": "Hello"}') == "Hello"
    assert salvage(PLAIN, b'{"error": {"mess') == ""
    assert salvage(PLAIN, b'{ "') == '{ "'
    assert salvage(PLAIN, b'{"name": "B') == '{"name": "B'
    assert salvage(EVENTS, b'data: Hel\n\ndata: {"type": "err') == "Hel"
    assert salvage(EVENTS, b'data: Hel\n\ndata: {"name": "B') == 'Hel{"name": "B'
    assert salvage(EVENTS) == ""


framing = [b"data:", b"data: ", b"dat", b"id: 1", b": c", b"\n", b"\n\n", b"\r", b"\r\n", b" ", b"[DONE]"]
framing += [b"event: error", b"event: x", b"data: {", b"}", b", "]
content = [
    b'{"type":"error","errorText":"x"}',
    b'{"error": "x"}',
    b'"message": "x"',
    b'"code": 402',
    b'{"text": "a"}',
    b'{"type":"x"}',
    b"<p>",
    b"word",
    "é🍕".encode(),
    b"\xff",
    b"\xf0\x9f",
    b"\xef\xbb\xbf",
]


@given(
    st.lists(st.sampled_from(framing + content) | st.binary(max_size=3)).map(b"".join),
    st.sampled_from(TYPES),
    st.booleans(),
    st.booleans(),
    st.data(),
)
def test_any_cutting_of_the_same_bytes_gives_the_same_text(
    sent: bytes,
    media_type: str,
    streaming: bool,
    delimited: bool,
    data: st.DataObject,
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)))))
    parts = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    facts = {"streaming": streaming, "delimited": delimited}
    assert read(*parts, media_type=media_type, **facts) == read(sent, media_type=media_type, **facts)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([PLAIN, "", "application/octet-stream"]))
def test_raw_text_loses_nothing(text: str, media_type: str) -> None:
    if not text.startswith(("data:", "\ufeff")):
        assert read(text.encode(), media_type=media_type) == (text, None)
