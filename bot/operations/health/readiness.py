"""Whether this process can take questions now, and if not, why."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from bot.domain.cluster.shard_states import ShardStates
from bot.domain.errors import DatabaseUnavailable
from bot.domain.runtime.timing import Clock
from bot.domain.stores import MetadataStore

LOOK_SECONDS = 2.0
"""How long the database may take to answer."""

FRESH_SECONDS = 1.0
"""For how long what it said is taken to be true still: more probes do not mean more statements."""

_MAX_SHARDS_NAMED = 20

Reason = Literal["starting", "finishing", "shards", "commands", "database"]
REASONS: Sequence[Reason] = get_args(Reason)


class NotReady(NamedTuple):
    """Why no questions are taken, and the line that says so: without ids, names and texts."""

    reason: Reason
    line: str


STARTING = NotReady("starting", "the start is not over")
FINISHING = NotReady("finishing", "this process takes no more questions, since it ends")
HANDED_OVER = NotReady("finishing", "another process has taken over from this one")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a process needs to take questions, once it is put together."""

    shards: ShardStates
    commands_known: Callable[[], bool]
    takes_questions: Callable[[], bool]
    database: "DatabaseLook"


class DatabaseLook:
    """Looks whether the database answers, by one cheap statement, and never by two at once.

    `close` must be called at the end. `clock` returns seconds.
    """

    def __init__(self, facts: MetadataStore, clock: Clock) -> None:
        self._facts = facts
        self._clock = clock
        self._task: asyncio.Task[bool] | None = None
        self._began_at = 0.0
        self._ended_at = float("-inf")

    async def answers(self) -> bool:
        """Return whether the database answers now, or did a second ago; takes at most two seconds."""
        if self._task is None or (self._task.done() and self._clock() - self._ended_at >= FRESH_SECONDS):
            self._began_at = self._clock()
            self._task = asyncio.create_task(self._look())
        # A look that hangs is waited for by those alone who come within its time: the next ones know already.
        left = max(0.0, self._began_at + LOOK_SECONDS - self._clock())
        await asyncio.wait({self._task}, timeout=left)
        return self._task.done() and self._task.result()

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _look(self) -> bool:
        try:
            await self._facts.get("a look")  # nothing has that name
        except DatabaseUnavailable:
            return False
        finally:
            self._ended_at = self._clock()
        return True


async def look(conditions: Conditions) -> Sequence[NotReady]:
    """Return why this process takes no questions, nothing if it does.

    While it hands over it still does, as long as it has a shard left.
    """
    found, statuses = [], conditions.shards.statuses
    if not conditions.takes_questions():
        found.append(FINISHING)
    elif statuses and all(status.state == "left" for status in statuses):
        found.append(HANDED_OVER)
    found += _look_at_shards(conditions.shards)
    if not conditions.commands_known():
        found.append(NotReady("commands", "the commands are not registered with Discord yet"))
    if not await conditions.database.answers():
        found.append(NotReady("database", "the database does not answer"))
    return found


def _look_at_shards(shards: ShardStates) -> Sequence[NotReady]:
    statuses = shards.statuses
    if not statuses:
        return [NotReady("shards", "not logged in to Discord yet")]
    missing = [status.shard for status in statuses if status.state not in ("ready", "left")]
    if not missing:
        return []
    numbers = ", ".join(map(str, missing[:_MAX_SHARDS_NAMED]))
    more = f" and {len(missing) - _MAX_SHARDS_NAMED} more" if len(missing) > _MAX_SHARDS_NAMED else ""
    return [
        NotReady("shards", f"not connected to Discord: {'shard' if len(missing) == 1 else 'shards'} {numbers}{more}")
    ]
