"""This process among the others of its bot: it joins them, sees who comes and goes, and hands its shards over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Self

from bot.domain.cluster.duty import Duty
from bot.domain.cluster.predecessors import Predecessors
from bot.domain.cluster.processes import JoinRefused, Process, ProcessStore
from bot.domain.cluster.shard_states import ShardStates
from bot.domain.cluster.shards import Joining, OwnShards, ShardShare
from bot.domain.cluster.signals import Signals
from bot.domain.errors import DatabaseUnavailable
from bot.domain.leases import Lease
from bot.domain.runtime.pace import Pace
from bot.operations.cluster.duty import is_on_duty
from bot.operations.cluster.handing_over import find_held, find_leavers, find_older, is_taken_over, planned_shards
from bot.operations.cluster.joining import BEHIND_PROXY, admit, agreed_count, sentence_for_counts, sentence_for_third
from bot.operations.cluster.rest_share import INCREASE_AFTER, RestShare

_log = logging.getLogger(__name__)

SIGNAL = "processes"
"""What tells the others to look at the rows of processes again. It says nothing else."""

LOOK_SECONDS = 10.0
"""Between two looks at the other processes if they tell of themselves by signals."""

LOOK_WITHOUT_SIGNALS = 1.0
"""Between two looks if they cannot."""

_LEAVE_SECONDS = 0.2
"""How long the end waits for this process's row to go; it is removed by others as well."""


class Cluster(Joining, Predecessors, Duty):
    """Joins the other processes of a bot as `own`, the id of its lease, and leaves them at the end (`async with`).

    `rest_share` gets this process's share of Discord's requests whenever it changes.
    """

    def __init__(
        self, store: ProcessStore, lease: Lease, signals: Signals, share: ShardShare, own: str, rest_share: RestShare
    ) -> None:
        self._store = store
        self._lease = lease
        self._signals = signals
        self._share = share
        self._own = Process(own, 0, share.cluster, share.clusters, share.shard_count or 0)
        self._rest_share = rest_share
        self._stored: Process | None = None
        """This process's row at the latest look."""
        self._others: Sequence[Process] = ()
        self._telling = asyncio.Lock()
        """Held while this process's row is written: PostgreSQL could store two changes in the other order."""
        self._has_joined = asyncio.Event()
        self._news = asyncio.Event()
        self._was_on_duty = True
        self._duty_begins: list[Callable[[], None]] = []
        signals.listen(SIGNAL, lambda _: self._news.set(), self._news.set)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Remove this process's row, and tell the others that it is gone."""
        if self._own.joined_at:
            with suppress(DatabaseUnavailable, TimeoutError):
                async with asyncio.timeout(_LEAVE_SECONDS):
                    await self._store.leave(self._own.id)
            await self._signals.send(SIGNAL, {})

    @property
    def own(self) -> Process:
        """This process, as the others see it."""
        return self._own

    @property
    def others(self) -> Sequence[Process]:
        """The other living processes of the bot, oldest first, as they were at the latest look."""
        return self._others

    @property
    def is_here(self) -> bool:
        """Whether it is this process that does what is to be done once."""
        return is_on_duty(self._own, self._others)

    @property
    def is_taken_over(self) -> bool:
        """Whether other processes are about to take over shards of this one, or have done so."""
        return is_taken_over(self._own, self._others)

    def on_begin(self, tell: Callable[[], None]) -> None:
        """Have `tell` called whenever it has become this one."""
        self._duty_begins.append(tell)

    def finishing(self, server: int | None) -> Collection[str]:
        """Return the ids of the living processes that have left the shard of a server, or of direct messages."""
        return [other.id for other in find_leavers(self._own, self._others, server)]

    def older(self, server: int | None) -> Collection[str]:
        """Return the ids of the living processes that had a server's shard, or that of direct messages, before this."""
        return [other.id for other in find_older(self._own, self._others, server)]

    def are_hearing(self, server: int | None) -> bool:
        """Return whether one of those may still hear of the questions there: it has not left its last shard."""
        return any(other.state != "finishing" for other in find_older(self._own, self._others, server))

    async def join(self, bot: int, recommended: Callable[[], Awaitable[int]]) -> OwnShards:
        """Join the other processes of a bot, by its id, and return this one's shards; raises `JoinRefused`.

        A database that is away keeps nobody from starting: then it is joined later.
        """
        if self._share.clusters > 1 and self._lease.is_proxied:
            raise JoinRefused(BEHIND_PROXY)
        self._own = replace(self._own, bot=bot)
        ended: Collection[str] = ()
        with suppress(DatabaseUnavailable):  # the store has said so in the log
            ended = await self._look_around()
        count = agreed_count(self._share, self._others) or max(await recommended(), self._share.clusters)
        self._own = replace(self._own, shard_count=count)
        with suppress(DatabaseUnavailable):
            await self._enter(ended)
        self._share = replace(self._share, shard_count=self._own.shard_count)
        self._has_joined.set()
        return OwnShards(self._own.shard_count, planned_shards(self._own))

    async def see_others(self, max_seconds: float) -> None:
        """Look once which others there are; never raises."""
        if self._own.joined_at:
            with suppress(DatabaseUnavailable, TimeoutError):
                async with asyncio.timeout(max_seconds):
                    await self._look_around()

    async def finish(self, max_seconds: float) -> None:
        """Tell the others that this process takes nothing new, and only ends what it has begun; never raises."""
        self._own = replace(self._own, state="finishing")
        if self._own.joined_at:
            with suppress(DatabaseUnavailable, TimeoutError):
                async with asyncio.timeout(max_seconds):
                    await self._tell()

    async def run(self, shards: ShardStates) -> None:
        """Hand the shards over to younger processes, and follow who comes and goes, until cancelled.

        Raises `JoinRefused` if a database that was away is back, and two others run this process's cluster by then.
        """
        await self._has_joined.wait()
        shards.on_change(self._news.set)
        pace = Pace(20, 1.0)  # anybody on the database can send signals
        while True:
            await pace.wait()
            self._news.clear()
            try:
                seconds = await self._look(shards)
            except JoinRefused:
                raise
            except Exception:  # noqa: BLE001 - whatever it was, the bot goes on, and the next look may succeed
                _log.exception("following the other processes failed")
                seconds = LOOK_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._news.wait()

    async def _look(self, shards: ShardStates) -> float:
        """See and tell what is new, and do what follows; return for how many seconds to wait until the next look."""
        try:
            self._own = self._as_it_is(shards)
            # On a SQLite file it looks every second, and most bots are alone there: that costs no statement.
            if self._others or self._own != self._stored or not self._lease.is_alone():
                ended = await self._look_around()
                if not self._own.joined_at:
                    await self._enter(ended)
                await self._tell(ended)
        except DatabaseUnavailable:
            return LOOK_SECONDS
        if self._own.state != "finishing":
            await self._hand_over(shards)
        self._rest_share.update(self._own, self._others)
        self._follow_duty()
        seconds = LOOK_SECONDS if self._signals.is_instant else LOOK_WITHOUT_SIGNALS
        return min(seconds, INCREASE_AFTER) if self._rest_share.is_waiting else seconds

    async def _look_around(self) -> Collection[str]:
        """See which others there are; return the ids of those that ended, whose rows may go."""
        found = await self._store.list(self._own.bot)
        self._stored = next((process for process in found if process.id == self._own.id), None)
        others = [process for process in found if process.id != self._own.id]
        ended = frozenset(await self._lease.find_ended([other.id for other in others]))
        self._others = [other for other in others if other.id not in ended]
        return ended

    async def _enter(self, ended: Collection[str]) -> None:
        """Store this process beside the others; raises `JoinRefused` and `DatabaseUnavailable`."""
        joined, self._others = await self._store.join(self._own, ended, partial(admit, self._share))
        if joined is None:
            raise JoinRefused(sentence_for_third(self._share))
        self._stored = joined
        self._own = replace(joined, state=self._own.state)  # it may be finishing by now
        await self._signals.send(SIGNAL, {})
        self._rest_share.update(self._own, self._others)
        self._was_on_duty = self.is_here
        if (sentence := sentence_for_counts(joined, self._others)) is not None:
            _log.warning("%s", sentence)
        if any(is_taken_over(other, [joined]) for other in self._others):
            _log.info("another process runs shards of this one, and hands them over")

    def _as_it_is(self, shards: ShardStates) -> Process:
        """Return this process with the shards that have been ready by now."""
        own = self._own
        ready = own.shards | {status.shard for status in shards.statuses if status.state == "ready"}
        is_complete = own.state == "starting" and ready.issuperset(planned_shards(own))
        return replace(own, shards=ready, state="running" if is_complete else own.state)

    async def _tell(self, ended: Collection[str] = ()) -> None:
        """Store what has become of this process, and remove those that ended; raises `DatabaseUnavailable`."""
        async with self._telling:
            own, stored = self._own, self._stored
            if own != stored or ended:
                await self._store.write(own, ended)
                self._stored = own
        if own != stored:
            await self._signals.send(SIGNAL, {})

    async def _hand_over(self, shards: ShardStates) -> None:
        """Leave the shards that younger processes have, and take back those that nobody has any longer."""
        held = find_held(self._own, self._others)
        leaving = list[int]()
        for status in shards.statuses:
            if status.shard in held and status.state == "left":
                _log.warning("the process that took over shard %d has ended; taking it back", status.shard)
                shards.take_back(status.shard)
            elif status.shard not in held and status.state != "left":
                leaving.append(status.shard)
        await asyncio.gather(*(shards.leave(shard) for shard in leaving))
        if leaving:
            _log.info("left to another process: shard %s", ", ".join(map(str, leaving)))

    def _follow_duty(self) -> None:
        was_on_duty, self._was_on_duty = self._was_on_duty, self.is_here
        if self._was_on_duty and not was_on_duty:
            for tell in self._duty_begins:
                tell()
