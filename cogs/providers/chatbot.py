"""The command of ChatBot.com."""

from bot.discord.client import Switchboard
from bot.services import Services
from cogs.providers.base import ProviderCog, add_provider_cog


class ChatBot(ProviderCog, group_name="chatbot", group_description="Ask ChatBot.com"):
    """`/chatbot ask`."""

    provider = "chatbot"


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await add_provider_cog(bot, services, ChatBot)
