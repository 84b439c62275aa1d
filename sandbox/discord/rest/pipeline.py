"""What every REST request goes through: record, faults, authorisation, rate limits, the handler, errors."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

from sandbox.discord.errors import NOT_FOUND, TOO_LARGE, UNAUTHORIZED, ApiError
from sandbox.discord.limits.rate_limits import GLOBAL, Bucket, Limit, Refusal
from sandbox.discord.limits.request_log import RequestRecord, without_tokens
from sandbox.discord.rest import channels, commands, guilds, interactions, messages, users, webhooks
from sandbox.discord.rest.request import Call, Reply, Route, Upload, parse_json
from sandbox.discord.serializers.interactions import ATTACHMENT_SIZE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.discord.model.users import Application
    from sandbox.discord.server import Discord

BASE = "/api/v10"

ROUTES: tuple[Route, ...] = (
    *users.ROUTES,
    *guilds.ROUTES,
    *channels.ROUTES,
    *messages.ROUTES,
    *commands.ROUTES,
    *interactions.ROUTES,
    *webhooks.ROUTES,
)


def add_routes(app: web.Application, discord: Discord) -> None:
    """Serve the whole REST API; whatever is not part of it answers 404 and is noted."""
    for route in ROUTES:
        app.router.add_route(route.method, BASE + route.path, _serve(route, discord))
    app.router.add_route("*", "/{rest:.*}", _unknown(discord))


def _serve(route: Route, discord: Discord) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        record = RequestRecord(route.method, route.path, without_tokens(request.path), discord.clock.monotonic())
        discord.requests.add(record)
        discord.feed.tell("request.received", record)
        headers: dict[str, str] = {}
        try:
            reply = await _handle(route, discord, request, record, headers)
            await discord.holds.keep(record, carried_out=True)
        except ApiError as error:
            record.code = error.problem.code
            reply = Reply(error.body(), error.problem.status)
        except (web.HTTPException, web.RequestPayloadError, ConnectionError):
            raise  # The client is gone, or aiohttp refused its request: no bug of ours.
        except Exception as error:  # noqa: BLE001 - a bug of the sandbox: kept, and raised when it closes
            discord.world.broken.append(error)
            reply = Reply({"message": "500: Internal Server Error", "code": 0}, 500)
        record.status = reply.status
        discord.feed.tell("request.answered", record)
        return _response(reply, headers)

    return serve


async def _handle(
    route: Route, discord: Discord, request: web.Request, record: RequestRecord, headers: dict[str, str]
) -> Reply:
    call = Call(discord.world, request, None)
    await _read_body(call, record)
    if delay := discord.faults.delay(route, request.path):
        await asyncio.sleep(delay)
    await discord.holds.keep(record, carried_out=False)
    if problem := discord.faults.take(route, request.path):
        raise ApiError(problem)
    if not route.open:
        call.caller = _authorised(request, discord)
    refusal = _limit(route, discord, request, call.caller, headers)
    if refusal is not None:
        discord.rate_limited.append(record)
        return Reply(refusal.body(), 429, is_page=refusal.scope == "network")
    return await route.handler(call)


def _authorised(request: web.Request, discord: Discord) -> Application:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = discord.world.application_with(token) if scheme == "Bot" and token else None
    if found is None:
        raise ApiError(UNAUTHORIZED)
    return found


def _limit(
    route: Route, discord: Discord, request: web.Request, caller: Application | None, headers: dict[str, str]
) -> Refusal | None:
    limits = discord.limits
    refusal = discord.faults.refuse(route, request.path)
    if refusal is not None:
        limit = route.limit or Limit(f"{route.method} {route.path}", per="", count=1)
        headers |= refusal.headers(limits.ordered_headers(limit, refusal))
        return refusal
    if caller is not None:
        _, refusal = limits.take(GLOBAL, caller.id, "")
        if refusal is not None:
            headers |= refusal.headers({})
            return refusal
    if route.limit is None:
        return None
    bucket: Bucket
    value = request.match_info[route.limit.per]
    bucket, refusal = limits.take(route.limit, caller.id if caller is not None else 0, value)
    headers |= limits.headers(bucket)
    if refusal is not None:
        headers |= refusal.headers(headers)
    return refusal


async def _read_body(call: Call, record: RequestRecord) -> None:
    request = call.request
    if request.content_type.startswith("multipart/"):
        await _read_multipart(call)
    elif request.content_type == "application/json":
        call.body = parse_json(await request.text())
    record.body = call.body
    record.files = tuple(upload.filename for upload in call.uploads)


async def _read_multipart(call: Call) -> None:
    async for part in await call.request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        name = part.name or ""
        if name == "payload_json":
            call.body = parse_json(await part.text())
        elif name.startswith("files[") and name.endswith("]"):
            data = bytes(await part.read(decode=True))
            if len(data) > ATTACHMENT_SIZE_LIMIT:
                raise ApiError(TOO_LARGE)
            kind = part.headers.get("Content-Type", "")
            number = name.removeprefix("files[").removesuffix("]")
            call.uploads.append(Upload(int(number) if number.isdecimal() else 0, part.filename or "file", data, kind))


def _unknown(discord: Discord) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def unknown(request: web.Request) -> web.Response:
        path = without_tokens(request.path)
        record = RequestRecord(request.method, "unknown", path, discord.clock.monotonic(), status=404, code=0)
        discord.requests.add(record)
        discord.unknown_routes.append(f"{request.method} {path}")
        discord.feed.tell("request.unknown", record)
        return _response(Reply(ApiError(NOT_FOUND).body(), 404), {})

    return unknown


def _response(reply: Reply, headers: dict[str, str]) -> web.Response:
    if reply.body is None:
        return web.Response(status=reply.status, headers=headers)
    if reply.is_page:
        return web.Response(status=reply.status, text=reply.body, content_type="text/html", headers=headers)
    # The type must be exactly this: discord.py compares it, and aiohttp's own JSON answer would add a charset.
    return web.Response(
        status=reply.status,
        body=json.dumps(reply.body).encode(),
        headers=headers | {"Content-Type": "application/json"},
    )
