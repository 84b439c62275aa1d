"""Reads JSON request bodies the way the three POST APIs need it."""

import json

from sandbox.apis.transport.request_log import Received


def read_object(received: Received) -> str | None:
    """Put the body's members into `fields`. Returns what is wrong when the body is no JSON object."""
    try:
        document = json.loads(received.body)
    except ValueError as error:
        return str(error)
    if not isinstance(document, dict):
        return f"expected an object, got {type(document).__name__}"
    received.fields = document
    return None


def text_of(received: Received, name: str) -> str | None:
    """Return the field when it is a text."""
    value = received.fields.get(name)
    return value if isinstance(value, str) else None


def token_of(received: Received, scheme: str) -> str | None:
    """Return the token of `Authorization: <scheme> <token>`; None when the header is missing or of another scheme."""
    given, _, token = received.headers.get("Authorization", "").partition(" ")
    return token.strip() if given.lower() == scheme.lower() else None


def sent_secret(received: Received) -> tuple[str, ...]:
    """Return the credential that came, right or wrong."""
    return (received.headers.get("Authorization", "").partition(" ")[2].strip(),)
