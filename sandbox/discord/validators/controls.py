"""Buttons and select menus, and the rows that hold them (reference, "Component Reference")."""

from sandbox.discord.errors import FormErrors, Json, Path
from sandbox.discord.model.components import SELECTS, ButtonStyle, Kind
from sandbox.discord.validators.embeds import check_url
from sandbox.discord.validators.fields import array, flag, model, number_of, text, whole

MAX_BUTTONS = 5

_LINK, _PREMIUM = 5, 6


def check_row(row: Json, errors: FormErrors, path: Path, seen: set[str]) -> Json:
    """Return a row as Discord keeps it; `seen` are the custom ids used before."""
    inside: list[Json] = []
    width = 0
    for index, value in enumerate(array(row, "components", errors, path, minimum=1, maximum=MAX_BUTTONS)):
        here = (*path, "components", index)
        part = model(value, errors, here)
        if part is None:
            continue
        if number_of(part, "type") == Kind.BUTTON:
            width += 1
            inside.append(check_button(part, errors, here, seen))
        elif number_of(part, "type") in SELECTS:
            width += MAX_BUTTONS
            inside.append(check_select(part, errors, here, seen))
        else:
            errors.not_a_choice((*here, "type"), "2, 3, 5, 6, 7, 8")
        if width > MAX_BUTTONS:
            message = "The specified component exceeds the maximum width"
            errors.add(here, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
    return row | {"type": 1, "components": inside}


def check_button(button: Json, errors: FormErrors, path: Path, seen: set[str]) -> Json:
    """Return a button as Discord keeps it; `seen` are the custom ids used before."""
    style = whole(button, "style", errors, path)
    if style not in (*ButtonStyle, _PREMIUM):
        errors.not_a_choice((*path, "style"), "1, 2, 3, 4, 5, 6")
        return dict(button)
    label = text(button, "label", errors, path, maximum=80)
    flag(button, "disabled", errors, path)
    if button.get("emoji") is not None:
        model(button["emoji"], errors, (*path, "emoji"))
    if not label and not button.get("emoji") and style != _PREMIUM:
        errors.add(path, "BUTTON_COMPONENT_EMPTY", "A button must have a label or an emoji")
    if style == _LINK:
        if button.get("custom_id") is not None:
            message = "A custom id and url cannot both be specified"
            errors.add((*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)
        if not text(button, "url", errors, path, maximum=512, must=True):
            return dict(button)
        check_url(button["url"], errors, (*path, "url"), ("http", "https", "discord"))
    elif style != _PREMIUM:
        check_custom_id(button, errors, path, seen)
    return {name: value for name, value in button.items() if value is not None}


def check_select(select: Json, errors: FormErrors, path: Path, seen: set[str]) -> Json:
    """Return a select menu as Discord keeps it; `seen` are the custom ids used before."""
    check_custom_id(select, errors, path, seen)
    text(select, "placeholder", errors, path, maximum=150)
    minimum = whole(select, "min_values", errors, path, 1)
    maximum = whole(select, "max_values", errors, path, 1)
    if not 0 <= minimum <= 25 or not 1 <= maximum <= 25 or minimum > maximum:
        errors.add(path, "SELECT_COMPONENT_INVALID_VALUES", "min_values and max_values must lie within 0 and 25")
    kept: Json = {"min_values": minimum, "max_values": maximum}
    if select["type"] == Kind.STRING_SELECT:
        kept |= {"options": check_options(select, errors, path, maximum=25)}
    return {name: value for name, value in (select | kept).items() if value is not None}


def check_options(component: Json, errors: FormErrors, path: Path, *, maximum: int, minimum: int = 1) -> list[Json]:
    """Return the options of a menu or group, which have different values."""
    values: set[str] = set()
    options: list[Json] = []
    for index, value in enumerate(array(component, "options", errors, path, minimum=minimum, maximum=maximum)):
        here = (*path, "options", index)
        option = model(value, errors, here)
        if option is None:
            continue
        text(option, "label", errors, here, minimum=1, maximum=100, must=True)
        key = text(option, "value", errors, here, maximum=100, must=True)
        text(option, "description", errors, here, maximum=100)
        flag(option, "default", errors, here)
        if key in values:
            message = "The specified option value is already used"
            errors.add(here, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        values.add(key)
        options.append({name: part for name, part in option.items() if part is not None})
    return options


def check_custom_id(component: Json, errors: FormErrors, path: Path, seen: set[str]) -> None:
    """Note a custom id that is missing, too long, or among those `seen` before."""
    custom_id = text(component, "custom_id", errors, path, minimum=1, maximum=100, must=True)
    if custom_id and custom_id in seen:
        message = "Component custom id cannot be duplicated"
        errors.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    seen.add(custom_id)
