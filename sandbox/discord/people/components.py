"""Buttons, select menus and forms as a person uses them."""

from sandbox.discord.errors import Json
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.components import SELECTS, ButtonStyle, Kind, walk
from sandbox.discord.model.guilds import Role
from sandbox.discord.model.messages import Message
from sandbox.discord.model.users import User
from sandbox.discord.people.errors import BadOption, NotPossible, NotVisible


def find_button(message: Message, name: str) -> Json:
    """Return the button with this label, emoji or custom id.

    Raises NotVisible, or NotPossible when it cannot be pressed.
    """
    for component in walk(message.components):
        emoji = component.get("emoji") or {}
        names = (component.get("label"), component.get("custom_id"), emoji.get("name"))
        if component["type"] == Kind.BUTTON and name in names:
            if component.get("disabled"):
                raise NotPossible(f"button {name!r} is disabled")
            if component["style"] == ButtonStyle.LINK:
                raise NotPossible(f"button {name!r} is a link to {component['url']}")
            return {"component_type": int(Kind.BUTTON), "custom_id": component["custom_id"], "id": component["id"]}
    raise NotVisible(f"no button {name!r}; there are {button_names(message)}")


def button_names(message: Message) -> list[str]:
    """Return the labels of a message's buttons, in order."""
    buttons = (component for component in walk(message.components) if component["type"] == Kind.BUTTON)
    return [str(button.get("label") or (button.get("emoji") or {}).get("name")) for button in buttons]


def find_select(message: Message, name: str, values: tuple[object, ...]) -> tuple[Json, list[User | Role | Channel]]:
    """Return the data of choosing values in the menu of this placeholder or custom id, and the objects they name.

    A string menu's values are given as labels or values. Raises NotVisible, NotPossible, BadOption.
    """
    for component in walk(message.components):
        if component["type"] in SELECTS and name in (component.get("placeholder"), component.get("custom_id")):
            if component.get("disabled"):
                raise NotPossible(f"menu {name!r} is disabled")
            if not component.get("min_values", 1) <= len(values) <= component.get("max_values", 1):
                raise BadOption(f"menu {name!r} does not take {len(values)} values")
            chosen = [_value_of(component, value) for value in values]
            data = {"component_type": component["type"], "custom_id": component["custom_id"], "id": component["id"]}
            named = [value for value in values if isinstance(value, (User, Role, Channel))]
            return data | {"values": chosen}, named
    raise NotVisible(f"no menu {name!r}")


def fill_form(modal: Json, values: dict[str, str]) -> Json:
    """Return the data of a submitted form; fields are named by label or custom id. Raises BadOption."""
    left = dict(values)
    components: list[Json] = []
    number = 0
    for top in modal["components"]:
        number += 1
        made: Json = {"type": top["type"], "id": top.get("id", number)}
        if top["type"] == Kind.ROW:
            number += 1
            made["components"] = [_fill_field(top["components"][0], top["components"][0].get("label"), left, number)]
        elif top["type"] == Kind.LABEL:
            number += 1
            made["component"] = _fill_field(top["component"], top.get("label"), left, number)
        components.append(made)
    if left:
        raise BadOption(f"the form has no field {sorted(left)}")
    return {"custom_id": modal["custom_id"], "components": components}


def _fill_field(field: Json, label: str | None, left: dict[str, str], number: int) -> Json:
    custom_id = field["custom_id"]
    value = left.pop(custom_id, None)
    if value is None and label is not None:
        value = left.pop(label, None)
    made: Json = {"type": field["type"], "id": field.get("id", number), "custom_id": custom_id}
    if field["type"] != Kind.TEXT_INPUT:
        return made | {"values": [_value_of(field, value)] if value is not None else []}
    text = value if value is not None else str(field.get("value") or "")
    minimum, maximum = field.get("min_length") or 0, field.get("max_length") or 4000
    if (field.get("required", True) and not text) or (text and not minimum <= len(text) <= maximum):
        raise BadOption(f"field {label or custom_id!r} takes {minimum} to {maximum} characters, not {len(text)}")
    return made | {"value": text}


def _value_of(component: Json, value: object) -> str:
    if component["type"] == Kind.STRING_SELECT:
        for option in component["options"]:
            if value in (option["value"], option["label"]):
                return str(option["value"])
        raise BadOption(f"the menu has no {value!r}")
    if isinstance(value, (User, Role, Channel)):
        return str(value.id)
    raise BadOption(f"the menu takes accounts, roles or channels, not {value!r}")
