"""Application commands as a bot registers them (reference, "Application Commands")."""

from dataclasses import dataclass

from sandbox.discord.errors import FormErrors, Json, Path
from sandbox.discord.model.installations import Install
from sandbox.discord.validators.fields import array, flag, model, text, whole
from sandbox.discord.validators.names import check_name
from sandbox.discord.validators.options import check_options

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
MENUS = (USER_MENU, MESSAGE_MENU)
MAX_COMMANDS = {CHAT_INPUT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
MAX_CHARACTERS = 8000
"""Over a command's names, descriptions and values together."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a command is registered: for one guild or globally, by an application with these installations."""

    installs: tuple[Install, ...] = (Install.GUILD,)
    guild: bool = False


GLOBAL = Scope()


def check_command(body: object, errors: FormErrors, path: Path = (), *, scope: Scope = GLOBAL) -> Json:
    """Return a command as Discord keeps it, with defaults filled in; what is wrong with it is noted in `errors`."""
    command = model(body, errors, path)
    if command is None:
        return {}
    kind = whole(command, "type", errors, path, CHAT_INPUT)
    if kind not in MAX_COMMANDS:
        errors.not_a_choice((*path, "type"), "1, 2, 3")
    slash = kind not in MENUS
    name = text(command, "name", errors, path, minimum=1, maximum=32, must=True)
    if slash and name:
        check_name(name, errors, (*path, "name"))
    description = text(command, "description", errors, path, minimum=1 if slash else 0, maximum=100, must=slash)
    if not slash and description:
        message = "Context menu commands cannot have a description"
        errors.add((*path, "description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message)
    kept: Json = {
        "type": kind,
        "name": name,
        "name_localizations": command.get("name_localizations"),
        "description": description,
        "description_localizations": command.get("description_localizations"),
        "default_member_permissions": _member_permissions(command, errors, path),
        "dm_permission": flag(command, "dm_permission", errors, path, default=True),
        "nsfw": flag(command, "nsfw", errors, path),
        "contexts": _choices(command, "contexts", (0, 1, 2), errors, path),
        "integration_types": _installs(command, errors, path, scope),
    }
    if scope.guild:
        kept["contexts"] = None
    if slash:
        options = check_options(command, errors, path)
        if options:
            kept["options"] = options
        if _characters(kept) > MAX_CHARACTERS:
            message = f"Command exceeds maximum size ({MAX_CHARACTERS})"
            errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", message)
    return kept


def check_unique(commands: list[Json], errors: FormErrors) -> None:
    """Note commands of one type that share a name."""
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(commands):
        key = (command.get("type", 0), command.get("name", ""))
        if key in seen:
            message = "Application command names must be unique"
            errors.add((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        seen.add(key)


def _installs(command: Json, errors: FormErrors, path: Path, scope: Scope) -> list[int]:
    """Return by which installations the command may be used: what its application is set up for, if it says nothing.

    Another one is refused (reference, "Installation Context"); the reference gives no error code for that, and this is
    the one for a value that is not allowed. A guild's own command is always the guild's.
    """
    chosen = _choices(command, "integration_types", (0, 1), errors, path)
    if scope.guild:
        return [Install.GUILD]
    if chosen is None:
        return list(scope.installs)
    for index, install in enumerate(chosen):
        if install in tuple(Install) and install not in scope.installs:
            errors.not_a_choice((*path, "integration_types", index), ", ".join(str(int(one)) for one in scope.installs))
    return chosen


def _member_permissions(command: Json, errors: FormErrors, path: Path) -> str | None:
    value = command.get("default_member_permissions")
    if value is None:
        return None
    return str(whole(command, "default_member_permissions", errors, path))


def _choices(command: Json, name: str, allowed: tuple[int, ...], errors: FormErrors, path: Path) -> list[int] | None:
    if command.get(name) is None:
        return None
    values = array(command, name, errors, path, minimum=1, maximum=len(allowed))
    for index, value in enumerate(values):
        if value not in allowed:
            errors.not_a_choice((*path, name, index), ", ".join(map(str, allowed)))
    if len(set(map(str, values))) != len(values):
        errors.add((*path, name), "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
    return [value for value in values if isinstance(value, int)]


def _characters(node: Json) -> int:
    own = sum(len(str(node.get(name) or "")) for name in ("name", "description", "value"))
    nested = [*node.get("options", []), *node.get("choices", [])]
    return own + sum(_characters(part) for part in nested if isinstance(part, dict))
