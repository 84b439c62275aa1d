"""The Chatbase stand-in against provider-docs/chatbase.txt, and every shape a stream was seen in."""

import json
from typing import Any

import aiohttp
import pytest

from sandbox.apis import Apis, ChatbaseShape, Cut, Message, Reply
from tests.sandbox.apis.sample_requests import LEFT_OUT, Asker

USER_SAYS = {"role": "user", "content": "hi"}
BOT_SAYS = {"role": "assistant", "content": "How can I help you?"}


async def test_answers_with_text_when_not_streaming(apis: Apis, ask: Asker) -> None:
    apis.chatbase.answers("Chatbase is a builder.")
    for stream in (LEFT_OUT, False):
        response = await ask("chatbase", stream=stream)
        assert (response.status, response.headers["Content-Type"]) == (200, "application/json")
        assert response.json == {"text": "Chatbase is a builder."}


async def test_takes_every_documented_field(apis: Apis, ask: Asker) -> None:
    response = await ask(
        "chatbase", messages=[BOT_SAYS, USER_SAYS], stream=True, temperature=0.5, conversationId="c1", model="gpt-4o"
    )
    assert response.status == 200
    assert apis.chatbase.received[0].fields["temperature"] == 0.5


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Token sandbox-chatbase-key", "sandbox-chatbase-key"])
async def test_refuses_a_missing_or_wrong_key(apis: Apis, http: aiohttp.ClientSession, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    async with http.post(apis.chatbase.url, json={}, headers=headers) as response:
        assert response.status == 401
        assert isinstance((await response.json())["message"], str)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("messages", LEFT_OUT),
        ("messages", []),
        ("messages", "hi"),
        ("messages", [USER_SAYS, BOT_SAYS]),
        ("messages", [{"role": "system", "content": "x"}, USER_SAYS]),
        ("messages", [{"role": "user", "content": ""}]),
        ("messages", [{"role": "user", "content": 1}]),
        ("messages", [{"role": "user"}]),
        ("messages", [{**USER_SAYS, "name": "x"}]),
        ("messages", ["hi"]),
        ("chatbotId", LEFT_OUT),
        ("chatbotId", ""),
        ("stream", "true"),
        ("stream", None),
        ("temperature", -0.1),
        ("temperature", 1.1),
        ("temperature", "0"),
        ("temperature", True),
        ("conversationId", ""),
        ("conversationId", 7),
        ("model", ""),
        ("model", None),
        ("user", "x"),
    ],
)
async def test_refuses_a_field_that_is_wrong(apis: Apis, ask: Asker, field: str, value: object) -> None:
    response = await ask("chatbase", **{field: value})
    assert response.status == 400
    assert response.json == {"message": apis.chatbase.received[0].refused}


async def test_refuses_a_chatbot_that_is_not_there(ask: Asker) -> None:
    response = await ask("chatbase", chatbotId="another")
    assert (response.status, response.json) == (404, {"message": "Chatbot not found"})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
async def test_refuses_a_body_that_is_no_json_object(apis: Apis, http: aiohttp.ClientSession, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {apis.chatbase.api_key}"}
    async with http.post(apis.chatbase.url, data=body, headers=headers) as response:
        assert response.status == 400
        assert "message" in await response.json()


async def test_any_model_name_passes(ask: Asker) -> None:
    assert (await ask("chatbase", model="gpt-99-nano")).status == 200


async def streamed(ask: Asker, shape: ChatbaseShape | None, text: str) -> tuple[str, str]:
    ask.apis.chatbase.answers(Reply(text, shape=shape))
    response = await ask("chatbase", stream=True)
    assert response.headers["Transfer-Encoding"] == "chunked"
    return response.headers["Content-Type"], response.text


async def test_streams_raw_text_by_default(ask: Asker) -> None:
    assert await streamed(ask, None, "a b\n\n  ü🦊") == ("text/plain; charset=utf-8", "a b\n\n  ü🦊")


async def test_streams_events_ended_by_done(ask: Asker) -> None:
    content_type, body = await streamed(ask, ChatbaseShape.SSE, "a \nb 🦊")
    assert content_type == "text/event-stream"
    assert body == "data: a \ndata: \n\ndata: b \n\ndata: 🦊\n\ndata: [DONE]\n\n"


async def test_streams_events_under_plain_text(ask: Asker) -> None:
    content_type, body = await streamed(ask, ChatbaseShape.SSE_UNDECLARED, "a")
    assert content_type == "text/plain; charset=utf-8"
    assert body == "data: a\n\ndata: [DONE]\n\n"


def payloads(body: str) -> list[Any]:
    *frames, done, rest = body.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


async def test_streams_events_with_json(ask: Asker) -> None:
    _, body = await streamed(ask, ChatbaseShape.SSE_TEXT, "a 🦊")
    assert payloads(body) == [{"text": "a "}, {"text": "🦊"}]
    _, body = await streamed(ask, ChatbaseShape.SSE_DELTA, "a b")
    assert payloads(body) == [
        {"type": "start"},
        {"type": "text-delta", "delta": "a "},
        {"type": "text-delta", "delta": "b"},
        {"type": "finish"},
    ]


async def test_answers_plain_json_where_a_stream_was_asked_for(apis: Apis, ask: Asker) -> None:
    apis.chatbase.answers(Reply("all", shape=ChatbaseShape.JSON))
    response = await ask("chatbase", stream=True)
    assert (response.headers["Content-Type"], response.json) == ("application/json", {"text": "all"})


async def test_the_dashboard_keeps_what_the_latest_call_sent_and_its_answer(apis: Apis, ask: Asker) -> None:
    apis.chatbase.answers("A", times=1)
    await ask("chatbase", conversationId="c1", stream=True)
    assert apis.chatbase.dashboard == {"c1": [Message("user", "hello"), Message("assistant", "A")]}
    apis.chatbase.answers("B", times=1)
    await ask("chatbase", conversationId="c1", messages=[BOT_SAYS, USER_SAYS])
    saved = [Message("assistant", "How can I help you?"), Message("user", "hi"), Message("assistant", "B")]
    assert apis.chatbase.dashboard == {"c1": saved}


async def test_the_dashboard_keeps_no_answer_that_was_cut(apis: Apis, ask: Asker) -> None:
    apis.chatbase.answers(Reply(pieces=["Hel", Cut.TRUNCATE]))
    with pytest.raises(aiohttp.ClientPayloadError):
        await ask("chatbase", conversationId="c1", stream=True)
    assert apis.chatbase.dashboard == {"c1": [Message("user", "hello")]}


async def test_nothing_is_saved_without_a_conversation_id(apis: Apis, ask: Asker) -> None:
    await ask("chatbase")
    assert apis.chatbase.dashboard == {}
