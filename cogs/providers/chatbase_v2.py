"""The command of Chatbase v2."""

from bot.discord.client import Switchboard
from bot.services import Services
from cogs.providers.base import ProviderCog, add_provider_cog


class ChatbaseV2(ProviderCog, group_name="chatbase-v2", group_description="Ask Chatbase v2"):
    """`/chatbase-v2 ask`."""

    provider = "chatbase-v2"


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await add_provider_cog(bot, services, ChatbaseV2)
