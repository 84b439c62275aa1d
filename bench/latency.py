"""How soon a person sees what the provider sent: the whole bot against the sandbox, beside bare requests to it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bench.figures import Figure, middle
from bot.assembly import assemble
from bot.connection import point_at, stay_connected
from bot.settings import load
from sandbox.apis import Apis
from sandbox.discord import Application, Channel, Discord, Message, Person

_ROUNDS = 12
_CROWD = 20


async def measure() -> list[Figure]:
    """Return how far the bot is from bare requests, and how often a crowd made Discord turn a request away."""
    async with Discord() as discord, Apis() as apis:
        app = discord.create_application()
        alice = discord.create_user("alice")
        guild = discord.create_guild("Bench", alice)
        guild.add_bot(app)
        channels = [guild.add_text_channel(f"channel-{number}") for number in range(_CROWD)]
        async with _running(discord, apis, app):
            discord.limits.enabled = False
            create, edit = await _bare(discord, app, channels[0])
            first, final = await _answers(discord, apis, app, alice, channels[0])
            discord.limits.enabled = True
            await _crowd(discord, apis, app, alice, channels)
        return [
            Figure("first text visible after the provider's first byte, beyond a bare POST", first - create, "ms", 20),
            Figure("final text visible after the provider's last byte, beyond a bare PATCH", final - edit, "ms", 50),
            Figure(f"requests turned away (429), {_CROWD} at once", len(discord.rate_limited), "", 0, counted=True),
        ]


@asynccontextmanager
async def _running(discord: Discord, apis: Apis, app: Application) -> AsyncIterator[None]:
    with TemporaryDirectory() as folder:
        environment = apis.environment("chatbase") | {
            "DISCORD_TOKEN": app.token,
            "DISCORD_API_URL": discord.api_url,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.db'}",
        }
        configuration = load(environment)
        point_at(configuration.bot)
        async with assemble(configuration) as bot:
            connected = asyncio.create_task(stay_connected(bot, configuration.bot))
            try:
                await discord.bot_ready(app)
                yield
            finally:
                connected.cancel()
                await asyncio.wait({connected})


async def _bare(discord: Discord, app: Application, channel: Channel) -> tuple[float, float]:
    """Return the median milliseconds of a POST and of a PATCH by a client that does nothing else."""
    address = f"{discord.api_url}/channels/{channel.id}/messages"
    headers = {"Authorization": f"Bot {app.token}"}
    creates, edits = [], []
    async with aiohttp.ClientSession(headers=headers) as session:
        for number in range(_ROUNDS):
            start = time.perf_counter()
            async with session.post(address, json={"content": f"create {number}"}) as response:
                message = (await response.json())["id"]
            creates.append((time.perf_counter() - start) * 1000)
            start = time.perf_counter()
            async with session.patch(f"{address}/{message}", json={"content": f"edit {number}"}) as response:
                await response.read()
            edits.append((time.perf_counter() - start) * 1000)
    return middle(creates), middle(edits)


async def _answers(
    discord: Discord, apis: Apis, app: Application, alice: Person, channel: Channel
) -> tuple[float, float]:
    """Return the median milliseconds from the first byte to the first text, and from the last byte to the final one."""
    firsts, finals = [], []
    for number in range(_ROUNDS):
        stream = apis.chatbase.hold()
        question = await alice.say(channel, f"{app.bot.mention} question {number}")
        await stream.started()
        start = time.perf_counter()
        await stream.send("The beginning ")
        answer = await channel.next_message(by=app.bot, after=question)
        firsts.append((time.perf_counter() - start) * 1000)
        await stream.send("and the end.")
        start = time.perf_counter()
        await stream.finish()
        await _shown(discord, answer, "The beginning and the end.")
        finals.append((time.perf_counter() - start) * 1000)
    return middle(firsts), middle(finals)


async def _crowd(discord: Discord, apis: Apis, app: Application, alice: Person, channels: list[Channel]) -> None:
    apis.chatbase.answers("one two three four five six seven eight nine ten")
    questions = [await alice.say(channel, f"{app.bot.mention} all at once") for channel in channels]
    answers = [await each.channel.next_message(by=app.bot, after=each) for each in questions]
    for answer in answers:
        await _shown(discord, answer, "one two three four five six seven eight nine ten")


async def _shown(discord: Discord, message: Message, text: str) -> None:
    await discord.wait_for(lambda: message if message.content == text else None, 30)
