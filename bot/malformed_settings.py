"""The one line that is said of a malformed setting: its variable, what was given, and what is expected.

A value is repeated only if it is short and its variable holds a number, a choice, or true and false. Keys, tokens, ids
and addresses, which may hold a password, are described instead.
"""

import re
from collections.abc import Mapping
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

_MAX_SHOWN = 20
"""The longest value that is repeated, in characters; what takes keys and passwords for a number is told its length."""


def describe(error: ValidationError, settings: type[BaseModel], prefix: str, given: Mapping[str, str]) -> str:
    """Return the line for the first mistake in what was `given`.

    A field's variable is `prefix` and its name in capitals.
    """
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    name = prefix + field.upper()
    if first["type"] == "missing":
        return f"{name} is not set"
    if first["type"] == "value_error":
        return f"{name} {first['ctx']['error']}"
    if re.search("[\ud800-\udfff]", given[name]):  # what Python makes of them in the environment
        return f"{name} holds bytes that are not UTF-8, and so no text: write it again"
    if first["type"] == "string_too_long":
        return f"{name} has {len(given[name]):,} characters, but must have at most {first['ctx']['max_length']:,}"
    return f"{name} is {show(given[name])}, but must be {_expected(settings.model_fields[field])}"


def show(value: str) -> str:
    """Return a value in quotes, or its length if it may be something else, such as a key in the wrong place."""
    if len(value) <= _MAX_SHOWN and value.isprintable():
        return f'"{value}"'
    return f"a text of {len(value):,} characters"


def _expected(field: FieldInfo) -> str:
    """Return what a field takes, from its type and bounds."""
    kind, bounds = _unwrap(field.annotation, list(field.metadata))
    if kind is bool:
        return "true or false"
    if get_origin(kind) is Literal:
        return f"one of {', '.join(get_args(kind))}"
    number = "a whole number" if kind is int else "a number"
    limits = {
        side: f"{getattr(bound, side):.10g}" for side in ("ge", "gt", "le") for bound in bounds if hasattr(bound, side)
    }
    if "gt" in limits:
        return f"{number} above {limits['gt']} and at most {limits['le']}"
    return f"{number} from {limits['ge']} to {limits['le']}"


def _unwrap(annotation: Any, bounds: list[Any]) -> tuple[Any, list[Any]]:  # noqa: ANN401 - types are no type
    """Return the type within `X | None` and `Annotated`, and the bounds that were found on the way."""
    if get_origin(annotation) is Annotated:
        kind, *more = get_args(annotation)
        # `Field(ge=…)` holds its bounds inside.
        return _unwrap(kind, [*bounds, *(each for outer in more for each in getattr(outer, "metadata", [outer]))])
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    if NoneType in get_args(annotation) and len(kinds) == 1:
        return _unwrap(kinds[0], bounds)
    return annotation, bounds
