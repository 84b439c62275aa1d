"""What every settings command shares: who may use it, and how a change is made and told."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import discord
from discord import app_commands

from bot.discord.bot import BotBase, defer_if_slow, interaction_location, respond
from bot.domain.errors import DatabaseUnavailable
from bot.domain.server_settings import SETTING_TITLES, Scope
from bot.strings.errors import explain

T = TypeVar("T")


class Unpermitted(app_commands.CheckFailure):
    """The caller may not use the command here; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def lacking(permission: str) -> Unpermitted:
    """Return the refusal for a member without `permission`, named as in Discord's own menu."""
    return Unpermitted(f"You need **{permission}** for that. Nothing was changed.")


def needs_manage_server(
    elsewhere: str = "That is a setting of a server; in direct messages the defaults apply.",
) -> Callable[[T], T]:
    """Let only members with Manage Server use a command, and only in a server; `elsewhere` is said in other places."""

    def check(interaction: discord.Interaction[Any]) -> bool:
        if interaction.guild_id is None:
            raise Unpermitted(elsewhere)
        if interaction_location(interaction).is_user_install:
            raise Unpermitted("I am not a member of this server, so the defaults apply. Its admins can add me to it.")
        if not interaction.permissions.manage_guild:
            raise lacking("Manage Server")
        return True

    return app_commands.check(check)


def manages_server(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether the caller may change settings here, as `needs_manage_server` checks it."""
    return interaction.permissions.manage_guild and not interaction_location(interaction).is_user_install


async def change_server(interaction: discord.Interaction[BotBase], name: str, value: str | None) -> None:
    """Set `name` for the interaction's server, None for back to default, and tell the caller."""
    await change(interaction, "server", cast("int", interaction.guild_id), name, value)


async def change(
    interaction: discord.Interaction[BotBase], scope: Scope, target: int, name: str, value: str | None
) -> None:
    """Set `name` for a server or one of its channels, and tell the caller."""
    try:
        sentence = await defer_if_slow(interaction, save(interaction, scope, target, name, value))
    except DatabaseUnavailable as error:
        sentence = explain(error)
    await respond(interaction, sentence)


async def save(
    interaction: discord.Interaction[BotBase], scope: Scope, target: int, name: str, value: str | None
) -> str:
    """Set `name` and return the sentence that says so; a blank value is none. Raises `DatabaseUnavailable`."""
    value = value.strip() or None if value is not None else None
    await interaction.client.services.server_settings.save(
        scope, cast("int", interaction.guild_id), target, name, value
    )
    where = "in this server" if scope == "server" else f"in <#{target}>"
    title = SETTING_TITLES.get(name, name.replace("_", " "))
    if value is None:
        return f"{title} {where} is back to default."
    return f"{title} {where} is now: {_quoted(value)}"


def _quoted(value: str) -> str:
    shown = value if len(value) <= 200 else f"{value[:200]}…"
    return f"`{shown.replace('`', 'ˋ')}`"
