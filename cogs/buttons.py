"""Adds the handlers of the buttons under answers."""

from bot.discord.buttons.answer_buttons import AnswerButtons
from bot.discord.buttons.reply_buttons import ReplyButtons
from bot.discord.client import Switchboard
from bot.services import Services


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cogs."""
    providers = services.server_settings.providers
    await bot.add_cog(AnswerButtons(services.answer_actions, providers, bot.canvases, bot.questions, bot.seen))
    await bot.add_cog(ReplyButtons(services.answer_store, bot.questions))
