"""A long history: how long the latest turns of a channel take to load, with a hundred stored and with a million."""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Text, cast, insert, literal, select

from bench.figures import Figure
from bot.conversation.history import Bounds
from bot.domain.conversation_key import ConversationKey
from bot.store.addresses.urls import parse_url
from bot.store.engine import open_engine
from bot.store.open import open_store
from bot.store.tables import conversations, turns

_PROVIDER, _SHORT, _LONG = "chatbase", 1, 2
_FEW = 100


async def measure(*, many: int, rounds: int) -> list[Figure]:
    """Measure both channels in turn, through the store's own port."""
    with TemporaryDirectory(prefix="switchboard-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'history.db'}"
        async with open_store(url) as store:
            await _fill(url, _SHORT, _FEW)
            await _fill(url, _LONG, many)
            taken: dict[int, list[float]] = {_SHORT: [], _LONG: []}
            for _ in range(rounds):
                for channel, found in taken.items():
                    start = time.perf_counter()
                    loaded = await store.conversations.conversation(
                        _PROVIDER, ConversationKey(channel), most=Bounds().turns + 1
                    )
                    found.append(time.perf_counter() - start)
                    assert len(loaded.turns) == Bounds().turns + 1
    return [
        Figure(
            f"loading a history of {many:,} turns (of {_FEW})",
            median(taken[_LONG]) * 1000,
            "ms",
            median(taken[_SHORT]) * 1000,
            1.2,
        )
    ]


async def _fill(url: str, channel: int, count: int) -> None:
    """Store so many turns as one conversation, which is the most that could be in the way."""
    numbers = select(literal(1).label("number")).cte(recursive=True)
    numbers = numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < count))
    columns = {
        "provider": literal(_PROVIDER),
        "channel": literal(channel),
        "conversation_id": literal(f"c{channel}"),
        "asker": literal(4),
        "question": literal("question ").concat(cast(numbers.c.number, Text)),
        "answer": literal("answer ").concat(cast(numbers.c.number, Text)),
        "recorded_at": numbers.c.number,
    }
    rows = select(*list[Any](columns.values()))

    def fill(connection: Connection) -> None:
        connection.execute(insert(conversations).values(provider=_PROVIDER, channel=channel, id=f"c{channel}"))
        connection.execute(insert(turns).from_select(list(columns), rows))

    async with open_engine(parse_url(url), max_wait=60) as engine:
        await engine.run(fill, writes=True)
