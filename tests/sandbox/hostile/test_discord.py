"""Whatever is sent to the sandbox's Discord, it is refused or done."""

import json

import aiohttp
import pytest
from yarl import URL

from sandbox.discord.rest.pipeline import ROUTES
from sandbox.environment import Environment
from tests.sandbox.hostile.conftest import SendRaw
from tests.sandbox.hostile.values import IDS, TEXTS, VALUES


async def test_ids_in_discords_paths(env: Environment, http: aiohttp.ClientSession) -> None:
    known = {
        "channel_id": env.general.id,
        "guild_id": env.guild.id,
        "application_id": env.app.id,
        "user_id": env.bob.id,
    }
    headers = {"Authorization": f"Bot {env.app.token}"}
    for route in ROUTES:
        names = [part.strip("{}") for part in route.path.split("/") if part.startswith("{")]
        for name in names:
            for value in IDS:
                path = route.path
                for each in names:
                    path = path.replace(f"{{{each}}}", value if each == name else str(known.get(each, 1)))
                url = URL(env.discord.api_url + path, encoded=True)
                async with http.request(route.method, url, headers=headers, json={"name": "a"}) as response:
                    assert response.status < 500, (route.method, path[:80])


async def test_bodies_for_discord(env: Environment, http: aiohttp.ClientSession) -> None:
    question = await env.alice.say(env.general, "hello")
    known = {
        "channel_id": env.general.id,
        "guild_id": env.guild.id,
        "application_id": env.app.id,
        "message_id": question.id,
    }
    headers = {"Authorization": f"Bot {env.app.token}", "Content-Type": "application/json"}
    for route in ROUTES:
        if route.method in ("GET", "DELETE"):
            continue
        path = route.path.format_map(
            {**dict.fromkeys(("user_id", "command_id", "token", "interaction_id", "interaction_token"), 1), **known}
        )
        named = [
            json.dumps({name: value})
            for name in ("content", "name", "recipient_id", "nick", "type")
            for value in VALUES
        ]
        for text in (*TEXTS, *named):
            async with http.request(route.method, env.discord.api_url + path, headers=headers, data=text) as response:
                assert response.status < 500, (route.method, path, text[:80])


@pytest.mark.parametrize("token", [b"\xff\xfe", b"\xd9\xa3" * 3, b"x" * 4_000])
async def test_tokens_that_are_no_text(env: Environment, send_raw: SendRaw, token: bytes) -> None:
    status = await send_raw(
        env.discord.port, b"GET /api/v10/users/@me HTTP/1.1\r\nHost: a\r\nAuthorization: Bot " + token + b"\r\n\r\n"
    )
    assert status in (400, 401)


async def test_queries_and_files_of_discord(env: Environment, http: aiohttp.ClientSession) -> None:
    said = await env.alice.say(env.general, attachments=[("a.txt", b"a")])
    headers = {"Authorization": f"Bot {env.app.token}"}
    for value in IDS:
        for name in ("limit", "before", "after", "around"):
            url = URL(f"{env.discord.api_url}/channels/{env.general.id}/messages?{name}={value}", encoded=True)
            async with http.get(url, headers=headers) as response:
                assert response.status in (200, 400), value[:40]
        for path in (f"1/{value}/a.txt", f"{value}/{said.attachments[0].id}/a.txt?ex={value}&is={value}&hm={value}"):
            url = URL(f"{env.discord.state.base_url}/attachments/{path}", encoded=True)
            async with http.get(url) as response:
                assert response.status in (400, 404), value[:40]


async def test_payloads_for_the_gateway(env: Environment, http: aiohttp.ClientSession) -> None:
    env.app.session_starts.interval = 0
    properties = {"os": "linux", "browser": "x", "device": "x"}
    identify = {"token": env.app.token, "intents": 513, "properties": properties}
    wrong = [{"op": 2, "d": {**identify, name: value}} for name in identify for value in VALUES]
    wrong += [{"op": 6, "d": {"token": env.app.token, "session_id": value, "seq": value}} for value in VALUES]
    for payload in (*TEXTS, *map(json.dumps, wrong), json.dumps({"op": 2, "d": {**identify, "token": "\ud800"}})):
        async with http.ws_connect(env.discord.gateway_url) as socket:
            await socket.receive_json(timeout=5)
            await socket.send_str(payload)
            await socket.receive(timeout=5)
    async with http.ws_connect(env.discord.gateway_url) as socket:
        await socket.receive_json(timeout=5)
        await socket.send_json({"op": 2, "d": identify})
        for name in ("guild_id", "limit", "user_ids", "nonce"):
            for value in VALUES:
                request = {"guild_id": str(env.guild.id), "query": "a", "limit": 1, name: value}
                text = json.dumps({"op": 8, "d": request})
                if len(text) < 4_000:
                    env.discord.advance(1)
                    await socket.send_str(text)
        await socket.send_json({"op": 1, "d": None})
        while (await socket.receive_json(timeout=5))["op"] != 11:
            pass
