"""Commands as the composer offers them: as the bots registered them, and only those that the person may see."""

from collections.abc import Iterator
from typing import Any

from sandbox.discord import Channel, NotPossible, Person
from sandbox.discord.errors import Json
from sandbox.discord.model.installations import applications_for
from sandbox.discord.model.users import Command
from sandbox.discord.people.commands import find_command
from sandbox.discord.people.person import MESSAGE_MENU, SLASH
from sandbox.discord.validators.options import NESTED, OptionType
from sandbox.page.requests import InvalidRequest, Request, read_file

_OBJECTS = frozenset({OptionType.USER, OptionType.CHANNEL, OptionType.ROLE, OptionType.MENTIONABLE})


def list_commands(channel: Channel, person: Person) -> list[Json]:
    """Return each slash command, subcommands one by one, with its options as registered."""
    found = [view for command in _offered(channel, person, SLASH) for view in _flatten(command)]
    return sorted(found, key=lambda view: str(view["name"]))


def list_menus(channel: Channel, person: Person) -> list[Json]:
    """Return the commands in the menu of a message, each with the id of its app's account."""
    offered = _offered(channel, person, MESSAGE_MENU)
    return [{"name": command.name, "bot": str(command.application.bot.id)} for command in offered]


def read_options(request: Request, channel: Channel, name: str) -> dict[str, Any]:
    """Return the request's options as `Person.slash` takes them; what is named by its id, as the thing itself."""
    first = name.split()[0] if name.split() else ""
    command = find_command(channel, request.person, SLASH, first, force=True)
    declared: list[Json] = next((view["options"] for view in _flatten(command) if view["name"] == name), [])
    kinds = {option["name"]: option["type"] for option in declared}
    given = request.values("options")
    if not given.keys() <= kinds.keys():
        raise InvalidRequest("the command has no such option")
    return {option: _read(request, kinds[option], value) for option, value in given.items()}


def _read(request: Request, kind: int, value: object) -> object:
    if kind in _OBJECTS:
        return request.named(value)
    if kind == OptionType.ATTACHMENT:
        return read_file(value)
    if not isinstance(value, (str, int, float, bool)):
        raise InvalidRequest("an option is a text, a number, or yes or no")
    return value


def _offered(channel: Channel, person: Person, kind: int) -> Iterator[Command]:
    guild = channel.guild
    for application in applications_for(person, channel):
        for command in application.commands.values():
            if command.type != kind or command.guild_id not in (None, guild.id if guild is not None else None):
                continue
            try:
                find_command(channel, person, kind, command.name, force=False, application=application)
            except NotPossible:
                continue
            yield command


def _flatten(command: Command) -> Iterator[Json]:
    """Yield the command, or each of its subcommands, by the whole name."""
    heads: list[tuple[str, Json]] = [(command.name, command.body)]
    while heads:
        name, node = heads.pop(0)
        options = node.get("options") or []
        nested = [option for option in options if option["type"] in NESTED]
        heads += [(f"{name} {option['name']}", option) for option in nested]
        if not nested:
            yield {
                "name": name,
                "about": node.get("description", ""),
                "bot": str(command.application.bot.id),
                "options": options,
            }
