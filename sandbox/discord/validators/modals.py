"""Forms (modals) and autocomplete choices that a bot answers with (reference, "Interaction Callback Data")."""

from sandbox.discord.errors import FormErrors, Json, Path
from sandbox.discord.model.components import SELECTS, Kind
from sandbox.discord.validators.controls import check_custom_id, check_options, check_select
from sandbox.discord.validators.fields import array, flag, model, number_of, text, whole

MAX_CHOICES = 25
_TOP_LEVEL = frozenset({Kind.ROW, Kind.LABEL, Kind.TEXT_DISPLAY})
MAX_TEXT_INPUT = 4000
MAX_GROUP = 10
"""Options of a radio or checkbox group, and files of an upload."""

_LABELLED = SELECTS | {Kind.FILE_UPLOAD, Kind.RADIO_GROUP, Kind.CHECKBOX_GROUP, Kind.CHECKBOX}


def check_modal(data: Json, path: Path = ("data",)) -> Json:
    """Return the form as Discord keeps it. Raises ApiError 50035."""
    errors = FormErrors()
    text(data, "title", errors, path, minimum=1, maximum=45, must=True)
    text(data, "custom_id", errors, path, minimum=1, maximum=100, must=True)
    seen: set[str] = set()
    kept: list[Json] = []
    for index, value in enumerate(array(data, "components", errors, path, minimum=1, maximum=5)):
        component = model(value, errors, (*path, "components", index))
        if component is not None:
            kept.append(_check_top(component, errors, (*path, "components", index), seen))
    errors.raise_if_any()
    return data | {"components": kept}


def check_choices(data: Json, path: Path = ("data",)) -> list[Json]:
    """Autocomplete choices. Raises ApiError 50035."""
    errors = FormErrors()
    choices: list[Json] = []
    for index, value in enumerate(array(data, "choices", errors, path, maximum=MAX_CHOICES)):
        here = (*path, "choices", index)
        choice = model(value, errors, here)
        if choice is None:
            continue
        text(choice, "name", errors, here, minimum=1, maximum=100, must=True)
        if choice.get("value") is None:
            errors.required((*here, "value"))
        elif isinstance(choice["value"], str) and not 1 <= len(choice["value"]) <= 100:
            errors.bad_length((*here, "value"), 1, 100)
        choices.append(choice)
    errors.raise_if_any()
    return choices


def _check_top(component: Json, errors: FormErrors, path: Path, seen: set[str]) -> Json:
    kind = number_of(component, "type")
    if kind == Kind.ROW:
        inner = array(component, "components", errors, path, minimum=1, maximum=1)
        inside = [_check_input(value, errors, (*path, "components", 0), seen, labelled=False) for value in inner]
        return component | {"components": inside}
    if kind == Kind.LABEL:
        text(component, "label", errors, path, minimum=1, maximum=45, must=True)
        text(component, "description", errors, path, maximum=100)
        here = (*path, "component")
        return component | {"component": _check_input(component.get("component"), errors, here, seen, labelled=True)}
    if kind == Kind.TEXT_DISPLAY:
        text(component, "content", errors, path, minimum=1, maximum=MAX_TEXT_INPUT, must=True)
    else:
        errors.not_a_choice((*path, "type"), ", ".join(str(int(kind)) for kind in sorted(_TOP_LEVEL)))
    return component


def _check_input(value: object, errors: FormErrors, path: Path, seen: set[str], *, labelled: bool) -> Json:
    """Return a form's field as Discord keeps it: a text input, or under a label also another kind."""
    field = model(value, errors, path)
    if field is None:
        return {}
    kind = number_of(field, "type")
    if labelled and kind in _LABELLED:
        return _check_choosing(field, errors, path, seen)
    if kind != Kind.TEXT_INPUT:
        allowed = sorted({Kind.TEXT_INPUT, *_LABELLED}) if labelled else [Kind.TEXT_INPUT]
        errors.not_a_choice((*path, "type"), ", ".join(str(int(one)) for one in allowed))
        return field
    check_custom_id(field, errors, path, seen)
    if not labelled:
        text(field, "label", errors, path, minimum=1, maximum=45, must=True)
    if whole(field, "style", errors, path) not in (1, 2):
        errors.not_a_choice((*path, "style"), "1, 2")
    text(field, "placeholder", errors, path, maximum=100)
    text(field, "value", errors, path, maximum=MAX_TEXT_INPUT)
    flag(field, "required", errors, path)
    for name, minimum, default in (("min_length", 0, 0), ("max_length", 1, MAX_TEXT_INPUT)):
        if not minimum <= whole(field, name, errors, path, default) <= MAX_TEXT_INPUT:
            message = f"int value should be between {minimum} and {MAX_TEXT_INPUT}."
            errors.add((*path, name), "NUMBER_TYPE_MAX", message)
    return {name: part for name, part in field.items() if part is not None}


def _check_choosing(field: Json, errors: FormErrors, path: Path, seen: set[str]) -> Json:
    """Return a field that is no text input, as Discord keeps it."""
    kind = field["type"]
    required = flag(field, "required", errors, path, default=True)
    if flag(field, "disabled", errors, path):
        # The reference says that this is an error, and not which: this is the one for a value that is not allowed.
        errors.not_a_choice((*path, "disabled"), "False")
    if required and field.get("min_values") is not None and whole(field, "min_values", errors, path) < 1:
        errors.add((*path, "min_values"), "NUMBER_TYPE_MIN", "int value should be greater than or equal to 1.")
    if kind in SELECTS:
        return check_select(field, errors, path, seen)
    check_custom_id(field, errors, path, seen)
    kept: Json = {}
    if kind == Kind.CHECKBOX:
        flag(field, "default", errors, path)
    elif kind != Kind.FILE_UPLOAD:
        minimum = 2 if kind == Kind.RADIO_GROUP else 1
        kept["options"] = check_options(field, errors, path, minimum=minimum, maximum=MAX_GROUP)
    if kind in (Kind.FILE_UPLOAD, Kind.CHECKBOX_GROUP):
        default = 1 if kind == Kind.FILE_UPLOAD else max(1, len(kept["options"]))
        _check_bounds(field, default, errors, path)
    return {name: part for name, part in (field | kept).items() if part is not None}


def _check_bounds(field: Json, default: int, errors: FormErrors, path: Path) -> None:
    minimum = whole(field, "min_values", errors, path, 1)
    maximum = whole(field, "max_values", errors, path, default)
    if not 0 <= minimum <= MAX_GROUP or not 1 <= maximum <= MAX_GROUP or minimum > maximum:
        message = f"min_values and max_values must lie within 0 and {MAX_GROUP}"
        errors.add(path, "SELECT_COMPONENT_INVALID_VALUES", message)
