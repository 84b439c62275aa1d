"""Chatbase v2's answer, event by event, whatever way its bytes are cut."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import (
    ActionWanted,
    ConnectionLost,
    ErrorReported,
    InvalidResponse,
    NoReply,
    ProviderError,
)
from bot.domain.provider import LookingUp, Piece, Receipt
from bot.providers.error_text import find_error_text
from bot.providers.streams.chatbase_v2_answer import ChatbaseV2Answer
from tests.providers.json_strategies import wild_json

Read = tuple[str, list[Piece], ProviderError | None]
"""The text, the other pieces, and what it ended in."""

DONE = b"data: [DONE]\n\n"
META = {"messageId": "m", "conversationId": "c", "userId": None, "usage": {"credits": 2}, "finishReason": "stop"}
FIELDS = ["type", "id", "delta", "errorText", "messageMetadata", "metadata", "messageId", "conversationId", "usage"]
FIELDS += ["credits", "finishReason", "data", "parts", "text", "error", "code", "message"]
TYPES = ["start", "text-start", "text-delta", "text-end", "tool-input-start", "finish-step", "message-metadata"]
TYPES += ["metadata", "finish", "error", "what-comes-next", "parts"]


def event(kind: str, **fields: object) -> bytes:
    return b"data: %s\n\n" % json.dumps({"type": kind, **fields}).encode()


def text(delta: str, block: str = "t1") -> bytes:
    return event("text-delta", id=block, delta=delta)


def stream(*events: bytes) -> bytes:
    return b"".join([event("start", messageId="m"), *events, event("finish"), DONE])


def read(*chunks: bytes, broken: bool = False) -> Read:
    """Read a body; `broken`: its end is a cut of the connection."""

    def refuse(payload: object) -> ProviderError:
        return ErrorReported("X", find_error_text(payload))

    answer, pieces, end = ChatbaseV2Answer("X", refuse), list[Piece](), None
    try:
        for chunk in chunks:
            pieces.extend(answer.feed(chunk))
            if answer.finished:
                break
        pieces.extend(answer.close(ConnectionLost("X") if broken else None))
    except ProviderError as error:
        end = error
    shown = "".join(piece for piece in pieces if isinstance(piece, str))
    assert answer.has_text is bool(shown)
    return shown, [piece for piece in pieces if not isinstance(piece, str)], end


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ([event("text-start", id="t1"), text("Hel"), text("lo"), event("text-end", id="t1")], "Hello"),
        ([event("text-delta", delta="no id")], "no id"),
        ([text("One."), event("text-start", id="t2"), text("Two.", "t2")], "One.\n\nTwo."),
        ([text("One."), text("Two.", "t2")], "One.\n\nTwo."),
        ([text("One.\n"), event("text-start", id="t2"), text("Two.", "t2")], "One.\n\nTwo."),
        ([text("One.\n"), text("\n"), event("text-start", id="t2"), text("Two.", "t2")], "One.\n\nTwo."),
        ([event("text-start", id="t1"), event("text-end", id="t1"), text("Only.", "t2")], "Only."),
        ([text("One."), event("text-start", id="t2"), event("text-end", id="t2")], "One."),
        ([text("One."), event("text-start"), event("text-delta", delta="Two.")], "One.\n\nTwo."),
        ([event("start-step"), text("Hi"), event("finish-step"), event("start-step")], "Hi"),
        ([event("data-weather", data={"text": "no"}), event("reasoning-delta", delta="no"), text("Hi")], "Hi"),
        ([b": ping\n\n", b"data: plain\n\n", b"data: [1]\n\n", b"event: text-delta\n" + text("Hi")], "Hi"),
        ([event("text-delta", delta=7), event("text-delta"), text(""), text("Hi")], "Hi"),
        ([text("Hi").replace(b"\n", b"\r\n"), text(" ü🍕")], "Hi ü🍕"),
    ],
)
def test_texts_are_joined_and_blocks_are_separated(events: list[bytes], shown: str) -> None:
    assert read(stream(*events)) == (shown, [Receipt(answer_id="m")], None)


TOOL = [
    event("tool-input-start", toolCallId="1", toolName="find"),
    event("tool-input-delta", toolCallId="1", inputTextDelta="secret"),
    event("tool-input-available", toolCallId="1", toolName="find", input={"text": "secret"}),
    event("tool-output-available", toolCallId="1", output={"text": "secret"}),
]


def test_a_tool_is_told_once_until_text_comes_and_never_shown() -> None:
    assert read(stream(*TOOL, text("Found."), *TOOL)) == ("Found.", [Receipt(answer_id="m"), LookingUp()], None)
    assert read(stream(text("Let me see."), *TOOL)) == ("Let me see.", [Receipt(answer_id="m")], None)


NESTED = {key: value for key, value in META.items() if key != "finishReason"}


@pytest.mark.parametrize(
    "told",
    [
        event("message-metadata", **META),
        event("message-metadata", messageMetadata=META),
        event("metadata", **META),
        event("metadata", metadata=META),
        event("finish", messageMetadata=META),
        event("finish", messageMetadata=NESTED, finishReason="stop"),
        event("start", messageId="m", messageMetadata=META),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_each_form_of_the_metadata_gives_the_receipt(told: bytes, *, first: bool) -> None:
    events = (told, text("Hi")) if first else (text("Hi"), told)
    shown, others, end = read(b"".join(events), event("finish"), DONE)
    assert (shown, end) == ("Hi", None)
    assert others[-1] == Receipt("c", "m", 2.0)


@pytest.mark.parametrize(
    ("told", "receipt"),
    [
        ({"usage": {"credits": 0}}, Receipt(credits=0.0)),
        ({"usage": {"credits": 0.25}}, Receipt(credits=0.25)),
        ({"messageId": "m", "usage": {"credits": True}}, Receipt(answer_id="m")),
        ({"messageId": "m", "usage": {"credits": -1}}, Receipt(answer_id="m")),
        ({"messageId": "m", "usage": {"credits": "1"}}, Receipt(answer_id="m")),
        ({"messageId": "m", "usage": [1], "conversationId": 7}, Receipt(answer_id="m")),
        ({"messageId": "m", "conversationId": "c" * 201}, Receipt(answer_id="m")),
        ({"messageId": "m", "conversationId": "a\nb"}, Receipt(answer_id="m")),
        ({"messageId": "m", "conversationId": ".."}, Receipt(answer_id="m")),
        ({"messageId": ".", "conversationId": "..."}, Receipt(conversation_id="...")),
        ({"messageId": "m", "usage": {"credits": 1e308}}, Receipt(answer_id="m")),
        ({"messageId": "m", "usage": {"credits": float("inf")}}, Receipt(answer_id="m")),
        ({"messageId": "m", "usage": {"credits": float("nan")}}, Receipt(answer_id="m")),
        ({"messageId": "m", "usage": {"credits": int("9" * 400)}}, Receipt(answer_id="m")),
    ],
)
def test_a_receipt_holds_only_what_can_be_kept(told: object, receipt: Receipt) -> None:
    assert read(text("Hi"), event("metadata", metadata=told), event("finish"), DONE)[1] == [receipt]


@pytest.mark.parametrize("reason", ["error", "tool-calls"])
@pytest.mark.parametrize("where", ["finish", "metadata", "beside", "document"])
def test_a_bad_end_comes_after_the_text(reason: str, where: str) -> None:
    told = {"finishReason": reason}
    bodies = {
        "finish": stream(text("Hi"), event("finish", messageMetadata=told)),
        "metadata": stream(event("message-metadata", messageMetadata=told), text("Hi")),
        "beside": stream(text("Hi"), event("finish", finishReason=reason)),
        "document": json.dumps({"data": {"parts": [{"type": "text", "text": "Hi"}], "metadata": told}}).encode(),
    }
    shown, _, end = read(bodies[where])
    assert shown == "Hi"
    assert type(end) is (ErrorReported if reason == "error" else ActionWanted)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (event("error", errorText="Overloaded."), "Overloaded."),
        (event("error"), None),
        (b'data: {"error": {"code": "INTERNAL_SERVER_ERROR", "message": "Oops."}}\n\n', "Oops."),
        (b"event: error\ndata: Overloaded.\n\n", "Overloaded."),
        (b"event: error\ndata: {broken\n\n", None),
        (b"event: error\n\n", None),
    ],
)
def test_an_error_in_the_middle_ends_the_answer(failure: bytes, reason: str | None) -> None:
    for chunks in ([stream(text("Hi"), failure, text("no"))], [text("Hi"), failure, text("no")]):
        shown, _, end = read(*chunks)
        assert (shown, type(end)) == ("Hi", ErrorReported)
        assert isinstance(end, ErrorReported)
        assert end.reason == reason


@pytest.mark.parametrize(
    ("body", "shown", "kind"),
    [
        (text("Hi") + DONE, "Hi", None),
        (text("Hi") + event("finish"), "Hi", None),
        (text("Hi") + event("finish") + event("metadata", metadata=META), "Hi", None),
        (text("Hi") + b"data: [DONE]", "Hi", None),
        (text("Hi") + DONE + text("no") + b"data: garbage", "Hi", None),
        (text("Hi"), "Hi", ConnectionLost),
        (text("Hi") + event("text-end") + event("finish-step"), "Hi", ConnectionLost),
        (text("Hi") + text("!")[:-1], "Hi!", ConnectionLost),
        (text("Hi") + text(" there")[:-9], "Hi", ConnectionLost),
        (event("start", messageId="m"), "", ConnectionLost),
        (b"data: Hello\n\n", "", InvalidResponse),
        (b"error code: 1015", "", InvalidResponse),
        (b": ping\n\n", "", InvalidResponse),
        (b"", "", NoReply),
        (b" \r\n", "", NoReply),
        (b"Hello", "", InvalidResponse),
        (b"<html>", "", InvalidResponse),
        (b'{"data": {"parts": 7}}', "", InvalidResponse),
        (b'{"data": [], "parts": []}', "", InvalidResponse),
        (b'{"error": {"code": "X", "message": "No."}}', "", ErrorReported),
        (b'{"data": {"error": "No."}}', "", ErrorReported),
        (stream(), "", None),
    ],
)
def test_how_a_body_may_end(body: bytes, shown: str, kind: type[ProviderError] | None) -> None:
    text_read, _, end = read(body)
    assert text_read == shown
    assert (None if end is None else type(end)) is kind


def test_a_document_has_its_text_parts_and_its_receipt() -> None:
    parts = [
        {"type": "text", "text": "One."},
        {"type": "tool-call", "toolCallId": "1", "toolName": "find", "input": {}},
        {"type": "text", "text": "Two."},
        {"type": "text", "text": 7},
        "no part",
    ]
    document = {"data": {"id": "m", "role": "assistant", "parts": parts, "metadata": {**META, "messageId": None}}}
    assert read(json.dumps(document).encode()) == ("One.\n\nTwo.", [Receipt(answer_id="m"), Receipt("c", "m", 2)], None)


def test_a_broken_connection_leaves_what_arrived() -> None:
    assert read(stream(text("Hi"))[:-30], text("!")[:-2], broken=True)[0] == "Hi"
    assert read(text("Hi"), text("!")[:-2], broken=True)[0] == "Hi!"
    shown, others, end = read(b'{"data": {"parts": [', broken=True)
    assert (shown, others, type(end)) == ("", [], ConnectionLost)


@pytest.mark.parametrize("end", [event("finish"), DONE, event("finish", messageMetadata=META)])
def test_what_breaks_after_the_answer_was_whole_takes_nothing_from_it(end: bytes) -> None:
    shown, _, fault = read(text("Hi"), end, broken=True)
    assert (shown, fault) == ("Hi", None)
    wanted = event("finish", messageMetadata={"finishReason": "tool-calls"})
    assert type(read(text("Hi"), wanted, broken=True)[2]) is ActionWanted


WHOLE = stream(*TOOL, text("Grüße 🍕"), event("text-start", id="t2"), text("Two.", "t2"), event("metadata", **META))
DOCUMENT = json.dumps({"data": {"id": "m", "parts": [{"type": "text", "text": "Grüße"}], "metadata": META}}).encode()


@given(cuts=st.lists(st.integers(0, len(WHOLE)), max_size=30), body=st.sampled_from([WHOLE, DOCUMENT]))
def test_where_the_bytes_are_cut_makes_no_difference(cuts: list[int], body: bytes) -> None:
    places = [0, *sorted(cuts), len(body)]
    chunks = [body[start:end] for start, end in pairwise(places)]
    assert read(*chunks) == read(body)


@given(
    events=st.lists(
        st.dictionaries(st.sampled_from(FIELDS), wild_json(FIELDS)).flatmap(
            lambda fields: st.sampled_from(TYPES).map(lambda kind: {**fields, "type": kind})
        ),
        max_size=8,
    )
)
def test_no_event_is_a_crash_and_nothing_but_deltas_is_shown(events: list[dict[str, object]]) -> None:
    shown, _, _ = read(*(b"data: %s\n\n" % json.dumps(each).encode() for each in events))
    deltas = [each.get("delta") for each in events if each["type"] == "text-delta"]
    texts = [delta for delta in deltas if isinstance(delta, str)]
    assert "".join(texts).replace("\n", "").startswith(shown.replace("\n", ""))
