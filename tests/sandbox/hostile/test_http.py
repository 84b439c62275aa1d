"""Whatever is sent to the chat APIs is refused or done; so is what is no HTTP, to any listener."""

import json
from io import BytesIO

import aiohttp
import pytest
from yarl import URL

from sandbox.environment import Environment
from sandbox.page.server import Page
from tests.sandbox.hostile.conftest import SendRaw
from tests.sandbox.hostile.values import IDS, TEXTS, VALUES


async def test_bodies_for_the_chat_apis(env: Environment, http: aiohttp.ClientSession) -> None:
    for api in env.apis.all:
        headers = {"Authorization": f"Bearer {env.apis.chatbase.api_key}", "Content-Type": "application/json"}
        for method, path in api.routes:
            for text in (*TEXTS, *(json.dumps({"messages": value, "conversationId": value}) for value in VALUES)):
                async with http.request(method, api.origin + path, headers=headers, data=text) as response:
                    assert response.status < 500, (api.name, text[:80])
            for value in IDS:
                url = URL(f"{api.origin}{path}?message={value}&user={value}&{value}=1", encoded=True)
                async with http.request(method, url, headers=headers) as response:
                    assert response.status < 500, (api.name, value[:40])


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nx: " + b"y" * 300_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_what_is_no_http(page: Page, send_raw: SendRaw, request_bytes: bytes) -> None:
    env = page.context.env
    for port in (env.discord.port, URL(page.address).port or 0, *(URL(api.origin).port or 0 for api in env.apis.all)):
        assert 400 <= await send_raw(port, request_bytes) < 500


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"zstd", b"x"])
async def test_bodies_that_are_packed_wrongly(env: Environment, send_raw: SendRaw, encoding: bytes) -> None:
    head = b"Content-Type: application/json\r\nContent-Encoding: " + encoding + b"\r\nContent-Length: 7\r\nHost: a\r\n"
    secret = b"Authorization: Bot " + env.app.token.encode() + b"\r\n"
    path = f"/api/v10/channels/{env.general.id}/messages".encode()
    assert (
        400
        <= await send_raw(env.discord.port, b"POST " + path + b" HTTP/1.1\r\n" + secret + head + b"\r\nnothing")
        < 500
    )
    for api in env.apis.all:
        request = b"POST " + URL(api.url).raw_path.encode() + b" HTTP/1.1\r\n" + head + b"\r\nnothing"
        assert 400 <= await send_raw(URL(api.origin).port or 0, request) < 500


async def test_bodies_that_are_too_large(env: Environment, http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bot {env.app.token}", "Content-Type": "application/json"}
    for address in (f"{env.discord.api_url}/channels/{env.general.id}/messages", *(api.url for api in env.apis.all)):
        async with http.post(address, headers=headers, data=BytesIO(b"[" * 2_000_000)) as response:
            assert 400 <= response.status < 500
