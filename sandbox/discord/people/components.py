"""Buttons and select menus as a person uses them."""

from sandbox.discord.errors import Json
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.components import SELECTS, WITH_OPTIONS, ButtonStyle, Kind, walk
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
            chosen = [value_of(component, value) for value in values]
            data = {"component_type": component["type"], "custom_id": component["custom_id"], "id": component["id"]}
            named = [value for value in values if isinstance(value, (User, Role, Channel))]
            return data | {"values": chosen}, named
    raise NotVisible(f"no menu {name!r}")


def value_of(component: Json, value: object) -> str:
    """Return what is sent for a value: an option's own, found by label or value, or an id. Raises BadOption."""
    if component["type"] in WITH_OPTIONS:
        for option in component["options"]:
            if value in (option["value"], option["label"]):
                return str(option["value"])
        raise BadOption(f"the menu has no {value!r}")
    if isinstance(value, (User, Role, Channel)):
        return str(value.id)
    raise BadOption(f"the menu takes accounts, roles or channels, not {value!r}")
