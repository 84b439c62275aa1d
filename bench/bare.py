"""`python -m bench.bare`: the smallest bot that discord.py makes possible, to compare ours with.

It answers a mention with what the chat API streams (BENCH_READS=1), or with a text of the same length by the same
timetable (0), and edits its message in the rhythm of the real one: no pages, no queue, no memory, no budget. With
BENCH_FRILLS=1 it makes all of the real one's requests, with the typing indicator before and the buttons below the text.
What BENCH_IMPORTS names it imports first.
"""

import asyncio
import os
from importlib import import_module
from typing import Any

import aiohttp
import discord
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

_FIRST_EDIT_DELAY, _RHYTHM = 0.6, 1.25
_GOES_ON = " ▌"
"""The real bot's rhythm and its sign; not imported, since this program's own start is measured too."""


class Bare(commands.Bot):
    """Sees what the real bot sees."""

    def __init__(self) -> None:
        super().__init__(
            command_prefix=[],
            help_command=None,
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def setup_hook(self) -> None:
        """Open the connection to the chat API."""
        self.session = aiohttp.ClientSession()

    async def close(self) -> None:
        """Close it."""
        await super().close()
        await self.session.close()

    async def on_message(self, message: discord.Message, /) -> None:
        """Answer."""
        if message.author.bot or self.user not in message.mentions:
            return
        question = message.content.partition(" ")[2]
        if os.environ.get("BENCH_READS") == "0":
            await self._answer_by_timetable(message, int(question.rpartition(" ")[2]))
        else:
            await self._answer_from_stream(message, question)

    async def _answer_from_stream(self, message: discord.Message, question: str) -> None:
        text, shown, due = "", None, 0.0
        typing = asyncio.create_task(_type(message.channel))
        body = {"messages": [{"content": question, "role": "user"}], "stream": True}
        body["chatbotId"] = os.environ["CHATBASE_CHATBOT_ID"]
        headers = {"Authorization": f"Bearer {os.environ['CHATBASE_API_KEY']}"}
        async with self.session.post(os.environ["CHATBASE_API_URL"], json=body, headers=headers) as response:
            async for chunk in response.content.iter_any():
                text += chunk.decode()
                now = self.loop.time()
                if shown is None:
                    shown, due = (
                        await message.reply(text.strip() + _GOES_ON, **_buttons("Stop")),
                        now + _FIRST_EDIT_DELAY,
                    )
                elif now >= due:
                    await shown.edit(content=text.strip() + _GOES_ON)
                    due = now + _RHYTHM
        if shown is not None:
            await shown.edit(content=text, **_buttons("Retry", "Ask another"))
        await typing

    async def _answer_by_timetable(self, message: discord.Message, pieces: int) -> None:
        from bench.crowds import EVERY, stream

        answer, start, at = stream(pieces), self.loop.time(), _FIRST_EDIT_DELAY
        await _type(message.channel)
        shown = await message.reply(answer.pieces[0].strip() + _GOES_ON, **_buttons("Stop"))
        while at < pieces * EVERY:
            await asyncio.sleep(start + at - self.loop.time())
            await shown.edit(content="".join(answer.pieces[: round(at / EVERY)]).strip() + _GOES_ON)
            at += _RHYTHM
        await asyncio.sleep(start + pieces * EVERY - self.loop.time())
        await shown.edit(content=answer.text, **_buttons("Retry", "Ask another"))


async def _type(channel: discord.abc.Messageable) -> None:
    if _frills():
        await channel.typing()


def _buttons(*labels: str) -> dict[str, Any]:
    """Return the arguments for a message with buttons below it."""
    if not _frills():
        return {}
    view = discord.ui.View(timeout=None)
    for label in labels:
        view.add_item(discord.ui.Button(label=label, custom_id=f"steer:{label}"))
    view.stop()
    return {"view": view}


def _frills() -> bool:
    return os.environ.get("BENCH_FRILLS") == "1"


def _point_at(address: str) -> None:
    """Have discord.py speak to the sandbox."""
    Route.BASE = address
    DiscordWebSocket.DEFAULT_GATEWAY = URL(address).with_scheme("ws").with_path("/gateway")


if __name__ == "__main__":
    for library in os.environ.get("BENCH_IMPORTS", "").split():
        import_module(library)
    _point_at(os.environ["DISCORD_API_URL"])
    Bare().run(os.environ["DISCORD_TOKEN"], log_handler=None)
