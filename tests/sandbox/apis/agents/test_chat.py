"""Asking an agent: the answer as a document, its conversation, whose it is, and what it costs."""

from typing import Any

import pytest

from sandbox.apis import ChatbaseV2, Reply, finish, tool
from sandbox.apis.agents.conversation import CREDITS
from tests.clocks import FakeClock
from tests.sandbox.apis.agents.client import Client, code_of

RECALL = "What did I say before?"


async def test_answers_in_the_documented_shape(api: ChatbaseV2, client: Client) -> None:
    api.answers("An answer.")
    response = await client.chat(userId="80351110224678912")
    conversation = api.conversations[0]
    asked, answered = conversation.messages
    assert (response.status, response.headers["Content-Type"]) == (200, "application/json")
    assert response.json == {
        "data": {
            "id": answered.id,
            "role": "assistant",
            "parts": [{"type": "text", "text": "An answer."}],
            "metadata": {
                "userMessageId": asked.id,
                "conversationId": conversation.id,
                "userId": "80351110224678912",
                "finishReason": "stop",
                "usage": {"credits": CREDITS},
            },
        }
    }
    assert response.headers["x-request-id"] == "req_00000001"


async def test_streams_unless_told_not_to(client: Client) -> None:
    path = f"/agents/{client.api.agent.id}/chat"
    for body in ({"message": "hi"}, {"message": "hi", "stream": True}):
        response = await client("POST", path, body)
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert (await client("POST", path, {"message": "hi", "stream": False})).headers[
        "Content-Type"
    ] == "application/json"


async def test_a_question_without_an_id_begins_a_conversation(api: ChatbaseV2, client: Client) -> None:
    await client.chat("one")
    await client.chat("two")
    assert [each.messages[0].text for each in api.conversations] == ["one", "two"]


async def test_a_conversation_goes_on_and_is_remembered(api: ChatbaseV2, client: Client) -> None:
    await client.chat("My cat is called Mo")
    (conversation,) = api.conversations
    response = await client.chat(RECALL, conversationId=conversation.id)
    assert "Mo" in conversation.messages[-1].text
    assert response.json["data"]["metadata"]["conversationId"] == conversation.id  # type: ignore[index]
    assert [message.role for message in conversation.messages] == ["user", "assistant"] * 2
    assert api.received[-1].user_key == conversation.id
    await client.chat(RECALL)
    assert "first thing" in api.conversations[1].messages[-1].text


async def test_the_user_counts_only_when_the_conversation_begins(api: ChatbaseV2, client: Client) -> None:
    await client.chat(userId="alice")
    (conversation,) = api.conversations
    response = await client.chat(userId="bob", conversationId=conversation.id)
    assert conversation.user_id == "alice"
    assert response.json["data"]["metadata"]["userId"] == "alice"  # type: ignore[index]
    await client.chat(conversationId=conversation.id)
    assert conversation.user_id == "alice"
    response = await client.chat()
    assert response.json["data"]["metadata"]["userId"] is None  # type: ignore[index]


@pytest.mark.parametrize("user_id", ["a", "80351110224678912", "A-z_0.9", "x" * 128])
async def test_a_user_id_that_is_taken(client: Client, user_id: str) -> None:
    assert (await client.chat(userId=user_id)).status == 200


WRONG: list[dict[str, object]] = [
    {"message": ""},
    {"message": 1},
    {"message": None},
    {"message": ["hi"]},
    {"stream": "true"},
    {"stream": None},
    {"stream": 1},
    {"conversationId": ""},
    {"conversationId": None},
    {"conversationId": 7},
    {"userId": ""},
    {"userId": "x" * 129},
    {"userId": "a b"},
    {"userId": "<@80351110224678912>"},
    {"userId": "é"},
    {"userId": "alice\n"},
    {"userId": 80351110224678912},
    {"temperature": 0},
    {"messages": []},
    {"metadata": {}},
]


@pytest.mark.parametrize("fields", WRONG, ids=repr)
async def test_refuses_a_field_that_is_wrong(client: Client, fields: dict[str, object]) -> None:
    response = await client("POST", f"/agents/{client.api.agent.id}/chat", {"message": "hi", **fields})
    assert code_of(response) == (400, "VALIDATION_INVALID_BODY")
    assert response.json["error"]["details"].keys() == fields.keys()  # type: ignore[index]
    assert not client.api.conversations


async def test_refuses_a_body_without_a_message(client: Client) -> None:
    response = await client("POST", f"/agents/{client.api.agent.id}/chat", {})
    assert response.json["error"]["details"] == {"message": "Required"}  # type: ignore[index]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"hi"', b"\xff"])
async def test_refuses_a_body_that_is_no_json_object(client: Client, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {client.api.api_key}", "Content-Type": "application/json"}
    async with client.http.post(
        f"{client.api.url}/agents/{client.api.agent.id}/chat", data=body, headers=headers
    ) as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "VALIDATION_INVALID_JSON"


async def test_refuses_another_content_type(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.api.api_key}", "Content-Type": "text/plain"}
    url = f"{client.api.url}/agents/{client.api.agent.id}/chat"
    async with client.http.post(url, data=b'{"message": "hi"}', headers=headers) as response:
        assert (await response.json())["error"]["code"] == "VALIDATION_INVALID_JSON"


async def test_a_document_has_all_parts_and_its_reason(api: ChatbaseV2, client: Client) -> None:
    api.answers(
        Reply(
            pieces=[
                "Let me see. ",
                *tool("find", "c1", output=[1]),
                "Done.",
                *tool("pay", "c2", output=None),
                finish("tool-calls"),
            ]
        )
    )
    data: Any = (await client.chat()).json["data"]
    assert data["parts"] == [
        {"type": "text", "text": "Let me see. "},
        {"type": "tool-call", "toolCallId": "c1", "toolName": "find", "input": {"order": "4711"}},
        {"type": "tool-result", "toolCallId": "c1", "toolName": "find", "output": [1]},
        {"type": "text", "text": "Done."},
        {"type": "tool-call", "toolCallId": "c2", "toolName": "pay", "input": {"order": "4711"}},
    ]
    assert data["metadata"]["finishReason"] == "tool-calls"


async def test_notices_questions_of_one_conversation_that_overlap(api: ChatbaseV2, client: Client) -> None:
    stream = api.hold()
    path = f"/agents/{api.agent.id}/chat"
    async with client.open("POST", path, {"message": "hi"}):
        await stream.send("Hel")
        (conversation,) = api.conversations
        await client.chat("also", conversationId=conversation.id)
        assert conversation.overlaps == 1
        await stream.finish()
    await client.chat("then", conversationId=conversation.id)
    assert conversation.overlaps == 1


async def test_times_are_seconds(api: ChatbaseV2, client: Client, clock: FakeClock) -> None:
    await client.chat("A question that is long enough for its title to be cut, since titles are short")
    clock.now += 5.7
    (conversation,) = api.conversations
    await client.chat(conversationId=conversation.id)
    assert (conversation.created_at, conversation.updated_at) == (1000, 1005)
    assert conversation.title == "A question that is long enough for its title to be cut, sinc"
