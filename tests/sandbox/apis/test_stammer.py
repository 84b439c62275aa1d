"""The Stammer.ai stand-in against provider-docs/stammer.txt and Django REST Framework's habits."""

import json

import aiohttp
import pytest

from sandbox.apis import Apis, Reply, StammerShape
from tests.sandbox.apis.sample_requests import LEFT_OUT, USER, Asker


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_answers_in_data_answer_with_any_success_status(apis: Apis, ask: Asker, status: int) -> None:
    apis.stammer.answers(Reply("reply", status=status))
    response = await ask("stammer")
    assert response.status == status
    assert response.json == {"status": "success", "data": {"answer": "reply", "user_key": USER}}


@pytest.mark.parametrize("shape", [StammerShape.ANSWER, StammerShape.RESPONSE, StammerShape.MESSAGE])
async def test_answers_at_the_top_level(apis: Apis, ask: Asker, shape: StammerShape) -> None:
    apis.stammer.answers(Reply("reply", shape=shape))
    assert (await ask("stammer")).json == {shape.value: "reply"}


async def test_accepts_without_an_answer(apis: Apis, ask: Asker) -> None:
    apis.stammer.answers(Reply("never said", shape=StammerShape.NOTHING, status=202))
    response = await ask("stammer")
    assert response.status == 202
    assert "never said" not in response.text


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        ("Bearer sandbox-stammer-token", "Authentication credentials were not provided."),
        ("Token wrong", "Invalid token."),
    ],
)
async def test_refuses_a_missing_or_wrong_token(
    apis: Apis, http: aiohttp.ClientSession, header: str | None, detail: str
) -> None:
    headers = {"Authorization": header} if header else {}
    async with http.post(apis.stammer.url, json={}, headers=headers) as response:
        assert (response.status, await response.json()) == (401, {"detail": detail})


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("chatbot_uuid", LEFT_OUT, "This field is required."),
        ("chatbot_uuid", "nonsense", "Must be a valid UUID."),
        ("chatbot_uuid", 5, "Must be a valid UUID."),
        ("query", LEFT_OUT, "This field is required."),
        ("query", " ", "This field may not be blank."),
        ("query", None, "This field may not be null."),
        ("query", ["x"], "Not a valid string."),
        ("query", "x" * 5000, "Ensure this field has no more than 4999 characters."),
        ("user_key", LEFT_OUT, "This field is required."),
        ("user_key", "", "This field may not be blank."),
        ("user_key", 123, "Not a valid string."),
        ("custom_base_system_prompt", "", "This field may not be blank."),
        ("custom_base_system_prompt", 1, "Not a valid string."),
        ("temperature", 1, "Unexpected field."),
    ],
)
async def test_refuses_a_field_that_is_wrong(ask: Asker, field: str, value: object, text: str) -> None:
    response = await ask("stammer", **{field: value})
    assert (response.status, response.json) == (400, {field: [text]})


async def test_takes_4999_characters_and_a_prompt(ask: Asker) -> None:
    assert (await ask("stammer", "🦊" * 4999, custom_base_system_prompt="Be brief.")).status == 200


async def test_refuses_a_chatbot_that_is_not_there(ask: Asker) -> None:
    response = await ask("stammer", chatbot_uuid="12345678-1234-5678-1234-567812345678")
    assert (response.status, response.json) == (404, {"message": "Chatbot not found"})


async def test_refuses_another_content_type_and_bad_json(apis: Apis, http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Token {apis.stammer.api_token}"}
    async with http.post(apis.stammer.url, data="{}", headers=headers) as response:
        assert response.status == 415
        assert "text/plain" in (await response.json())["detail"]
    async with http.post(
        apis.stammer.url, data="{", headers={**headers, "Content-Type": "application/json"}
    ) as response:
        assert response.status == 400
        assert (await response.json())["detail"].startswith("JSON parse error")


async def test_redirects_to_the_trailing_slash_and_takes_nothing_but_post(
    apis: Apis, http: aiohttp.ClientSession
) -> None:
    async with http.post(apis.stammer.url.rstrip("/"), allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (301, "/en/chatbot/api/v1/message/")
    async with http.get(apis.stammer.url) as response:
        assert (response.status, await response.json()) == (405, {"detail": 'Method "GET" not allowed.'})
    async with http.post(f"{apis.stammer.origin}/de/chatbot/api/v1/message/") as response:
        assert (response.status, await response.json()) == (404, {"detail": "Not found."})
    assert len(apis.stammer.strays) == 3


async def test_the_system_prompt_reaches_the_agent(ask: Asker) -> None:
    assert "Speak like a pirate" in await ask.said(
        "stammer", "who are you?", custom_base_system_prompt="Speak like a pirate"
    )


async def test_a_uuid_may_be_written_in_capitals(apis: Apis, ask: Asker) -> None:
    assert (await ask("stammer", chatbot_uuid=apis.stammer.chatbot_uuid.upper())).status == 200
    assert json.loads(apis.stammer.received[0].body)["user_key"] == USER
