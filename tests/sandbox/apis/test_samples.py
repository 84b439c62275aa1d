"""The documents' own sample clients work with nothing but the host and the placeholders changed."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from sandbox.apis import Apis
from tests.sandbox.apis import samples

TEXT = "An answer with ümlauts and a 🦊."

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


async def run(*command: str) -> str:
    """Run the command, require success, return what it printed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "PYTHONIOENCODING": "utf-8"},
    )
    output, errors = await asyncio.wait_for(process.communicate(), timeout=30)
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def run_node(code: str, folder: Path) -> str:
    script = folder / "sample.mjs"
    script.write_text(code)
    return await run("node", str(script))


def chatbase_host(apis: Apis) -> tuple[str, str]:
    return "https://www.chatbase.co", apis.chatbase.origin


@needs_curl
async def test_chatbase_curl(apis: Apis) -> None:
    apis.chatbase.answers(TEXT)
    code = samples.chatbase_curl().aimed(
        chatbase_host(apis),
        ("<Your-Secret-Key>", apis.chatbase.api_key),
        ("<Your Chatbot ID>", apis.chatbase.chatbot_id),
    )
    assert await run("sh", "-c", code) == f'{{"text":"{TEXT}"}}'
    assert "json" not in apis.chatbase.received[0].headers["Content-Type"]


@pytest.mark.parametrize("stream", [False, True])
async def test_chatbase_python(apis: Apis, *, stream: bool) -> None:
    apis.chatbase.answers(TEXT)
    code = samples.chatbase_python(stream=stream).aimed(
        chatbase_host(apis), ("<API-KEY>", apis.chatbase.api_key), ("<Chatbot-ID>", apis.chatbase.chatbot_id)
    )
    assert await run(sys.executable, "-c", code) == (TEXT if stream else f"response: {TEXT}\n")


async def test_chatbase_python_prints_the_error(apis: Apis) -> None:
    code = samples.chatbase_python(stream=False).aimed(chatbase_host(apis))
    assert await run(sys.executable, "-c", code) == f"Error:{apis.chatbase.received[0].refused}\n"


@needs_node
@pytest.mark.parametrize("stream", [False, True])
async def test_chatbase_fetch(apis: Apis, tmp_path: Path, *, stream: bool) -> None:
    apis.chatbase.answers(TEXT)
    key = "<API-KEY" if stream else "<API-Key>"
    code = samples.chatbase_fetch(stream=stream).aimed(
        chatbase_host(apis), (key, apis.chatbase.api_key), ("<Chatbot-ID>", apis.chatbase.chatbot_id)
    )
    printed = await run_node(code, tmp_path)
    if stream:
        # The sample logs each chunk on a line of its own, and an empty one at the end.
        assert printed.replace("\n", "") == TEXT
    else:
        assert TEXT in printed
    assert apis.chatbase.received[0].headers["Content-Type"] == "text/plain;charset=UTF-8"


async def test_stammer_python(apis: Apis) -> None:
    apis.stammer.answers(TEXT)
    code = samples.stammer_python().aimed(
        ("https://app.stammer.ai", apis.stammer.origin),
        ("<YOUR-API-TOKEN>", apis.stammer.api_token),
        ("12345678-1234-5678-1234-567812345678", apis.stammer.chatbot_uuid),
    )
    printed = await run(sys.executable, "-c", code)
    assert printed.startswith("Response data:")
    assert TEXT in printed


async def test_stammer_python_prints_the_error(apis: Apis) -> None:
    code = samples.stammer_python().aimed(
        ("https://app.stammer.ai", apis.stammer.origin), ("<YOUR-API-TOKEN>", apis.stammer.api_token)
    )
    assert await run(sys.executable, "-c", code) == "Error: Chatbot not found\n"


@needs_curl
async def test_tamako_address(apis: Apis) -> None:
    apis.tamako.answers(TEXT)
    address = samples.tamako_address().aimed(
        ("https://api.tamako.tech", apis.tamako.origin),
        ("username=authkey", f"username={apis.tamako.username}"),
        ("appid=appid", f"appid={apis.tamako.app_id}"),
        ("appsecret=appsecret", f"appsecret={apis.tamako.app_secret}"),
    )
    assert f'"response":"{TEXT}"' in await run("curl", "--silent", address)
    assert apis.tamako.received[0].fields["prefix"] == "t!"


@needs_curl
async def test_tamako_address_as_printed_is_not_authorised(apis: Apis) -> None:
    address = samples.tamako_address().aimed(("https://api.tamako.tech", apis.tamako.origin))
    assert '"error":"null"' in await run("curl", "--silent", address)


@needs_curl
@pytest.mark.parametrize("path", ["/stories", "/v2/stories"])
async def test_chatbot_curl(apis: Apis, path: str) -> None:
    code = samples.chatbot_curl().aimed(
        ("--url", f"--url {apis.chatbot.url}{path}"),
        ("${DEVELOPER_ACCESS_TOKEN}", apis.chatbot.developer_token),
    )
    assert '"name":"Pizzeria"' in await run("sh", "-c", code)
