"""The bot of `tests/clients` with disnake."""

import json
import os

import disnake
from disnake.ext import commands
from disnake.http import Route

Route.BASE = os.environ["API_URL"]


def tell(event: str) -> None:
    """Print an event."""
    print(json.dumps({"event": event}), flush=True)


class Sure(disnake.ui.View):
    """A button that says who pressed it."""

    @disnake.ui.button(label="Yes", custom_id="yes")
    async def yes(self, button: disnake.ui.Button, interaction: disnake.MessageInteraction) -> None:
        """Take the button away."""
        await interaction.response.edit_message(content=f"{interaction.user.name} said yes", view=None)


bot = commands.InteractionBot(intents=disnake.Intents(guilds=True, guild_messages=True))


@bot.event
async def on_ready() -> None:
    """Tell of it."""
    tell("ready")


@bot.event
async def on_resumed() -> None:
    """Tell of it."""
    tell("resumed")


@bot.event
async def on_message(message: disnake.Message) -> None:
    """Reply to a mention, and let the reply grow."""
    if message.author.bot or bot.user not in message.mentions:
        return
    reply = await message.reply("one")
    await reply.edit(content="one two")
    await reply.edit(content="one two three")


@bot.slash_command(description="Ask")
async def ask(interaction: disnake.ApplicationCommandInteraction, question: str) -> None:
    """Answer the command, with a button."""
    await interaction.response.defer()
    await interaction.edit_original_response(content=f"{question}: because", view=Sure())
    tell("answered")


bot.run(os.environ["TOKEN"])
