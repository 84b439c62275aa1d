"""The options of a slash command (reference, "Application Command Option Structure")."""

from enum import IntEnum

from sandbox.discord.errors import FormErrors, Json, Path
from sandbox.discord.validators.fields import array, flag, model, text, whole
from sandbox.discord.validators.names import check_name

MAX_OPTIONS = 25
MAX_CHOICES = 25
MAX_STRING = 6000


class OptionType(IntEnum):
    """What an option takes."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


NESTED = frozenset({OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP})
_WITH_CHOICES = frozenset({OptionType.STRING, OptionType.INTEGER, OptionType.NUMBER})


def check_options(owner: Json, errors: FormErrors, path: Path, *, parent: OptionType | None = None) -> list[Json]:
    """Return the options of a command, group or subcommand, as Discord keeps them."""
    kept: list[Json] = []
    for index, value in enumerate(array(owner, "options", errors, path, maximum=MAX_OPTIONS)):
        here = (*path, "options", index)
        option = model(value, errors, here)
        if option is not None:
            kept.append(_check_option(option, errors, here, parent))
    _check_together(kept, errors, path)
    return kept


def _check_option(option: Json, errors: FormErrors, path: Path, parent: OptionType | None) -> Json:
    number = whole(option, "type", errors, path)
    if option.get("type") is None or number not in [*OptionType]:
        errors.not_a_choice((*path, "type"), ", ".join(str(int(kind)) for kind in OptionType))
        return {"type": 0, "name": str(option.get("name", ""))}
    kind = OptionType(number)
    name = text(option, "name", errors, path, minimum=1, maximum=32, must=True)
    if name:
        check_name(name, errors, (*path, "name"))
    text(option, "description", errors, path, minimum=1, maximum=100, must=True)
    kept = {key: value for key, value in option.items() if value is not None} | {"type": number}
    if kind in NESTED:
        _check_nesting(kind, parent, errors, path)
        nested = check_options(option, errors, path, parent=kind)
        return {key: value for key, value in kept.items() if key != "options"} | ({"options": nested} if nested else {})
    flag(option, "required", errors, path)
    _check_bounds(option, kind, errors, path)
    _check_choices(option, kind, errors, path)
    return {key: value for key, value in kept.items() if value is not False and value != []}


def _check_nesting(kind: OptionType, parent: OptionType | None, errors: FormErrors, path: Path) -> None:
    too_deep = parent is OptionType.SUB_COMMAND
    group_in_group = kind is OptionType.SUB_COMMAND_GROUP and parent is OptionType.SUB_COMMAND_GROUP
    if too_deep or group_in_group:
        errors.add((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands cannot be nested here")


def _check_bounds(option: Json, kind: OptionType, errors: FormErrors, path: Path) -> None:
    if kind is OptionType.STRING:
        minimum = whole(option, "min_length", errors, path)
        maximum = whole(option, "max_length", errors, path, MAX_STRING)
        if not 0 <= minimum <= MAX_STRING:
            errors.bad_length((*path, "min_length"), 0, MAX_STRING)
        if not 1 <= maximum <= MAX_STRING or maximum < minimum:
            errors.bad_length((*path, "max_length"), 1, MAX_STRING)
    if kind not in (OptionType.INTEGER, OptionType.NUMBER):
        for name in ("min_value", "max_value"):
            if option.get(name) is not None:
                errors.add((*path, name), "APPLICATION_COMMAND_OPTION_BOUNDS", "Only numbers have bounds")


def _check_choices(option: Json, kind: OptionType, errors: FormErrors, path: Path) -> None:
    choices = array(option, "choices", errors, path, maximum=MAX_CHOICES)
    if choices and kind not in _WITH_CHOICES:
        errors.add((*path, "choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_TYPE", "This type takes no choices")
    if choices and option.get("autocomplete"):
        message = "Autocomplete options cannot have choices"
        errors.add(path, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", message)
    if option.get("autocomplete") and kind not in _WITH_CHOICES:
        errors.add((*path, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_TYPE", "This type has none")
    wanted: tuple[type, ...] = (str,) if kind is OptionType.STRING else (int, float)
    seen: set[str] = set()
    for index, value in enumerate(choices):
        here = (*path, "choices", index)
        choice = model(value, errors, here)
        if choice is None:
            continue
        text(choice, "name", errors, here, minimum=1, maximum=100, must=True)
        if not isinstance(choice.get("value"), wanted):
            errors.wrong_type((*here, "value"), choice.get("value"), "string" if wanted == (str,) else "number")
        elif isinstance(choice["value"], str) and len(choice["value"]) > 100:
            errors.too_long((*here, "value"), 100)
        name = str(choice.get("name"))
        if name in seen:
            errors.add(here, "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Choice name already exists")
        seen.add(name)


def _check_together(options: list[Json], errors: FormErrors, path: Path) -> None:
    names: set[str] = set()
    optional_seen = False
    nested = [option["type"] in NESTED for option in options]
    if any(nested) and not all(nested):
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        errors.add((*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    for index, option in enumerate(options):
        here = (*path, "options", index)
        if option.get("name") in names:
            errors.add(here, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(str(option.get("name")))
        required = bool(option.get("required"))
        if required and optional_seen:
            message = "Required options must be placed before non-required options"
            errors.add(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen = optional_seen or not required
