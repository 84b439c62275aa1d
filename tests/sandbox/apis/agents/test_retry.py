"""`retry`: cuts the conversation at an assistant's message and sends the user's message before it again."""

from typing import Any

from sandbox.apis import ChatbaseV2, Conversation, ConversationStatus
from tests.sandbox.apis.agents.client import Client, code_of
from tests.sandbox.apis.sample_requests import events_in


async def talk(client: Client, *questions: str) -> Conversation:
    """Ask these in one conversation; each answer is its question in capitals."""
    client.api.answers(lambda received: (received.question or "").upper())
    await client.chat(questions[0])
    conversation = client.api.conversations[-1]
    for question in questions[1:]:
        await client.chat(question, conversationId=conversation.id)
    return conversation


def texts(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.messages]


async def test_gives_the_last_answer_again(api: ChatbaseV2, client: Client) -> None:
    conversation = await talk(client, "one", "two")
    asked, answered = conversation.messages[-2:]
    api.answers("ANOTHER", times=1)
    data: Any = (await client.retry(conversation, answered.id)).json["data"]
    assert texts(conversation) == ["one", "ONE", "two", "ANOTHER"]
    assert data["metadata"]["userMessageId"] == asked.id
    assert data["id"] == conversation.messages[-1].id != answered.id
    assert api.received[-1].question == "two"


async def test_cuts_what_came_after(client: Client) -> None:
    conversation = await talk(client, "one", "two", "three")
    await client.retry(conversation, conversation.messages[1].id)
    assert texts(conversation) == ["one", "ONE"]


async def test_forgets_what_was_cut(api: ChatbaseV2, client: Client) -> None:
    conversation = await talk(client, "one", "What did I say before?", "three")
    api.clear()
    await client.retry(conversation, conversation.messages[3].id)
    assert "“one”" in conversation.messages[-1].text
    assert "three" not in conversation.messages[-1].text
    assert "before" not in conversation.messages[-1].text.partition("“")[2]


async def test_streams_unless_told_not_to(api: ChatbaseV2, client: Client) -> None:
    conversation = await talk(client, "one")
    body = {"messageId": conversation.messages[1].id}
    response = await client("POST", f"{client.path(conversation)}/retry", body)
    first, *_, last = events_in(response.text)
    assert first["messageId"] == last["messageMetadata"]["messageId"] == api.conversations[0].messages[-1].id


async def test_two_answers_in_a_row_have_one_question(api: ChatbaseV2, client: Client) -> None:
    conversation = await talk(client, "one")
    said = api.workspace.say(conversation, "assistant", "And another thing.")
    await client.retry(conversation, said.id)
    assert texts(conversation) == ["one", "ONE", "ONE"]


async def test_its_errors(api: ChatbaseV2, client: Client) -> None:
    conversation = await talk(client, "one")
    other = await talk(client, "elsewhere")
    asked, answered = conversation.messages
    greeting = api.workspace.open_conversation(api.agent.id)
    greeted = api.workspace.say(greeting, "assistant", "Hi!")
    missing = (404, "CHAT_RETRY_MESSAGE_NOT_FOUND")
    assert code_of(await client.retry(conversation, "msg_0")) == missing
    assert code_of(await client.retry(conversation, answered.id.upper())) == missing
    assert code_of(await client.retry(conversation, other.messages[1].id)) == missing
    assert code_of(await client.retry(conversation, asked.id)) == (422, "RESOURCE_MESSAGE_NOT_ASSISTANT")
    assert code_of(await client.retry(greeting, greeted.id)) == (400, "CHAT_RETRY_NO_USER_MESSAGE")
    assert texts(conversation) == ["one", "ONE"]
    gone = Conversation(api.agent.id, 0)
    assert code_of(await client.retry(gone, answered.id)) == (404, "RESOURCE_NOT_FOUND")
    stranger = api.workspace.agents[1].id
    assert code_of(await client.retry(conversation, answered.id, agent=stranger)) == (400, "CHAT_CONVERSATION_MISMATCH")
    conversation.status = ConversationStatus.ENDED
    assert code_of(await client.retry(conversation, answered.id)) == (400, "CHAT_CONVERSATION_NOT_ONGOING")


async def test_it_is_charged_like_a_question(api: ChatbaseV2, client: Client) -> None:
    conversation = await talk(client, "one")
    api.agent.credit_limit = api.agent.credits_used
    response = await client.retry(conversation, conversation.messages[1].id)
    assert code_of(response) == (402, "CHAT_AGENT_CREDITS_EXHAUSTED")
    assert texts(conversation) == ["one", "ONE"]


async def test_refuses_a_field_that_is_wrong(client: Client) -> None:
    conversation = await talk(client, "one")
    path = f"{client.path(conversation)}/retry"
    right = {"messageId": conversation.messages[1].id}
    for body in ({}, {"messageId": ""}, {"messageId": 1}, {**right, "message": "x"}, {**right, "stream": 0}):
        assert code_of(await client("POST", path, body)) == (400, "VALIDATION_INVALID_BODY")
