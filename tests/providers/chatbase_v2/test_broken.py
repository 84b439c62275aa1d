"""Streams that break: cut at each byte, held open, too large, under a wrong label, or no stream at all."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import (
    ConnectionLost,
    ErrorReported,
    IdleTimeout,
    InvalidResponse,
    NoReply,
    PaymentRequired,
    ProviderError,
    ServerFault,
    TooLarge,
)
from bot.domain.provider import Receipt
from sandbox.apis import Apis, Cut, Event, Reply
from tests.providers.chatbase_v2.heard import hear, read
from tests.providers.conftest import Make
from tests.providers.wire import CHUNKED, LAST, End, Step, WireServer, chunk, head, reply

EVENTS = head(Content_Type="text/event-stream", Transfer_Encoding="chunked")
TELLING = {"messageId": "m-1", "conversationId": "c-7", "usage": {"credits": 2}}
START = Event({"type": "start", "messageId": "m-1"})
ONE, TWO = Event({"type": "text-delta", "delta": "Hel"}), Event({"type": "text-delta", "delta": "lo 🍕"})
FINISH = Event({"type": "finish", "messageMetadata": TELLING})
DONE = b"data: [DONE]\n\n"
WHOLE = START + ONE + TWO + FINISH + DONE
TEXT = "Hello 🍕"
EDGES = [len(START), len(START + ONE), len(START + ONE + TWO), len(START + ONE + TWO + FINISH)]


def arrived(size: int) -> str:
    """Return the text that the first bytes hold; an event counts without its blank line, but not half of it."""
    ends = [(WHOLE.index(each) + len(each.rstrip()), text) for each, text in ((ONE, "Hel"), (TWO, TEXT))]
    return next((text for end, text in reversed(ends) if size >= end), "")


IS_WHOLE_AT = len(START + ONE + TWO + FINISH) - 2


@pytest.mark.parametrize("fault", [None, ConnectionLost("X"), IdleTimeout("X", 1.0)], ids=repr)
def test_cut_at_each_byte(fault: ProviderError | None) -> None:
    for size in range(1, len(WHOLE) + 1):
        text, receipt, kind = read(WHOLE[:size], fault=fault)
        assert text == arrived(size), size
        if size >= IS_WHOLE_AT:
            assert (receipt, kind) == (Receipt("c-7", "m-1", 2.0), None), size
        elif fault is not None:
            assert kind is type(fault), size
        else:
            assert kind is (ConnectionLost if size >= len(START) - 2 else InvalidResponse), size


@pytest.mark.parametrize("size", [1, *(place + off for place in EDGES for off in (-3, -2, -1, 0, 1))])
async def test_ended_around_each_event(make: Make, server: WireServer, size: int) -> None:
    server.play((EVENTS, chunk(WHOLE[:size]), LAST))
    heard = await hear(make("chatbase-v2"))
    assert heard.text == arrived(size)
    assert (heard.fault is None) is (size >= IS_WHOLE_AT)


@pytest.mark.parametrize("end", [End.RESET, LAST[:1], b"99\r\n"], ids=repr)
@pytest.mark.parametrize("sent", [START + ONE, START + ONE + TWO, START + ONE + TWO + FINISH], ids=len)
async def test_torn_off_after_an_event(make: Make, server: WireServer, sent: bytes, end: Step) -> None:
    has_come = asyncio.Event()
    waits_for = sent.count(b"text-delta") + sent.count(b'"messageId"')
    seen: list[None] = []

    def noticed() -> None:
        seen.append(None)
        if len(seen) == waits_for:
            has_come.set()

    server.play((EVENTS, chunk(sent), has_come, end))
    heard = await hear(make("chatbase-v2"), noticed=noticed)
    assert heard.text == arrived(len(sent))
    if sent.endswith(FINISH):
        assert (heard.fault, heard.receipt) == (None, Receipt("c-7", "m-1", 2.0))
    else:
        assert heard.kind is ConnectionLost


@pytest.mark.parametrize(
    ("script", "text", "kind"),
    [
        ((EVENTS, chunk(START + ONE), LAST), "Hel", ConnectionLost),
        ((EVENTS, chunk(START + ONE + FINISH), LAST), "Hel", None),
        ((EVENTS, chunk(START + ONE + DONE), LAST), "Hel", None),
        ((EVENTS, chunk(START + ONE + DONE), End.SILENCE), "Hel", None),
        ((EVENTS, chunk(START + ONE + DONE + TWO), LAST), "Hel", None),
        ((EVENTS, chunk(START + FINISH + DONE), LAST), "", NoReply),
        ((EVENTS, chunk(DONE), LAST), "", NoReply),
        ((EVENTS, chunk(b": ping\n\n"), LAST), "", InvalidResponse),
        ((EVENTS, LAST), "", NoReply),
        ((EVENTS, chunk(b'data: {"text": "Hello"}\n\n'), LAST), "", InvalidResponse),
        ((EVENTS, chunk(WHOLE.replace(b"\n", b"\r\n")), LAST), TEXT, None),
        ((EVENTS, chunk(WHOLE.replace(b"\n", b"\r")), LAST), TEXT, None),
        ((EVENTS, chunk(b"\xef\xbb\xbf" + WHOLE), LAST), TEXT, None),
        ((EVENTS, chunk(WHOLE.replace("🍕".encode(), b"\xff\xf0")), LAST), "Hello \ufffd\ufffd", None),
        ((head(Content_Type="text/event-stream"), WHOLE), TEXT, None),
    ],
)
async def test_how_a_stream_may_end(
    make: Make, server: WireServer, script: tuple[Step, ...], text: str, kind: type[ProviderError] | None
) -> None:
    server.play(script)
    heard = await hear(make("chatbase-v2"))
    assert (heard.text, heard.kind) == (text, kind)
    assert len(server.heard) == 1
    await server.wait_left()


@pytest.mark.parametrize(
    ("sent", "text", "kind"),
    [(START, "", IdleTimeout), (START + ONE, "Hel", IdleTimeout), (START + ONE + FINISH, "Hel", None)],
    ids=["start", "text", "finish"],
)
async def test_a_stream_that_falls_silent(
    make: Make, server: WireServer, sent: bytes, text: str, kind: type[ProviderError] | None
) -> None:
    server.play((EVENTS, chunk(sent), End.SILENCE))
    heard = await hear(make("chatbase-v2"))
    assert (heard.text, heard.kind) == (text, kind)
    await server.wait_left()


@pytest.mark.parametrize("more", [(), (b": still here\n\n",) * 3, (Event({"type": "metadata", **TELLING}),)])
async def test_the_end_of_a_complete_answer_is_not_waited_for_long(
    make: Make, server: WireServer, monkeypatch: pytest.MonkeyPatch, more: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr("bot.providers.chatbase_v2._REST_SECONDS", 0.1)
    server.play((EVENTS, chunk(START + ONE + Event({"type": "finish"})), *map(chunk, more), End.SILENCE))
    async with asyncio.timeout(30):  # half of what silence may last
        heard = await hear(make("chatbase-v2"))
    assert (heard.text, heard.kind) == ("Hel", None)
    await server.wait_left()


@pytest.mark.parametrize("label", ["text/plain; charset=utf-8", "application/json", "text/html", "x", ""])
async def test_events_are_read_under_any_label(make: Make, server: WireServer, label: str) -> None:
    server.play((head(Content_Type=label, Transfer_Encoding="chunked"), chunk(WHOLE), LAST))
    assert (await hear(make("chatbase-v2"))).text == TEXT


@pytest.mark.parametrize("label", ["text/html", "text/event-stream", "application/json"])
async def test_a_page_of_html_is_no_answer(make: Make, server: WireServer, label: str) -> None:
    server.play(reply("<!DOCTYPE html><html><body>data: {}</body></html>", Content_Type=label))
    heard = await hear(make("chatbase-v2"))
    assert (heard.text, heard.kind) == ("", InvalidResponse)


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_a_compressed_stream(make: Make, server: WireServer, size: int) -> None:
    body = gzip.compress(WHOLE)
    pieces = (chunk(body[at : at + size]) for at in range(0, len(body), size))
    coded = head(Content_Type="text/event-stream", Content_Encoding="gzip", Transfer_Encoding="chunked")
    server.play((coded, *pieces, LAST))
    assert (await hear(make("chatbase-v2"))).text == TEXT


async def test_a_giant_event_is_given_up(make: Make, server: WireServer) -> None:
    async def giant() -> AsyncIterator[bytes]:
        yield chunk(b'data: {"type":"text-delta","delta":"')
        while True:
            yield chunk(b"and on and on " * 4000)
            await asyncio.sleep(0)

    server.play((EVENTS, chunk(START + ONE), giant))
    heard = await hear(make("chatbase-v2"))
    assert (heard.text, heard.kind) == ("Hel", TooLarge)
    await server.wait_left()


async def test_a_large_event_that_fits_is_read(make: Make, server: WireServer) -> None:
    large = Event({"type": "tool-output-available", "toolCallId": "c", "output": "x" * 500_000})
    text = Event({"type": "text-delta", "delta": "é" * 100_000})
    server.play((EVENTS, chunk(START + large + text + FINISH + DONE), LAST))
    heard = await hear(make("chatbase-v2"))
    assert (heard.text, heard.lookups, heard.fault) == ("é" * 100_000, 1, None)


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"data": {"id": "m", "parts": []}}, NoReply),
        ({"error": {"code": "INTERNAL_SERVER_ERROR", "message": "Oops."}}, ServerFault),
        ({"error": {"code": "CHAT_CREDITS_EXHAUSTED", "message": "No."}}, PaymentRequired),
        ({"error": "Oops."}, ErrorReported),
    ],
)
async def test_documents_that_are_no_answer(
    make: Make, server: WireServer, document: object, kind: type[ProviderError]
) -> None:
    server.play(reply(document))
    heard = await hear(make("chatbase-v2"))
    assert (heard.text, heard.kind) == ("", kind)


async def test_a_document_where_events_were_asked_for(join: Make, apis: Apis) -> None:
    apis.chatbase_v2.answers(Reply("An answer.", shape="json"))
    heard = await hear(join("chatbase-v2"))
    conversation = apis.chatbase_v2.conversations[0]
    assert heard.text == "An answer."
    assert heard.receipt == Receipt(conversation.id, conversation.messages[-1].id, 1.0)


@pytest.mark.parametrize("how", list(Cut))
async def test_a_torn_stream_keeps_what_arrived(join: Make, apis: Apis, how: Cut) -> None:
    apis.chatbase_v2.answers(Reply(pieces=["Hel", "lo", how]))
    heard = await hear(join("chatbase-v2"))
    assert (heard.text, heard.kind) == ("Hello", ConnectionLost)
    assert len(apis.chatbase_v2.received) == 1


async def test_a_deep_event_does_no_harm(make: Make, server: WireServer) -> None:
    deep = b'data: {"type":"finish","messageMetadata":' + b"[" * 200_000 + b"\n\n"
    server.play((CHUNKED, chunk(ONE + deep + DONE), LAST))
    heard = await hear(make("chatbase-v2"))
    assert heard.text == "Hel"
    assert json.loads(server.heard[0].body)["stream"] is True
