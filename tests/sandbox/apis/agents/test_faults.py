"""Faults that only this stand-in has, by the names that the page offers, and what others do to a conversation."""

import aiohttp
import pytest

from sandbox.apis import ERRORS, FAULTS, ChatbaseV2, ConversationStatus
from tests.sandbox.apis.agents.client import Client, code_of
from tests.sandbox.apis.sample_requests import events_in, said_in


def test_it_has_the_usual_faults_and_its_own(api: ChatbaseV2) -> None:
    own = {"ended", "taken_over", "paused", "tool-calls", "error-at-the-end", "no-text", *ERRORS}
    assert api.faults.keys() == FAULTS.keys() | own


@pytest.mark.parametrize("status", ["ended", "taken_over", "paused"])
async def test_conversations_are_changed_as_they_are_used(api: ChatbaseV2, client: Client, status: str) -> None:
    api.fails(status)
    assert (await client.chat()).status == 200
    (conversation,) = api.conversations
    response = await client.chat(conversationId=conversation.id)
    assert conversation.status is ConversationStatus(status)
    if status == "paused":
        assert response.status == 200
    else:
        assert code_of(response) == (400, "CHAT_CONVERSATION_NOT_ONGOING")
    shown = (await client("GET", client.path(conversation))).json["data"]
    assert shown["status"] == status  # type: ignore[index]


@pytest.mark.parametrize(("fault", "reason"), [("tool-calls", "tool-calls"), ("error-at-the-end", "error")])
async def test_bad_ends(api: ChatbaseV2, client: Client, fault: str, reason: str) -> None:
    api.fails(fault)
    end = events_in((await client.chat(stream=True)).text)[-1]
    assert end["messageMetadata"]["finishReason"] == reason
    assert (await client.chat()).json["data"]["metadata"]["finishReason"] == reason  # type: ignore[index]
    assert (await client("GET", "/agents")).status == 200


async def test_an_answer_without_text(api: ChatbaseV2, client: Client) -> None:
    api.fails("no-text")
    assert (await client.chat()).json["data"]["parts"] == []  # type: ignore[index]
    assert said_in((await client.chat(stream=True)).text) == ""


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("fault", ["wrong-content-type", "json-as-text", "invalid-utf-8"])
async def test_an_odd_answer_belongs_to_its_conversation(
    api: ChatbaseV2, client: Client, fault: str, *, stream: bool
) -> None:
    api.fails(fault, times=1)
    body = (await client.chat(stream=stream)).body
    (conversation,) = api.conversations
    assert conversation.id.encode() in body
    assert [message.role for message in conversation.messages] == ["user", "assistant"]
    assert (await client.chat(conversationId=conversation.id)).status == 200


async def test_a_faulty_request_that_is_wrong_begins_no_conversation(api: ChatbaseV2, client: Client) -> None:
    api.fails("cut")
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.chat("", stream=True)
    with pytest.raises(aiohttp.ClientPayloadError):
        await client("GET", "/agents")
    assert not api.conversations
