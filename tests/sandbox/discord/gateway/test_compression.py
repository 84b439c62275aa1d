"""The ways in which payloads are compressed, read by decoders that are not ours."""

import asyncio
import zlib

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.discord import Discord
from sandbox.discord.gateway.compression import TRANSPORTS
from tests.sandbox.discord.clients import INFLATE
from tests.sandbox.discord.conftest import Connect, Home

BLOCK = 128 * 1024


@pytest.mark.parametrize("transport", ["zlib-stream", "zstd-stream"])
@given(texts=st.lists(st.text(min_size=1), max_size=5))
def test_each_message_can_be_read_as_soon_as_it_is_there(transport: str, texts: list[str]) -> None:
    encode, inflate = TRANSPORTS[transport](), INFLATE[transport]()
    for text in [*texts, "x" * BLOCK, "é" * BLOCK, "end"]:
        data = encode(text)
        assert isinstance(data, bytes)
        assert inflate(data).decode() == text


@pytest.mark.parametrize("transport", ["", "zlib-stream", "zstd-stream"])
async def test_payload_compression_is_for_large_payloads_unless_the_stream_is_compressed(
    connect: Connect, home: Home, discord: Discord, transport: str
) -> None:
    async with connect(transport) as socket:
        assert socket.socket is not None
        if transport:
            await socket.ready(home.app.token, compress=True)
            await socket.event("GUILD_CREATE")
            return
        await socket.op(10)
        await socket.identify(home.app.token, compress=True)
        ready, guild = await socket.socket.receive(), await socket.socket.receive()
        assert ready.type is aiohttp.WSMsgType.TEXT
        assert b'"GUILD_CREATE"' in zlib.decompress(guild.data)


async def test_a_transport_that_nobody_documents(connect: Connect) -> None:
    async with connect() as plain:
        opened = await plain.session.ws_connect(plain.url + "?v=10&compress=brotli")
        while (await asyncio.wait_for(opened.receive(), 5)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert opened.close_code == 4002
