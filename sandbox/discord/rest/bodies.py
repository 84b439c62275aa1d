"""The bodies of requests: JSON everywhere, and forms where Discord's OpenAPI file lists them."""

from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from sandbox.discord.errors import INVALID_JSON, TOO_LARGE, ApiError, FormErrors
from sandbox.discord.limits.request_log import RequestRecord
from sandbox.discord.rest.request import ApiRequest, Upload
from sandbox.discord.serializers.interactions import ATTACHMENT_SIZE_LIMIT
from sandbox.untrusted_input import parse_id, parse_json

JSON, URLENCODED, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"

_BOOLEANS = frozenset({"tts", "enforce_nonce"})
"""Fields of forms that hold a boolean: as text, `true` and `1` mean yes."""


async def read_body(call: ApiRequest, record: RequestRecord, *, takes_forms: bool) -> None:
    """Read the body into `call` and `record`.

    Raises ApiError 50035 for a type that the route does not take (reference, "Content Type"), 50109, 40005.
    """
    request = call.request
    kind = request.content_type
    if takes_forms and kind == MULTIPART:
        await _read_multipart(call)
    elif raw := await _read(request):
        if kind == JSON:
            call.body = _json(raw)
        elif takes_forms and kind == URLENCODED:
            call.body = _form(parse_qsl(_decoded(raw), keep_blank_values=True))
        else:
            raise _wrong_type((URLENCODED, MULTIPART, JSON) if takes_forms else (JSON,))
    record.body = call.body
    record.files = tuple(upload.filename for upload in call.uploads)


def _json(raw: bytes) -> object:
    """Return the body's JSON, None for an empty one. Raises ApiError 50109."""
    try:
        return parse_json(raw) if raw else None
    except ValueError:
        raise ApiError(INVALID_JSON) from None


async def _read(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(TOO_LARGE) from None
    except web.RequestPayloadError:  # Packed wrongly; or the client has gone, and hears no answer.
        raise ApiError(INVALID_JSON) from None


async def _read_multipart(call: ApiRequest) -> None:
    fields: list[tuple[str, str]] = []
    try:
        reader = await call.request.multipart()
        async for part in reader:
            if not isinstance(part, BodyPartReader):
                continue
            name, data = part.name or "", bytes(await part.read(decode=True))
            if name.startswith("files[") and name.endswith("]"):
                call.uploads.append(_upload(name, part, data))
            else:
                fields.append((name, _decoded(data)))
    except (ValueError, web.RequestPayloadError):  # No boundary, or parts that are none.
        raise _wrong_type((URLENCODED, MULTIPART, JSON)) from None
    if fields:
        call.body = _form(fields)


def _upload(name: str, part: BodyPartReader, data: bytes) -> Upload:
    if len(data) > ATTACHMENT_SIZE_LIMIT:
        raise ApiError(TOO_LARGE)
    number = name.removeprefix("files[").removesuffix("]")
    kind = part.headers.get("Content-Type", "")
    return Upload(parse_id(number) or 0, part.filename or "file", data, kind)


def _form(fields: list[tuple[str, str]]) -> object:
    """Return a form's body. py-cord sends `payload_json` in urlencoded forms too, if there is no file."""
    payload = dict(fields).get("payload_json")
    if payload is not None:
        return _json(payload.encode())
    return {name: value.lower() in ("true", "1") if name in _BOOLEANS else value for name, value in fields}


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise ApiError(INVALID_JSON) from None


def _wrong_type(accepted: tuple[str, ...]) -> ApiError:
    errors = FormErrors()
    listed = ", ".join(f"'{kind}'" for kind in accepted)
    errors.add((), "CONTENT_TYPE_INVALID", f'Expected "Content-Type" header to be one of {{{listed}}}.')
    return errors.refusal()
