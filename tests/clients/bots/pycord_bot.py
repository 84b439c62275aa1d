"""The bot of `tests/clients` with py-cord."""

import json
import os

import discord
from discord.http import Route

Route.API_BASE_URL = os.environ["API_URL"]


def tell(event: str) -> None:
    """Print an event."""
    print(json.dumps({"event": event}), flush=True)


class Sure(discord.ui.View):
    """A button that says who pressed it."""

    @discord.ui.button(label="Yes", custom_id="yes")
    async def yes(self, button: discord.ui.Button, interaction: discord.Interaction) -> None:
        """Take the button away."""
        await interaction.response.edit_message(content=f"{interaction.user.name} said yes", view=None)


bot = discord.Bot(intents=discord.Intents(guilds=True, guild_messages=True))


@bot.event
async def on_ready() -> None:
    """Tell of it."""
    tell("ready")


@bot.event
async def on_resumed() -> None:
    """Tell of it."""
    tell("resumed")


@bot.event
async def on_message(message: discord.Message) -> None:
    """Reply to a mention, and let the reply grow."""
    if message.author.bot or bot.user not in message.mentions:
        return
    reply = await message.reply("one")
    await reply.edit(content="one two")
    await reply.edit(content="one two three")


@bot.slash_command(description="Ask")
async def ask(context: discord.ApplicationContext, question: str) -> None:
    """Answer the command, with a button."""
    await context.defer()
    await context.interaction.edit_original_response(content=f"{question}: because", view=Sure())
    tell("answered")


bot.run(os.environ["TOKEN"])
