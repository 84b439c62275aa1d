"""Every request of discord.py as it passes: its headers for the rate limiter, its answer as soon as it is there.

discord.py hides the headers, and when an answer says that its bucket is empty, the call that got it sleeps until the
bucket is full again: a message is in the channel, but its id only comes seconds later. discord.py's public hook for
traces shows both at once.

It also ends what discord.py would wait for too long: aiohttp raises in the request what its trace raises.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
import discord

from bot.discord.errors import MESSAGE_LIMITS, MessageLimited, UnreadableReply
from bot.discord.log_throttle import LogThrottle
from bot.discord.rate_limits.headers import RateLimit, read_bucket_state, read_rate_limit, read_scope
from bot.discord.rate_limits.max_wait import MAX_WAIT, wait_at_most, wait_left
from bot.discord.rate_limits.readable_replies import is_readable
from bot.discord.rate_limits.routes import bucket_of, is_callback, is_counted, typing_bucket_of, without_token
from bot.domain.runtime.correlation import correlation_id
from bot.domain.runtime.telemetry import NO_TELEMETRY, Telemetry
from bot.domain.runtime.timing import DEFER_AFTER, Clock
from bot.streaming.canvas import BucketKey
from bot.streaming.rate_limit_bucket import BucketState
from bot.streaming.rate_limiter import Priority, RateLimiter

T = TypeVar("T")

_log = logging.getLogger(__name__)

_GRACE = 5.0
"""Seconds for which a late request goes on: by then, none waits for a rate limit."""

_NO_CONTENT = 204

_LOOK_AGAIN = 0.05
"""Seconds until looking once more whether there is room for what is not urgent."""


class _Call:
    """A request that is waited for; `body` is set when Discord's answer was read.

    `booked` tells whether it is the edit scheduler's, which has told the rate limiter already.
    """

    def __init__(self, *, booked: bool) -> None:
        self.booked = booked
        self.status = 0
        self.body: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    @property
    def is_taken(self) -> bool:
        """Whether Discord has carried the request out."""
        return 200 <= self.status < 300


_current: ContextVar[_Call | None] = ContextVar("current call", default=None)


class RateLimitTrace:
    """Listens to the requests to Discord. `close` ends the calls that nobody waits for."""

    def __init__(
        self, rate_limiter: RateLimiter, clock: Clock | None = None, telemetry: Telemetry = NO_TELEMETRY
    ) -> None:
        self._telemetry = telemetry
        self._rate_limiter = rate_limiter
        self._clock = clock or asyncio.get_running_loop().time
        self._left: set[asyncio.Task[Any]] = set()
        self._short_wait_line = LogThrottle(self._clock)

    async def close(self) -> None:
        """End the calls that discord.py has not finished yet."""
        for task in self._left:
            task.cancel()
        await asyncio.gather(*self._left, return_exceptions=True)

    def is_free(self, bucket: BucketKey) -> bool:
        """Return whether a request on `bucket` may be sent now."""
        now = self._clock()
        at = self._rate_limiter.next_slot(bucket, now, Priority.FINAL)
        return at is not None and at <= now

    async def wait_until_idle(self) -> None:
        """Wait until a request that is not urgent, and in no bucket of the edit scheduler, delays no other."""
        while not self._rate_limiter.is_quiet(self._clock()):  # noqa: ASYNC110 - that is a matter of time, not of an event
            await asyncio.sleep(_LOOK_AGAIN)

    async def first_response(
        self, request: Coroutine[Any, Any, T], read: Callable[[bytes], T], *, booked: bool = True
    ) -> T:
        """Return what `request` returns, or what `read` makes of Discord's answer if that is there sooner.

        If Discord took the request, and discord.py cannot make sense of its answer, that is left to `read` as well,
        which gets nothing of one that broke off. The rate limiter counts a request that was not `booked` by the edit
        scheduler when it is sent.
        """
        call = _Call(booked=booked)
        token = _current.set(call)
        try:
            task = asyncio.create_task(request)  # takes a copy of the context, and so the call, along
        finally:
            _current.reset(token)
        try:
            either: set[asyncio.Future[Any]] = {task, call.body}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        except BaseException:
            task.cancel()
            raise
        if not task.done():
            self._leave(task)
        elif task.cancelled() or task.exception() is None or not call.is_taken:
            return task.result()
        return read(call.body.result() if call.body.done() else b"")

    async def within(self, seconds: float, request: Coroutine[Any, Any, T]) -> T:
        """Return what `request` returns; raises `TimeoutError` if that takes longer.

        Raises `discord.RateLimited` as soon as Discord asks to wait longer. A request that is late is ended a little
        later: discord.py 2.7.1 keeps all others waiting for ever if one is cancelled that waits for a limit over
        everything, and others of its kind if it hangs.
        """
        with wait_at_most(seconds):
            task = asyncio.create_task(request)
        try:
            await asyncio.wait({task}, timeout=seconds)
        finally:
            if not task.done():
                self._leave(task)
                asyncio.get_running_loop().call_later(_GRACE, task.cancel)
        if task.done():
            return task.result()
        raise TimeoutError

    def _leave(self, task: asyncio.Task[Any]) -> None:
        """Leave a call to itself until it is over."""
        self._left.add(task)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        self._left.discard(task)
        if not task.cancelled():
            task.exception()  # nobody waits for it

    def trace_config(self) -> aiohttp.TraceConfig:
        """Return the hook to hand to discord.py."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._on_start)
        trace.on_request_end.append(self._on_end)
        trace.on_request_exception.append(self._on_exception)
        trace.on_response_chunk_received.append(self._on_chunk)
        return trace

    async def _on_start(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        context.method, context.path = params.method, params.url.path
        context.bucket = bucket_of(params.method, params.url.path)
        context.counted = is_counted(params.url.path)
        call = context.call = _current.get()
        context.booked = call is not None and call.booked
        context.is_told = params.url.scheme.startswith("ws")  # a connection to the gateway is no request
        if not context.booked:
            self._book(context)

    async def _on_end(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        status, headers = params.response.status, params.response.headers
        self._tell(context, status)
        if status == 429:
            self._telemetry.discord_limited(read_scope(headers))
        if status >= 500 and wait_left() <= 0:
            raise TimeoutError  # discord.py would try again
        context.limited_by = headers if status == 429 else None
        context.unread = headers if 200 <= status < 300 and status != _NO_CONTENT and context.call is None else None
        state = None if status == 429 else read_bucket_state(headers)
        if not context.booked:
            self._unbook(context, state)
        elif state is not None and context.bucket is not None:
            self._rate_limiter.update_from_headers(context.bucket, self._clock(), state)
        if context.call is not None:
            context.call.status = status

    async def _on_exception(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._tell(context, None)
        if not context.booked:
            self._unbook(context)

    async def _on_chunk(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceResponseChunkReceivedParams
    ) -> None:
        # aiohttp reports a body that was read as a whole in one piece.
        if context.limited_by is not None:
            self._refused(context, read_rate_limit(context.limited_by, params.chunk))
        if context.unread is not None and not is_readable(context.path, context.unread, params.chunk):
            raise UnreadableReply
        call: _Call | None = context.call
        if call is not None and call.is_taken and not call.body.done():
            call.body.set_result(params.chunk)

    def _refused(self, context: SimpleNamespace, limit: RateLimit) -> None:
        """Note a 429; raises `discord.RateLimited` if discord.py would wait for too long, or not know how long.

        One about a single message says nothing of its bucket, and nothing is worth waiting for: it is raised at once.
        """
        if limit.code in MESSAGE_LIMITS:
            _log.info("Discord takes no edit of an old message for now (429, code %d)", limit.code)
            raise MessageLimited(limit.code)
        typing = typing_bucket_of(context.path)
        bucket: BucketKey | None = typing or context.bucket
        if limit.is_global or bucket is not None:
            self._rate_limiter.refused(None if limit.is_global else bucket, self._clock(), limit.retry_after)
        longest = DEFER_AFTER if is_callback(context.path) else MAX_WAIT
        level, route = logging.DEBUG if typing else logging.WARNING, f"{context.method} {without_token(context.path)}"
        if max(limit.slept, limit.retry_after) > min(longest, wait_left()):
            _log.log(level, "Discord refuses %s for %g s (429)", route, limit.retry_after)
            raise discord.RateLimited(limit.retry_after)
        is_due = typing or self._short_wait_line.due()
        if is_due or correlation_id():  # one in a minute is worth a look; but all of a question's belong to its story
            _log.log(level if is_due else logging.DEBUG, "Discord has %s wait for %g s (429)", route, limit.retry_after)

    def _tell(self, context: SimpleNamespace, status: int | None) -> None:
        """Tell of a request and how it ended, once."""
        if not context.is_told:
            context.is_told = True
            self._telemetry.discord_responded(status)

    def _book(self, context: SimpleNamespace) -> None:
        if context.bucket is not None:
            self._rate_limiter.start(context.bucket, self._clock())
        elif context.counted:
            self._rate_limiter.start_other()

    def _unbook(self, context: SimpleNamespace, state: BucketState | None = None) -> None:
        if context.bucket is not None:
            self._rate_limiter.finish(context.bucket, self._clock(), state)
        elif context.counted:
            self._rate_limiter.finish_other(self._clock())
