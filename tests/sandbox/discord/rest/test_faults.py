"""Faults on demand: failing and slow routes, a server that is gone and comes back."""

import asyncio
from typing import Literal
from unittest.mock import ANY

import aiohttp
import pytest

from sandbox.discord import Discord
from sandbox.discord.rest.pipeline import ROUTES
from tests.sandbox.discord.clients import Rest, Socket
from tests.sandbox.discord.conftest import Connect, Home


async def test_a_route_fails_as_often_as_it_was_told(rest: Rest, home: Home, discord: Discord) -> None:
    path = f"/channels/{home.general.id}/messages"
    discord.fail_next("POST", "/channels/{channel_id}/messages", 403, code=50013, times=2)
    answers = [await rest("POST", path, {"content": "a"}) for _ in range(3)]
    assert [answer.status for answer in answers] == [403, 403, 200]
    assert answers[0].body == {"message": "Missing Permissions", "code": 50013}
    assert len(home.general.messages) == 1


async def test_a_server_error_of_one_route_leaves_the_others_alone(rest: Rest, discord: Discord) -> None:
    discord.fail_next("get", "/users/@me", 503)
    assert (await rest("GET", "/gateway")).status == 200
    assert (await rest("GET", "/users/@me")).status == 503
    discord.fail_next("GET", "/users/@me", 500, times=9)
    discord.faults.clear()
    assert (await rest("GET", "/users/@me")).status == 200


async def test_a_route_can_be_slow(rest: Rest, discord: Discord) -> None:
    discord.faults.slow_down("GET", "/users/@me", 30)
    slow = asyncio.create_task(rest("GET", "/users/@me"))
    await discord.wait_for(lambda: len(discord.requests))
    assert (await rest("GET", "/gateway")).status == 200
    assert not slow.done()
    slow.cancel()
    discord.faults.slow_down("GET", "/users/@me", 0)
    assert (await rest("GET", "/users/@me")).status == 200


async def test_the_server_goes_down_and_comes_back_on_its_port(
    rest: Rest, home: Home, discord: Discord, connect: Connect
) -> None:
    port, url = discord.port, discord.api_url
    async with connect() as socket:
        await socket.identify(home.app.token)
        ready = await socket.event("READY")
        await discord.go_down()
        assert await socket.close_code() in (0, 1006)
        sequence = socket.sequence
    with pytest.raises(aiohttp.ClientConnectorError):
        await rest("GET", "/users/@me")
    await home.alice.say(home.general, f"{home.app.bot.mention} anybody?")
    await discord.come_back()
    assert (discord.port, discord.api_url) == (port, url)
    assert (await rest("GET", "/users/@me")).status == 200
    again: Socket
    async with connect() as again:
        await again.resume(home.app.token, ready["session_id"], sequence)
        assert (await again.event("MESSAGE_CREATE"))["content"].endswith("anybody?")


async def test_every_close_code_reaches_the_client(home: Home, discord: Discord, connect: Connect) -> None:
    for code in (1001, 4000, 4009, 4014):
        async with connect() as socket:
            await socket.identify(home.app.token)
            await socket.event("READY")
            seen, _ = await asyncio.gather(socket.close_code(), discord.disconnect(code))
            assert seen == code
    assert discord.gateway.close_codes == [1001, 4000, 4009, 4014]


async def test_a_client_that_dies_in_the_middle_of_a_request_is_no_bug(discord: Discord, home: Home) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", discord.port)
    lines = [
        f"POST /api/v10/channels/{home.general.id}/messages HTTP/1.1",
        "Host: sandbox",
        f"Authorization: Bot {home.app.token}",
        "Content-Type: application/json",
        "Content-Length: 100",
    ]
    writer.write("\r\n".join([*lines, "", '{"content":']).encode())
    await discord.wait_for(lambda: len(discord.requests))
    writer.transport.abort()
    async with aiohttp.ClientSession() as session:
        assert (await Rest(discord, home.app, session)("GET", "/users/@me")).status == 200
    assert discord.state.broken == []
    assert list(home.general.messages) == []


async def test_edits_of_old_messages_can_be_limited(rest: Rest, home: Home, discord: Discord) -> None:
    messages = f"/channels/{home.general.id}/messages"
    old = (await rest("POST", messages, {"content": "a"})).body["id"]
    discord.advance(3601)
    new = (await rest("POST", messages, {"content": "b"})).body["id"]
    discord.faults.limit_old_edits(600)
    refused = await rest("PATCH", f"{messages}/{old}", {"content": "c"})
    assert (refused.status, refused.code, refused.body["retry_after"]) == (429, 30046, 600)
    assert (await rest("PATCH", f"{messages}/{new}", {"content": "c"})).status == 200
    assert (await rest("DELETE", f"{messages}/{old}")).status == 204


async def test_a_success_can_be_answered_with_nonsense(rest: Rest, home: Home, discord: Discord) -> None:
    messages = f"/channels/{home.general.id}/messages"
    discord.faults.answer_nonsense("POST", "/channels/{channel_id}/messages", b'{"so": 1}')
    discord.faults.answer_nonsense("POST", "/channels/{channel_id}/messages", b"{", breaks_off=True)
    assert (await rest("POST", messages, {"content": ""})).status == 400, "what is refused is not a success"
    headers = {"Authorization": f"Bot {home.app.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(discord.api_url + messages, json={"content": "a"}) as answer:
            assert (answer.status, await answer.json()) == (200, {"so": 1})
        async with session.post(discord.api_url + messages, json={"content": "b"}) as answer:
            assert answer.status == 200
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.read()
    assert (await rest("POST", messages, {"content": "c"})).body["content"] == "c"
    assert [message.content for message in home.general.messages.values()] == ["a", "b", "c"]


def test_a_429_cannot_be_ordered_as_a_failure(discord: Discord) -> None:
    with pytest.raises(ValueError, match="429"):
        discord.fail_next("GET", "/users/@me", 429)


@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_request_waits_until_it_is_let_go(rest: Rest, home: Home, discord: Discord, carried_out: bool) -> None:
    hold = discord.hold(lambda record: record.method == "POST", carried_out=carried_out)
    posting = asyncio.create_task(rest("POST", f"/channels/{home.general.id}/messages", {"content": "a"}))
    await hold.arrived()
    assert len(home.general.messages) == carried_out
    hold.let_go()
    assert (await posting).status == 200
    assert len(home.general.messages) == 1


def test_a_rate_limit_can_be_ordered_on_every_route_there_is(discord: Discord) -> None:
    for route in ROUTES:
        discord.rate_limit(route.method, route.path, 60, times=1)
        assert discord.faults.refuse(route, route.path) is not None, route.path
        assert discord.faults.refuse(route, route.path) is None, route.path


@pytest.mark.parametrize("scope", ["user", "shared"])
async def test_a_route_is_limited_until_the_time_has_passed(
    rest: Rest, home: Home, discord: Discord, scope: Literal["user", "shared"]
) -> None:
    discord.rate_limit("POST", "/channels/{channel_id}/typing", 3600, scope=scope)
    path = f"/channels/{home.general.id}/typing"
    refused = await rest("POST", path)
    assert refused.status == 429
    assert refused.body == {"message": "You are being rate limited.", "retry_after": ANY, "global": False}
    assert 3599 < refused.body["retry_after"] <= 3600
    assert refused.headers["Retry-After"] == "3600"
    assert refused.headers["X-RateLimit-Scope"] == scope
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert 3599 < float(refused.headers["X-RateLimit-Reset-After"]) <= 3600
    assert "X-RateLimit-Global" not in refused.headers
    assert "Via" in refused.headers
    assert (await rest("GET", "/users/@me")).status == 200
    discord.advance(3000)
    assert 599 < (await rest("POST", path)).body["retry_after"] <= 600
    discord.advance(600)
    assert (await rest("POST", path)).status == 204
    assert [record.status for record in discord.rate_limited] == [429, 429]


async def test_a_limit_over_everything_spares_interactions(rest: Rest, home: Home, discord: Discord) -> None:
    discord.rate_limit("*", "", 64.57, scope="global")
    for path in ("/users/@me", f"/channels/{home.general.id}", f"/guilds/{home.guild.id}/members/{home.app.id}"):
        refused = await rest("GET", path)
        assert refused.status == 429
        assert refused.body["global"] is True
        assert refused.headers["Retry-After"] == "65"
        assert refused.headers["X-RateLimit-Global"] == "true"
        assert refused.headers["X-RateLimit-Scope"] == "global"
        assert "X-RateLimit-Limit" not in refused.headers
    assert (await rest("POST", "/interactions/5/none/callback", {"type": 5})).status == 404


async def test_one_channel_is_limited_and_only_so_many_times(rest: Rest, home: Home, discord: Discord) -> None:
    other = home.guild.add_text_channel("other")
    discord.rate_limit("post", f"/channels/{home.general.id}/messages", 30, scope="shared", times=2)
    discord.advance(100)
    paths = [f"/channels/{channel.id}/messages" for channel in (home.general, other, home.general, home.general)]
    answers = [await rest("POST", path, {"content": "a"}) for path in paths]
    assert [answer.status for answer in answers] == [429, 200, 429, 200]
    assert [answer.body["retry_after"] for answer in answers if answer.status == 429] == [30, 30]


async def test_the_network_before_discord_answers_with_a_page(home: Home, discord: Discord) -> None:
    discord.rate_limit("GET", "/users/@me", 3600, scope="network")
    authorised = {"Authorization": f"Bot {home.app.token}"}
    async with (
        aiohttp.ClientSession(headers=authorised) as session,
        session.get(f"{discord.api_url}/users/@me") as refused,
    ):
        assert (refused.status, refused.content_type) == (429, "text/html")
        assert refused.headers["Retry-After"] == "3600"
        assert not [name for name in refused.headers if name == "Via" or name.startswith("X-RateLimit")]
        assert "1015" in await refused.text()


async def test_what_a_429_says_can_be_nonsense(rest: Rest, discord: Discord) -> None:
    discord.faults.rate_limit(
        "GET", "/users/@me", 5, headers={"Retry-After": "-1", "X-RateLimit-Limit": None}, body={"global": None, "x": 1}
    )
    refused = await rest("GET", "/users/@me")
    assert refused.headers["Retry-After"] == "-1"
    assert "X-RateLimit-Limit" not in refused.headers
    assert refused.body == {"message": "You are being rate limited.", "retry_after": ANY, "x": 1}
    discord.faults.clear()
    assert (await rest("GET", "/users/@me")).status == 200
