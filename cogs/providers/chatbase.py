"""The command of Chatbase."""

from bot.discord.client import Switchboard
from bot.services import Services
from cogs.providers.base import ProviderCog, add_provider_cog


class Chatbase(ProviderCog, group_name="chatbase", group_description="Ask Chatbase"):
    """`/chatbase ask`."""

    provider = "chatbase"


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await add_provider_cog(bot, services, Chatbase)
