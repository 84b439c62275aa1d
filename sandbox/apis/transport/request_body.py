"""Reads request bodies, and JSON in them the way the three POST APIs need it."""

from aiohttp import web

from sandbox.apis.transport.request_log import Received
from sandbox.untrusted_input import parse_json


async def read_whole(request: web.BaseRequest) -> bytes:
    """Return the body. Raises HTTPBadRequest for one that is packed wrongly, HTTPRequestEntityTooLarge from 1 MB on."""
    try:
        return await request.read()
    except web.RequestPayloadError:
        raise web.HTTPBadRequest from None


def read_object(received: Received) -> str | None:
    """Put the body's members into `fields`. Returns what is wrong when the body is no JSON object."""
    try:
        document = parse_json(received.body)
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
