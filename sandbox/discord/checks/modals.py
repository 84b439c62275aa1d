"""Forms (modals) and autocomplete choices that a bot answers with (reference, "Interaction Callback Data")."""

from sandbox.discord.checks.components import SELECTS, Kind, walk
from sandbox.discord.checks.fields import array, model, text, whole
from sandbox.discord.errors import FormErrors, Json, Path

MOST_CHOICES = 25
_TOP_LEVEL = frozenset({Kind.ROW, Kind.LABEL, Kind.TEXT_DISPLAY})


def check_modal(data: Json, path: Path = ("data",)) -> Json:
    """Return the form as Discord keeps it. Raises ApiError 50035."""
    errors = FormErrors()
    text(data, "title", errors, path, least=1, most=45, must=True)
    text(data, "custom_id", errors, path, least=1, most=100, must=True)
    seen: set[str] = set()
    for index, value in enumerate(array(data, "components", errors, path, least=1, most=5)):
        here = (*path, "components", index)
        component = model(value, errors, here)
        if component is None:
            continue
        if component.get("type") not in _TOP_LEVEL:
            errors.not_a_choice((*here, "type"), "1, 10, 18")
        if component.get("type") == Kind.LABEL:
            text(component, "label", errors, here, least=1, most=45, must=True)
            text(component, "description", errors, here, most=100)
        for field in walk([component]):
            if field.get("type") == Kind.TEXT_INPUT or field.get("type") in SELECTS:
                _check_field(field, errors, here, seen, labelled=component.get("type") == Kind.LABEL)
    errors.raise_if_any()
    return data


def check_choices(data: Json, path: Path = ("data",)) -> list[Json]:
    """Autocomplete choices. Raises ApiError 50035."""
    errors = FormErrors()
    choices: list[Json] = []
    for index, value in enumerate(array(data, "choices", errors, path, most=MOST_CHOICES)):
        here = (*path, "choices", index)
        choice = model(value, errors, here)
        if choice is None:
            continue
        text(choice, "name", errors, here, least=1, most=100, must=True)
        if choice.get("value") is None:
            errors.required((*here, "value"))
        elif isinstance(choice["value"], str) and not 1 <= len(choice["value"]) <= 100:
            errors.bad_length((*here, "value"), 1, 100)
        choices.append(choice)
    errors.raise_if_any()
    return choices


def _check_field(field: Json, errors: FormErrors, path: Path, seen: set[str], *, labelled: bool) -> None:
    custom_id = text(field, "custom_id", errors, path, least=1, most=100, must=True)
    if custom_id in seen:
        message = "Component custom id cannot be duplicated"
        errors.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    seen.add(custom_id)
    if field["type"] != Kind.TEXT_INPUT:
        return
    if not labelled:
        text(field, "label", errors, path, least=1, most=45, must=True)
    if whole(field, "style", errors, path) not in (1, 2):
        errors.not_a_choice((*path, "style"), "1, 2")
    text(field, "placeholder", errors, path, most=100)
    text(field, "value", errors, path, most=4000)
    if not 0 <= whole(field, "min_length", errors, path) <= 4000:
        errors.add((*path, "min_length"), "NUMBER_TYPE_MAX", "int value should be between 0 and 4000.")
    if not 1 <= whole(field, "max_length", errors, path, 4000) <= 4000:
        errors.add((*path, "max_length"), "NUMBER_TYPE_MAX", "int value should be between 1 and 4000.")
