"""Every fault, with every API: what the client sees, and that all is well afterwards."""

import json
import re
from datetime import UTC, datetime

import aiohttp
import pytest

from sandbox.apis import (
    FAULTS,
    Apis,
    ChatbaseShape,
    Cut,
    RateLimited,
    Reply,
    Status,
)
from tests.sandbox.apis.sample_requests import LEFT_OUT, Asker, Way, said_in

STATUSES = {
    "unauthorized": 401,
    "payment-required": 402,
    "forbidden": 403,
    "not-found": 404,
    "rate-limited": 429,
    "server-error": 500,
    "unavailable": 503,
    "html": 502,
}


@pytest.mark.parametrize("fault", STATUSES)
async def test_statuses(way: Way, fault: str) -> None:
    way.api.fails(fault, times=1)
    response = await way.ask()
    assert response.status == STATUSES[fault]
    assert way.api.received[0].fault == FAULTS[fault]().name
    if fault == "html":
        assert response.headers["Content-Type"].startswith("text/html")
        assert response.text.startswith("<!DOCTYPE html>")
    else:
        assert response.headers["Content-Type"] == "application/json"
        assert isinstance(response.json, dict)
    assert (await way.ask()).status == 200


async def test_error_documents_are_each_apis_own(apis: Apis, ask: Asker) -> None:
    for api in apis.all:
        api.fails(Status(403, "Not in your plan."))
    assert (await ask("tamako")).json["error"] == "Not in your plan."
    assert (await ask("chatbase")).json == {"message": "Not in your plan."}
    told = {"code": "SUBSCRIPTION_API_RESTRICTED_PLAN", "message": "Not in your plan."}
    assert (await ask("chatbase-v2")).json == {"error": told}
    assert (await ask("stammer")).json == {"message": "Not in your plan."}
    assert (await ask("chatbot")).json["status"] == {"code": 403, "type": "error"}
    apis.stammer.fails(Status(500, "Sorry."))
    assert (await ask("stammer")).json == {"error": "Sorry."}
    apis.tamako.fails(Status(401))
    assert (await ask("tamako")).json["error"] == "null"


@pytest.mark.parametrize(
    ("retry_after", "header"),
    [(7, "7"), ("14:59", "14:59"), (datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC), "Tue, 06 May 2031 07:08:09 GMT")],
)
async def test_retry_after_in_every_spelling(ask: Asker, retry_after: int | str | datetime, header: str) -> None:
    ask.apis.chatbase.fails(Status(429, retry_after=retry_after))
    assert (await ask("chatbase")).headers["Retry-After"] == header


async def test_a_rate_limit_is_spelled_as_each_api_does(way: Way) -> None:
    way.api.fails(RateLimited())
    spelled = (await way.ask()).headers["Retry-After"]
    assert re.fullmatch(r"\d\d:\d\d" if way.name == "tamako" else r"\d+", spelled)


@pytest.mark.parametrize("body", [b"\xff\x00", "plain", {"error": {"code": "x", "message": "y"}}])
async def test_any_status_with_any_body(ask: Asker, body: bytes | str | dict[str, object]) -> None:
    ask.apis.chatbase.fails(Status(499, body=body, content_type="text/odd", headers={"X-Why": "because"}))
    response = await ask("chatbase")
    assert (response.status, response.headers["Content-Type"], response.headers["X-Why"]) == (
        499,
        "text/odd",
        "because",
    )
    expected = json.dumps(body, separators=(",", ":")) if isinstance(body, dict) else body
    assert response.body == (expected if isinstance(expected, bytes) else expected.encode())


async def test_an_error_in_a_success_is_the_apis_own(way: Way) -> None:
    way.api.fails("error-in-success", times=1)
    response = await way.ask()
    assert (response.status, response.headers["Content-Type"]) == (200, "application/json")
    told = {
        "tamako": ("error", "The model is overloaded."),
        "chatbase": ("message", "The model is overloaded."),
        "chatbase-v2": ("error", {"code": "INTERNAL_SERVER_ERROR", "message": "The model is overloaded."}),
        "stammer": ("error", "The model is overloaded."),
        "chatbot": ("status", {"code": 500, "type": "internal_server_error"}),
    }
    field, value = told[way.name]
    assert response.json[field] == value


@pytest.mark.parametrize("fault", ["error-event", "error-payload"])
async def test_an_error_in_a_stream_comes_after_a_good_beginning(way: Way, fault: str) -> None:
    way.api.fails(fault, times=1)
    response = await way.ask()
    assert response.status == 200
    if not way.streams:
        assert isinstance(response.json, dict)
        return
    assert response.headers["Content-Type"] == "text/event-stream"
    if way.typed:
        head = "event: error\n" if fault == "error-event" else ""
        told = f'{head}data: {{"type":"error","errorText":"The model is overloaded."}}\n\ndata: [DONE]\n\n'
        assert response.text.endswith(told)
        assert "This answer begins well, " in said_in(response.text.replace(head, ""))
        return
    *beginning, error, rest = response.text.split("\n\n")
    assert beginning == ["data: This ", "data: answer ", "data: begins ", "data: well, "]
    assert rest == ""
    event, data = {
        "error-event": ("event: error\n", {"message": "The model is overloaded."}),
        "error-payload": ("", {"type": "error", "errorText": "The model is overloaded."}),
    }[fault]
    assert error == f"{event}data: {json.dumps(data)}"


async def test_a_redirect_shows_who_follows(way: Way) -> None:
    way.api.fails("redirect", times=1)
    assert (await way.ask()).status == 404
    assert [stray.path for stray in way.api.strays] == ["/elsewhere"]


async def test_a_fault_stays_until_cleared(way: Way) -> None:
    way.api.fails("unavailable")
    assert [(await way.ask()).status for _ in range(3)] == [503] * 3
    way.api.clear()
    assert (await way.ask()).status == 200


async def test_faults_come_before_credentials_and_fields(apis: Apis, ask: Asker) -> None:
    for api in apis.all:
        api.fails("unavailable")
    assert (await ask("tamako", appid="wrong-one")).status == 503
    assert (await ask("chatbase", messages=LEFT_OUT)).status == 503
    assert (await ask("chatbase-v2", message=LEFT_OUT)).status == 503
    assert (await ask("stammer", query=LEFT_OUT)).status == 503
    assert (await ask("chatbot", sessionId="x")).status == 503


@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in ("silent", "endless", "huge")])
@pytest.mark.parametrize("fields", [{"storyId": "0" * 24}, {"query": LEFT_OUT}], ids=["story", "query"])
async def test_faults_can_be_played_for_wrong_requests(ask: Asker, fault: str, fields: dict[str, object]) -> None:
    ask.apis.chatbot.fails(fault, times=1)
    try:
        response = await ask("chatbot", **fields)
    except aiohttp.ClientError:
        assert fault in ("cut", "truncated", "dropped")
    else:
        assert response.status == STATUSES.get(fault, 404 if fault == "redirect" else 200)


async def test_a_page_can_switch_each_fault_by_name(apis: Apis, ask: Asker) -> None:
    tamako = apis.tamako
    await tamako.switch("unavailable")
    assert (await ask("tamako")).status == 503
    await tamako.switch("refused")
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask("tamako")
    await tamako.switch("html")
    assert (await ask("tamako")).status == 502
    await tamako.switch(None)
    assert (await ask("tamako")).status == 200
    with pytest.raises(KeyError):
        await tamako.switch("gremlins")


async def test_stories_fail_too(apis: Apis, http: aiohttp.ClientSession) -> None:
    apis.chatbot.fails("unauthorized", times=1)
    headers = {"Authorization": f"Bearer {apis.chatbot.developer_token}"}
    for expected in (401, 200):
        async with http.get(f"{apis.chatbot.url}/v2/stories", headers=headers) as response:
            assert response.status == expected


async def test_a_stream_of_events_can_be_cut_before_done(apis: Apis, ask: Asker) -> None:
    apis.chatbase.answers(Reply(pieces=["Hel", Cut.TRUNCATE], shape=ChatbaseShape.SSE))
    async with ask.open("chatbase", stream=True) as response:
        assert await response.content.readany() == b"data: Hel\n\n"
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.content.read()
