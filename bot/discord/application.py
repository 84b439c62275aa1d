"""What Discord knows about the bot's application: its invite link, its intents, and the commands registered for it."""

from typing import Any

import discord
from discord import app_commands

from bot.diagnostics.permissions import INVITED


def invite_link(application: int, server: int | None = None) -> str:
    """Return the link that adds the bot with all permissions that it needs, to `server` if that is given.

    Opened for a server that the bot is in, it gives the bot's own role what that role lacks.
    """
    guild = discord.utils.MISSING if server is None else discord.Object(server)
    return discord.utils.oauth_url(application, permissions=discord.Permissions(INVITED), guild=guild)


def may_read_messages(flags: discord.ApplicationFlags) -> bool:
    """Return whether the message content intent is allowed, in the developer portal or for a verified bot."""
    return flags.gateway_message_content or flags.gateway_message_content_limited


def own_commands(tree: app_commands.CommandTree[Any]) -> frozenset[str]:
    """Return the full name of each global command in the code, such as `/settings show`; menu entries without `/`."""
    slash = (each for each in tree.walk_commands() if not isinstance(each, app_commands.Group))
    menus = (each for each in tree.get_commands() if isinstance(each, app_commands.ContextMenu))
    return frozenset({*(f"/{each.qualified_name}" for each in slash), *(each.name for each in menus)})


def known_commands(registered: list[app_commands.AppCommand]) -> frozenset[str]:
    """Return the full name of each command that Discord has registered, as `own_commands` writes them."""
    names = set()
    waiting: list[app_commands.AppCommand | app_commands.AppCommandGroup] = [*registered]
    while waiting:
        command = waiting.pop()
        inner = [option for option in command.options if isinstance(option, app_commands.AppCommandGroup)]
        waiting += inner
        if isinstance(command, app_commands.AppCommand) and command.type is not discord.AppCommandType.chat_input:
            names.add(command.name)
        elif not inner:
            name = command.qualified_name if isinstance(command, app_commands.AppCommandGroup) else command.name
            names.add(f"/{name}")
    return frozenset(names)
