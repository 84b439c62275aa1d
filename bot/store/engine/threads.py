"""Calls in threads of their own, which whatever SQLite waits for must not make the process wait for."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TypeVar

from aiosqlite.core import set_exception, set_result

T = TypeVar("T")


def promise(function: Callable[[], T]) -> tuple[asyncio.Future[T], Callable[[], None]]:
    """Return a future of the running loop, and what calls the function in any thread and then settles that future."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def call() -> None:
        try:
            tell = partial(set_result, future, function())
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits
            tell = partial(set_exception, future, error)
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            loop.call_soon_threadsafe(tell)

    return future, call


def call_in_daemon(function: Callable[[], T], name: str) -> asyncio.Future[T]:
    """Call a function in a thread that ends with the process, if it does not end before. Nobody need wait for it."""
    future, call = promise(function)
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    Thread(target=call, name=name, daemon=True).start()
    return future
