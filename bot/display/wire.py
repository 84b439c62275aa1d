"""Every request of discord.py as it passes: its rate-limit headers for the budget, its answer as soon as it is there.

discord.py hides the headers, and when an answer says that its bucket is empty, the call that got it sleeps until the
bucket is full again: a message is in the channel, but its id only comes seconds later. discord.py's public hook for
traces shows both at once.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from contextvars import ContextVar
from math import isfinite
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp

from bot.chat.budget import Budget
from bot.chat.canvas import Lane, Verb

T = TypeVar("T")

_LOOK_AGAIN = 0.05
"""Seconds until looking once more whether there is room for what is not urgent."""

_CHANNEL = re.compile(r"/channels/(\d+)/messages(/\d+)?$")
_WEBHOOK = re.compile(r"/webhooks/\d+/([^/]+)(/messages/[^/]+)?$")
_VERBS: Mapping[str, Verb] = {"POST": "create", "PATCH": "edit", "DELETE": "delete"}
_UNCOUNTED = re.compile(r"/(?:webhooks|interactions)/")


def channel_lane(verb: Verb, channel: int) -> Lane:
    """Return the lane of a channel's messages."""
    return Lane(verb, f"channels/{channel}")


def interaction_lane(token: str) -> Lane:
    """Return the lane of what is written by an interaction's token: creates and edits together, to be on the safe side.

    It does not count against the limit over everything (Discord's documentation, "Global Rate Limit").
    """
    return Lane("edit", f"webhooks/{token}", counted=False)


class _Call:
    """A request of the painter's, which has booked it already; `body` is set when Discord's answer was read."""

    def __init__(self) -> None:
        self.status = 0
        self.body: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()


_current: ContextVar[_Call | None] = ContextVar("current call", default=None)


class Wire:
    """Listens to the traffic with Discord. `close` waits for calls that discord.py still holds back."""

    def __init__(self, budget: Budget, clock: Callable[[], float] | None = None) -> None:
        self._budget = budget
        self._clock = clock or asyncio.get_running_loop().time
        self._sleeping: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """End the calls that were answered but not let go by discord.py yet."""
        for task in self._sleeping:
            task.cancel()
        await asyncio.gather(*self._sleeping, return_exceptions=True)

    async def quiet(self) -> None:
        """Wait until a request that nobody waits for, and that is in no lane of the painter's, takes nobody's place."""
        while not self._budget.is_quiet(self._clock()):  # noqa: ASYNC110 - that is a matter of time, not of an event
            await asyncio.sleep(_LOOK_AGAIN)

    async def answered(self, request: Coroutine[Any, Any, T], read: Callable[[bytes], T]) -> T:
        """Return what `request` returns, or what `read` makes of Discord's answer if that is there sooner."""
        call = _Call()
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
        if task.done():
            return task.result()
        self._sleeping.add(task)
        task.add_done_callback(self._let_go)
        return read(call.body.result())

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        self._sleeping.discard(task)
        if not task.cancelled():
            task.exception()  # the answer was a success and has been dealt with

    def trace(self) -> aiohttp.TraceConfig:
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
        context.lane = _lane_of(params.method, params.url.path)
        context.counted = _UNCOUNTED.search(params.url.path) is None
        context.call = _current.get()
        if context.call is None:
            self._book(context)

    async def _on_end(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        status, headers, now = params.response.status, params.response.headers, self._clock()
        lane: Lane | None = context.lane
        if status == 429:
            everything = "X-RateLimit-Global" in headers
            self._budget.refused(None if everything else lane, now, _number(headers, "Retry-After", 1.0))
        elif lane is not None and "X-RateLimit-Remaining" in headers:
            self._budget.learn(
                lane,
                now,
                limit=int(_number(headers, "X-RateLimit-Limit", 0)),
                remaining=int(_number(headers, "X-RateLimit-Remaining", 0)),
                reset_after=_number(headers, "X-RateLimit-Reset-After", -1.0),
            )
        if context.call is None:
            self._unbook(context)
        else:
            context.call.status = status

    async def _on_exception(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if context.call is None:
            self._unbook(context)

    async def _on_chunk(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceResponseChunkReceivedParams
    ) -> None:
        # aiohttp reports a body that was read as a whole in one piece.
        call: _Call | None = context.call
        if call is not None and 200 <= call.status < 300 and not call.body.done():
            call.body.set_result(params.chunk)

    def _book(self, context: SimpleNamespace) -> None:
        if context.lane is not None:
            self._budget.start(context.lane, self._clock())
        elif context.counted:
            self._budget.start_other()

    def _unbook(self, context: SimpleNamespace) -> None:
        if context.lane is not None:
            self._budget.finish(context.lane, self._clock())
        elif context.counted:
            self._budget.finish_other(self._clock())


def _lane_of(method: str, path: str) -> Lane | None:
    """Return the lane of a request that creates, edits or deletes a message, None for any other."""
    verb = _VERBS.get(method)
    if verb is None:
        return None
    if (match := _CHANNEL.search(path)) and bool(match[2]) == (verb != "create"):
        return channel_lane(verb, int(match[1]))
    if (match := _WEBHOOK.search(path)) and bool(match[2]) == (verb != "create"):
        return interaction_lane(match[1])
    return None


def _number(headers: Mapping[str, str], name: str, default: float) -> float:
    try:
        number = float(headers.get(name, default))
    except ValueError:
        return default
    return number if isfinite(number) else default
