"""Signals by PostgreSQL's LISTEN and NOTIFY, on a connection of their own.

Not on the lease's: that one waits for its lock for up to a minute, during which the server delivers nothing, and it is
replaced every half hour, each time with a gap.
"""

import asyncio
import json
import logging
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bot.domain.cluster.signals import Payload, Signals
from bot.domain.leases import Owner
from bot.domain.runtime.timing import Backoff
from bot.store.addresses.postgres_urls import PostgresServer
from bot.store.postgres_connection import connect, has_proxy

_log = logging.getLogger(__name__)

CHANNEL = "switchboard"

MAX_BYTES = 7_999
"""How long a payload may be: "must be shorter than 8000 bytes" (PostgreSQL's documentation, "NOTIFY")."""

BEAT_SECONDS = 10.0
"""Seconds of silence after which the server is asked whether it is still there, and is still the one to write to."""

_ANSWER_SECONDS = 5.0
"""How long the server may take to answer; after that the connection counts as dead."""

_MAX_PAUSE = 30.0
"""Seconds between two tries to connect again."""

_MAX_WAITING = 1_000
"""How many signals wait for a connection. If there were more, the others are told to read everything afresh."""

_FLUSH_SECONDS = 0.4
_CLOSE_SECONDS = 0.3

_ALL_BOTS = 0
_RESET = "reset"
"""The kind that says that the sender may have lost some of its own."""

_READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'"
_NOTIFY = "SELECT pg_notify($1, $2)"

_Listener = tuple[Callable[[Payload], None], Callable[[], None]]


class PostgresSignals(Signals):
    """Implements `Signals` from `open` to `close`; a connection that is lost is replaced."""

    def __init__(self, address: PostgresServer, owner: Owner, *, beat: float = BEAT_SECONDS) -> None:
        self._address = address
        self._owner = owner
        self._beat = beat
        self._listeners = defaultdict[str, list[_Listener]](list)
        self._waiting = deque[str]()
        self._is_lost = False
        """Whether a signal of this process was dropped."""
        self._has_news = asyncio.Event()
        self._is_closing = False
        self._link: _Link | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_instant(self) -> bool:
        """Whether there is a connection."""
        return self._link is not None

    async def send(self, kind: str, payload: Payload, *, to_all_bots: bool = False) -> None:
        """Put a signal into the line of those that are sent."""
        bot = _ALL_BOTS if to_all_bots else self._owner.bot()
        line = json.dumps({"bot": bot, "from": self._owner.id, "kind": kind, "says": dict(payload)})
        if len(line) > MAX_BYTES or len(self._waiting) >= _MAX_WAITING:
            _log.warning("a signal of the kind %s is not sent: it is too long, or too many wait", kind)
            self._is_lost = True
        else:
            self._waiting.append(line)
        self._has_news.set()

    def listen(self, kind: str, receive: Callable[[Payload], None], missed: Callable[[], None]) -> None:
        """Add a listener."""
        self._listeners[kind].append((receive, missed))

    async def open(self, max_wait: float) -> None:
        """Try to connect, for at most `max_wait` seconds, and go on with that in a task; never raises."""
        if not await self._connect(max_wait):
            _log.warning("other processes' signals do not arrive: the database takes no connection for them; retrying")
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Send what waits and close the connection, within 0.7 s."""
        assert self._task is not None, "it was opened"
        self._is_closing = True
        self._has_news.set()
        if self._link is not None:
            await asyncio.wait({self._task}, timeout=_FLUSH_SECONDS)
        self._task.cancel()
        await asyncio.wait({self._task})
        if self._link is not None:
            link, self._link = self._link, None
            await link.close()

    async def _run(self) -> None:
        """Keep a connection, and send over it, until the end."""
        backoff = Backoff(asyncio.get_running_loop().time, longest=_MAX_PAUSE)
        while True:
            if self._link is None:
                await asyncio.sleep(backoff.next_pause())
                if await self._connect(_ANSWER_SECONDS):
                    _log.info("signals of other processes arrive again")
                    self._tell_missed()
                continue
            try:
                return await self._serve(self._link)
            except Exception as error:  # noqa: BLE001 - the driver's errors have no common base, and name addresses
                _log.warning("lost the connection for signals of other processes: %s", type(error).__name__)
            self._link.terminate()
            self._link = None

    async def _connect(self, max_wait: float) -> bool:
        try:
            async with asyncio.timeout(max_wait):
                self._link = await _Link.open(self._address, self._receive, self._has_news, max_wait)
        except Exception as error:  # noqa: BLE001 - likewise
            _log.debug("no connection for signals yet: %s", type(error).__name__)
            return False
        return True

    async def _serve(self, link: "_Link") -> None:
        """Send what is to be sent, until the end; raises what the driver raises if the connection is lost."""
        while True:
            await self._flush(link)
            if self._is_closing:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(self._beat):
                    await self._has_news.wait()
            if not self._has_news.is_set():
                await link.check()
            self._has_news.clear()
            link.raise_if_closed()

    async def _flush(self, link: "_Link") -> None:
        if self._is_lost:
            await link.notify(json.dumps({"bot": _ALL_BOTS, "from": self._owner.id, "kind": _RESET, "says": {}}))
            self._is_lost = False
        while self._waiting:
            await link.notify(self._waiting[0])
            self._waiting.popleft()

    def _receive(self, line: str) -> None:
        """Hand a signal on, if it is one, and meant for this process."""
        try:
            signal = json.loads(line)
            bot, sender, kind, says = signal["bot"], signal["from"], signal["kind"], signal["says"]
            is_meant = sender != self._owner.id and bot in (_ALL_BOTS, self._owner.bot())
            is_payload = isinstance(says, dict) and all(_is_plain(value) for value in says.values())
        except (ValueError, TypeError, LookupError, RecursionError):
            return  # somebody else's
        if not (is_meant and is_payload and isinstance(kind, str)):
            return
        if kind == _RESET:
            self._tell_missed()
        for receive, _ in self._listeners.get(kind, ()):
            try:
                receive(says)
            except Exception as error:  # noqa: BLE001 - anybody can send anything
                _log.debug("a signal is of no use: %s", type(error).__name__)

    def _tell_missed(self) -> None:
        for listeners in self._listeners.values():
            for _, missed in listeners:
                missed()


def _is_plain(value: object) -> bool:
    return value is None or type(value) in (str, int)


class _Link:
    """One connection that listens. `open` makes it."""

    def __init__(self, driver: Any, *, is_writable: bool) -> None:  # noqa: ANN401 - asyncpg's, which has no types
        self._driver = driver
        self._is_writable = is_writable

    @classmethod
    async def open(
        cls, address: PostgresServer, receive: Callable[[str], None], news: asyncio.Event, max_wait: float
    ) -> "_Link":
        """Connect and listen; `news` is set when the connection is lost. Raises what the driver raises."""
        driver = await connect(address, max_wait=max_wait, command_timeout=_ANSWER_SECONDS, statement_cache_size=0)
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
        if await self._driver.fetchval(_READ_ONLY) and self._is_writable:
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
