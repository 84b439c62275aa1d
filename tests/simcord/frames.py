"""What the bot's messages showed one after another, and a way to wait for it."""

import discord
from discord.ext import commands

from sandbox.apis.transport.conditions import Changes


class Frames:
    """Every text that a message of the bot's ever showed, oldest first."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._changes = Changes()

    def watch(self, bot: commands.AutoShardedBot) -> None:
        """Listen to what Discord tells the bot of its own messages."""

        async def on_message(message: discord.Message) -> None:
            if message.author == bot.user:
                self._take(message.content)

        async def on_raw_message_edit(event: discord.RawMessageUpdateEvent) -> None:
            if event.message.author == bot.user:
                self._take(event.message.content)

        bot.add_listener(on_message)
        bot.add_listener(on_raw_message_edit)

    async def showing(self, text: str) -> None:
        """Wait until the newest frame holds `text`."""
        await self._changes.until(lambda: text in "".join(self.texts[-1:]))

    def _take(self, text: str) -> None:
        self.texts.append(text)
        self._changes.announce()
