"""The door of the message menu's "Why this answer?": how an answer came about, for its asker or an admin."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.bot import BotBase, defer_if_slow, respond
from bot.domain.errors import AnswerError
from bot.strings.answer_details import describe_run
from bot.strings.errors import explain

_NO_ANSWER = "That is no answer of mine, or one that I do not keep anything about any more."
_NOT_YOURS = "Only who asked the question can see that, or somebody who may manage this server."


class Why(commands.Cog):
    """The message menu "Why this answer?"."""

    def __init__(self, bot: BotBase) -> None:
        self.bot = bot
        self.menu = app_commands.ContextMenu(name="Why this answer?", callback=self.why)

    async def cog_load(self) -> None:
        """Add the menu, which discord.py does not find in a cog by itself."""
        self.bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """Take the menu away."""
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    async def why(self, interaction: discord.Interaction[discord.Client], message: discord.Message) -> None:
        """Show how the answer came about."""
        try:
            answer = await defer_if_slow(interaction, self.bot.services.answer_store.answer_in(message.id))
        except AnswerError as error:
            await respond(interaction, explain(error))
            return
        manages = interaction.guild_id is not None and interaction.permissions.manage_guild
        if answer is None:
            await respond(interaction, _NO_ANSWER)
        elif interaction.user.id != answer.asker and not manages:
            await respond(interaction, _NOT_YOURS)
        else:
            labels = {name: provider.label for name, provider in self.bot.services.server_settings.providers.items()}
            await respond(interaction, describe_run(answer, labels))


async def setup(bot: BotBase) -> None:
    """Add the cog."""
    await bot.add_cog(Why(bot))
