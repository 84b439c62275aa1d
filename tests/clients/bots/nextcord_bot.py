"""The bot of `tests/clients` with nextcord."""

import json
import os

import nextcord
from nextcord.ext import commands
from nextcord.http import Route

Route.BASE = os.environ["API_URL"]


def tell(event: str) -> None:
    """Print an event."""
    print(json.dumps({"event": event}), flush=True)


class Sure(nextcord.ui.View):
    """A button that says who pressed it."""

    @nextcord.ui.button(label="Yes", custom_id="yes")
    async def yes(self, button: nextcord.ui.Button, interaction: nextcord.Interaction) -> None:
        """Take the button away."""
        await interaction.response.edit_message(content=f"{interaction.user.name} said yes", view=None)


bot = commands.Bot(intents=nextcord.Intents(guilds=True, guild_messages=True))


@bot.event
async def on_ready() -> None:
    """Tell of it."""
    tell("ready")


@bot.event
async def on_resumed() -> None:
    """Tell of it."""
    tell("resumed")


@bot.event
async def on_message(message: nextcord.Message) -> None:
    """Reply to a mention, and let the reply grow."""
    if message.author.bot or bot.user not in message.mentions:
        return
    reply = await message.reply("one")
    await reply.edit(content="one two")
    await reply.edit(content="one two three")


@bot.slash_command(description="Ask")
async def ask(interaction: nextcord.Interaction, question: str) -> None:
    """Answer the command, with a button."""
    await interaction.response.defer()
    await interaction.edit_original_message(content=f"{question}: because", view=Sure())
    tell("answered")


bot.run(os.environ["TOKEN"])
