"""What can be read and changed without asking: agents, conversations, messages, feedback, a pause."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.apis import Agent, ChatbaseV2, Conversation, ConversationStatus
from tests.sandbox.apis.agents.client import Client, code_of

AGENT_FIELDS = {
    "id",
    "name",
    "model",
    "creditLimit",
    "creditsUsed",
    "status",
    "suggestedMessages",
    "initialMessages",
}


async def begin(client: Client, *questions: str) -> Conversation:
    client.api.answers("ok")
    await client.chat(questions[0] if questions else "hi", userId="alice")
    (conversation,) = client.api.conversations
    for question in questions[1:]:
        await client.chat(question, conversationId=conversation.id)
    return conversation


async def test_lists_the_agents(api: ChatbaseV2, client: Client) -> None:
    await client.chat()
    listed: Any = (await client("GET", "/agents")).json
    assert listed["pagination"] == {"cursor": None, "hasMore": False, "total": 2}
    first, second = listed["data"]
    assert first.keys() == AGENT_FIELDS
    assert (first["id"], first["name"], first["creditsUsed"]) == (api.agent.id, "Basil", 1)
    assert isinstance(first["creditLimit"], int)
    assert {each["type"] for each in first["suggestedMessages"]} == {"single", "nested"}
    assert (second["creditLimit"], second["suggestedMessages"]) == (None, None)


async def test_pages_of_agents(api: ChatbaseV2, client: Client) -> None:
    api.workspace.agents += [Agent(f"agent-{number}", "x") for number in range(23)]
    assert len((await client("GET", "/agents")).json["data"]) == 20  # type: ignore[arg-type]
    found: list[str] = []
    cursor: dict[str, str] = {}
    sizes = []
    while True:
        page: Any = (await client("GET", "/agents", params={"limit": "10", **cursor})).json
        found += [agent["id"] for agent in page["data"]]
        sizes.append(len(page["data"]))
        assert page["pagination"]["total"] == 25
        assert page["pagination"]["hasMore"] is (page["pagination"]["cursor"] is not None)
        if not page["pagination"]["hasMore"]:
            break
        cursor = {"cursor": page["pagination"]["cursor"]}
    assert sizes == [10, 10, 5]
    assert found == [agent.id for agent in api.workspace.agents]


@pytest.mark.parametrize(
    "params",
    [{"limit": "0"}, {"limit": "101"}, {"limit": "-1"}, {"limit": "x"}, {"limit": ""}, {"cursor": "x"}, {"page": "2"}],
    ids=repr,
)
async def test_refuses_a_page_that_is_wrong(client: Client, params: dict[str, str]) -> None:
    conversation = await begin(client)
    for path in ("/agents", f"{client.path(conversation)}/messages"):
        response = await client("GET", path, params=params)
        assert code_of(response) == (400, "VALIDATION_INVALID_BODY")
        assert response.json["error"]["details"].keys() == params.keys()  # type: ignore[index]


async def test_lists_messages_with_their_scores(api: ChatbaseV2, client: Client) -> None:
    conversation = await begin(client)
    asked, answered = conversation.messages
    listed = (await client("GET", f"{client.path(conversation)}/messages")).json
    assert listed == {
        "data": [
            {
                "id": asked.id,
                "role": "user",
                "parts": [{"type": "text", "text": "hi"}],
                "createdAt": 1000,
                "feedback": None,
                "metadata": {"score": None},
            },
            {
                "id": answered.id,
                "role": "assistant",
                "parts": [{"type": "text", "text": "ok"}],
                "createdAt": 1000,
                "feedback": None,
                "metadata": {"score": api.workspace.score},
            },
        ],
        "pagination": {"cursor": None, "hasMore": False, "total": 2},
    }
    answered.score = None
    again: Any = (await client("GET", f"{client.path(conversation)}/messages")).json
    assert again["data"][1]["metadata"] == {"score": None}


async def test_pages_of_messages_in_either_order(api: ChatbaseV2, client: Client) -> None:
    conversation = await begin(client, "a", "b", "c")
    path = f"{client.path(conversation)}/messages"
    first: Any = (await client("GET", path, params={"limit": "4"})).json
    cursor = first["pagination"]["cursor"]
    second: Any = (await client("GET", path, params={"limit": "100", "cursor": cursor})).json
    ids = [message["id"] for message in (*first["data"], *second["data"])]
    assert ids == [message.id for message in conversation.messages]
    api.unsettled = replace(api.unsettled, newest_first=True)
    newest: Any = (await client("GET", path, params={"limit": "1"})).json
    assert newest["data"][0]["id"] == ids[-1]


async def test_shows_a_conversation(api: ChatbaseV2, client: Client) -> None:
    conversation = await begin(client, "What is that?")
    shown = {
        "id": conversation.id,
        "title": "What is that?",
        "createdAt": 1000,
        "updatedAt": 1000,
        "userId": "alice",
        "status": "ongoing",
    }
    assert (await client("GET", client.path(conversation))).json == {"data": shown}
    api.unsettled = replace(api.unsettled, bare_conversation=True)
    assert (await client("GET", client.path(conversation))).json == shown
    for status in ConversationStatus:
        conversation.status = status
        assert (await client("GET", client.path(conversation))).json["status"] == status.value


async def test_pauses_and_goes_on(client: Client) -> None:
    conversation = await begin(client)
    for paused, status in ((True, "paused"), (True, "paused"), (False, "ongoing")):
        response = await client("PATCH", client.path(conversation), {"paused": paused})
        assert response.json == {"data": {"id": conversation.id, "status": status}}
    for body in ({}, {"paused": "yes"}, {"paused": None}, {"paused": True, "status": "ended"}):
        assert code_of(await client("PATCH", client.path(conversation), body)) == (400, "VALIDATION_INVALID_BODY")


@pytest.mark.parametrize("feedback", ["positive", "negative", None])
async def test_takes_feedback(client: Client, feedback: str | None) -> None:
    conversation = await begin(client)
    answered = conversation.messages[1]
    answered.feedback = "positive"
    response = await client("PATCH", client.feedback_path(conversation, answered), {"feedback": feedback})
    assert response.json == {"data": answered.view()}
    assert answered.feedback == feedback


async def test_refuses_feedback(api: ChatbaseV2, client: Client) -> None:
    conversation = await begin(client)
    asked, answered = conversation.messages
    path = client.feedback_path(conversation, answered)
    for body in ({}, {"feedback": "good"}, {"feedback": True}, {"feedback": "positive", "comment": "x"}):
        assert code_of(await client("PATCH", path, body)) == (400, "VALIDATION_INVALID_BODY")
    wrong = client.feedback_path(conversation, asked)
    assert code_of(await client("PATCH", wrong, {"feedback": None})) == (422, "RESOURCE_MESSAGE_NOT_ASSISTANT")
    other = api.workspace.open_conversation(api.agent.id)
    elsewhere = client.feedback_path(other, answered)
    assert code_of(await client("PATCH", elsewhere, {"feedback": None})) == (404, "RESOURCE_MESSAGE_NOT_FOUND")
    assert (asked.feedback, answered.feedback) == (None, None)


async def test_another_agents_conversation_is_not_there(api: ChatbaseV2, client: Client) -> None:
    conversation = await begin(client)
    theirs = client.path(conversation, api.workspace.agents[1].id)
    for method, path, body in (
        ("GET", theirs, None),
        ("GET", f"{theirs}/messages", None),
        ("PATCH", theirs, {"paused": True}),
        ("PATCH", f"{theirs}/messages/{conversation.messages[1].id}/feedback", {"feedback": None}),
    ):
        assert code_of(await client(method, path, body)) == (404, "RESOURCE_NOT_FOUND")
    assert conversation.status is ConversationStatus.ONGOING
