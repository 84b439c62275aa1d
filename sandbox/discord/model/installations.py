"""Where an interaction happens, and by whose installation the application is there.

Discord's reference, "Interaction Context Types", "Authorizing Integration Owners Object" and "Installation Context".
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from sandbox.discord.model.channels import Channel
    from sandbox.discord.model.users import Application, User


class Context(IntEnum):
    """What kind of place it is, as seen by one application."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE_CHANNEL = 2


class Install(IntEnum):
    """Who installed the application: a server, or a person for their own account."""

    GUILD = 0
    USER = 1


Owners = dict[Install, int]
"""For each installation that counts, its owner's id; a server's is 0 in the direct message with the bot."""


def context_of(channel: Channel, application: Application) -> Context:
    """Return what kind of place the channel is to this application."""
    if channel.guild is not None:
        return Context.GUILD
    return Context.BOT_DM if application.bot in channel.recipients else Context.PRIVATE_CHANNEL


def owners_of(application: Application, user: User, channel: Channel, supported: Collection[int]) -> Owners:
    """Return the installations by which this person may use the application here; `supported` are the command's."""
    owners: Owners = {}
    guild = channel.guild
    if Install.GUILD in supported:
        if guild is not None and application.bot.id in guild.members:
            owners[Install.GUILD] = guild.id
        elif context_of(channel, application) is Context.BOT_DM:
            owners[Install.GUILD] = 0
    if Install.USER in supported and user.id in application.installed_by:
        owners[Install.USER] = user.id
    return owners


def applications_for(user: User, channel: Channel) -> list[Application]:
    """Return the applications that this person meets here: those of the place, and their own."""
    found = user.state.applications.values()
    return [application for application in found if owners_of(application, user, channel, tuple(Install))]
