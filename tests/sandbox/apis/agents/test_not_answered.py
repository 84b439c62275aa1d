"""Questions that get no answer: the conversation is not there, over or a person's, or the credits are used up."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.apis import ChatbaseV2, ConversationStatus
from sandbox.apis.agents.conversation import CREDITS
from tests.sandbox.apis.agents.client import Client, code_of
from tests.sandbox.apis.sample_requests import events_in


async def test_refuses_a_conversation_that_is_not_there_or_another_agents(api: ChatbaseV2, client: Client) -> None:
    other = api.workspace.agents[1].id
    await client.chat(agent=other)
    (theirs,) = api.conversations
    assert code_of(await client.chat(conversationId=theirs.id)) == (400, "CHAT_CONVERSATION_MISMATCH")
    assert code_of(await client.chat(conversationId="nowhere")) == (404, "RESOURCE_NOT_FOUND")
    api.unsettled = replace(api.unsettled, conversation_status=409, unknown_conversation="CHAT_CONVERSATION_MISMATCH")
    for wrong in (theirs.id, "nowhere"):
        assert code_of(await client.chat(conversationId=wrong)) == (409, "CHAT_CONVERSATION_MISMATCH")
    assert len(theirs.messages) == 2


@pytest.mark.parametrize("status", [ConversationStatus.ENDED, ConversationStatus.TAKEN_OVER])
async def test_refuses_a_conversation_that_is_over(api: ChatbaseV2, client: Client, status: ConversationStatus) -> None:
    await client.chat()
    (conversation,) = api.conversations
    conversation.status = status
    assert code_of(await client.chat(conversationId=conversation.id)) == (400, "CHAT_CONVERSATION_NOT_ONGOING")
    assert len(conversation.messages) == 2
    assert (await client.chat()).status == 200


@pytest.mark.parametrize("stream", [False, True])
async def test_a_paused_conversation_records_and_is_silent(api: ChatbaseV2, client: Client, *, stream: bool) -> None:
    await client.chat()
    (conversation,) = api.conversations
    conversation.status = ConversationStatus.PAUSED
    api.answers("planned", times=1)
    response = await client.chat("Anybody?", conversationId=conversation.id, stream=stream)
    assert response.status == 200
    metadata: Any
    if stream:
        *_, end = events_in(response.text)
        assert "delta" not in response.text
        assert '"start"' not in response.text
        metadata = end["messageMetadata"]
        assert "messageId" not in metadata
    else:
        data: Any = response.json["data"]
        assert data["parts"] == []
        metadata = data["metadata"]
    assert metadata["usage"] == {"credits": 0}
    assert metadata["conversationId"] == conversation.id
    assert [message.role for message in conversation.messages] == ["user", "assistant", "user"]
    assert api.agent.credits_used == CREDITS
    conversation.status = ConversationStatus.ONGOING
    await client.chat(conversationId=conversation.id)
    assert conversation.messages[-1].text == "planned"


async def test_a_test_chooses_what_is_silent_and_what_refuses(api: ChatbaseV2, client: Client) -> None:
    await client.chat()
    (conversation,) = api.conversations
    conversation.status = ConversationStatus.PAUSED
    api.unsettled = replace(api.unsettled, silent_when=frozenset())
    assert code_of(await client.chat(conversationId=conversation.id)) == (400, "CHAT_CONVERSATION_NOT_ONGOING")
    conversation.status = ConversationStatus.TAKEN_OVER
    api.unsettled = replace(api.unsettled, silent_when=frozenset({ConversationStatus.TAKEN_OVER}))
    assert (await client.chat(conversationId=conversation.id)).status == 200


async def test_an_agents_credits_run_out(api: ChatbaseV2, client: Client) -> None:
    api.agent.credit_limit = 2 * CREDITS
    assert [(await client.chat()).status for _ in range(3)] == [200, 200, 402]
    response = await client.chat()
    assert code_of(response) == (402, "CHAT_AGENT_CREDITS_EXHAUSTED")
    assert api.agent.credits_used == 2 * CREDITS
    assert (await client.chat(agent=api.workspace.agents[1].id)).status == 200


async def test_the_workspaces_credits_run_out_for_all_agents(api: ChatbaseV2, client: Client) -> None:
    api.workspace.credits_left = CREDITS
    assert (await client.chat()).status == 200
    for agent in api.workspace.agents:
        assert code_of(await client.chat(agent=agent.id)) == (402, "CHAT_CREDITS_EXHAUSTED")
    assert (await client("GET", "/agents")).status == 200
