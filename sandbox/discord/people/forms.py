"""Forms as a person fills them in and sends them (reference, "Component Reference": the interaction responses)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.discord.errors import Json
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.components import Kind
from sandbox.discord.model.guilds import Role
from sandbox.discord.model.messages import Attachment
from sandbox.discord.model.users import User
from sandbox.discord.operations.files import keep_file
from sandbox.discord.people.components import value_of
from sandbox.discord.people.errors import BadOption

MAX_TEXT_INPUT = 4000


@dataclass(slots=True)
class FilledForm:
    """What is sent, and the accounts, roles, channels and files that it names by id."""

    data: Json
    named: list[User | Role | Channel | Attachment] = field(default_factory=list)


def fill_form(modal: Json, values: Mapping[str, object], channel: Channel) -> FilledForm:
    """Return a form with these values, each under its field's label or custom id; the others keep their defaults.

    A text input takes a text, a checkbox a boolean, a radio group an option, and the others one value or a list:
    options (by label or value), accounts, roles, channels, or files (name and bytes). Raises BadOption.
    """
    filling = _Filling(dict(values), channel, FilledForm({"custom_id": modal["custom_id"]}))
    filling.form.data["components"] = [filling.part(top) for top in modal["components"]]
    if filling.left:
        raise BadOption(f"the form has no field {sorted(filling.left)}")
    return filling.form


@dataclass(slots=True)
class _Filling:
    left: dict[str, object]
    channel: Channel
    form: FilledForm
    numbered: int = 0

    def part(self, top: Json) -> Json:
        """Return what is sent for a top-level component, which counts before the one in it."""
        made = self._begun(top)
        if top["type"] == Kind.ROW:
            made["components"] = [self._field(top["components"][0], top["components"][0].get("label"))]
        elif top["type"] == Kind.LABEL:
            made["component"] = self._field(top["component"], top.get("label"))
        return made

    def _begun(self, component: Json) -> Json:
        self.numbered += 1
        return {"type": component["type"], "id": component.get("id", self.numbered)}

    def _field(self, component: Json, label: str | None) -> Json:
        name = label or component["custom_id"]
        made = self._begun(component) | {"custom_id": component["custom_id"]}
        value = self.left.pop(component["custom_id"], None)
        if value is None and label is not None:
            value = self.left.pop(label, None)
        match component["type"]:
            case Kind.TEXT_INPUT:
                return made | {"value": _text(component, name, value)}
            case Kind.CHECKBOX:
                return made | {"value": bool(component.get("default") if value is None else value)}
            case Kind.RADIO_GROUP:
                chosen = self._chosen(component, name, value)
                return made | {"value": chosen[0] if chosen else None}
            case _:
                return made | {"values": self._chosen(component, name, value)}

    def _chosen(self, component: Json, name: str, value: object) -> list[str]:
        if value is None:
            chosen = [str(option["value"]) for option in component.get("options", []) if option.get("default")]
        else:
            chosen = [self._one(component, item) for item in (value if isinstance(value, list) else [value])]
        minimum, maximum = _bounds(component)
        if not minimum <= len(chosen) <= maximum and (chosen or component.get("required", True)):
            raise BadOption(f"field {name!r} takes {minimum} to {maximum} values, not {len(chosen)}")
        return chosen

    def _one(self, component: Json, value: object) -> str:
        if component["type"] == Kind.FILE_UPLOAD:
            if not isinstance(value, tuple):
                raise BadOption(f"a file is its name and its bytes, not {type(value).__name__}")
            file = keep_file(self.channel, *value)
            self.form.named.append(file)
            return str(file.id)
        if isinstance(value, (User, Role, Channel)):
            self.form.named.append(value)
        return value_of(component, value)


def _bounds(component: Json) -> tuple[int, int]:
    count = len(component.get("options", []))
    maximum = component.get("max_values") or (count if component["type"] == Kind.CHECKBOX_GROUP else 1)
    return component.get("min_values", 1), maximum


def _text(component: Json, name: str, value: object) -> str:
    text = str(component.get("value") or "") if value is None else str(value)
    minimum, maximum = component.get("min_length") or 0, component.get("max_length") or MAX_TEXT_INPUT
    if (component.get("required", True) and not text) or (text and not minimum <= len(text) <= maximum):
        raise BadOption(f"field {name!r} takes {minimum} to {maximum} characters, not {len(text)}")
    return text
