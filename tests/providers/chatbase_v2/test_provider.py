"""Chatbase v2 over real sockets: its conversations against the stand-in, what only bytes can show against a script."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import (
    ConnectionLost,
    ErrorReported,
    Forbidden,
    NoReply,
    NotFound,
    PaymentRequired,
    ProviderError,
    RateLimited,
    Rejected,
    ServerFault,
    TakenOver,
    Unauthorized,
)
from bot.domain.provider import (
    Message,
    Piece,
    Prompt,
    Receipt,
)
from bot.providers.base import ChatApi
from sandbox.apis import Apis
from sandbox.apis.agents.unsettled import Status, Unsettled
from tests.providers.conftest import Make, Pauses
from tests.providers.wire import WireServer, reply

FIRST = Prompt("My name is Ada.", "80351110224678912", "")
HISTORY = (Message("user", "My name is Ada."), Message("assistant", "Hello Ada!"))


async def ask(provider: ChatApi[Any], prompt: Prompt) -> tuple[str, Receipt]:
    """Return an answer's text, and the last that was told of it."""
    text, receipt = "", Receipt()
    async for piece in provider.stream(prompt):
        text += piece if isinstance(piece, str) else ""
        receipt = piece if isinstance(piece, Receipt) else receipt
    return text, receipt


async def collect(provider: ChatApi[Any], prompt: Prompt) -> tuple[list[Piece], type[ProviderError] | None]:
    """Return an answer's pieces, and the kind of error that ended it."""
    pieces, end = list[Piece](), None
    try:
        async for piece in provider.stream(prompt):
            pieces.append(piece)
    except ProviderError as error:
        end = error
    assert end is None or end.__context__ is None
    return pieces, None if end is None else type(end)


def said(apis: Apis) -> Sequence[str]:
    """Return what each question's message was."""
    return [str(each.fields["message"]) for each in apis.chatbase_v2.received if "message" in each.fields]


async def test_a_conversation_goes_on_by_the_id_that_its_first_answer_told(join: Make, apis: Apis) -> None:
    provider = join("chatbase-v2")
    text, receipt = await ask(provider, FIRST)
    (conversation,) = apis.chatbase_v2.conversations
    assert text == conversation.messages[1].text
    assert receipt == Receipt(conversation.id, conversation.messages[1].id, 1.0)
    _, second = await ask(provider, Prompt("And yours?", FIRST.user_key, receipt.conversation_id))
    assert second.conversation_id == conversation.id
    assert [each.text for each in conversation.messages if each.role == "user"] == [FIRST.text, "And yours?"]
    assert not apis.chatbase_v2.strays


@pytest.mark.parametrize("is_personal", [True, False])
async def test_only_a_personal_conversation_has_its_owner(join: Make, apis: Apis, *, is_personal: bool) -> None:
    provider = join("chatbase-v2")
    _, receipt = await ask(provider, replace(FIRST, is_personal=is_personal))
    await ask(provider, replace(FIRST, is_personal=is_personal, conversation_id=receipt.conversation_id))
    assert apis.chatbase_v2.conversations[0].user_id == (FIRST.user_key if is_personal else None)
    assert "userId" not in apis.chatbase_v2.received[1].fields


async def test_another_answer_replaces_the_last_one_in_its_conversation(join: Make, apis: Apis) -> None:
    provider = join("chatbase-v2")
    _, first = await ask(provider, FIRST)
    again = replace(FIRST, conversation_id=first.conversation_id, retry_of=first.answer_id)
    text, second = await ask(provider, again)
    (conversation,) = apis.chatbase_v2.conversations
    assert [each.text for each in conversation.messages] == [FIRST.text, text]
    assert second.conversation_id == first.conversation_id
    assert second.answer_id not in ("", first.answer_id)


@pytest.mark.parametrize("retry_of", ["msg_unknown", "a/b?c#d"])
async def test_an_answer_that_is_unknown_there_begins_a_new_conversation(join: Make, apis: Apis, retry_of: str) -> None:
    provider = join("chatbase-v2")
    _, first = await ask(provider, FIRST)
    again = replace(FIRST, text="Who am I?", conversation_id=first.conversation_id, retry_of=retry_of, history=HISTORY)
    _, second = await ask(provider, again)
    before, new = apis.chatbase_v2.conversations
    assert second.conversation_id == new.id
    assert len(before.messages) == 2, "nothing of it was cut"
    assert new.messages[0].text == "User: My name is Ada.\n\nAssistant: Hello Ada!\n\nUser: Who am I?"


async def test_a_retry_without_a_conversation_is_a_question(join: Make, apis: Apis) -> None:
    await ask(join("chatbase-v2"), replace(FIRST, retry_of="msg_1"))
    assert said(apis) == [FIRST.text]


@pytest.mark.parametrize("status", [400, 404, 409])
@pytest.mark.parametrize("unknown", ["RESOURCE_NOT_FOUND", "CHAT_CONVERSATION_MISMATCH"])
async def test_an_unknown_conversation_begins_again(join: Make, apis: Apis, unknown: str, status: int) -> None:
    apis.chatbase_v2.unsettled = Unsettled(unknown_conversation=unknown, conversation_status=status)
    lost = replace(FIRST, conversation_id="gone", history=HISTORY, is_personal=True)
    text, receipt = await ask(join("chatbase-v2"), lost)
    (conversation,) = apis.chatbase_v2.conversations
    assert text
    assert receipt.conversation_id == conversation.id
    assert conversation.user_id == FIRST.user_key
    assert said(apis)[-1].endswith(f"Assistant: Hello Ada!\n\nUser: {FIRST.text}")
    assert not apis.chatbase_v2.strays


@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize(
    ("status", "is_paused"), [(Status.TAKEN_OVER, False), (Status.PAUSED, True), (Status.ENDED, None)]
)
async def test_a_person_who_answers_is_said_and_an_end_begins_again(
    join: Make, apis: Apis, status: Status, is_paused: bool | None, *, silent: bool, bare: bool
) -> None:
    provider, v2 = join("chatbase-v2"), apis.chatbase_v2
    v2.unsettled = Unsettled(
        silent_when=frozenset({Status.PAUSED, Status.TAKEN_OVER} if silent else ()), bare_conversation=bare
    )
    _, first = await ask(provider, FIRST)
    v2.conversations[0].status = status
    further = replace(FIRST, conversation_id=first.conversation_id, history=HISTORY)
    for prompt in (further, replace(further, retry_of=first.answer_id)):
        if is_paused is None:
            _, receipt = await ask(provider, prompt)
            assert receipt.conversation_id == v2.conversations[-1].id != first.conversation_id
        else:
            with pytest.raises(TakenOver) as caught:
                await ask(provider, prompt)
            assert caught.value.is_paused is is_paused
            assert len(v2.conversations) == 1


async def test_an_empty_answer_of_an_ongoing_conversation_is_no_reply(join: Make, apis: Apis) -> None:
    provider = join("chatbase-v2")
    _, first = await ask(provider, FIRST)
    apis.chatbase_v2.fails("no-text")
    with pytest.raises(NoReply):
        await ask(provider, replace(FIRST, conversation_id=first.conversation_id))
    assert len(apis.chatbase_v2.conversations) == 1


@pytest.mark.parametrize("conversation", ["", "known"])
@pytest.mark.parametrize(
    ("code", "kind", "tries"),
    [
        ("VALIDATION_INVALID_BODY", Rejected, 1),
        ("AUTH_MISSING_API_KEY", Unauthorized, 1),
        ("AUTH_INVALID_API_KEY", Unauthorized, 1),
        ("AUTH_EXPIRED_API_KEY", Unauthorized, 1),
        ("CHAT_CREDITS_EXHAUSTED", PaymentRequired, 1),
        ("CHAT_AGENT_CREDITS_EXHAUSTED", PaymentRequired, 1),
        ("SUBSCRIPTION_API_RESTRICTED_PLAN", Forbidden, 1),
        ("AUTH_INSUFFICIENT_PERMISSIONS", Forbidden, 1),
        ("CHAT_MODEL_NOT_ALLOWED", Forbidden, 1),
        ("AGENT_NOT_FOUND", NotFound, 1),
        ("RATE_LIMIT_TOO_MANY_REQUESTS", RateLimited, 3),
        ("INTERNAL_SERVER_ERROR", ServerFault, 1),
        ("SERVICE_UNDER_MAINTENANCE", ServerFault, 3),
    ],
)
async def test_each_refusal_is_one_of_the_family(
    join: Make, apis: Apis, code: str, kind: type[ProviderError], tries: int, conversation: str
) -> None:
    provider, v2 = join("chatbase-v2"), apis.chatbase_v2
    known = (await ask(provider, FIRST))[1].conversation_id if conversation else ""
    asked = len(v2.received)
    v2.fails(code)
    assert await collect(provider, replace(FIRST, conversation_id=known)) == ([], kind)
    assert len(v2.received) - asked == tries
    assert len(v2.conversations) == bool(conversation)


async def test_maintenance_that_ends_is_not_noticed(join: Make, apis: Apis) -> None:
    apis.chatbase_v2.fails("SERVICE_UNDER_MAINTENANCE", times=2)
    text, _ = await ask(join("chatbase-v2"), FIRST)
    assert text
    assert len(apis.chatbase_v2.conversations) == 1


async def test_a_pause_that_the_api_asks_for_is_kept_to(make: Make, server: WireServer, pauses: Pauses) -> None:
    limited = reply({"error": {"code": "RATE_LIMIT_TOO_MANY_REQUESTS", "message": "Slow."}}, 429, Retry_After="2")
    server.play(limited)
    with pytest.raises(RateLimited) as caught:
        await ask(make("chatbase-v2"), FIRST)
    assert caught.value.retry_after == 2
    assert pauses.asked == [2, 2]


async def test_a_refusal_inside_a_success_begins_again_too(make: Make, server: WireServer) -> None:
    over = reply({"error": {"code": "CHAT_CONVERSATION_NOT_ONGOING", "message": "Over."}})
    answer = reply({"data": {"id": "m", "parts": [{"type": "text", "text": "Hello"}]}})
    server.play(over, reply({"error": {"code": "RESOURCE_NOT_FOUND"}}, 404), answer)
    assert await ask(make("chatbase-v2"), replace(FIRST, conversation_id="c-1")) == ("Hello", Receipt(answer_id="m"))
    assert [heard.target for heard in server.heard] == [
        "/agents/agent-4711/chat",
        "/agents/agent-4711/conversations/c-1",
        "/agents/agent-4711/chat",
    ]
    assert server.heard[0].json() == {"message": FIRST.text, "conversationId": "c-1", "stream": True}
    assert server.heard[2].json() == {"message": FIRST.text, "stream": True}


@pytest.mark.parametrize("body", [{}, {"error": {"code": "CONVERSATION_GONE"}}, {"message": "Not found"}])
async def test_what_is_not_found_without_a_known_code_may_be_the_conversation(
    make: Make, server: WireServer, body: object
) -> None:
    server.play(
        reply(body, 404), reply(body, 404), reply({"data": {"id": "m", "parts": [{"type": "text", "text": "Hi"}]}})
    )
    assert await ask(make("chatbase-v2"), replace(FIRST, conversation_id="c-1")) == ("Hi", Receipt(answer_id="m"))
    assert len(server.heard) == 3


async def test_a_missing_agent_is_said_at_once(make: Make, server: WireServer) -> None:
    server.play(reply({"error": {"code": "AGENT_NOT_FOUND"}}, 404))
    assert await collect(make("chatbase-v2"), replace(FIRST, conversation_id="c-1")) == ([], NotFound)
    assert len(server.heard) == 1


async def test_an_id_that_chatbase_gave_cannot_lead_elsewhere(make: Make, server: WireServer) -> None:
    server.play(reply({"error": {"code": "RESOURCE_NOT_FOUND"}}, 404))
    odd = replace(FIRST, conversation_id="../a?b#c", retry_of="m")
    assert await collect(make("chatbase-v2", CHATBASE_V2_AGENT_ID="x/y"), odd) == ([], NotFound)
    assert [heard.target for heard in server.heard] == [
        "/agents/x%2Fy/conversations/..%2Fa%3Fb%23c/retry",
        "/agents/x%2Fy/conversations/..%2Fa%3Fb%23c",
        "/agents/x%2Fy/chat",
    ]


async def test_who_answers_is_not_guessed_if_it_cannot_be_read(make: Make, server: WireServer) -> None:
    over = reply({"error": {"code": "CHAT_CONVERSATION_NOT_ONGOING", "message": "Over."}}, 400)
    server.play(over, reply({"error": {"code": "INTERNAL_SERVER_ERROR"}}, 500))
    assert await collect(make("chatbase-v2"), replace(FIRST, conversation_id="c-1")) == ([], ServerFault)
    assert len(server.heard) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("error-event", ErrorReported),
        ("error-payload", ErrorReported),
        ("error-at-the-end", ErrorReported),
        ("cut", ConnectionLost),
        ("truncated", ConnectionLost),
    ],
)
async def test_a_stream_that_goes_wrong_keeps_what_arrived(
    join: Make, apis: Apis, fault: str, kind: type[ProviderError]
) -> None:
    provider = join("chatbase-v2")
    _, first = await ask(provider, FIRST)
    apis.chatbase_v2.fails(fault)
    pieces, end = await collect(provider, replace(FIRST, conversation_id=first.conversation_id))
    assert end is kind
    assert "".join(piece for piece in pieces if isinstance(piece, str)).strip()
    assert len(apis.chatbase_v2.conversations) == 1, "a conversation that was answered in goes on"
