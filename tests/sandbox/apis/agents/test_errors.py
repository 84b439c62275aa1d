"""Keys, addresses, the rate limit, and every error of the document's table, asked for by its code."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.apis import ERRORS, ChatbaseV2, ErrorCode
from tests.clocks import FakeClock
from tests.sandbox.apis.agents.client import Client, code_of
from tests.sandbox.apis.sample_requests import Response

OPEN_STATUS = {"CHAT_CONVERSATION_MISMATCH", "CHAT_CONVERSATION_NOT_ONGOING"}


def test_the_table_is_the_documents(reference: Path) -> None:
    document = reference / "provider-docs" / "chatbase-v2.md"
    if not document.exists():
        pytest.skip("chatbase-v2.md is not beside this checkout")
    _, _, table = document.read_text(encoding="utf-8").partition("## Errors")
    rows = re.findall(r"^\| (\d{3}|\[\?\]) \| (.*) \|$", table, re.MULTILINE)
    documented = {code: status for status, told in rows for code in re.findall(r"`([A-Z]+_[A-Z_]+)`", told)}
    assert documented.keys() == ERRORS.keys()
    assert {code for code, status in documented.items() if status == "[?]"} == OPEN_STATUS
    for code, status in documented.items():
        assert code in OPEN_STATUS or ERRORS[code][0] == int(status)


async def call(client: Client, method: str, key: str | None) -> Response:
    path = {"GET": "/agents", "POST": f"/agents/{client.api.agent.id}/chat"}[method]
    return await client(method, path, {"message": "hi"} if method == "POST" else None, key=key)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_refuses_a_key_that_is_missing_wrong_or_old(api: ChatbaseV2, client: Client, method: str) -> None:
    assert code_of(await call(client, method, None)) == (401, "AUTH_MISSING_API_KEY")
    assert code_of(await call(client, method, "wrong")) == (401, "AUTH_INVALID_API_KEY")
    assert code_of(await call(client, method, api.expired_key)) == (401, "AUTH_EXPIRED_API_KEY")
    assert not api.conversations


@pytest.mark.parametrize("scheme", ["Token", "Basic", "bearer", ""])
async def test_wants_the_bearer_scheme(client: Client, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {client.api.api_key}".strip()}
    async with client.http.get(f"{client.api.url}/agents", headers=headers) as response:
        assert response.status == (200 if scheme == "bearer" else 401)


async def test_refuses_an_agent_that_is_not_there(client: Client) -> None:
    conversation = client.api.workspace.open_conversation(client.api.agent.id)
    assert code_of(await client.chat(agent="nobody")) == (404, "AGENT_NOT_FOUND")
    path = client.path(conversation, "nobody")
    assert code_of(await client("GET", f"{path}/messages")) == (404, "AGENT_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/agents"),
        ("DELETE", "/agents"),
        ("GET", "/agents/{agent}"),
        ("GET", "/agents/{agent}/chat"),
        ("PUT", "/agents/{agent}/chat"),
        ("POST", "/agents/{agent}/chat/"),
        ("POST", "/agents//chat"),
        ("DELETE", "/agents/{agent}/conversations/c"),
        ("DELETE", "/agents/{agent}/conversations/c/messages/m"),
        ("POST", "/agents/{agent}/conversations/c/messages/m/feedback"),
        ("GET", "/agents/{agent}/conversations/c/retry"),
        ("GET", ""),
    ],
)
async def test_refuses_what_the_document_does_not_have(client: Client, method: str, path: str) -> None:
    response = await client(method, path.format(agent=client.api.agent.id))
    assert code_of(response) == (404, "RESOURCE_NOT_FOUND")
    assert (len(client.api.strays), client.api.received) == (1, [])


@pytest.mark.parametrize("code", ERRORS)
async def test_any_error_can_be_asked_for(api: ChatbaseV2, client: Client, code: str) -> None:
    await client.chat()
    (conversation,) = api.conversations
    answered = conversation.messages[1]
    api.fails(code)
    calls = {
        "retry": await client.retry(conversation, answered.id),
        "chat": await client.chat(),
        "feedback": await client("PATCH", client.feedback_path(conversation, answered), {"feedback": None}),
        "list": await client("GET", "/agents"),
    }
    hit = {name for name, response in calls.items() if response.status != 200}
    for name in hit:
        assert code_of(calls[name]) == (ERRORS[code][0], code)
    if code.startswith("CHAT_RETRY_"):
        assert hit == {"retry"}
    elif code.startswith("CHAT_"):
        assert hit == {"retry", "chat"}
    elif code.startswith("RESOURCE_MESSAGE_"):
        assert hit == {"feedback"}
    else:
        assert hit == calls.keys()
    assert len(conversation.messages) == 2


async def test_maintenance_may_say_for_how_long(api: ChatbaseV2, client: Client) -> None:
    api.fails(ErrorCode("SERVICE_UNDER_MAINTENANCE", retry_after=7), times=1)
    response = await client.chat()
    assert code_of(response) == (503, "SERVICE_UNDER_MAINTENANCE")
    assert response.headers["Retry-After"] == "7"
    assert (await client.chat()).status == 200
    assert len(api.conversations) == 1


async def test_a_key_may_make_100_requests_in_10_seconds(api: ChatbaseV2, client: Client, clock: FakeClock) -> None:
    await client("GET", "/agents")
    for _ in range(98):
        api.rate_limit.take(api.api_key)
    clock.now += 4
    assert (await client.chat()).status == 200
    clock.now += 0.5
    response = await client.chat()
    assert code_of(response) == (429, "RATE_LIMIT_TOO_MANY_REQUESTS")
    assert response.headers["Retry-After"] == "6"
    assert response.headers["X-RateLimit-Reset"] == "1010"
    assert code_of(await client.chat("hi", agent="nobody"))[0] == 429
    assert code_of(await call(client, "GET", "another"))[0] == 401
    assert len(api.conversations) == 1
    clock.now += 5.5
    assert (await client.chat()).status == 200


async def test_its_reset_may_be_in_milliseconds(api: ChatbaseV2, client: Client) -> None:
    api.rate_limit.count = 1
    api.unsettled = replace(api.unsettled, reset_in_ms=True)
    await client("GET", "/agents")
    response = await client("GET", "/agents")
    assert (response.headers["Retry-After"], response.headers["X-RateLimit-Reset"]) == ("10", "1010000")


async def test_every_answer_has_a_request_id(api: ChatbaseV2, client: Client) -> None:
    api.fails("server-error", times=1)
    seen = [
        (await client.chat()).headers["x-request-id"],
        (await client.chat()).headers["x-request-id"],
        (await client("GET", "/agents")).headers["x-request-id"],
        (await client("GET", "/nowhere")).headers["x-request-id"],
        (await client.chat(stream=True)).headers["x-request-id"],
    ]
    assert seen == [f"req_{number:08}" for number in range(1, 6)]
