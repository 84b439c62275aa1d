"""Encryption: what a key adds to the processor time of a question's work with the database."""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.figures import Figure
from bot.crypto.keys import new_key
from bot.crypto.opening import open_cipher
from bot.domain.answer import RunMetrics, RunResult, RunStart
from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.domain.opening import ContextQuery, Opening
from bot.domain.question import Location
from bot.store.open import open_store
from bot.store.ports.base import Stores

_TURNS, _CHARS = 40, 24_000
"""The history that goes along with each question: turns, and characters in all of them together."""

_CHANNEL, _SERVER, _ASKER = 1_290_000_000_000_000_001, 1_290_000_000_000_000_002, 1_290_000_000_000_000_003
_KEY = ConversationKey(_CHANNEL)
_TEXT = ("a word of a history " * _CHARS)[: _CHARS // _TURNS // 2]


async def measure(*, rounds: int) -> list[Figure]:
    """Measure the same questions without a key and with one, in turn, on SQLite."""
    taken: dict[str | None, list[float]] = {None: [], new_key(): []}
    with TemporaryDirectory(prefix="switchboard-bench-") as folder:
        urls = {key: f"sqlite:///{Path(folder) / f'{number}.db'}" for number, key in enumerate(taken)}
        for key, found in taken.items():
            async with open_store(urls[key], cipher=open_cipher(key)) as stores:
                for number in range(_TURNS + rounds):
                    spent = await _ask(stores, number)
                    if number >= _TURNS:
                        found.append(spent)
    clear, encrypted = (median(found) * 1e6 for found in taken.values())
    what = f"processor time of a question's database work, {_TURNS} turns of history, with a key"
    return [Figure(what, encrypted, "µs", clear, None)]


async def _ask(stores: Stores, number: int) -> float:
    """Do what the database does for one question, and return the processor time that it takes, in seconds."""
    answer, question = f"answer-{number:06}", _CHANNEL + 10 + number
    location = Location(_CHANNEL, _CHANNEL, _SERVER)
    start = RunStart(answer, 1, question, True, location, _ASKER, "chatbase", f'{{"text": "{_TEXT}"}}')
    query = ContextQuery("chatbase", _KEY, _ASKER, _TURNS)
    began = time.process_time()
    await stores.run_opener.open((_SERVER, _CHANNEL), lambda _: Opening(start, query))
    await stores.answers.set_messages(answer, [question + 1], [])
    said = (_TEXT, _TEXT, "conversation", question)
    turn = NewTurn("chatbase", _SERVER, _KEY, _ASKER, *said, renewals=0 if number else None, name="Somebody")
    await stores.answers.end(answer, 1, RunResult("whole", f'["{_TEXT}"]', ("-# a notice",)), turn)
    await stores.answers.mark_done(answer, 1, [question + 1], RunMetrics(), [question + 1])
    return time.process_time() - began
