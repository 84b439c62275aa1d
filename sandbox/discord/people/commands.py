"""Commands as a person meets them: which ones there are, and what their options accept."""

from dataclasses import dataclass, field

from sandbox.discord.errors import Json
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.guilds import Role
from sandbox.discord.model.installations import Context, applications_for, context_of, owners_of
from sandbox.discord.model.messages import Attachment, Message
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import Application, Command, User
from sandbox.discord.operations.files import keep_file
from sandbox.discord.operations.mentions import find_named
from sandbox.discord.people.errors import BadOption, NotVisible
from sandbox.discord.validators.options import MAX_STRING, NESTED, OptionType


@dataclass(slots=True)
class Filled:
    """A command filled in: the interaction's data, and the objects that it names by id."""

    command: Command
    data: Json
    named: list[User | Role | Channel | Message | Attachment] = field(default_factory=list)


def find_command(
    channel: Channel, user: User, kind: int, name: str, *, force: bool, application: Application | None = None
) -> Command:
    """Return the registered command of this name that the person is offered here; `force` ignores what hides it.

    Raises NotVisible.
    """
    for candidate in [application] if application is not None else applications_for(user, channel):
        guild_id = channel.guild.id if channel.guild is not None else None
        listed = [*(candidate.commands_in(guild_id) if guild_id is not None else []), *candidate.commands_in(None)]
        for command in listed:
            if command.type == kind and command.name == name:
                if not force:
                    _check_offered(command, channel, user)
                return command
    raise NotVisible(f"no command {name!r} is registered here")


def fill_in(
    command: Command, path: list[str], values: dict[str, object], channel: Channel, *, focused: str | None = None
) -> Filled:
    """Return the data of a slash command with these options; `path` leads to the subcommand.

    `focused` names the option that is being typed, for autocompletion, which may leave others out.
    Raises NotVisible for an unknown subcommand, BadOption.
    """
    filled = Filled(command, {"id": str(command.id), "name": command.name, "type": command.type})
    if command.guild_id is not None:
        filled.data["guild_id"] = str(command.guild_id)
    node, target = command.body, filled.data
    for step in path:
        found = next((option for option in node.get("options", []) if option["name"] == step), None)
        if found is None or found["type"] not in NESTED:
            raise NotVisible(f"{command.name!r} has no subcommand {step!r}")
        inner: Json = {"type": found["type"], "name": step}
        target["options"] = [inner]
        node, target = found, inner
    declared = node.get("options", [])
    if any(option["type"] in NESTED for option in declared):
        raise NotVisible(f"{command.name!r} needs a subcommand")
    target["options"] = _fill_options(declared, values, channel, filled, focused)
    return filled


def _fill_options(
    declared: list[Json], values: dict[str, object], channel: Channel, filled: Filled, focused: str | None
) -> list[Json]:
    names = {option["name"] for option in declared}
    given: dict[str, object] = {}
    for key, value in values.items():
        name = key if key in names else key.replace("_", "-")
        if name not in names:
            raise BadOption(f"no option {key!r}; there are {sorted(names)}")
        given[name] = value
    made: list[Json] = []
    for option in declared:
        name = option["name"]
        if name == focused:
            made.append({"type": option["type"], "name": name, "value": str(given[name]), "focused": True})
        elif name in given:
            value = _accept(option, given[name], channel, filled)
            made.append({"type": option["type"], "name": name, "value": value})
        elif option.get("required") and focused is None:
            raise BadOption(f"option {name!r} is required")
    return made


def _accept(option: Json, value: object, channel: Channel, filled: Filled) -> object:
    """Return the value as it is sent. Raises BadOption."""
    kind = OptionType(option["type"])
    if option.get("choices"):
        match = next((item for item in option["choices"] if value in (item["value"], item["name"])), None)
        if match is None:
            raise BadOption(f"{value!r} is none of the choices of {option['name']!r}")
        return match["value"]
    if kind is OptionType.STRING and isinstance(value, str):
        filled.named.extend(find_named(value, channel))
        return _bounded_text(option, value)
    if kind is OptionType.BOOLEAN and isinstance(value, bool):
        return value
    numbers = (int,) if kind is OptionType.INTEGER else (int, float)
    if kind in (OptionType.INTEGER, OptionType.NUMBER) and isinstance(value, numbers) and not isinstance(value, bool):
        return _bounded_number(option, value)
    return str(_accept_object(option, kind, value, channel, filled).id)


def _accept_object(
    option: Json, kind: OptionType, value: object, channel: Channel, filled: Filled
) -> User | Role | Channel | Attachment:
    found: User | Role | Channel | Attachment | None = None
    if (kind in (OptionType.USER, OptionType.MENTIONABLE) and isinstance(value, User)) or (
        kind in (OptionType.ROLE, OptionType.MENTIONABLE) and isinstance(value, Role)
    ):
        found = value
    elif kind is OptionType.CHANNEL and isinstance(value, Channel):
        if option.get("channel_types") and value.type not in option["channel_types"]:
            raise BadOption(f"{option['name']!r} takes no channel of type {value.type.name}")
        found = value
    elif kind is OptionType.ATTACHMENT and isinstance(value, tuple):
        found = keep_file(channel, *value)
    if found is None:
        raise BadOption(f"{option['name']!r} takes {kind.name.lower()}, not {type(value).__name__}")
    filled.named.append(found)
    return found


def _bounded_text(option: Json, value: str) -> str:
    minimum, maximum = option.get("min_length", 0), option.get("max_length", MAX_STRING)
    if not minimum <= len(value) <= maximum or (option.get("required") and not value):
        raise BadOption(f"{option['name']!r} takes {minimum} to {maximum} characters, not {len(value)}")
    return value


def _bounded_number(option: Json, value: float) -> float:
    if value < option.get("min_value", value) or value > option.get("max_value", value):
        raise BadOption(f"{option['name']!r} does not take {value}")
    return value


def _check_offered(command: Command, channel: Channel, user: User) -> None:
    place = context_of(channel, command.application)
    contexts = command.body.get("contexts")
    hidden_in_dm = place is Context.BOT_DM and command.body.get("dm_permission") is False
    if not owners_of(command.application, user, channel, command.installs):
        raise NotVisible(f"{command.name!r} is not installed for {user.name} here")
    if (contexts is not None and place not in contexts) or (contexts is None and hidden_in_dm):
        raise NotVisible(f"{command.name!r} is not offered in this kind of place")
    granted = channel.permissions_of(user)
    if Permission.VIEW_CHANNEL not in granted or Permission.USE_APPLICATION_COMMANDS not in granted:
        raise NotVisible(f"{user.name} may not use commands here")
    needed = command.body.get("default_member_permissions")
    if needed is None or channel.guild is None or Permission.ADMINISTRATOR in granted:
        return
    # "0" means: nobody but administrators.
    if int(needed) == 0 or int(needed) & ~int(granted):
        raise NotVisible(f"{command.name!r} is hidden from {user.name} by its default permissions")
