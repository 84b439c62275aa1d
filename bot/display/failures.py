"""All that a request to Discord may end in, besides what was asked for."""

import aiohttp
import discord

DISCORD_FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What discord.py raises: its own exceptions, and those of the HTTP client and the network beneath it."""
