"""People who go on asking, each in a place of their own, whatever happens to the bot."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from tests.processes.ledger import Ledger
from tests.processes.servers import Servers

REST_SECONDS = 3.0
MAX_PATIENCE = 300.0
"""Seconds that somebody waits for an answer; it takes long if nobody has the shard for a while."""


@asynccontextmanager
async def talking(ledger: Ledger, servers: Servers, shards: Iterable[int]) -> AsyncIterator[None]:
    """Have somebody on each of these shards ask, wait for the end of the answer, rest, and ask again."""
    stopped = asyncio.Event()

    async def talk(shard: int) -> None:
        person, place = servers.place(shard)
        while not stopped.is_set():
            await ledger.concluded([await ledger.ask(person, place)], MAX_PATIENCE)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), REST_SECONDS)

    async with asyncio.TaskGroup() as everybody:
        for shard in shards:
            everybody.create_task(talk(shard))
        try:
            yield
        finally:
            stopped.set()
