"""The command of Tamako."""

from bot.discord.client import Switchboard
from bot.services import Services
from cogs.providers.base import ProviderCog, add_provider_cog


class Tamako(ProviderCog, group_name="tamako", group_description="Ask Tamako"):
    """`/tamako ask`."""

    provider = "tamako"


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    await add_provider_cog(bot, services, Tamako)
