"""What every REST request goes through: record, faults, authorisation, rate limits, the handler, errors."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from sandbox.discord.errors import NOT_FOUND, UNAUTHORIZED, ApiError
from sandbox.discord.limits.faults import Faults
from sandbox.discord.limits.rate_limits import GLOBAL, Limit, RateLimits, Refusal
from sandbox.discord.limits.request_holds import Holds
from sandbox.discord.limits.request_log import Limited, RequestLog, RequestRecord, Subject, without_tokens
from sandbox.discord.model.state import State
from sandbox.discord.model.users import Application
from sandbox.discord.rest import channels, commands, guilds, interactions, messages, pins, threads, users, webhooks
from sandbox.discord.rest.bodies import read_body
from sandbox.discord.rest.nonsense import send
from sandbox.discord.rest.request import ApiRequest, Reply, Route
from sandbox.discord.validators.fields import snowflake

BASE = "/api/v10"

ROUTES: tuple[Route, ...] = (
    *users.ROUTES,
    *guilds.ROUTES,
    *channels.ROUTES,
    *threads.ROUTES,
    *pins.ROUTES,  # Before a message's own: `pins` is no id.
    *messages.ROUTES,
    *commands.ROUTES,
    *interactions.ROUTES,
    *webhooks.ROUTES,
)


@dataclass(frozen=True, slots=True)
class Backend:
    """What the REST API works on, and what it writes down."""

    state: State
    limits: RateLimits
    faults: Faults
    holds: Holds
    requests: RequestLog
    unknown_routes: list[str]
    rate_limited: list[RequestRecord]


def add_routes(app: web.Application, backend: Backend) -> None:
    """Serve the whole REST API; any other path answers 404 and is recorded."""
    for route in ROUTES:
        app.router.add_route(route.method, BASE + route.path, _serve(route, backend))
    app.router.add_route("*", "/{rest:.*}", _unknown(backend))


def _serve(route: Route, backend: Backend) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        record = RequestRecord(route.method, route.path, without_tokens(request.path), backend.state.clock.monotonic())
        backend.requests.add(record)
        backend.state.change_log.record("request.received", record)
        headers: dict[str, str] = {}
        try:
            reply = await _handle(route, backend, request, record, headers)
            await backend.holds.keep(record, carried_out=True)
        except ApiError as error:
            record.code = error.problem.code
            reply = Reply(error.body(), error.problem.status)
        except (web.HTTPException, ConnectionError):
            raise  # The client is gone, or aiohttp refused its request: no bug of ours.
        except Exception as error:  # noqa: BLE001 - a bug of the sandbox: kept, and raised when it closes
            backend.state.broken.append(error)
            reply = Reply({"message": "500: Internal Server Error", "code": 0}, 500)
        record.status, record.subject = reply.status, _subject(request, reply, backend.state)
        backend.state.change_log.record("request.answered", record)
        nonsense = backend.faults.nonsense(route, request.path) if reply.status < HTTPStatus.MULTIPLE_CHOICES else None
        return _response(reply, headers) if nonsense is None else await send(request, nonsense, headers)

    return serve


async def _handle(
    route: Route, backend: Backend, request: web.Request, record: RequestRecord, headers: dict[str, str]
) -> Reply:
    call = ApiRequest(backend.state, request, None)
    await read_body(call, record, takes_forms=route.takes_forms)
    if delay := backend.faults.delay(route, request.path):
        await asyncio.sleep(delay)
    await backend.holds.keep(record, carried_out=False)
    if problem := backend.faults.take(route, request.path):
        raise ApiError(problem)
    if not route.open:
        call.caller = _authorised(request, backend)
    refusal, record.limited = _limit(route, backend, request, call.caller, headers)
    if refusal is not None:
        backend.rate_limited.append(record)
        return Reply(refusal.body(), 429, is_page=refusal.scope == "network")
    return await route.handler(call)


def _subject(request: web.Request, reply: Reply, state: State) -> Subject:
    """Return what a request was about: as the answer names it, or else the path."""
    named = request.match_info
    interaction = state.interactions_by_token.get(named.get("token", ""))
    tells_message = interaction is not None or "/messages" in request.path
    written = reply.body.get("id") if tells_message and isinstance(reply.body, dict) else None
    message = snowflake(written) or snowflake(named.get("message_id"))
    return Subject(message, interaction.id if interaction is not None else None)


def _authorised(request: web.Request, backend: Backend) -> Application:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = backend.state.application_with(token) if scheme == "Bot" and token else None
    if found is None:
        raise ApiError(UNAUTHORIZED)
    return found


def _limit(
    route: Route, backend: Backend, request: web.Request, caller: Application | None, headers: dict[str, str]
) -> tuple[Refusal | None, Limited | None]:
    """Count the request, add its headers, and return whether it must wait, and what to record."""
    limits = backend.limits
    refusal = backend.faults.refuse(route, request.path)
    if refusal is not None:
        limit = route.limit or Limit(f"{route.method} {route.path}", per="", count=1)
        headers |= refusal.headers(limits.ordered_headers(limit, refusal))
        return refusal, Limited(limit.count, limit.window, 0, refusal.retry_after)
    if caller is not None:
        _, refusal = limits.take(GLOBAL, caller.id, "")
        if refusal is not None:
            headers |= refusal.headers({})
            return refusal, Limited(GLOBAL.count, GLOBAL.window, 0, refusal.retry_after)
    if route.limit is None:
        return None, None
    value = request.match_info[route.limit.per]
    bucket, refusal = limits.take(route.limit, caller.id if caller is not None else 0, value)
    headers |= limits.headers(bucket)
    if refusal is not None:
        headers |= refusal.headers(headers)
    left = bucket.remaining(backend.state.clock.monotonic())
    waits = refusal.retry_after if refusal is not None else None
    return refusal, Limited(bucket.limit.count, bucket.limit.window, left, waits)


def _unknown(backend: Backend) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def unknown(request: web.Request) -> web.Response:
        path = without_tokens(request.path)
        record = RequestRecord(request.method, "unknown", path, backend.state.clock.monotonic(), status=404, code=0)
        backend.requests.add(record)
        backend.unknown_routes.append(f"{request.method} {path}")
        backend.state.change_log.record("request.unknown", record)
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
