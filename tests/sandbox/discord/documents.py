"""Discord's own schema files as validators: OpenAPI for REST, JSON Schema for gateway events."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

_REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"
_OPENAPI = _REFERENCE / "discord-openapi.json"
_GATEWAY = _REFERENCE / "discord-gateway-schemas.json"

present = _OPENAPI.is_file() and _GATEWAY.is_file()


@cache
def _openapi() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_OPENAPI.read_text())
    return document


@cache
def _gateway() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_GATEWAY.read_text())
    return document


@cache
def _validator(pointer: str) -> Validator:
    """Return a validator for one place in the OpenAPI file; everything else it refers to is looked up there."""
    document = _openapi()
    return Draft202012Validator(
        {"$ref": f"#{pointer}", "components": document["components"], "paths": document["paths"]}
    )


@cache
def _event_validator(name: str) -> Validator:
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": _gateway()["definitions"]})


def template_of(method: str, route: str) -> str | None:
    """Return the OpenAPI path of a route, whose parameters may be called otherwise there."""
    wanted = _shape(route)
    for path, item in _openapi()["paths"].items():
        if _shape(path) == wanted and method.lower() in item:
            return str(path)
    return None


def check_response(method: str, route: str, status: int, body: object) -> None:
    """Assert that an answer is one that Discord documents for this route."""
    path = template_of(method, route)
    assert path is not None, f"{method} {route} is not documented"
    documented = _openapi()["paths"][path][method.lower()]["responses"]
    assert str(status) in documented or "4XX" in documented, f"{method} {route} is not said to answer {status}"
    content = documented.get(str(status), {}).get("content")
    if content is None:
        assert body is None or status >= 400
        return
    _assert_valid(
        _validator(f"/paths/{_escape(path)}/{method.lower()}/responses/{status}/content/application~1json/schema"), body
    )


def check_request(method: str, route: str, body: object) -> None:
    """Assert that a request's body is one that Discord documents for this route."""
    path = template_of(method, route)
    assert path is not None, f"{method} {route} is not documented"
    pointer = f"/paths/{_escape(path)}/{method.lower()}/requestBody/content/application~1json/schema"
    _assert_valid(_validator(pointer), body)


def body_types(method: str, route: str) -> set[str]:
    """Return the types that a route's body may have, none if it takes no body."""
    documented = _openapi()["paths"][template_of(method, route)][method.lower()]
    return set(documented.get("requestBody", {}).get("content", {}))


def check_event(name: str, data: object) -> None:
    """Assert that an event's data has the form that the gateway's schemas give it."""
    words = "".join(part.capitalize() for part in name.split("_"))
    _assert_valid(_event_validator(f"Gateway{words}DispatchData"), data)


def has_event(name: str) -> bool:
    """Whether the gateway's schemas describe this event."""
    words = "".join(part.capitalize() for part in name.split("_"))
    return f"Gateway{words}DispatchData" in _gateway()["definitions"]


def _assert_valid(validator: Validator, body: object) -> None:
    complaints = [_deepest(error) for error in validator.iter_errors(body)]  # type: ignore[arg-type]
    assert not complaints, "\n".join(complaints)


def _deepest(error: ValidationError) -> str:
    """Return the most telling of the complaints that a union of schemas comes with."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator != "enum"))
    return f"{error.json_path}: {error.message[:300]}"


def _shape(path: str) -> str:
    return "/".join("*" if part.startswith("{") else part for part in path.split("/"))


def _escape(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
