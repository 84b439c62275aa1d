"""Whom the bot serves: what the host blocked, or a server excluded, is ignored if by message, refused if by command."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

import discord

from bot.discord.interactions import Refused
from bot.discord.locations import interaction_location, message_location
from bot.domain.access import EVERYBODY, Access
from bot.domain.question import Location, Requester
from bot.domain.settings.server_settings import ALL, EXCEPT, Reach
from bot.strings.host.access import person_refused, server_refused
from bot.strings.reach import not_for_you, not_here


class ReachSettings(Protocol):
    """What admins set about where, and for whom, the bot answers, and who does not want to be read."""

    def opted_out(self, person: int) -> bool:
        """Return whether a person's messages are not to be read; without waiting."""
        ...

    def reach(self, location: Location) -> Reach:
        """Return whether the bot answers in `location`, and for whom; without waiting."""
        ...

    def limits_roles(self, location: Location) -> bool:
        """Return whether what somebody may ask in `location` depends on their roles; without waiting."""
        ...


class Admission:
    """Tells which messages may be answered, and refuses interactions elsewhere.

    Roles bind everybody, people with Manage Server too. Direct messages and places where the bot is a guest are not
    concerned. A thread, or forum post, follows its channel. The host's `access` comes before all that.
    """

    def __init__(self, server_settings: ReachSettings, access: Access = EVERYBODY) -> None:
        self._server_settings = server_settings
        self._access = access

    def serves(self, server: int) -> bool:
        """Return whether the host lets the bot be in a server."""
        return self._access.serves(server)

    def opted_out(self, person: int) -> bool:
        """Return whether a person's messages are neither answered nor passed on; what they ask by command is."""
        return self._server_settings.opted_out(person)

    def reach(self, location: Location) -> Reach:
        """Return whether the bot answers in `location`, and for whom."""
        if not self._access.serves(location.server):
            return Reach(ALL, here=False)
        return self._server_settings.reach(location)

    def refusal(self, interaction: discord.Interaction[Any]) -> str | None:
        """Return why the host has nothing done for an interaction, whatever it is for; None if that is not so."""
        if self._access.ignores(interaction.user.id):
            return person_refused()
        return None if self._access.serves(interaction.guild_id) else server_refused()

    def needs_roles(self, location: Location) -> bool:
        """Return whether it depends on somebody's roles if, or how much, they may ask in `location`."""
        return self.reach(location).roles is not None or self._server_settings.limits_roles(location)

    def hears(self, message: discord.Message) -> bool:
        """Return whether what the message asks may be answered; not if it depends on roles or a channel not known."""
        if self._access.ignores(message.author.id) or self.opted_out(message.author.id):
            return False
        reach = self.reach(message_location(message))
        if reach.mode == EXCEPT and isinstance(message.channel, discord.PartialMessageable):
            return False  # it may be a thread in a channel that is excepted; once it is known, it is caught up with
        return reach.here and (reach.roles is None or reach.includes(roles_of(message.author)))

    def check(self, interaction: discord.Interaction[Any]) -> None:
        """Raise `Refused` unless what the interaction asks may be answered."""
        reach = self.reach(interaction_location(interaction))
        if not reach.here:
            raise Refused(not_here())
        if reach.roles is not None and not reach.includes(roles_of(interaction.user)):
            raise Refused(not_for_you(existing_roles(interaction.guild, reach.roles)))


def existing_roles(guild: discord.Guild | None, roles: Collection[int]) -> Sequence[int]:
    """Return those of `roles` that a server still has; all if discord.py does not know which it has."""
    if guild is None or not _is_sent(guild):
        return sorted(roles)
    return sorted(role for role in roles if guild.get_role(role) is not None)


def roles_of(person: object) -> Collection[int]:
    """Return the ids of a member's roles, @everyone's among them, which is the server's own; none of a mere user."""
    if not isinstance(person, discord.Member):
        return ()
    if not _is_sent(person.guild):
        return [person.guild.id, *person._roles]  # noqa: SLF001 - `roles` leaves out those that the server lacks
    return [role.id for role in person.roles]


def requester_of(person: discord.User | discord.Member) -> Requester:
    """Return whom a question counts for that this person has answered."""
    return Requester(person.id, frozenset(roles_of(person)))


def _is_sent(guild: discord.Guild) -> bool:
    """Return whether Discord has sent a server's roles: not yet just after a start, and never without the bot in it."""
    return bool(guild.roles)  # every server has @everyone
