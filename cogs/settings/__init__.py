"""The commands `/settings`: a file for each family of them; here they become one group."""

from discord import app_commands
from discord.ext import commands

from bot.discord.client import Switchboard
from bot.services import Services
from cogs.settings.conversations import Conversations
from cogs.settings.fallback import Fallback
from cogs.settings.limits import Limits
from cogs.settings.persona import Persona
from cogs.settings.places import Places
from cogs.settings.provider_options import ProviderOptions
from cogs.settings.retention import Retention
from cogs.settings.show import Show
from cogs.settings.who_answers import WhoAnswers


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Settings(
    Show,
    WhoAnswers,
    Fallback,
    Persona,
    ProviderOptions,
    Places,
    Conversations,
    Limits,
    Retention,
    commands.GroupCog,
    group_name="settings",
    group_description="How I answer in this server",
):
    """Every `/settings` command. Discord takes at most 25 in a group (documentation, "Application Commands")."""


async def setup(bot: Switchboard, services: Services) -> None:
    """Add the cog."""
    trace, has_message_content = bot.requests.trace, bot.message_content.on
    settings = Settings(services.settings, services.privacy, trace, has_message_content=has_message_content)
    await bot.add_cog(settings)
