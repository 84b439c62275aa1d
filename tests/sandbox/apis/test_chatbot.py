"""The ChatBot.com stand-in against provider-docs/chatbot.txt and the fields that its clients send and read."""

import re
from typing import Any

import aiohttp
import pytest

from sandbox.apis import Apis, ChatBot, ChatBotShape, Reply
from tests.sandbox.apis.sample_requests import LEFT_OUT, USER, Asker

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def fulfillment(ask: Asker, question: str = "", **fields: object) -> list[dict[str, Any]]:
    document: Any = (await ask("chatbot", question, **fields)).json
    items: list[dict[str, Any]] = document["result"]["fulfillment"]
    return items


async def test_answers_in_the_documented_frame(apis: Apis, ask: Asker) -> None:
    apis.chatbot.answers("hi")
    document: Any = (await ask("chatbot", "hello")).json
    assert document["status"] == {"code": 200, "type": "success"}
    assert TIMESTAMP.fullmatch(document["timestamp"])
    assert document["sessionId"] == USER
    assert document["result"]["query"] == "hello"
    assert document["result"]["fulfillment"] == [{"type": "text", "message": "hi"}]


async def test_takes_every_known_field(apis: Apis, ask: Asker) -> None:
    response = await ask("chatbot", parameters={"name": "Ada"}, reset=True, storyId=apis.chatbot.stories[1].id)
    assert response.status == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"query": LEFT_OUT},
        {"query": ""},
        {"query": "x" * 257},
        {"query": 1},
        {"goto": "hours"},
        {"trigger": "welcome"},
        {"query": LEFT_OUT, "goto": "hours", "trigger": "welcome"},
        {"query": LEFT_OUT, "goto": ""},
        {"sessionId": LEFT_OUT},
        {"sessionId": "123456789"},
        {"sessionId": "1" * 37},
        {"sessionId": 1234567890},
        {"storyId": "5f1a2b3c4d5e6f7081920a0"},
        {"storyId": "z" * 24},
        {"storyId": None},
        {"parameters": []},
        {"reset": "yes"},
        {"lang": "en"},
    ],
    ids=repr,
)
async def test_refuses_a_field_that_is_wrong(apis: Apis, ask: Asker, fields: dict[str, object]) -> None:
    document: Any = (response := await ask("chatbot", **fields)).json
    assert response.status == 400
    assert document.keys() == {"timestamp", "status"}
    assert document["status"] == {"code": 400, "type": "bad_request"}
    assert apis.chatbot.received[0].refused


@pytest.mark.parametrize(("query", "session"), [("x" * 256, "1" * 10), ("🦊" * 256, "1" * 36)])
async def test_takes_what_is_just_within_its_limits(ask: Asker, query: str, session: str) -> None:
    assert (await ask("chatbot", query, sessionId=session)).status == 200


@pytest.mark.parametrize(
    "fields", [{"storyId": "0" * 24}, {"query": LEFT_OUT, "goto": "nowhere"}], ids=["story", "interaction"]
)
async def test_what_is_not_there_is_not_found(ask: Asker, fields: dict[str, object]) -> None:
    document: Any = (response := await ask("chatbot", **fields)).json
    assert (response.status, document["status"]) == (404, {"code": 404, "type": "not_found"})


async def test_each_token_has_its_rights(apis: Apis, http: aiohttp.ClientSession) -> None:
    chatbot = apis.chatbot
    body = {"query": "hi", "sessionId": USER}

    async def status(method: str, path: str, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        json = body if method == "POST" else None
        async with http.request(method, chatbot.url + path, headers=headers, json=json) as response:
            return response.status

    assert await status("POST", "/query", chatbot.client_token) == 200
    assert await status("POST", "/query", chatbot.developer_token) == 200
    assert await status("POST", "/query", "wrong") == 401
    for path in ("/stories", "/v2/stories"):
        assert await status("GET", path, chatbot.developer_token) == 200
        assert await status("GET", path, chatbot.client_token) == 401
        assert await status("GET", path, "") == 401
    assert await status("GET", "/entities", chatbot.developer_token) == 404
    assert await status("PUT", "/query", chatbot.developer_token) == 405


async def test_lists_two_stories(apis: Apis, http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {apis.chatbot.developer_token}"}
    for path in ("/stories", "/v2/stories"):
        async with http.get(apis.chatbot.url + path, headers=headers) as response:
            stories = await response.json()
        assert [story["name"] for story in stories] == ["Pizzeria", "Help desk"]
        assert all(re.fullmatch("[0-9a-f]{24}", story["id"]) for story in stories)


async def test_refuses_what_is_not_json(apis: Apis, http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {apis.chatbot.client_token}"}
    async with http.post(f"{apis.chatbot.url}/query", data="{}", headers=headers) as response:
        assert response.status == 400
    headers["Content-Type"] = "application/json"
    async with http.post(f"{apis.chatbot.url}/query", data="{", headers=headers) as response:
        assert response.status == 400


async def test_a_trigger_starts_the_story(apis: Apis, ask: Asker) -> None:
    items = await fulfillment(ask, query=LEFT_OUT, trigger="welcome", storyId=apis.chatbot.stories[1].id)
    assert items[0] == {"type": "text", "message": "Hello, this is the help desk. 🛟"}


async def test_an_unknown_trigger_has_nothing_to_say(ask: Asker) -> None:
    assert await fulfillment(ask, query=LEFT_OUT, trigger="birthday") == []


async def test_buttons_lead_on(ask: Asker) -> None:
    buttons = (await fulfillment(ask, "hello"))[1]["buttons"]
    postback, goto, url = buttons
    assert [button["type"] for button in buttons] == ["postback", "goto", "url"]
    assert (await fulfillment(ask, postback["value"]))[1]["type"] == "cards"
    assert "noon" in (await fulfillment(ask, query=LEFT_OUT, goto=goto["value"]))[0]["message"]
    assert url["value"].startswith("https://")


async def test_the_two_stories_have_every_kind_in_every_spelling(apis: Apis) -> None:
    items = [item for story in apis.chatbot.stories for part in story.interactions for item in part.fulfillment]
    kinds = {item["type"] for item in items}
    assert kinds == {"text", "image", "quickReplies", "quickReply", "card", "cards", "button", "hologram"}
    spellings = {(item["type"], key) for item in items for key in item}
    assert {
        ("text", "message"),
        ("text", "elements"),
        ("quickReplies", "buttons"),
        ("quickReplies", "messages"),
        ("quickReply", "replies"),
        ("cards", "elements"),
        ("card", "buttons"),
        ("button", "buttons"),
    } <= spellings


async def test_every_interaction_is_reached_by_its_words(apis: Apis, ask: Asker) -> None:
    for story in apis.chatbot.stories:
        for part in story.interactions:
            assert await fulfillment(ask, part.words[0], storyId=story.id) == list(part.fulfillment)


async def test_a_story_may_have_nothing_to_say(apis: Apis, ask: Asker) -> None:
    assert await fulfillment(ask, "nothing", storyId=apis.chatbot.stories[1].id) == []


async def test_scripted_items_and_spellings(apis: Apis, ask: Asker) -> None:
    apis.chatbot.answers(Reply("a", shape=ChatBotShape.ELEMENTS), times=1)
    assert await fulfillment(ask, "x") == [{"type": "text", "elements": ["a"]}]
    apis.chatbot.answers(Reply(fulfillment=[{"type": "image", "imageUrl": "https://x.invalid/"}]), times=1)
    assert await fulfillment(ask, "x") == [{"type": "image", "imageUrl": "https://x.invalid/"}]
    apis.chatbot.answers(Reply(shape=ChatBotShape.STATUS_IN_BODY), times=1)
    document: Any = (response := await ask("chatbot")).json
    assert (response.status, document["status"]["code"]) == (200, 500)


async def test_a_session_is_forgotten_after_ten_idle_minutes_or_a_reset(http: aiohttp.ClientSession) -> None:
    now = 0.0
    chatbot = ChatBot(clock=lambda: now)
    await chatbot.accept()
    try:
        headers = {"Authorization": f"Bearer {chatbot.client_token}"}

        async def say(query: str, **more: object) -> str:
            body = {"query": query, "sessionId": USER, **more}
            async with http.post(f"{chatbot.url}/query", json=body, headers=headers) as response:
                return str((await response.json())["result"]["fulfillment"][0]["message"])

        await say("blue is my colour")
        now = 599.0
        assert "blue is my colour" in await say("what did I say before?")
        now += 601.0
        assert "blue" not in await say("what did I say before?")
        await say("green is my colour")
        assert "green" not in await say("what did I say before?", reset=True)
    finally:
        await chatbot.close()
