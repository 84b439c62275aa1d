"""Whom the bot's messages may ping."""

import discord

SILENT = discord.AllowedMentions.none()
"""Nobody."""

ASKER_ONLY = discord.AllowedMentions(everyone=False, users=False, roles=False, replied_user=True)
"""The author of the message that is replied to."""
