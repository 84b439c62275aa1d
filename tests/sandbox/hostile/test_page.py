"""Whatever is sent to the page, it is refused in a sentence or done, and its connection stays."""

import json
from contextlib import suppress
from typing import Any

import aiohttp
from yarl import URL

from sandbox.discord import NotPossible
from sandbox.discord.errors import Json
from sandbox.page.actions import ACTIONS
from sandbox.page.requests import InvalidRequest, Request
from sandbox.page.server import Page
from sandbox.page.session import Session
from tests.sandbox.hostile.values import IDS, TEXTS, VALUES

FIELDS = (
    "channel", "message", "text", "who", "reply_to", "silent", "files", "command", "options", "option", "typed",
    "button", "menu", "values", "interaction", "fields", "on", "api", "fault", "times", "order", "name", "title",
)  # fmt: skip


async def test_paths_of_the_page(page: Page, http: aiohttp.ClientSession) -> None:
    for value in IDS:
        for path in (f"files/{value}/a.png", f"{value}", f"live/{value}"):
            async with http.get(URL(page.address + path, encoded=True)) as response:
                assert response.status in (400, 404), path[:40]


async def test_each_field_of_each_request(page: Page) -> None:
    env, session = page.context.env, Session(page.context)
    message = await env.alice.say(env.general, "hello")
    usual: Json = {"channel": str(env.general.id), "message": str(message.id), "text": "a"}
    for action in ACTIONS.values():
        for name in FIELDS:
            for value in VALUES:
                with suppress(NotPossible, InvalidRequest):
                    await action(session, Request({**usual, name: value}, session.person))
        json.dumps(session.everything(), allow_nan=False)


async def test_connections_of_the_page(page: Page, http: aiohttp.ClientSession) -> None:
    channel = str(page.context.env.general.id)
    async with http.ws_connect(f"{page.address}live", origin=page.address.rsplit("/", 2)[0]) as socket:
        for text in TEXTS:
            await socket.send_str(text)
            assert "refused" in await _answer(socket), text[:40]
        for fault in ("slow", "refused", "", "server-error"):
            await socket.send_json({"id": 2, "do": "fault", "api": "chatbase", "fault": fault, "times": 10**30})
            await _answer(socket)
        for number in VALUES:
            await socket.send_json({"id": number, "do": "history", "channel": channel})
            await _answer(socket)
        await socket.send_json({"id": 3, "do": "history", "channel": channel})
        assert "result" in await _answer(socket)


async def _answer(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    while "re" not in (answer := json.loads((await socket.receive(5)).data)):
        pass
    return dict(answer)
