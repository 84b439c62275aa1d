"""What the stand-ins keep of each request and answer, and that the blurred form shows no secret."""

import asyncio
import json

import aiohttp
import pytest

from sandbox.apis import Apis, Outcome
from sandbox.apis.transport.request_log import MAX_KEPT_BYTES, MAX_KEPT_REQUESTS, Received, RequestLog, SentResponse
from tests.sandbox.apis.sample_requests import NAMES, USER, Asker


async def test_requests_are_kept_in_order_with_what_they_said(apis: Apis, ask: Asker) -> None:
    await ask("stammer", "one")
    await ask("stammer", "two", query="")
    first, second = apis.stammer.received
    assert (first.number, first.method, first.path) == (1, "POST", "/en/chatbot/api/v1/message/")
    assert (first.question, first.user_key, first.fields["query"]) == ("one", USER, "one")
    assert first.headers["authorization"] == f"Token {apis.stammer.api_token}"
    assert first.refused is None
    assert first.answered.status == 200
    assert json.loads(first.answered.text)["data"]["answer"]
    assert (second.number, second.refused, second.answered.status) == (
        2,
        "query: This field may not be blank.",
        400,
    )
    assert first.at <= second.at
    assert first.at <= second.at


@pytest.mark.parametrize("name", NAMES)
async def test_the_user_key_is_the_apis_own(apis: Apis, ask: Asker, name: str) -> None:
    key = apis.chatbase_v2.workspace.open_conversation(apis.chatbase_v2.agent.id).id if name == "chatbase-v2" else USER
    response = await ask(name, **({"conversationId": key} if name.startswith("chatbase") else {}))
    assert response.status == 200
    assert apis.find(name).received[0].user_key == key


async def test_waits_for_requests(apis: Apis, ask: Asker) -> None:
    waiting = asyncio.create_task(apis.tamako.wait_received(2))
    await ask("tamako", "one")
    assert not waiting.done()
    await ask("tamako", "two")
    assert (await waiting).question == "two"


async def test_wait_for_looks_again_after_each_change(apis: Apis, ask: Asker) -> None:
    waiting = asyncio.create_task(
        apis.tamako.wait_for(lambda: [each for each in apis.tamako.received if each.answered.status == 401])
    )
    await ask("tamako", appid="wrong-one")
    assert len(await waiting) == 1


@pytest.mark.parametrize("name", NAMES)
async def test_blurred_shows_no_secret_right_or_wrong(apis: Apis, ask: Asker, name: str) -> None:
    api = apis.find(name)
    await ask(name, "hello")
    shown = json.dumps(api.received[0].blurred())
    assert api.secrets
    for secret in api.secrets:
        assert secret not in shown
    assert "hello" in shown
    assert "•••" in json.loads(shown).__repr__()


async def test_blurred_hides_wrong_secrets_wherever_they_are_repeated(
    apis: Apis, ask: Asker, http: aiohttp.ClientSession
) -> None:
    await ask("tamako", appsecret="nearly-the-secret", message="my key is nearly-the-secret")
    assert "nearly-the-secret" in apis.tamako.received[0].answered.text
    assert "nearly" not in json.dumps(apis.tamako.received[0].blurred())
    await ask("tamako", appsecret="abc")
    assert apis.tamako.received[1].blurred()["fields"]["appsecret"] == "•••"  # type: ignore[index]
    async with http.post(apis.chatbase.url, json={}, headers={"Authorization": "Bearer typo-key"}):
        pass
    assert "typo-key" not in json.dumps(apis.chatbase.received[0].blurred())


async def test_blurred_names_what_went_wrong(apis: Apis, ask: Asker) -> None:
    apis.chatbase.fails("rate-limited", times=1)
    await ask("chatbase")
    blurred = apis.chatbase.received[0].blurred()
    assert blurred["fault"] == "rate-limited"
    assert blurred["answer"]["status"] == 429  # type: ignore[index]


async def test_connections_are_counted(apis: Apis, ask: Asker) -> None:
    assert apis.tamako.connections == 0
    await ask("tamako")
    assert apis.tamako.connections == 1  # kept by the client for later
    assert apis.tamako.open_answers == 0
    await ask.http.close()
    await apis.tamako.wait_idle()


async def test_a_client_that_goes_while_nothing_was_said_is_noticed(apis: Apis, ask: Asker) -> None:
    apis.stammer.fails("silent")
    asked = asyncio.create_task(ask("stammer"))
    received = await apis.stammer.wait_received()
    assert apis.stammer.open_answers == 1
    asked.cancel()
    await apis.stammer.wait_idle()
    assert received.answered.outcome is Outcome.LEFT


def test_only_so_much_is_kept() -> None:
    record = RequestLog()
    for _ in range(MAX_KEPT_REQUESTS + 5):
        record.add(Received(method="GET", path="/", query={}), stray=False)
    assert (len(record.received), record.received[0].number, record.total) == (
        MAX_KEPT_REQUESTS,
        6,
        MAX_KEPT_REQUESTS + 5,
    )
    answered = SentResponse()
    for _ in range(3):
        answered.note(b"x" * MAX_KEPT_BYTES)
    assert (len(answered.body), answered.size) == (MAX_KEPT_BYTES, 3 * MAX_KEPT_BYTES)


async def test_strays_are_kept_apart(apis: Apis, http: aiohttp.ClientSession) -> None:
    for api in apis.all:
        async with http.get(f"{api.origin}/nowhere") as response:
            assert response.status == 404
            assert isinstance(await response.json(), dict)
        assert ([stray.path for stray in api.strays], api.received) == (["/nowhere"], [])
