"""Chatbase: its fields, its stream as it arrives in each form, and what becomes of a torn one."""

import asyncio
import gzip
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.domain.errors import (
    ConnectionLost,
    ErrorReported,
    IdleTimeout,
    NoReply,
    PaymentRequired,
    ProviderError,
    RateLimited,
    Rejected,
    TooLarge,
    Unauthorized,
)
from bot.domain.provider import Message, Piece, Provider, Unchecked
from sandbox.apis import Apis, ChatbaseShape, Cut, ErrorEvent, Reply
from tests.providers.conftest import PROMPT, Make, ask
from tests.providers.samples import ENVIRONMENTS
from tests.providers.wire import CHUNKED, LAST, End, Step, WireServer, chunk, head, reply

EVENTS = "text/event-stream"
SSE = head(Content_Type=EVENTS)
HISTORY = (Message("user", "Hi"), Message("assistant", "Hello! How can I help?"))


async def collect(provider: Provider, pieces: list[Piece]) -> type[ProviderError] | None:
    """Gather an answer's pieces; return the kind of error that ended it."""
    try:
        async for piece in provider.stream(PROMPT):
            pieces.append(piece)  # noqa: PERF401 - those before an error count
    except ProviderError as error:
        return type(error)
    return None


async def test_sends_the_documents_fields(make: Make, server: WireServer) -> None:
    server.play(reply({"text": "Hello"}))
    await ask(make("chatbase"), replace(PROMPT, history=HISTORY))
    (heard,) = server.heard
    assert (heard.method, heard.headers["authorization"]) == ("POST", "Bearer s3cret-chatbase-key")
    assert heard.json() == {
        "messages": [
            {"content": "Hi", "role": "user"},
            {"content": "Hello! How can I help?", "role": "assistant"},
            {"content": PROMPT.text, "role": "user"},
        ],
        "chatbotId": "bot-4711",
        "stream": True,
        "conversationId": "c-1",
    }


@pytest.mark.parametrize(
    ("variables", "options", "sent"),
    [
        ({"CHATBASE_TEMPERATURE": "0"}, {}, {"temperature": 0}),
        ({"CHATBASE_TEMPERATURE": "0.8", "CHATBASE_MODEL": "gpt-4o"}, {}, {"temperature": 0.8, "model": "gpt-4o"}),
        (
            {"CHATBASE_TEMPERATURE": "0.8", "CHATBASE_MODEL": "a"},
            {"temperature": "0", "model": "b"},
            {"temperature": 0, "model": "b"},
        ),
        ({"CHATBASE_TEMPERATURE": "0.8"}, {"temperature": "hot", "model": ""}, {"temperature": 0.8}),
        ({}, {"temperature": "1.5"}, {}),
        ({}, {"temperature": "nan"}, {}),
        ({"CHATBASE_STREAM": "false"}, {}, {"stream": False}),
    ],
)
async def test_the_servers_settings_win_and_unset_ones_are_not_sent(
    make: Make, server: WireServer, variables: Mapping[str, str], options: Mapping[str, str], sent: Mapping[str, object]
) -> None:
    server.play(reply({"text": "Hello"}))
    await ask(make("chatbase", **variables), replace(PROMPT, options=options, conversation_id=""))
    body = server.heard[0].json()
    assert {name: body[name] for name in body if name not in ("messages", "chatbotId")} == {"stream": True, **sent}


def test_its_options_show_the_operators_values(make: Make) -> None:
    chatbase = make("chatbase", CHATBASE_TEMPERATURE="0.80", CHATBASE_MODEL="gpt-4o")
    assert [(option.name, option.default) for option in chatbase.options] == [
        ("model", "gpt-4o"),
        ("temperature", "0.8"),
    ]
    assert [option.default for option in make("chatbase").options] == [None, None]
    assert (chatbase.streams, make("chatbase", CHATBASE_STREAM="false").streams) == (True, False)


@pytest.mark.parametrize(
    ("stream", "shape"),
    [(stream, shape) for stream in ("true", "false") for shape in ChatbaseShape if (stream, shape) != ("false", "raw")],
)
@pytest.mark.parametrize("split", [None, 1, 3])
async def test_reads_each_shape_of_the_stand_in(
    join: Make, apis: Apis, shape: ChatbaseShape, stream: str, split: int | None
) -> None:
    text = "  Grüße 🍕,\n\n- data: one\n- two & more\n"
    apis.chatbase.answers(Reply(text, shape=shape, split=split))
    assert await ask(join("chatbase", CHATBASE_STREAM=stream), replace(PROMPT, history=HISTORY)) == text
    assert apis.chatbase.received[-1].refused is None


@pytest.mark.parametrize("shape", [shape for shape in ChatbaseShape if shape is not ChatbaseShape.JSON])
async def test_each_piece_arrives_as_it_is_sent(join: Make, apis: Apis, shape: ChatbaseShape) -> None:
    held = apis.chatbase.hold(shape=shape)
    stream = join("chatbase").stream(PROMPT)
    for piece in ("First", " second", " third"):
        awaited = asyncio.create_task(anext(stream))
        await held.send(piece)
        async with asyncio.timeout(5):
            assert await awaited == piece
    await stream.aclose()
    await held.left()


@pytest.mark.parametrize("shape", [ChatbaseShape.RAW, ChatbaseShape.SSE, ChatbaseShape.SSE_DELTA])
@pytest.mark.parametrize("how", [Cut.RESET, Cut.TRUNCATE])
async def test_a_torn_stream_keeps_what_arrived(join: Make, apis: Apis, shape: ChatbaseShape, how: Cut) -> None:
    apis.chatbase.answers(Reply(pieces=["Hel", "lo", how], shape=shape))
    pieces: list[Piece] = []
    assert await collect(join("chatbase"), pieces) is ConnectionLost
    assert "".join(map(str, pieces)) == "Hello"


@pytest.mark.parametrize(
    ("script", "text", "kind"),
    [
        ((CHUNKED, chunk("Hel"), chunk("lo"), End.SILENCE), "Hello", IdleTimeout),
        ((CHUNKED, chunk("Hel") + chunk("lo"), End.RESET), "Hello", ConnectionLost),
        ((CHUNKED + chunk("Hel"), End.RESET), "Hel", ConnectionLost),
        ((CHUNKED + chunk("Hel"),), "Hel", ConnectionLost),
        ((CHUNKED, chunk("data: and")), "data: and", ConnectionLost),
        ((CHUNKED, chunk("Hel\xff".encode("latin-1")), LAST), "Hel\ufffd", None),
        ((CHUNKED, chunk("Hel"), chunk("🍕".encode()[:2])), "Hel", ConnectionLost),
        ((CHUNKED, LAST), "", NoReply),
        ((CHUNKED, chunk(" \n"), LAST), " \n", NoReply),
        ((head() + b"Hello",), "Hello", None),
        ((head(), b"Hello", End.RESET), "Hello", ConnectionLost),
        ((head(Content_Type="text/event-stream"), b"data: Hel\n\n"), "Hel", ConnectionLost),
        ((head(Content_Type="text/event-stream"), b"data: Hel\n\ndata: [DONE]\n\n", End.SILENCE), "Hel", None),
        ((reply(b"data: Hel\n\n", Content_Type="text/event-stream"),), "Hel", None),
        ((reply({"error": {"code": "x", "message": "No such model"}}),), "", ErrorReported),
        ((SSE, b"data: Hel\n\nevent: error\ndata: Overloaded\n\n"), "Hel", ErrorReported),
        ((SSE, b"data: Hel\n\nevent: error\ndata: Overloaded\n\n", End.SILENCE), "Hel", ErrorReported),
        ((SSE, b"data: Hel\n\nevent: error\ndata: Overloaded", End.RESET), "Hel", ErrorReported),
        ((SSE, b'data: {"text": "Hel"}\n\ndata: {"type": "abort"}\n\n', End.SILENCE), "Hel", ErrorReported),
        ((SSE, b"data: Hel\n\n", b"data: [DONE]\n\nevent: error\n\n", End.SILENCE), "Hel", None),
        ((CHUNKED, chunk("data: Hel\n\n"), chunk('data: {"error": "x"}\n\n'), LAST), "Hel", ErrorReported),
        ((CHUNKED, chunk('{"te'), chunk('xt": "Hello"}'), LAST), "Hello", None),
        ((CHUNKED, chunk('{"text": "Hel'), End.RESET), "Hel", ConnectionLost),
        ((CHUNKED, chunk('{"error": "Over'), End.RESET), "", ConnectionLost),
        ((reply(b'\xef\xbb\xbf\r\n{"text": "Hello"}', Content_Type="text/html; charset=utf-8"),), "Hello", None),
        ((reply(b'{"text": "Hello"}', Content_Type="Application/JSON;Charset=UTF-8"),), "Hello", None),
        ((reply(b"event: error\ndata: x\n\n", Content_Type="application/json"),), "", ErrorReported),
        ((reply(gzip.compress(b'{"text": "Hello"}'), Content_Encoding="gzip"),), "Hello", None),
        (
            (reply(gzip.compress(b"data: Hel\n\nevent: error\n\n"), Content_Encoding="gzip", Content_Type=EVENTS),),
            "Hel",
            ErrorReported,
        ),
    ],
)
async def test_how_a_stream_may_end(
    make: Make, server: WireServer, script: tuple[Step, ...], text: str, kind: type[ProviderError] | None
) -> None:
    server.play(script)
    pieces: list[Piece] = []
    assert await collect(make("chatbase"), pieces) is kind
    assert "".join(map(str, pieces)) == text
    await server.wait_left()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (402, PaymentRequired),
        ("429", RateLimited),
        ("AUTH_INVALID_API_KEY", Unauthorized),
        (400, Rejected),
        ("MODEL_OVERLOADED", ErrorReported),
    ],
)
async def test_an_errors_code_means_what_the_http_status_would(
    join: Make, apis: Apis, code: object, kind: type[ProviderError]
) -> None:
    told = {"code": code, "message": "We are sorry.\x00\nSo sorry."}
    for name, payload in (("error", told), ("", {"type": "error", "error": told})):
        apis.chatbase.fails(ErrorEvent(event_name=name, payload=payload), times=1)
        answer = join("chatbase").stream(PROMPT)
        assert [await anext(answer) for _ in range(4)] == ["This ", "answer ", "begins ", "well, "]
        with pytest.raises(ProviderError) as caught:
            await anext(answer)
        assert type(caught.value) is kind
        assert getattr(caught.value, "reason", "We are sorry. So sorry.") == "We are sorry. So sorry."


async def test_a_reply_that_may_be_json_is_held_back_only_while_it_may(join: Make, apis: Apis) -> None:
    held = apis.chatbase.hold(shape=ChatbaseShape.RAW)
    stream = join("chatbase").stream(PROMPT)
    first = asyncio.create_task(anext(stream))
    await held.send('{"error": "Not found"')
    await held.send("}")
    assert not first.done()
    await held.send(" is")
    assert await first == '{"error": "Not found"} is'
    await held.finish()
    assert [piece async for piece in stream] == []


async def test_a_stream_too_large_is_given_up_with_what_arrived(join: Make, apis: Apis) -> None:
    apis.chatbase.fails("huge")
    pieces: list[Piece] = []
    assert await collect(join("chatbase"), pieces) is TooLarge
    assert 900_000 < len("".join(map(str, pieces))) <= 1_000_000


async def test_the_stand_ins_refusals(join: Make, apis: Apis) -> None:
    with pytest.raises(Unauthorized):
        await ask(join("chatbase", CHATBASE_API_KEY="wrong"))
    apis.chatbase.fails("payment-required", times=1)
    with pytest.raises(PaymentRequired):
        await ask(join("chatbase"))
    with pytest.raises(Rejected) as caught:
        await ask(join("chatbase"), replace(PROMPT, history=(Message("user", ""),)))
    assert caught.value.reason == "messages[0].content must be a non-empty string"


async def test_the_dashboard_has_the_conversation(join: Make, apis: Apis) -> None:
    apis.chatbase.answers("Hello there")
    await ask(join("chatbase"), replace(PROMPT, history=HISTORY))
    saved = apis.chatbase.dashboard["c-1"]
    assert [message.content for message in saved] == ["Hi", "Hello! How can I help?", PROMPT.text, "Hello there"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("wrong-content-type", None),
        ("invalid-utf-8", None),
        ("empty", NoReply),
        ("cut", ConnectionLost),
        ("truncated", ConnectionLost),
        ("json-as-text", None),
        ("error-event", ErrorReported),
        ("error-payload", ErrorReported),
    ],
)
async def test_the_stand_ins_faults(join: Make, apis: Apis, fault: str, kind: type[ProviderError] | None) -> None:
    apis.chatbase.fails(fault)
    pieces: list[Piece] = []
    assert await collect(join("chatbase"), pieces) is kind
    assert bool(pieces) is (fault != "empty")


LISTS = [
    {"chatbots": {"data": [{"chatbotId": "other"}, {"chatbotId": "{id}", "status": "ready"}]}},
    {"chatbots": [{"id": "{id}", "status": None}, 7]},
    {"data": [{"id": "{id}"}]},
    [{"chatbotId": "{id}", "status": "READY"}],
]


@pytest.mark.parametrize("listed", LISTS)
async def test_a_chatbot_is_found_in_each_shape_of_the_list(make: Make, server: WireServer, listed: object) -> None:
    chatbot = ENVIRONMENTS["chatbase"]["CHATBASE_CHATBOT_ID"]
    server.play(reply(json.loads(json.dumps(listed).replace("{id}", chatbot))))
    assert await make("chatbase").check() is None


@pytest.mark.parametrize("sent", [reply("<html>", 200), reply({}, 404), reply({}, 405), reply({"chatbots": "none"})])
async def test_an_address_without_a_list_leaves_the_key_unchecked(make: Make, server: WireServer, sent: bytes) -> None:
    server.play(sent)
    assert await make("chatbase").check() == Unchecked()
