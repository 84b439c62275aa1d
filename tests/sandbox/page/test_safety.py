"""Safe by default: the token, the host, the origin, the policy; and no content is ever executed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect
from yarl import URL

from sandbox.apis import Reply
from sandbox.discord import Channel
from sandbox.page import connection
from sandbox.page.access import POLICY
from sandbox.page.requests import Request
from sandbox.page.server import Page
from sandbox.page.session import Session
from tests.sandbox.page.page_user import PageUser

pytestmark = pytest.mark.asyncio(loop_scope="session")

ATTACKS = """<img src=x onerror="document.title='owned'"> <script>document.title='owned'</script>
<svg onload="document.title='owned'"> [click](javascript:document.title='owned') <a href="javascript:1">x</a>
`<b>code</b>` ||<i>hidden</i>|| **<u>bold</u>** <iframe srcdoc="<script>parent.document.title='owned'</script>"></iframe>
# <h1 onclick="x">
```html
</code></pre><script>document.title='owned'</script>
```"""


@pytest_asyncio.fixture(loop_scope="session")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Give a client that is no browser."""
    async with aiohttp.ClientSession() as session:
        yield session


async def test_an_answer_is_never_executed(visitor: PageUser, server: Page) -> None:
    server.context.env.apis.chatbase.answers(Reply(ATTACKS), times=1)
    await visitor.write("@Switchboard attack!")
    shown = await visitor.sees("</code></pre>")
    await expect(shown).not_to_contain_text("▌")
    for tag in ("img", "script", "iframe", "svg:not(.icon)", "a[href^=javascript]", "h1", "b"):
        assert await shown.locator(tag).count() == 0, tag
    assert await visitor.page.title() != "owned"


async def test_names_cards_buttons_and_files_are_never_executed(visitor: PageUser, server: Page, room: Channel) -> None:
    env = server.context.env
    name = "<img src=x onerror=\"document.title='owned'\">"
    button = {"type": "button", "buttonType": "url", "title": name, "value": "javascript:alert(1)"}
    card = {
        "type": "card",
        "title": name,
        "subtitle": name,
        "imageUrl": f"https://x.invalid/{name}",
        "buttons": [button],
    }
    env.apis.chatbot.answers(Reply(fulfillment=[card]), times=1)
    mallory = env.discord.create_user(name)
    env.guild.add_member(mallory)
    await mallory.say(room, "look", attachments=[("page.html", b"<script>document.title='owned'</script>")])
    await visitor.sees("page.html")
    await visitor.command("chatbot ask", question="card")
    await visitor.page.locator(".embed-title", has_text=name).wait_for()
    assert await visitor.page.locator("#messages img").count() == 0
    assert await visitor.page.title() != "owned"
    env.guild.remove(mallory)


async def test_the_browser_itself_refuses_markup_and_scripts(visitor: PageUser) -> None:
    refused = await visitor.page.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; return '' } catch (error) { return error.name } }"
    )
    assert refused == "TypeError"
    visitor.problems.clear()  # the console tells of the refusal


async def test_what_is_served_carries_the_policy(server: Page, http: aiohttp.ClientSession) -> None:
    for name in ("", "main.js", "messages/markdown.js", "style.css", "icon.svg"):
        async with http.get(server.address + name) as response:
            assert response.status == 200
            assert response.headers["Content-Security-Policy"] == POLICY
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "unsafe" not in POLICY


async def test_no_path_leads_out_of_the_pages_files(server: Page, http: aiohttp.ClientSession) -> None:
    for path in (
        "%2e%2e/server.py",
        "messages/%2e%2e/%2e%2e/server.py",
        "messages",
        "/etc/passwd",
        "messages%2fnone.js",
    ):
        async with http.get(URL(server.address + path, encoded=True)) as response:
            assert response.status == 404, path


async def test_nobody_comes_in_without_the_token(server: Page, http: aiohttp.ClientSession) -> None:
    origin = "/".join(server.address.split("/")[:3])
    for path in ("/", "/main.js", "/wrong/", "/wrong/main.js", "/wrong/live", f"/{'x' * 32}/"):
        async with http.get(origin + path) as response:
            assert response.status == 404, path


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:80"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 200),
    ],
)
async def test_other_names_and_origins_are_refused(
    server: Page, http: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    async with http.get(server.address, headers=headers) as response:
        assert response.status == status


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", None])
async def test_a_foreign_website_cannot_listen(server: Page, http: aiohttp.ClientSession, origin: str | None) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await http.ws_connect(f"{server.address}live", origin=origin)
    assert refused.value.status == 403


@pytest.mark.parametrize("name", ["..%2Fserver.py", "%2e%2e/server.py", "server.py", "..%2F..%2F..%2FREADME.md"])
async def test_only_the_pages_own_files_are_served(server: Page, http: aiohttp.ClientSession, name: str) -> None:
    async with http.get(server.address + name) as response:
        assert response.status == 404


async def test_attached_files_are_saved_and_never_run(server: Page, http: aiohttp.ClientSession, room: Channel) -> None:
    alice = server.context.env.alice
    said = await alice.say(
        room, attachments=[("page.html", b"<script></script>"), ("a.svg", b"<svg/>"), ("a.png", b"png")]
    )
    expected = ["attachment", "attachment", "inline"]
    for file, disposition in zip(said.attachments, expected, strict=True):
        async with http.get(f"{server.address}files/{file.id}/{file.filename}") as response:
            assert response.headers["Content-Disposition"] == disposition
            assert "sandbox" in response.headers["Content-Security-Policy"]
            assert response.content_type == ("image/png" if disposition == "inline" else "application/octet-stream")


@pytest.mark.parametrize(
    ("request_text", "sentence"),
    [
        ("no json", "This is not JSON."),
        ("[]", "A request has to be a JSON object."),
        ('{"id": 1}', "“do” is missing or has the wrong type."),
        ('{"id": 1, "do": "undo"}', "There is no such request."),
        ('{"id": 1, "do": "history", "channel": 5}', "“channel” is missing or has the wrong type."),
        ('{"id": 1, "do": "history", "channel": "٣"}', "There is no such channel."),
        ('{"id": 1, "do": "history", "channel": "STAFF"}', "There is no such channel."),
        ('{"id": 1, "do": "say", "channel": "GENERAL", "text": ""}', "A message of 0 characters."),
        ('{"id": 1, "do": "say", "channel": "GENERAL", "text": "x", "files": [{"name": "a", "data": "?"}]}', "This is not a file."),
        ('{"id": 1, "do": "delete", "channel": "GENERAL", "message": "1"}', "This message was deleted."),
        ('{"id": 1, "do": "slash", "channel": "GENERAL", "command": "ask", "options": {"force": true}}', "The command has no such option."),
        ('{"id": 1, "do": "slash", "channel": "GENERAL", "command": ""}', "No command '' is registered here."),
        ('{"id": 1, "do": "submit", "interaction": "1"}', "No form is open."),
        ('{"id": 1, "do": "fault", "api": "chatbase", "fault": "fire"}', "There is no fault by that name."),
        ('{"id": 1, "do": "discord-fault", "fault": "fire"}', "There is no fault by that name."),
    ],
)  # fmt: skip
async def test_a_wrong_request_is_refused_in_one_sentence(
    server: Page, http: aiohttp.ClientSession, request_text: str, sentence: str
) -> None:
    env = server.context.env
    staff = next(channel for channel in env.guild.channels.values() if channel.name == "staff")
    text = request_text.replace("STAFF", str(staff.id)).replace("GENERAL", str(env.general.id))
    async with http.ws_connect(f"{server.address}live", origin=server.address.rsplit("/", 2)[0]) as socket:
        await socket.send_json({"id": 0, "do": "enter", "who": str(env.bob.id)})
        await _answer(socket)
        await socket.send_str(text)
        assert (await _answer(socket))["refused"] == sentence


async def test_a_tabs_requests_without_end_are_read_only_as_they_are_answered(
    server: Page, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most = 0, 0

    async def count(_session: Session, _request: Request) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(20):
            await asyncio.sleep(0)
        running -= 1

    monkeypatch.setattr(connection, "find_action", lambda _request: count)
    async with http.ws_connect(f"{server.address}live", origin=server.address.rsplit("/", 2)[0]) as socket:
        for number in range(500):
            await socket.send_json({"id": number, "do": "history"})
        answered = {(await _answer(socket))["re"] for _ in range(500)}
    assert answered == set(range(500))
    assert 1 < most <= connection.MAX_AT_ONCE


async def _answer(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    while "re" not in (answer := json.loads((await socket.receive(10)).data)):
        pass
    return dict(answer)
