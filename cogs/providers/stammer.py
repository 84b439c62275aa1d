"""The command of Stammer.ai."""

from bot.discord.client import Switchboard
from bot.services import Services
from cogs.providers.base import ProviderCog, add_provider_cog


class Stammer(ProviderCog, group_name="stammer", group_description="Ask Stammer.ai"):
    """`/stammer ask`."""

    provider = "stammer"


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await add_provider_cog(bot, services, Stammer)
