"""`python -m bot check`: one line for each thing the bot needs, and whether it is well. It opens no gateway."""

import asyncio
from typing import TextIO

import discord

from bot.chat.errors import MemoryUnavailable, ProviderError
from bot.chat.provider import Provider
from bot.chat.sentences import explain
from bot.connection import BAD_TOKEN, point_at
from bot.providers import open_providers
from bot.providers.http import Http
from bot.settings import Configuration, Settings
from bot.store.errors import DatabaseUnavailable
from bot.store.opening import open_store

_DISCORD_SECONDS = 15.0
"""How long Discord may take to say whose the token is; discord.py itself would wait for minutes."""


async def check(configuration: Configuration, out: TextIO) -> int:
    """Write the lines to `out`, and return the exit code: 0 where all that could be tried is well, otherwise 1."""
    settings = configuration.bot
    point_at(settings)
    well = True

    def tell(result: tuple[bool, str]) -> None:
        nonlocal well
        well = well and result[0]
        out.write(f"{result[1]}\n")
        out.flush()

    names = ", ".join(configuration.providers)
    tell((True, f"settings: well; configured: {names}; default: {configuration.default}"))
    for sentence in configuration.incomplete:
        tell((True, f"settings: {sentence}"))
    tell(await _database(settings))
    tell(await _discord(settings))
    async with Http(idle_timeout=10, total_timeout=20) as http:
        for provider in open_providers(configuration.providers, http).values():
            tell(await _provider(provider))
    return 0 if well else 1


async def _database(settings: Settings) -> tuple[bool, str]:
    try:
        async with open_store(settings.database_url) as store:
            await store.save_fact("checked", "yes")
    except DatabaseUnavailable as error:
        return False, f"database: {error}"
    except MemoryUnavailable:
        return False, "database: it can be opened but not written; check its folder's permissions and the disk's space"
    return True, "database: well; opened, brought up to date and written"


async def _discord(settings: Settings) -> tuple[bool, str]:
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with asyncio.timeout(_DISCORD_SECONDS):
            await client.login(settings.discord_token.get_secret_value())
    except discord.LoginFailure:
        return False, f"Discord: {BAD_TOKEN}"
    except Exception as error:  # noqa: BLE001 - what is not Discord may answer with anything
        return False, f"Discord: cannot be reached ({type(error).__name__}); check the network and DISCORD_API_URL"
    else:
        return True, f"Discord: well; the token belongs to {client.user}"
    finally:
        await client.close()


async def _provider(provider: Provider) -> tuple[bool, str]:
    try:
        why_not = await provider.check()
    except ProviderError as error:
        return False, f"{provider.name}: {explain(error)}"
    return (
        True,
        f"{provider.name}: {'well; the credentials were accepted' if why_not is None else f'not checked: {why_not}'}",
    )
