"""A provider's reply as it comes in: bytes up to a limit, time-outs and cuts as our own errors, decoded JSON."""

import asyncio
import re
from contextlib import suppress
from typing import Self

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from bot.domain.errors import ConnectionLost, IdleTimeout, InvalidResponse, NoReply, ProviderError, TooLarge
from bot.domain.runtime.slices import Slices
from bot.providers.charsets import decode_body, find_charset
from bot.providers.error_mapping import error_for_connection
from bot.providers.json_text import load_json

_SLICE_BYTES = 4096

JsonObject = dict[str, object]

_GUARD = re.compile(r"(?:\)\]\}'?,?|(?:while|for)\s?\([1; ]{1,4}\);?|throw [^;\n]{1,20};|&&&START&&&|\{\} ?&&)\s*")
"""What some servers put before JSON, so that no page can run it as a script."""


class HttpResponse:
    """The reply to one request, once its head has arrived; to be closed at the end.

    `limit` is how much of the body may be read, in bytes; `idle` and `total` are the time-outs that aiohttp was given
    for it, in seconds.
    """

    def __init__(self, label: str, response: aiohttp.ClientResponse, *, limit: int, idle: float, total: float) -> None:
        self._label = label
        self._response = response
        self._limit, self._idle, self._total = limit, idle, total
        self._read = 0
        self._arrived = b""
        """What has come in and was not handed on yet."""
        self._slices = Slices()
        self._watch = _Watch(response, idle)
        self._wire = response.connection.protocol if response.connection else None
        if self._wire is not None:
            # The watch has taken over. aiohttp sets its timer again for every piece, and stops it at a
            # malformed chunk, after which it waits for bytes that never come.
            self._wire.read_timeout = None

    def close(self) -> None:
        """Close the connection, whether the body was read or not."""
        self._watch.stop()
        self._response.close()

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._response.status

    @property
    def media_type(self) -> str:
        """The content type in small letters and without its parameters; empty if there is none."""
        return self._content_type.partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """Python's name of the charset in which the body is to be read."""
        return find_charset(self._content_type)

    @property
    def _content_type(self) -> str:
        return self._response.headers.get("Content-Type", "")

    @property
    def delimited(self) -> bool:
        """Whether HTTP itself tells where the body ends; otherwise its end may as well be a cut."""
        headers = self._response.headers
        return "Content-Length" in headers or "chunked" in headers.get("Transfer-Encoding", "").lower()

    def __aiter__(self) -> Self:
        """Iterate over the body as it arrives."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next bytes; raises `IdleTimeout`, `TooSlow`, `ConnectionLost` or `TooLarge`.

        They are few, so that whatever is done with them takes a moment.
        """
        await self._slices.pause_if_due()
        if not self._arrived:
            self._arrived = await self._next_chunk()
            if not self._arrived:
                raise StopAsyncIteration
            self._read += len(self._arrived)
            if self._read > self._limit:
                self._arrived = b""
                raise TooLarge(self._label, self._limit)
        chunk, self._arrived = self._arrived[:_SLICE_BYTES], self._arrived[_SLICE_BYTES:]
        return chunk

    async def read(self) -> bytes:
        """Return the whole body; raises what iterating raises."""
        if (self._response.content_length or 0) > self._limit:
            raise TooLarge(self._label, self._limit)
        return b"".join([chunk async for chunk in self])

    async def text(self) -> str:
        """Return the body as text, in the charset that it comes in; raises what iterating raises."""
        return decode_body(await self.read(), self._content_type)

    async def json(self) -> object:
        """Return the body as JSON, whatever its content type; raises also `NoReply` (empty) and `InvalidResponse`."""
        return parse_json(self._label, await self.text())

    async def json_object(self) -> JsonObject:
        """Return the body as a JSON object; raises what `json` raises."""
        return as_object(self._label, await self.json())

    async def _next_chunk(self) -> bytes:
        fault: ProviderError
        try:
            with self._watch:
                chunk = self._left_over() or await self._response.content.readany()
            if chunk or not self._was_reset():
                return chunk
            fault = ConnectionLost(self._label)
        except (aiohttp.ClientError, OSError) as error:
            fault = error_for_connection(self._label, error, idle=self._idle, total=self._total)
            if self._watch.expired:
                fault = IdleTimeout(self._label, self._idle)
        except (
            RuntimeError,
            HttpProcessingError,
        ):  # aiohttp's "Connection closed."; its parser in Python at a bad chunk
            fault = ConnectionLost(self._label)
        # Raised out here, so that aiohttp's exception is not its context.
        raise fault

    def _left_over(self) -> bytes:
        """Return what came in before the connection broke, if it broke: aiohttp throws that away."""
        content = self._response.content
        return b"" if content.exception() is None else content._read_nowait(-1)  # noqa: SLF001 - nothing public does that

    def _was_reset(self) -> bool:
        """Tell whether the connection was reset: without a length, aiohttp takes that for the proper end."""
        return not self.delimited and self._wire is not None and isinstance(self._wire.exception(), OSError)


class _Watch:
    """Closes a response that is silent for too long while somebody waits: `with` marks the waiting.

    There is one timer for all the pieces of a reply, since setting one for each costs as much as reading it.
    """

    def __init__(self, response: aiohttp.ClientResponse, idle: float) -> None:
        self.expired = False
        self._response = response
        self._idle = idle
        self._loop = asyncio.get_running_loop()
        self._waits_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        self._waits_since = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._idle, self._look)

    def __exit__(self, *_: object) -> None:
        self._waits_since = None

    def stop(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        due = (now if self._waits_since is None else self._waits_since) + self._idle
        if due > now:
            self._timer = self._loop.call_at(due, self._look)
        else:
            self.expired = True
            self._response.close()


def parse_json(label: str, body: str) -> object:
    """Decode JSON; raises `NoReply` for an empty body and `InvalidResponse` for anything else that is not JSON."""
    text = body.removeprefix("\ufeff").strip()
    if guard := _GUARD.match(text):
        text = text[guard.end() :]
    if not text:
        raise NoReply(label)
    with suppress(ValueError, RecursionError):
        return load_json(text)
    # Raised out here: a JSONDecodeError holds the whole document.
    raise InvalidResponse(label, "HTML instead of JSON" if text.startswith("<") else "invalid JSON")


def unwrap_json(text: str) -> JsonObject | None:
    """Return the JSON object that `text` is, None if it is anything else."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        parsed = load_json(text)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def as_object(label: str, payload: object) -> JsonObject:
    """Return `payload` if it is a JSON object; raises `InvalidResponse`."""
    if not isinstance(payload, dict):
        raise InvalidResponse(label, "not a JSON object")
    return payload


def text_of(label: str, payload: JsonObject, field: str) -> str | None:
    """Return a field's text, None if it is missing, null or blank; raises `InvalidResponse` if it is no text."""
    value = payload.get(field)
    if value is not None and not isinstance(value, str):
        raise InvalidResponse(label, f"`{field}` is not text")
    return value if value and value.strip() else None
