"""Errors told in Chatbase's stream, wherever they come and whatever way the bytes are cut; and what only looks so."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ConnectionLost, ErrorReported, ProviderError
from bot.providers.streams.chatbase_stream import AnswerStream

EVENTS, JSON, PLAIN, HTML = "text/event-stream", "application/json", "text/plain", "text/html"


@dataclass
class Seen:
    """What came of a body: its text, the kind of error that ended it, and what an error was made from."""

    text: str = ""
    error: type[ProviderError] | None = None
    told: object = None


def read(
    *parts: bytes, media_type: str = EVENTS, streaming: bool = True, delimited: bool = True, cut: bool = False
) -> Seen:
    """Read the parts up to the body's end, or to where the connection broke."""
    seen = Seen()
    payloads: dict[ProviderError, object] = {}

    def refuse(payload: object) -> ProviderError:
        error = ErrorReported("X")
        payloads[error] = payload
        return error

    stream = AnswerStream("X", media_type, streaming=streaming, delimited=delimited, refuse=refuse)

    def texts() -> Iterator[str]:
        for part in parts:
            yield from stream.feed(part)
            if stream.finished:
                return
        yield from stream.salvage() if cut else stream.close()

    try:
        for text in texts():
            seen.text += text
    except ProviderError as error:
        seen.error, seen.told = type(error), payloads.get(error)
    return seen


def singly(sent: bytes) -> list[bytes]:
    return [sent[place : place + 1] for place in range(len(sent))]


BEFORE = {
    "nothing": b"",
    "text": b"data: Hel\n\ndata: lo\n\n",
    "objects": b'data: {"text": "Hel"}\n\ndata: {"text": "lo"}\n\n',
    "deltas": b'data: {"type":"start"}\n\ndata: {"type":"text-delta","delta":"Hello"}\n\n',
}
AFTER = {"nothing": b"", "done": b"data: [DONE]\n\n", "finish": b'data: {"type":"finish"}\n\n', "text": b"data: x\n\n"}

ERRORS: dict[bytes, object] = {
    b"event: error\ndata: Overloaded": "Overloaded",
    b'event: error\ndata: {"message": "Overloaded", "code": 402}': {"message": "Overloaded", "code": 402},
    b'event: error\ndata: {"message":\ndata:  "Overloaded"}': {"message": "Overloaded"},
    b'event: error\ndata: "Overloaded"': "Overloaded",
    b"event: error\ndata: 429": 429,
    b'event: error\ndata: {"text": "Overloaded"}': {"text": "Overloaded"},
    b"event:error\ndata:": "",
    b"event: error": "",
    b"event: error\ndata: [DONE]": None,
    b"event: error\ndata: <html>502": None,
    b'event: error\ndata: {"message": "Over': None,
    b"data: Overloaded\nevent: error": "Overloaded",
    b": comment\nid: 7\nevent: ERROR\nretry: 10\ndata: Overloaded": "Overloaded",
    b'data: {"type":"error","errorText":"Overloaded"}': {"type": "error", "errorText": "Overloaded"},
    b'data: {"type":"error","error":{"message":"Overloaded"}}': {"type": "error", "error": {"message": "Overloaded"}},
    b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}': {
        "type": "error",
        "error": {"type": "overloaded_error"},
    },
    b'data: {"error": "Overloaded"}': {"error": "Overloaded"},
    b'data: {"error": {"message": "Overloaded", "code": "x"}}': {"error": {"message": "Overloaded", "code": "x"}},
    b'data: {"message": "Overloaded", "statusCode": 503}': {"message": "Overloaded", "statusCode": 503},
    b'data: {"message": "Overloaded", "code": "OVERLOADED"}': {"message": "Overloaded", "code": "OVERLOADED"},
    b'data: {"message": "Overloaded"}': {"message": "Overloaded"},
    b'data: {"type":"abort"}': {"type": "abort"},
    b'event: message\ndata: {"error": "Overloaded"}': {"error": "Overloaded"},
}


every_error = pytest.mark.parametrize("error", ERRORS, ids=repr)


@every_error
@pytest.mark.parametrize("before", BEFORE)
def test_an_error_keeps_the_text_before_it(before: str, error: bytes) -> None:
    expected = Seen("" if before == "nothing" else "Hello", ErrorReported, ERRORS[error])
    for after, line_end in product(AFTER.values(), (b"\n", b"\r\n", b"\r")):
        sent = (BEFORE[before] + error + b"\n\n" + after).replace(b"\n", line_end)
        for parts in ([sent], singly(sent)):
            assert read(*parts) == expected


@every_error
@pytest.mark.parametrize("before", BEFORE)
def test_the_last_event_needs_no_blank_line(before: str, error: bytes) -> None:
    expected = Seen("" if before == "nothing" else "Hello", ErrorReported, ERRORS[error])
    for end, cut in product((b"", b"\n", b"\r"), (False, True)):
        sent = BEFORE[before] + error + end
        for parts in ([sent], singly(sent)):
            assert read(*parts, cut=cut, delimited=False) == expected


@every_error
@pytest.mark.parametrize("media_type", [PLAIN, JSON, HTML, ""])
def test_an_undeclared_stream_tells_errors_too(error: bytes, media_type: str) -> None:
    for before, after in product(("text", "objects", "deltas"), AFTER.values()):
        seen = read(BEFORE[before] + error + b"\n\n" + after, media_type=media_type)
        assert seen == Seen("Hello", ErrorReported, ERRORS[error])
    for cut in (False, True):
        seen = read(error + b"\n\n", media_type=media_type, cut=cut)
        assert seen == Seen("", ErrorReported, ERRORS[error])


@every_error
def test_what_comes_after_the_end_is_not_read(error: bytes) -> None:
    assert read(BEFORE["text"] + AFTER["done"] + error + b"\n\n") == Seen("Hello")


@pytest.mark.parametrize(
    "finish",
    [
        b'{"type":"finish","finishReason":"error"}',
        b'{"type":"finish","messageMetadata":{"finishReason":"error"}}',
        b'{"type":"message-metadata","messageMetadata":{"finishReason":"error"}}',
        b'{"type":"metadata","metadata":{"finishReason":"error"}}',
    ],
)
def test_a_stream_that_finishes_by_an_error(finish: bytes) -> None:
    seen = read(BEFORE["deltas"] + b"data: " + finish + b"\n\ndata: [DONE]\n\n")
    assert (seen.text, seen.error) == ("Hello", ErrorReported)
    assert "type" not in json.dumps(seen.told)


@pytest.mark.parametrize("told", [b'"error": "Overloaded"', b'"error": {"code": 402}', b'"statusCode": 500'])
def test_a_text_beside_an_error_is_shown(told: bytes) -> None:
    part = b'{"text": "lo", ' + told + b"}"
    for seen in (
        read(b'data: {"text": "Hel"}\n\ndata: ' + part + b"\n\n"),
        read(b'{"text": "Hello", ' + told + b"}", media_type=JSON),
    ):
        assert (seen.text, seen.error) == ("Hello", ErrorReported)
        assert isinstance(seen.told, dict)


WHOLE = [
    b'{"error": "Overloaded"}',
    b'{"error": {"message": "Overloaded", "code": 402}}',
    b'{"message": "Overloaded"}',
    b'{"message": "Overloaded", "statusCode": 402}',
    b'{"message": "Overloaded", "code": "CHAT_CREDITS_EXHAUSTED"}',
    b'{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}',
    b'{"type": "error", "errorText": "Overloaded"}',
    b'{"type": "abort"}',
    b'{"text": "", "error": "Overloaded"}',
    b'{"text": null, "error": "Overloaded"}',
    b'\xef\xbb\xbf\r\n {\r\n  "error": "\xc3\x9cberlastet"\r\n}\r\n',
]


@pytest.mark.parametrize("body", WHOLE)
@pytest.mark.parametrize("media_type", [JSON, PLAIN, HTML, EVENTS, "", "application/problem+json"])
@pytest.mark.parametrize("streaming", [True, False])
def test_a_body_that_is_an_error_is_one_under_any_content_type(body: bytes, media_type: str, streaming: bool) -> None:
    for parts in ([body], singly(body)):
        seen = read(*parts, media_type=media_type, streaming=streaming)
        assert seen == Seen("", ErrorReported, json.loads(body.decode("utf-8-sig")))


@pytest.mark.parametrize("body", WHOLE)
def test_an_error_that_came_whole_is_told_although_the_connection_broke(body: bytes) -> None:
    assert read(body, media_type=PLAIN, cut=True).error is ErrorReported


LOOKALIKES = [
    '{"name": "Bob"}',
    '{"error": "Not found"} is what the server says.',
    'Here it is: {"error": "Not found"}',
    '```json\n{"type": "error", "errorText": "x"}\n```',
    '{"message": "Hi", "from": "Bob"}',
    '{"status": "ok", "message": "Hi"}',
    '{"type": "object", "properties": {"error": {}}}',
    '{"code": "print()"}',
    '{"error": null}',
    '{"error": "Not found", "example": true}',
    '[{"error": "Not found"}]',
    '{"error": "Not found"}\n{"error": "Again"}',
    "{error: 'Not found'}",
    "A stream fails with\n\nevent: error\ndata: {}\n\nand ends.",
    'event: error\ndata: {"message": "x"}\n\nThat is what it looks like.',
    "event: error\n\nis the whole of it.",
    "event: error",
    "event: error\ndata: x",
    'data: {"type":"error","errorText":"x"}\n\nThat is what it looks like.',
    'data: {"type":"error","errorText":"x"}\nis a line of it',
    'data: {"type":"error","errorText":"x"}',
    "data: [DONE] ends a stream",
    "error",
]
"""Raw answers about errors, or in JSON."""


@pytest.mark.parametrize("text", LOOKALIKES)
@pytest.mark.parametrize("media_type", [PLAIN, "", HTML])
def test_a_raw_answer_that_looks_similar_stays_one(text: str, media_type: str) -> None:
    sent = text.encode()
    assert read(sent, media_type=media_type) == Seen(text)
    assert read(*singly(sent), media_type=media_type) == Seen(text)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b'data: An error is {"type":"error","errorText":"x"}\n\n', 'An error is {"type":"error","errorText":"x"}'),
        (b'data: Such as: \n\ndata: {"error":"x"}\n\ndata:  there.\n\n', 'Such as: {"error":"x"} there.'),
        (b'data: ```json\ndata: \n\ndata: {"error":"x"}\n\ndata: \ndata: ```\n\n', '```json\n{"error":"x"}\n```'),
        (b'data: Hi\n\ndata: {"error":"x"} \n\n', 'Hi{"error":"x"} '),
        (b'data: Hi\n\ndata:  {"error":"x"}\n\n', 'Hi {"error":"x"}'),
        (b'data: Hi\n\ndata: {"name":"Bob"}\n\n', 'Hi{"name":"Bob"}'),
        (b"data: Hi\n\ndata: event: error\n\n", "Hievent: error"),
        (b'data: {"text":"{\\"type\\":\\"error\\"}"}\n\n', '{"type":"error"}'),
        (b'data: {"type":"text-delta","delta":"event: error"}\n\n', "event: error"),
        (b'data: {"text":"Hi"}\n\ndata: {"type":"tool-output-error","errorText":"x"}\n\n', "Hi"),
        (b'data: {"text":"Hi"}\n\nevent: status\ndata: {"message":"Searching"}\n\n', "Hi"),
        (b"event: errors\ndata: Hi\n\n", "Hi"),
        (b"event: error\nevent: message\ndata: Hi\n\n", "Hi"),
    ],
)
def test_an_answer_about_an_error_event_stays_one(sent: bytes, text: str) -> None:
    assert read(sent) == Seen(text)
    assert read(*singly(sent)) == Seen(text)


def test_a_cut_in_the_middle_of_an_error_shows_nothing_of_it() -> None:
    error = b'data: {"type":"error","errorText":"Overloaded"}'
    for length in range(len(b'data: {"type"'), len(error)):
        seen = read(BEFORE["text"] + error[:length], cut=True, delimited=False)
        assert seen == Seen("Hello")
        ended = read(BEFORE["text"] + error[:length], delimited=False)
        assert (ended.text, ended.error) == ("Hello", ConnectionLost)


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda word: not re.search(r"[\r\n{:\[=`'\"“(]|^ |^$", word) and word.strip()
)


@given(
    st.lists(words, max_size=5),
    st.sampled_from(["plain", "objects"]),
    st.sampled_from(sorted(ERRORS)),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
    st.sampled_from([b"", b"\n\n", b"\n\ndata: [DONE]\n\n"]),
    st.data(),
)
def test_any_text_and_any_cutting(
    texts: list[str], kind: str, error: bytes, line_end: bytes, after: bytes, data: st.DataObject
) -> None:
    frames = (text if kind == "plain" else json.dumps({"text": text}, ensure_ascii=False) for text in texts)
    sent = ("".join(f"data: {frame}\n\n" for frame in frames).encode() + error + after).replace(b"\n", line_end)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)))))
    parts = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    seen = read(*parts)
    assert seen == Seen("".join(texts), ErrorReported, ERRORS[error])


@given(st.text(st.characters(exclude_categories=["Cs"])), st.data())
def test_a_reply_in_json_is_read_as_one_whatever_way_it_is_cut(text: str, data: st.DataObject) -> None:
    sent = json.dumps({"text": text}, ensure_ascii=data.draw(st.booleans())).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)))))
    parts = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    media_type = data.draw(st.sampled_from([PLAIN, HTML, EVENTS, JSON, ""]))
    assert read(*parts, media_type=media_type) == Seen(text if text.strip() else "")
