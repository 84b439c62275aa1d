"""Signals by PostgreSQL's LISTEN and NOTIFY, on a connection of their own.

Not on the lease's: that one waits for its lock for up to a minute, during which the server delivers nothing.
"""

import asyncio
import json
import logging
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress

from bot.domain.cluster.signals import Payload, Signals
from bot.domain.leases import Owner
from bot.domain.runtime.timing import Backoff
from bot.store.addresses.postgres_urls import PostgresServer
from bot.store.signals.link import ANSWER_SECONDS, Link
from bot.store.signals.received import Received

_log = logging.getLogger(__name__)

MAX_BYTES = 7_999
"""How long a payload may be: "must be shorter than 8000 bytes" (PostgreSQL's documentation, "NOTIFY")."""

BEAT_SECONDS = 10.0
"""Seconds of silence after which the server is asked whether it is still there, and is still the one to write to."""

MAX_AGE_SECONDS = 1800.0
"""How old a connection may become: after a failover that it survived, the others listen on another server."""

_MAX_PAUSE = 30.0
"""Seconds between two tries to connect again."""

_MAX_WAITING = 1_000
"""How many signals wait for a connection, each once. Instead of more, the others are told that some are missing."""

_FLUSH_SECONDS = 0.4

_ALL_BOTS = 0
_RESET = "reset"
"""The kind that says that the sender may have lost some of its own."""

_Listener = tuple[Callable[[Payload], None], Callable[[], None]]


class PostgresSignals(Signals):
    """Implements `Signals` from `open` to `close`; a connection that is lost is replaced."""

    def __init__(
        self, address: PostgresServer, owner: Owner, *, beat: float = BEAT_SECONDS, max_age: float = MAX_AGE_SECONDS
    ) -> None:
        self._address = address
        self._owner = owner
        self._beat = beat
        self._max_age = max_age
        self._listeners = defaultdict[str, list[_Listener]](list)
        self._waiting = deque[str]()
        self._has_news = asyncio.Event()
        self._received = Received(self._hand_on, self._tell_missed)
        self._is_closing = False
        self._link: Link | None = None
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        """What keeps the connection, and what hands on; once it is open."""

    @property
    def is_instant(self) -> bool:
        """Whether there is a connection."""
        return self._link is not None

    async def send(self, kind: str, payload: Payload, *, to_all_bots: bool = False) -> None:
        """Put a signal into the line of those that are sent."""
        line = self._write(_ALL_BOTS if to_all_bots else self._owner.bot(), kind, payload)
        if len(line) > MAX_BYTES or len(self._waiting) >= _MAX_WAITING:
            line = self._write(_ALL_BOTS, _RESET, {})
        if line not in self._waiting:
            self._waiting.append(line)
        self._has_news.set()

    def _write(self, bot: int, kind: str, payload: Payload) -> str:
        return json.dumps({"bot": bot, "from": self._owner.id, "kind": kind, "says": dict(payload)})

    def listen(self, kind: str, receive: Callable[[Payload], None], missed: Callable[[], None]) -> None:
        """Add a listener."""
        self._listeners[kind].append((receive, missed))

    async def open(self, max_wait: float) -> None:
        """Try to connect, for at most `max_wait` seconds, and go on with that in a task; never raises."""
        if not await self._connect(max_wait):
            _log.warning("other processes' signals do not arrive: the database takes no connection for them; retrying")
        self._tasks = asyncio.create_task(self._run()), asyncio.create_task(self._received.run())

    async def close(self) -> None:
        """Send what waits and close the connection, within 0.7 s."""
        connecting, handing_on = self._tasks
        self._is_closing = True
        self._has_news.set()
        if self._link is not None:
            await asyncio.wait({connecting}, timeout=_FLUSH_SECONDS)
        connecting.cancel()
        handing_on.cancel()
        await asyncio.wait(self._tasks)
        if self._link is not None:
            link, self._link = self._link, None
            await link.close()

    async def _run(self) -> None:
        """Keep a connection, and send over it, until the end."""
        backoff = Backoff(asyncio.get_running_loop().time, longest=_MAX_PAUSE)
        while True:
            if self._link is None:
                await asyncio.sleep(backoff.next_pause())
                if await self._connect(ANSWER_SECONDS):
                    _log.info("signals of other processes arrive again")
                    self._received.miss()
                continue
            link = self._link
            try:
                await self._serve(link)
            except Exception as error:  # noqa: BLE001 - the driver's errors have no common base, and name addresses
                _log.warning("lost the connection for signals of other processes: %s", type(error).__name__)
                link.terminate()
                self._link = None
            if self._is_closing:
                return

    async def _connect(self, max_wait: float) -> bool:
        try:
            async with asyncio.timeout(max_wait):
                self._link = await Link.open(self._address, self._received.add, self._has_news, max_wait)
        except Exception as error:  # noqa: BLE001 - likewise
            _log.debug("no connection for signals yet: %s", type(error).__name__)
            return False
        return True

    async def _serve(self, link: Link) -> None:
        """Send what is to be sent, until the end, or until another connection takes the place of one that is old.

        Raises what the driver raises if the connection is lost.
        """
        clock = asyncio.get_running_loop().time
        # A server that takes no writes may be about to be replaced: in the middle of a failover, the name leads to it.
        until = clock() + (self._max_age if link.is_writable else self._beat)
        while True:
            await self._flush(link)
            if self._is_closing:
                return
            if clock() > until and await self._connect(ANSWER_SECONDS):
                await link.close()
                self._received.miss()
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(self._beat):
                    await self._has_news.wait()
            if not self._has_news.is_set():
                await link.check()
            self._has_news.clear()
            link.raise_if_closed()

    async def _flush(self, link: Link) -> None:
        while self._waiting:
            await link.notify(self._waiting[0])
            self._waiting.popleft()

    def _hand_on(self, line: str) -> None:
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
            self._received.miss()
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
    """Return whether it can be in a payload; larger numbers than those no database takes."""
    return value is None or type(value) is str or (type(value) is int and abs(value) < 2**63)
