"""Faults of the body, with every API: cut, silent, endless, huge, or not what it claims to be."""

import asyncio
import json

import aiohttp
import pytest

from sandbox.apis import (
    Cut,
    CutShort,
    Endless,
    Huge,
    OtherCharset,
    Outcome,
    Silent,
)
from tests.sandbox.apis.sample_requests import Way, said_in


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
    if way.typed:
        assert b'"messageId"' in seen
        assert b"four" not in seen
    elif way.streams:
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
    assert (b"caf\xe9 " if way.typed else b"Before caf\xe9 ") in response.body
    with pytest.raises(UnicodeDecodeError):
        response.body.decode()


async def test_wrong_content_type(way: Way) -> None:
    way.api.fails("wrong-content-type", times=1)
    response = await way.ask()
    assert response.headers["Content-Type"] == "text/html"
    assert "the text is right" in (said_in(response.text) if way.typed else response.text)


async def test_another_charset(way: Way) -> None:
    way.api.fails(OtherCharset(), times=1)
    response = await way.ask()
    assert response.headers["Content-Type"].endswith("; charset=utf-16")
    assert "Gr" in response.body.decode("utf-16")
    assert b"Gr" not in response.body


async def test_json_as_text(way: Way) -> None:
    way.api.fails("json-as-text", times=1)
    response = await way.ask()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "the body is JSON" in json.dumps(json.loads(response.body))
