"""What the sandbox's gateway saw: who began a session when, and when a shard was without one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise

from sandbox.discord import Application, Discord
from sandbox.discord.gateway.sessions import Session
from sandbox.discord.model.clock import Clock
from sandbox.discord.model.session_starts import SessionStarts

Shard = tuple[int, int]
"""A shard's number, and of how many."""

MAX_ABSENT_SECONDS = 5.0
"""For so long a shard may be without a session in a handover."""


@dataclass(frozen=True)
class Identify:
    """One IDENTIFY, in seconds on the sandbox's clock; one that came too early was answered with op 9."""

    at: float
    shard: int
    is_accepted: bool


class _WatchedStarts(SessionStarts):
    """Notes each IDENTIFY."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.seen: list[Identify] = []

    def may_begin(self, shard: int) -> bool:
        """Whether a shard may begin a session now, as Discord has it."""
        is_accepted = super().may_begin(shard)
        self.seen.append(Identify(self._clock.monotonic(), shard, is_accepted))
        return is_accepted


@dataclass(frozen=True)
class _Change:
    at: float
    shard: Shard
    connections: int
    """One more, or one less."""


class GatewayWatch:
    """Watches a bot's sessions from its first on.

    Each of `max_concurrency` buckets may begin one in `interval` seconds.
    """

    def __init__(self, discord: Discord, app: Application, max_concurrency: int, interval: float) -> None:
        self.readies: dict[int, int] = {}
        """How many sessions each shard has begun."""
        self._discord = discord
        self._starts = app.session_starts = _WatchedStarts(discord.clock)
        self._starts.max_concurrency, self._starts.interval = max_concurrency, interval
        self._changes: list[_Change] = []

    @classmethod
    @asynccontextmanager
    async def over(
        cls, discord: Discord, app: Application, max_concurrency: int, interval: float = 5.0
    ) -> AsyncIterator["GatewayWatch"]:
        """Watch for as long as the block lasts."""
        watch = cls(discord, app, max_concurrency, interval)
        async with discord.subscribe() as changes:

            async def follow() -> None:
                async for change in changes:
                    if isinstance(change.subject, Session) and change.kind in _CONNECTIONS:
                        watch._note(change.at, change.kind, change.subject)

            following = asyncio.create_task(follow())
            try:
                yield watch
            finally:
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following

    @property
    def identifies(self) -> list[Identify]:
        """Every IDENTIFY so far."""
        return list(self._starts.seen)

    def wrong_identifies(self) -> list[str]:
        """Return what was against Discord's limit, as sentences."""
        wrong = [f"op 9 at {each.at:.2f} for shard {each.shard}" for each in self.identifies if not each.is_accepted]
        for bucket in range(self._starts.max_concurrency):
            times = [each.at for each in self.identifies if each.shard % self._starts.max_concurrency == bucket]
            wrong += [
                f"bucket {bucket}: {after - before:.3f} s between two sessions"
                for before, after in pairwise(times)
                if after - before < self._starts.interval
            ]
        return wrong

    def connections(self, shard: Shard) -> int:
        """Return how many sessions a shard has now."""
        return sum(change.connections for change in self._changes if change.shard == shard)

    def check_presence(self, shard_count: int, since: float) -> None:
        """Hold that no shard, of so many, was without a session for long."""
        now = self._discord.clock.monotonic()
        for shard in range(shard_count):
            longest = max(self._absences((shard, shard_count), since, now))
            assert longest <= MAX_ABSENT_SECONDS, (shard, longest, self._changes)

    def _absences(self, shard: Shard, since: float, until: float) -> Iterator[float]:
        there, left = 0, since
        yield 0.0
        for change in self._changes:
            if change.shard != shard or change.at >= until:
                continue
            was_there, there = there, there + change.connections
            if was_there and not there:
                left = max(since, change.at)
            elif there and not was_there and change.at > since:
                yield change.at - left
        if not there:
            yield until - left

    def _note(self, at: float, kind: str, session: Session) -> None:
        self._changes.append(_Change(at, session.shard, _CONNECTIONS[kind]))
        if kind == "gateway.ready":
            number = session.shard[0]
            self.readies[number] = self.readies.get(number, 0) + 1
        self._discord.change_log.record("watch.noted", self)  # for those who wait for what is noted here


_CONNECTIONS = {"gateway.ready": 1, "gateway.resumed": 1, "gateway.closed": -1}
