"""Every fault, with every API: what the client sees, and that all is well afterwards."""

import asyncio
import json
import re
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

import aiohttp
import pytest

from sandbox.apis import (
    FAULTS,
    Api,
    Apis,
    ChatbaseShape,
    Cut,
    CutShort,
    Endless,
    Huge,
    Outcome,
    RateLimited,
    Reply,
    Silent,
    Status,
)
from tests.sandbox.apis.sample_requests import LEFT_OUT, NAMES, Asker, Response

# Each API by name, and Chatbase once more with its stream.
WAYS = [*NAMES, "stream"]
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


class Way:
    """One API, asked in one way."""

    def __init__(self, ask: Asker, way: str) -> None:
        self.name = "chatbase" if way == "stream" else way
        self.fields = {"stream": True} if way == "stream" else {}
        self.streams = way == "stream"
        self.api: Api = {api.name: api for api in ask.apis.all}[self.name]
        self._ask = ask

    async def ask(self) -> Response:
        return await self._ask(self.name, **self.fields)

    def open(self) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._ask.open(self.name, **self.fields)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, ask: Asker) -> Way:
    return Way(ask, request.param)


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


async def test_empty(way: Way) -> None:
    way.api.fails("empty", times=1)
    response = await way.ask()
    assert (response.status, response.body) == (200, b"")


@pytest.mark.parametrize("how", list(Cut))
async def test_cut_in_the_middle(way: Way, how: Cut) -> None:
    way.api.fails(CutShort(how, text="one two three four"), times=1)
    async with way.open() as response:
        assert response.status == 200
        seen = await response.content.readany()
        assert seen
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.content.readany()
    assert way.api.received[0].answered.outcome is Outcome.CUT
    if way.streams:
        assert seen == b"one two t"
    assert (await way.ask()).status == 200


async def test_a_truncated_body_misses_its_end(way: Way) -> None:
    way.api.fails("truncated", times=1)
    with pytest.raises(aiohttp.ClientPayloadError, match="not completed"):
        await way.ask()


async def test_dropped_without_a_byte(way: Way) -> None:
    # Not once only: aiohttp sends a GET again by itself when its connection is dropped.
    way.api.fails("dropped")
    with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
        await way.ask()
    assert way.api.received[0].answered.status is None
    assert way.api.received[0].answered.outcome is Outcome.CUT


async def test_silent_until_released(way: Way) -> None:
    silent = way.api.fails("silent", times=1)
    assert isinstance(silent, Silent)
    asked = asyncio.create_task(way.ask())
    received = await way.api.wait_received()
    assert received.answered.status is None
    assert way.api.open_answers == 1
    silent.release()
    assert (await asked).status == 200


async def test_endless_until_the_client_goes(way: Way) -> None:
    way.api.fails(Endless(pause=0.0), times=1)
    async with way.open() as response:
        assert response.headers.get("Content-Length") is None
        assert len(await response.content.readexactly(300_000)) == 300_000
        response.close()
    await way.api.wait_idle()
    answered = way.api.received[0].answered
    assert (answered.outcome, answered.size >= 300_000) == (Outcome.LEFT, True)
    assert (await way.ask()).status == 200


async def test_huge(way: Way) -> None:
    way.api.fails("huge", times=1)
    response = await way.ask()
    assert len(response.body) > 20_000_000
    assert way.api.received[0].answered.size == len(response.body)
    if not way.streams:
        assert "and on" in str(response.json)


async def test_a_client_may_leave_something_huge(way: Way) -> None:
    way.api.fails(Huge(), times=1)
    async with way.open() as response:
        await response.content.readexactly(1_000_000)
        response.close()
    await way.api.wait_idle()
    assert way.api.received[0].answered.size < 20_000_000


async def test_invalid_json(way: Way) -> None:
    way.api.fails("invalid-json", times=1)
    response = await way.ask()
    assert response.headers["Content-Type"] == "application/json"
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(response.body)


async def test_invalid_utf_8(way: Way) -> None:
    way.api.fails("invalid-utf-8", times=1)
    response = await way.ask()
    assert b"Before caf\xe9 " in response.body
    with pytest.raises(UnicodeDecodeError):
        response.body.decode()


async def test_wrong_content_type(way: Way) -> None:
    way.api.fails("wrong-content-type", times=1)
    response = await way.ask()
    assert response.headers["Content-Type"] == "text/html"
    assert "the text is right" in response.text


async def test_json_as_text(way: Way) -> None:
    way.api.fails("json-as-text", times=1)
    response = await way.ask()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "the body is JSON" in json.dumps(json.loads(response.body))


async def test_an_error_in_a_success_is_the_apis_own(way: Way) -> None:
    way.api.fails("error-in-success", times=1)
    response = await way.ask()
    assert (response.status, response.headers["Content-Type"]) == (200, "application/json")
    told = {
        "tamako": ("error", "The model is overloaded."),
        "chatbase": ("message", "The model is overloaded."),
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
