"""A bot on the real discord.py that does a little of everything."""

import asyncio
import io
from typing import Any

import discord as library
from discord import app_commands
from discord.ext import commands

NOBODY = library.AllowedMentions.none()
ASKER = library.AllowedMentions(users=False, roles=False, everyone=False, replied_user=True)


class Sure(library.ui.View):
    """Two buttons and a menu that outlive a restart."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @library.ui.button(label="Yes", custom_id="yes")
    async def yes(self, interaction: library.Interaction, button: library.ui.Button["Sure"]) -> None:
        await interaction.response.edit_message(content=f"{interaction.user.name} said yes", view=None)

    @library.ui.select(custom_id="size", placeholder="How big?", options=[library.SelectOption(label="Small")])
    async def size(self, interaction: library.Interaction, select: library.ui.Select["Sure"]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=select.values[0])


class Form(library.ui.Modal, title="Ask"):
    """One question."""

    question: library.ui.TextInput["Form"] = library.ui.TextInput(label="Question")

    async def on_submit(self, interaction: library.Interaction) -> None:
        await interaction.response.send_message(f"You asked: {self.question.value}", ephemeral=True)


class Bot(commands.Bot):
    """A bot that does a little of everything."""

    def __init__(self) -> None:
        super().__init__(commands.when_mentioned, intents=library.Intents.default(), help_command=None)
        self.resumed = asyncio.Event()
        self.texts: list[str] = []

    async def setup_hook(self) -> None:
        for command in COMMANDS:
            self.tree.add_command(command)
        self.tree.add_command(library.app_commands.ContextMenu(name="Ask about this", callback=about))
        self.add_view(Sure())
        await self.tree.sync()

    async def on_message(self, message: library.Message, /) -> None:
        if message.author.bot or self.user is None:
            return
        self.texts.append(message.content)
        if message.guild is None or self.user in message.mentions:
            await message.channel.typing()
            reply = await message.reply("▌", allowed_mentions=ASKER)
            for text in ("one", "one two", "one two three"):
                await reply.edit(content=text, allowed_mentions=NOBODY)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once; the library would wait five seconds, which real servers ask for."""

    async def on_resumed(self) -> None:
        self.resumed.set()


@app_commands.command(description="Ask")
@app_commands.describe(question="What")
async def ask(interaction: library.Interaction, question: app_commands.Range[str, 1, 100]) -> None:
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(content=f"{question} - because", view=Sure())
    await interaction.followup.send("and more", allowed_mentions=NOBODY)


@app_commands.command(description="Too late")
async def late(interaction: library.Interaction) -> None:
    """Answer nothing."""


@app_commands.command(name="form", description="A form")
async def form(interaction: library.Interaction) -> None:
    await interaction.response.send_modal(Form())


@app_commands.command(description="A file")
async def export(interaction: library.Interaction) -> None:
    await interaction.response.send_message(file=library.File(io.BytesIO(b"{}"), "data.json"), ephemeral=True)


settings = app_commands.Group(name="settings", description="Settings", default_permissions=None)


@settings.command(name="auto-reply", description="Answer everything")
async def auto_reply(interaction: library.Interaction, channel: library.TextChannel, on: bool) -> None:
    await interaction.response.send_message(f"{channel.name} {on}", ephemeral=True)


@settings.command(name="provider", description="Which")
async def provider(interaction: library.Interaction, name: str) -> None:
    assert interaction.guild is not None
    await interaction.guild.me.edit(nick=name)
    await interaction.response.send_message(f"It is {name}", ephemeral=True)


@provider.autocomplete("name")
async def provider_names(interaction: library.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name.title(), value=name) for name in ("tamako", "stammer") if current in name]


async def about(interaction: library.Interaction, message: library.Message) -> None:
    await interaction.response.send_message(f"About: {message.content}")


COMMANDS: tuple[app_commands.Command[Any, ..., Any] | app_commands.Group, ...] = (ask, late, form, export, settings)


class ShardedBot(library.AutoShardedClient):
    """Keeps the shard and the channel of each message; the shard of a direct message is None."""

    def __init__(self) -> None:
        super().__init__(intents=library.Intents.default(), guild_ready_timeout=0)
        self.heard: list[tuple[int | None, int]] = []

    async def on_message(self, message: library.Message) -> None:
        self.heard.append((message.guild.shard_id if message.guild is not None else None, message.channel.id))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once: the shards have rate-limit keys of their own, which the library does not know."""
