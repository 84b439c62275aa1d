"""The bodies of requests: JSON, forms where Discord takes them, and what is refused."""

import aiohttp
import pytest

from sandbox.discord import Discord
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home

URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def path(home: Home) -> str:
    return f"/channels/{home.general.id}/messages"


async def test_a_message_may_be_an_urlencoded_form(rest: Rest, home: Home, path: str) -> None:
    sent = await rest("POST", path, data="content=a%26b+%C3%BC&flags=4&nonce=n1&enforce_nonce=true", headers=URLENCODED)
    assert (sent.body["content"], sent.body["flags"], sent.body["nonce"]) == ("a&b ü", 4, "n1")
    again = await rest("POST", path, data="content=b&nonce=n1&enforce_nonce=1", headers=URLENCODED)
    assert again.body["id"] == sent.body["id"]
    edited = await rest("PATCH", f"{path}/{sent.body['id']}", data="content=other", headers=URLENCODED)
    assert edited.body["content"] == "other"
    assert (await rest("POST", path, data="content=", headers=URLENCODED)).code == 50006


async def test_the_json_of_a_form_may_be_urlencoded(rest: Rest, path: str) -> None:
    form = aiohttp.FormData({"payload_json": '{"content": "ü & more", "tts": false}', "content": "not this"})
    assert (await rest("POST", path, data=form)).body["content"] == "ü & more"
    broken = aiohttp.FormData({"payload_json": "{"})
    assert (await rest("POST", path, data=broken)).code == 50109


async def test_a_multipart_form_may_hold_plain_fields(rest: Rest, path: str) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("content", "plain")
    form.add_field("files[0]", b"1", filename="one.txt")
    sent = await rest("POST", path, data=form)
    assert (sent.body["content"], sent.body["attachments"][0]["filename"]) == ("plain", "one.txt")


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "multipart/form-data", "application/xml"])
async def test_another_type_is_refused(rest: Rest, discord: Discord, path: str, kind: str) -> None:
    refused = await rest("POST", path, data='{"content": "a"}', headers={"Content-Type": kind})
    assert refused.faults() == {"": ["CONTENT_TYPE_INVALID"]}
    assert refused.body["message"] == "Invalid Form Body"
    assert not discord.state.broken


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("POST", "/users/@me/channels", "recipient_id=1"),
        ("PATCH", "/guilds/{guild}/members/@me", "nick=a"),
        ("POST", "/applications/{app}/commands", "name=a&description=b"),
    ],
)
async def test_most_routes_take_json_only(rest: Rest, home: Home, method: str, path: str, form: str) -> None:
    refused = await rest(method, path.format(guild=home.guild.id, app=home.app.id), data=form, headers=URLENCODED)
    assert refused.faults() == {"": ["CONTENT_TYPE_INVALID"]}
    assert refused.body["errors"]["_errors"][0]["message"].endswith("one of {'application/json'}.")


async def test_a_request_without_a_body_needs_no_type(rest: Rest, home: Home) -> None:
    assert (await rest("POST", f"/channels/{home.general.id}/typing")).status == 204


@pytest.mark.parametrize("body", ["{", '{"content": NaN}', "[" * 5000, "[" * 500 + "]" * 500, '{"content": "\\ud8"}'])
async def test_json_that_is_none_is_refused(rest: Rest, discord: Discord, path: str, body: str) -> None:
    refused = await rest("POST", path, data=body, headers={"Content-Type": "application/json"})
    assert (refused.status, refused.code) == (400, 50109)
    assert not discord.state.broken


async def test_bytes_that_are_no_text_are_refused(rest: Rest, discord: Discord, path: str) -> None:
    for kind in ("application/json; charset=utf-8", URLENCODED["Content-Type"]):
        refused = await rest("POST", path, data=b"\xff\xfe", headers={"Content-Type": kind})
        assert (refused.status, refused.code) == (400, 50109)
    assert not discord.state.broken
