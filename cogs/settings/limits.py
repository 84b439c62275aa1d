"""The command `/settings limit`: how many questions a member, people with a role, or the whole server may ask."""

from dataclasses import replace
from typing import Literal, cast

import discord
from discord import app_commands

from bot.discord.command_checks import needs_manage_server
from bot.discord.interactions import Refused, defer_if_slow
from bot.discord.paged_reply import respond_in_pages
from bot.discord.reading.admission import existing_roles
from bot.domain.fair_use.limits import (
    LIMIT_MEMBER,
    LIMIT_ROLES,
    LIMIT_SERVER,
    MAX_LIMIT,
    MAX_LIMITED_ROLES,
    Limit,
    ServerLimits,
    write_role_limits,
)
from bot.domain.fair_use.quotas import Period
from bot.strings.admins import limits as say
from cogs.settings.family import Interaction, SettingsFamily

Questions = app_commands.Range[int, 1, MAX_LIMIT]


class Limits(SettingsFamily):
    """`/settings limit`."""

    @app_commands.command(name="limit")
    @app_commands.describe(
        who="Each member, members with a role, or the whole server together",
        questions="How many questions may be asked. Leave empty for no limit",
        per="In each hour, or in each day (UTC). Leave empty for a day",
        role="Which role. Leave empty for members or the server",
        exempt="True: no limit for members with this role, except the server's. Leave empty to limit it",
    )
    @needs_manage_server()
    async def limit(
        self,
        interaction: Interaction,
        who: Literal["member", "role", "server"],
        questions: Questions | None = None,
        per: Period = "day",
        role: discord.Role | None = None,
        exempt: bool | None = None,
    ) -> None:
        """Limit how many questions may be asked."""
        limit = None if questions is None else Limit(questions, per)
        if who == "role":
            await self._limit_role(interaction, _checked(role, limit, exempt=exempt), limit, exempt=exempt is True)
        elif role is not None or exempt is not None:
            raise Refused(say.only_for_roles())
        else:
            name = LIMIT_MEMBER if who == "member" else LIMIT_SERVER
            await self._save(interaction, name, None if limit is None else limit.write())
        await respond_in_pages(interaction, say.limits_now(await self._limits(interaction)))

    async def _limit_role(
        self, interaction: Interaction, role: discord.Role, limit: Limit | None, *, exempt: bool
    ) -> None:
        async with self._role_changes:  # otherwise one of two roles that are limited at once could get lost
            # Roles that were deleted are left out: they are nobody's, and would take up room.
            roles = {**(await self._limits(interaction)).roles}
            roles.pop(role.id, None)
            if exempt or limit is not None:
                if len(roles) >= MAX_LIMITED_ROLES:
                    raise Refused(say.too_many_roles())
                roles[role.id] = None if exempt else limit
            await self._save(interaction, LIMIT_ROLES, write_role_limits(roles))

    async def _limits(self, interaction: Interaction) -> ServerLimits:
        """Return what is set in the interaction's server, without roles that were deleted."""
        server = cast("int", interaction.guild_id)
        limits = await defer_if_slow(interaction, self._server_settings.limits(server))
        existing = existing_roles(interaction.guild, limits.roles.keys())
        return replace(limits, roles={role: limits.roles[role] for role in existing})


def _checked(role: discord.Role | None, limit: Limit | None, *, exempt: bool | None) -> discord.Role:
    """Return the role that is to be limited, or exempt; raises `Refused` if it cannot be."""
    if role is None:
        raise Refused(say.role_needed())
    if role.is_default():
        raise Refused(say.everybodys_role())
    if role.is_bot_managed():
        raise Refused(say.bots_role())
    if exempt and limit is not None:
        raise Refused(say.exempt_or_limited())
    return role
