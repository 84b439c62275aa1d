"""Each library's bot does the same six things: connect, mention, slash command, button, edits, RESUME."""

import asyncio

import pytest

from sandbox.discord import Discord
from tests.clients.client import SECONDS, Client, node_client, python_client, running

CLIENTS: dict[str, Client] = {
    "hikari, zlib-stream": python_client("hikari", "hikari_bot.py", COMPRESSION="transport_zlib_stream"),
    "hikari, zstd-stream": python_client("hikari", "hikari_bot.py", COMPRESSION="transport_zstd_stream"),
    "hikari, compressed payloads": python_client("hikari", "hikari_bot.py", COMPRESSION="payload_zlib_stream"),
    "disnake": python_client("disnake", "disnake_bot.py"),
    "nextcord": python_client("nextcord", "nextcord_bot.py"),
    "py-cord": python_client("py-cord", "pycord_bot.py"),
    "discord.js": node_client("discord.js", "discordjs_bot.cjs"),
}

GROWING = ["one", "one two", "one two three"]


@pytest.mark.timeout(180)  # seconds; each step has a limit of its own
@pytest.mark.parametrize("name", CLIENTS)
async def test_a_library_finds_discord_in_the_sandbox(name: str) -> None:
    client = CLIENTS[name]
    client.require()
    async with Discord() as discord:
        app = discord.create_application("Switchboard")
        alice, bob = discord.create_user("alice"), discord.create_user("bob")
        guild = discord.create_guild("Home", alice, bob)
        guild.add_bot(app)
        general = guild.add_text_channel("general")
        environment = {"TOKEN": app.token, "API_URL": discord.api_url, "GATEWAY_URL": discord.gateway_url}
        async with running(client, environment) as bot:
            await bot.printed("ready")

            async def ask_by_mention(text: str) -> None:
                question = await alice.say(general, f"{app.bot.mention} {text}")
                answer = await general.next_message(by=app.bot, after=question, timeout=SECONDS)
                await answer.wait_until(shows="three", timeout=SECONDS)
                assert [frame.content for frame in answer.frames] == GROWING
                assert answer.replied_to is question

            try:
                await ask_by_mention("count")

                asked = await alice.slash(general, "ask", question="why?")
                message = await asked.wait_until(shows="why?: because", timeout=SECONDS)
                await bot.printed("answered")
                pressed = await bob.press(message, "Yes")
                assert (pressed.content, message.components) == ("bob said yes", ())

                # What is said once the connection is about to be closed is heard after the RESUME.
                closing = asyncio.create_task(discord.disconnect(4000))
                await asyncio.sleep(0)
                await ask_by_mention("count again")
                await closing
                await bot.printed("resumed")
                assert (app.readies, app.resumes) == (1, 1)
            except (AssertionError, TimeoutError) as error:
                raise AssertionError(bot.trouble()) from error
        assert bot.errors == []
        assert bot.events == ["ready", "answered", "resumed"]
        assert discord.unknown_routes == []
        assert discord.rate_limited == []
