"""A connection to PostgreSQL that listens to signals."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.store.addresses.postgres_urls import PostgresServer
from bot.store.postgres_connection import connect, has_proxy

CHANNEL = "switchboard"

ANSWER_SECONDS = 5.0
"""How long the server may take to answer; after that the connection counts as dead."""

_CLOSE_SECONDS = 0.3

_READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'"

_NOTIFY = "SELECT pg_notify($1, $2)"


class Link:
    """One connection that listens. `open` makes it."""

    def __init__(self, driver: Any, *, is_writable: bool) -> None:  # noqa: ANN401 - asyncpg's, which has no types
        self._driver = driver
        self.is_writable = is_writable
        """Whether the server took writes when it was connected to."""

    @classmethod
    async def open(
        cls, address: PostgresServer, receive: Callable[[str], None], news: asyncio.Event, max_wait: float
    ) -> "Link":
        """Connect and listen; `news` is set when the connection is lost. Raises what the driver raises."""
        driver = await connect(address, max_wait=max_wait, command_timeout=ANSWER_SECONDS, statement_cache_size=0)
        try:
            await _refuse_proxy(driver)
            await driver.add_listener(CHANNEL, lambda *received: receive(received[-1]))
            link = cls(driver, is_writable=not await driver.fetchval(_READ_ONLY))
        except BaseException:
            driver.terminate()
            raise
        driver.add_termination_listener(lambda _: news.set())
        return link

    def raise_if_closed(self) -> None:
        """Raise `ConnectionError` if the server ended it."""
        if self._driver.is_closed():
            raise ConnectionError

    async def notify(self, line: str) -> None:
        """Send a signal; raises what the driver raises."""
        await self._driver.execute(_NOTIFY, CHANNEL, line)

    async def check(self) -> None:
        """Raise if the server does not answer, or another one took over as the one to write to."""
        if await self._driver.fetchval(_READ_ONLY) and self.is_writable:
            raise ConnectionError

    async def close(self) -> None:
        """Close it; a server that does not answer is not waited for."""
        try:
            await self._driver.close(timeout=_CLOSE_SECONDS)
        except Exception:  # noqa: BLE001 - the driver's errors have no common base
            self.terminate()

    def terminate(self) -> None:
        """Close it at once."""
        self._driver.terminate()


async def _refuse_proxy(driver: Any) -> None:  # noqa: ANN401 - likewise
    """Raise `ConnectionError` if a proxy would lend the session to others."""
    if await has_proxy(driver):
        raise ConnectionError
