"""REST in general: authorisation, content types, unknown routes, the record, accounts."""

import json
import re

import aiohttp
import pytest

from sandbox.discord import Discord
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home


async def test_a_bad_token_is_refused(rest: Rest) -> None:
    rest.token = "nonsense"
    answer = await rest("GET", "/users/@me")
    assert (answer.status, answer.body) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_a_missing_token_is_refused(rest: Rest) -> None:
    rest.token = None
    assert (await rest("GET", "/users/@me")).status == 401


async def test_an_unknown_route_is_loud(rest: Rest, discord: Discord) -> None:
    answer = await rest("PUT", "/guilds/1/magic")
    assert (answer.status, answer.body) == (404, {"message": "404: Not Found", "code": 0})
    assert discord.unknown_routes == ["PUT /api/v10/guilds/1/magic"]


async def test_a_known_path_with_another_method_is_unknown_too(rest: Rest, discord: Discord) -> None:
    assert (await rest("DELETE", "/users/@me")).status == 404
    assert discord.unknown_routes == ["DELETE /api/v10/users/@me"]


async def test_broken_json_is_refused(rest: Rest, home: Home) -> None:
    path = f"/channels/{home.general.id}/messages"
    answer = await rest("POST", path, data="{", headers={"Content-Type": "application/json"})
    assert (answer.status, answer.code) == (400, 50109)


async def test_accounts(rest: Rest, home: Home) -> None:
    me = await rest("GET", "/users/@me")
    assert (me.body["id"], me.body["bot"]) == (str(home.app.bot.id), True)
    other = await rest("GET", f"/users/{home.alice.id}")
    assert other.body["username"] == "alice"
    assert "bot" not in other.body
    assert (await rest("GET", "/users/1")).code == 10013


async def test_the_application_names_its_owner(rest: Rest) -> None:
    for path in ("/applications/@me", "/oauth2/applications/@me"):
        assert (await rest("GET", path)).body["owner"]["username"] == "robin"


async def test_the_gateways_address(rest: Rest, discord: Discord) -> None:
    assert (await rest("GET", "/gateway")).body == {"url": discord.gateway_url}
    rest.token, token = None, rest.token
    assert (await rest("GET", "/gateway")).status == 200
    rest.token = token
    body = (await rest("GET", "/gateway/bot")).body
    assert body["url"] == discord.gateway_url
    assert body["shards"] == 1


async def test_own_guilds(rest: Rest, home: Home) -> None:
    body = (await rest("GET", "/users/@me/guilds")).body
    assert [guild["name"] for guild in body] == ["Home"]


async def test_opening_a_dm_twice_gives_the_same_channel(rest: Rest, home: Home) -> None:
    first = await rest("POST", "/users/@me/channels", {"recipient_id": str(home.alice.id)})
    second = await rest("POST", "/users/@me/channels", {"recipient_id": home.alice.id})
    assert first.body["id"] == second.body["id"]
    assert [user["username"] for user in first.body["recipients"]] == ["alice"]
    assert (await rest("POST", "/users/@me/channels", {"recipient_id": "5"})).code == 50033
    assert (await rest("POST", "/users/@me/channels", {})).faults() == {"recipient_id": ["BASE_TYPE_REQUIRED"]}


async def test_each_request_is_recorded(rest: Rest, discord: Discord, home: Home) -> None:
    await rest("POST", f"/channels/{home.general.id}/messages", {"content": "hello"})
    (record,) = discord.requests.to("POST", "/channels/{channel_id}/messages")
    assert (record.status, record.body) == (200, {"content": "hello"})
    assert record.path == f"/api/v10/channels/{home.general.id}/messages"


async def test_the_record_shows_no_token(rest: Rest, discord: Discord, home: Home) -> None:
    await rest("POST", f"/webhooks/{home.app.id}/very-secret", {"content": "hello"})
    await rest("POST", "/interactions/1/very-secret/callback", {"type": 5})
    await rest("POST", "/webhooks/1/very-secret/nowhere", {})
    shown = json.dumps([repr(record) for record in discord.requests]) + repr(discord.unknown_routes) + repr(home.app)
    assert "very-secret" not in shown
    assert home.app.token not in shown


async def test_attachments_are_served_to_signed_addresses_for_a_day(
    discord: Discord, rest: Rest, home: Home, session: aiohttp.ClientSession
) -> None:
    message = await home.alice.say(home.general, attachments=[("ph oto.png", b"png")])
    (file,) = message.attachments
    mentioned = await home.alice.say(home.general, home.app.bot.mention, attachments=[("ph oto.png", b"png")])
    [listed] = (await rest("GET", f"/channels/{home.general.id}/messages/{mentioned.id}")).body["attachments"]
    url = listed["url"]
    assert re.fullmatch(r".*/ph_oto\.png\?ex=[0-9a-f]+&is=[0-9a-f]+&hm=[0-9a-f]{64}&", url)
    assert listed["proxy_url"] == url
    async with session.get(url) as response:
        assert (response.status, response.content_type, await response.read()) == (200, "image/png", b"png")
    for wrong in (file.url, url.replace("hm=", "hm=0"), url.replace(listed["id"], "1"), url.replace("?ex=", "?ex=f")):
        async with session.get(wrong) as response:
            assert response.status == 404
    discord.advance(24 * 3600 + 1)
    async with session.get(url) as response:
        assert response.status == 404


async def test_a_bug_of_the_sandbox_is_raised_when_it_closes() -> None:
    async def meet_a_bug() -> None:
        async with Discord() as discord, aiohttp.ClientSession() as session:
            app = discord.create_application()
            discord.state.guilds[1] = None  # type: ignore[assignment]
            answer = await Rest(discord, app, session)("GET", "/users/@me/guilds")
            assert (answer.status, answer.code) == (500, 0)

    with pytest.raises(ExceptionGroup) as raised:
        await meet_a_bug()
    assert [type(error) for error in raised.value.exceptions] == [AttributeError]
