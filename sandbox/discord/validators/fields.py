"""Reading single fields of a request's body, noting what is wrong with them."""

from sandbox.discord.errors import FormErrors, Json, Path
from sandbox.untrusted_input import parse_id


def text(
    body: Json, name: str, errors: FormErrors, path: Path, *, maximum: int, minimum: int = 0, must: bool = False
) -> str:
    """Return a text field within its bounds; empty when it is absent or wrong."""
    value = body.get(name)
    here = (*path, name)
    if value is None or (must and value == ""):
        if must:
            errors.required(here)
        return ""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        errors.wrong_type(here, value, "string")
        return ""
    value = str(value)
    _check_length(len(value), errors, here, minimum, maximum)
    return value


def array(body: Json, name: str, errors: FormErrors, path: Path, *, maximum: int, minimum: int = 0) -> list[object]:
    """Return a list field within its bounds; empty when it is absent or wrong."""
    value = body.get(name)
    if value is None:
        value = []
    here = (*path, name)
    if not isinstance(value, list):
        errors.add(here, "BASE_TYPE_BAD_TYPE", "Only iterables may be used in a ListType.")
        return []
    _check_length(len(value), errors, here, minimum, maximum)
    return value


def _check_length(length: int, errors: FormErrors, here: Path, minimum: int, maximum: int) -> None:
    if minimum and not minimum <= length <= maximum:
        errors.bad_length(here, minimum, maximum)
    elif length > maximum:
        errors.too_long(here, maximum)


def model(value: object, errors: FormErrors, path: Path) -> Json | None:
    """Return an object, or None with a note."""
    if isinstance(value, dict):
        return value
    errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
    return None


def whole(body: Json, name: str, errors: FormErrors, path: Path, default: int = 0) -> int:
    """Return a whole number, also written as a string of digits; the default when it is absent or wrong."""
    value = body.get(name)
    if value is None:
        return default
    number = value if isinstance(value, int) and not isinstance(value, bool) else snowflake(value)
    if number is None:
        errors.wrong_type((*path, name), value, "int")
        return default
    return number


def flag(body: Json, name: str, errors: FormErrors, path: Path, *, default: bool = False) -> bool:
    """Return a boolean; the default when it is absent or wrong."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        errors.add((*path, name), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        return default
    return value


def snowflake(value: object) -> int | None:
    """Return an id, as digits or as a number; None when it is neither."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return parse_id(str(value))


def number_of(body: Json, name: str) -> int:
    """Return a field's whole number, -1 if it holds anything else: for looking it up among those allowed."""
    value = body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
