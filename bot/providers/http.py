"""The one HTTP helper of all providers: time-outs, tries that can do nothing twice, errors without secrets."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Self

import aiohttp

from bot.domain.errors import AnswerError, Blocked, InvalidResponse, ProviderError, RateLimited, TotalTimeout
from bot.domain.proxies import DIRECT, Proxies
from bot.domain.runtime.timing import Pause
from bot.providers.error_mapping import (
    error_for_connection,
    error_for_status,
    is_challenge,
    is_connect_failure,
    parse_retry_after,
)
from bot.providers.error_text import clean_error_text, find_error_text, is_sentence
from bot.providers.response import HttpResponse, parse_json

READ_LIMIT = 1_000_000
"""How much of one reply is read, in bytes."""

MAX_TRIES = 3
MAX_PAUSE = 30.0
"""A provider that asks to wait longer than these seconds is not asked again; its asker is told instead."""

MAX_HEADER_LINE = 65_536
MAX_HEADERS = 256
MAX_HEADER_BYTES = 262_144
"""What the head of a reply may have: bytes in each line, lines, and bytes in all."""

_ERROR_BODY_BYTES = 65_536
_ERROR_BODY_SECONDS = 5.0
_PLAIN_TYPES = ("text/plain", "")

Explain = Callable[[object], ProviderError | None]

log = logging.getLogger(__name__)


def _no_opinion(_payload: object) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """One request: a POST if there is a JSON `body`, otherwise a GET.

    `secrets` and `texts` (what people wrote) are never to be seen in an error. `explain` may name the error for a
    refusal itself, from the decoded body: JSON or a plain text, None if that is neither or was not read.
    """

    label: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    secrets: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    explain: Explain = _no_opinion


@dataclass(frozen=True, slots=True, repr=False)
class _Attempt:
    """What came of one try; `pause` is how many seconds later another may follow, None if none may."""

    response: aiohttp.ClientResponse | None = None
    fault: ProviderError | None = None
    pause: float | None = None


class Http:
    """The HTTP client, to be opened with `async with`.

    Times are in seconds: `idle_timeout` is the longest silence between bytes, `total_timeout` bounds one whole answer,
    tries and pauses included. `pause` waits between tries.

    A request is sent again only if nothing can happen twice by that: if no connection was made, or on a 429 or 503 that
    asks for a pause of at most 30 s; three tries in all. Each request has a connection of its own: a server may close
    one that was kept alive just as a question is sent, and nobody could tell whether the question arrived.
    """

    def __init__(
        self,
        *,
        idle_timeout: float = 60.0,
        total_timeout: float = 600.0,
        connect_timeout: float = 10.0,
        read_limit: int = READ_LIMIT,
        pause: Pause = asyncio.sleep,
        proxies: Proxies = DIRECT,
    ) -> None:
        self._idle, self._total, self._connect = idle_timeout, total_timeout, connect_timeout
        self._read_limit = read_limit
        self._pause = pause
        self._proxies = proxies
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),  # one person's cookie must not go out with another's question
            headers={"User-Agent": "Switchboard", "Accept-Encoding": "identity"},
            middlewares=(_send_once,),
            max_line_size=MAX_HEADER_LINE,
            max_field_size=MAX_HEADER_LINE,
            max_headers=MAX_HEADERS,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def send(self, request: Request) -> AsyncGenerator[HttpResponse]:
        """Send `request` and give its reply once a success's head has arrived; raises `ProviderError`.

        The connection is closed at the end, whether the reply was read or not.
        """
        attempt = await self._last_attempt(request)
        if attempt.fault is not None:
            raise attempt.fault
        assert attempt.response is not None
        with closing(self._reply(request, attempt.response, self._read_limit)) as reply:
            yield reply

    async def _last_attempt(self, request: Request) -> _Attempt:
        """Send `request`, if need be `MAX_TRIES` times; it waits for 1 s, then 2 s, if the server does not say."""
        now = asyncio.get_running_loop().time
        deadline = now() + self._total
        for number in range(1, MAX_TRIES):
            attempt = await self._try(request, deadline)
            if attempt.pause is None:
                return attempt
            pause = attempt.pause or float(number)
            if now() + pause >= deadline:
                return attempt
            log.info("%s: try %d failed (%s), another follows", request.label, number, type(attempt.fault).__name__)
            await self._pause(pause)
        return await self._try(request, deadline)

    async def _try(self, request: Request, deadline: float) -> _Attempt:
        assert self._session is not None, "Http is used with `async with`"
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0:
            return _Attempt(fault=TotalTimeout(request.label, self._total))
        try:
            response = await self._session.request(
                "GET" if request.body is None else "POST",
                request.url,
                proxy=self._proxies.for_url(request.url),
                params={name: _sendable(value) for name, value in request.params.items()},
                headers={**request.headers, **({} if request.body is None else {"Content-Type": "application/json"})},
                data=None if request.body is None else _encode(request.body),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=left, connect=self._connect, sock_read=self._idle),
            )
        except (aiohttp.ClientError, OSError) as error:
            fault = error_for_connection(request.label, error, idle=self._idle, total=self._total)
            return _Attempt(fault=fault, pause=0.0 if is_connect_failure(error) else None)
        if sum(len(name) + len(value) for name, value in response.raw_headers) > MAX_HEADER_BYTES:
            response.close()
            return _Attempt(fault=InvalidResponse(request.label, f"headers of over {MAX_HEADER_BYTES} bytes"))
        if 200 <= response.status < 300:
            return _Attempt(response)
        try:
            return await self._refusal(request, response)
        finally:
            response.close()

    async def _refusal(self, request: Request, response: aiohttp.ClientResponse) -> _Attempt:
        status = response.status
        retry_after = parse_retry_after(response.headers.get("Retry-After"))
        if is_challenge(status, response.headers):
            return _Attempt(fault=Blocked(request.label, status))
        payload = await self._error_body(request, response)
        fault = request.explain(payload) or error_for_status(
            request.label,
            status,
            reason=clean_error_text(find_error_text(payload), request.secrets, request.texts),
            retry_after=retry_after,
        )
        busy = status == 503 or isinstance(fault, RateLimited)
        again = busy and (retry_after or 0.0) <= MAX_PAUSE
        return _Attempt(fault=fault, pause=(retry_after or 0.0) if again else None)

    async def _error_body(self, request: Request, response: aiohttp.ClientResponse) -> object:
        """Return a refusal's body if it is JSON or a plain sentence, and comes soon; else the status says enough."""
        text = ""
        try:
            with closing(self._reply(request, response, _ERROR_BODY_BYTES)) as reply:
                async with asyncio.timeout(_ERROR_BODY_SECONDS):
                    text = await reply.text()
            return parse_json(request.label, text)
        except (AnswerError, TimeoutError):
            return text if reply.media_type in _PLAIN_TYPES and is_sentence(text) else None

    def _reply(self, request: Request, response: aiohttp.ClientResponse, limit: int) -> HttpResponse:
        return HttpResponse(request.label, response, limit=limit, idle=self._idle, total=self._total)


async def _send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from resending a GET by itself when the server hangs up: the question may have been heard."""
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        raise aiohttp.ClientConnectionError from None


def _encode(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _sendable(text: str) -> str:
    """Replace lone surrogates, which no UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode()
