"""The door for `/history`: what goes along with a question, and a fresh start."""

from io import BytesIO

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.bot import BotBase, defer_if_slow, interaction_location, respond
from bot.domain.errors import AnswerError
from bot.domain.question import Question
from bot.strings.errors import explain
from bot.strings.history import describe_cleared, describe_prompt
from cogs._permissions import Unpermitted, lacking

_MOST_CHARACTERS = 1900
"""A longer report goes along as a file; Discord takes 2000 characters."""


class History(commands.GroupCog, group_name="history", group_description="The conversation so far"):
    """`/history show` and `clear`."""

    def __init__(self, bot: BotBase) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(name="show")
    async def show(self, interaction: discord.Interaction[BotBase]) -> None:
        """Show you alone what would go along with your next question here."""
        location = interaction_location(interaction)
        question = Question(id=interaction.id, location=location, asker=interaction.user.id, text="")
        try:
            setup = await defer_if_slow(interaction, self.bot.services.server_settings.answer_config(location))
            shared = not setup.provider.keeps_history and location.shared
            if shared and not interaction.permissions.read_message_history:
                raise Unpermitted("You need **Read Message History** for that: what I remember is what was said here.")
            built_prompt = await defer_if_slow(interaction, self.bot.services.prompt_builder.prompt(question, setup))
        except AnswerError as error:
            await respond(interaction, explain(error))
            return
        summary, transcript = describe_prompt(setup.provider, built_prompt)
        if not transcript:
            await respond(interaction, summary)
        elif len(summary) + len(transcript) <= _MOST_CHARACTERS:
            await respond(interaction, f"{summary}\n{transcript}")
        else:
            await respond(interaction, summary, file=discord.File(BytesIO(transcript.encode()), "history.md"))

    @app_commands.command(name="clear")
    async def clear(self, interaction: discord.Interaction[BotBase]) -> None:
        """Start the conversation afresh."""
        location = interaction_location(interaction)
        try:
            setup = await defer_if_slow(interaction, self.bot.services.server_settings.answer_config(location))
            # A conversation that the whole channel shares is not one member's to erase.
            shared = not setup.provider.keeps_history and location.shared
            if shared and not interaction.permissions.manage_messages:
                raise lacking("Manage Messages")
            await defer_if_slow(
                interaction, self.bot.services.prompt_builder.clear(setup.provider, location, interaction.user.id)
            )
        except AnswerError as error:
            await respond(interaction, explain(error))
            return
        await respond(
            interaction, describe_cleared(setup.provider, direct=location.is_dm or location.visible_only_to is not None)
        )


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await bot.add_cog(History(bot))
