"""An export holds nobody up, however much there is to hand over: it is read and encoded in slices."""

import asyncio
import json
import tracemalloc
from collections.abc import Sequence

import pytest

from bot.domain.personal_data import RunPosition, StoredRun, StoredTurn
from bot.domain.runtime import slices
from bot.privacy import export
from bot.privacy.export import MAX_FILE_BYTES, export_user_data
from tests.fakes.personal_data_store import FakePersonalDataStore, a_run, a_turn

PERSON = 7

SECONDS_A_BYTE = 5e-8
"""How fast the machine of these tests encodes."""


class LongMemory(FakePersonalDataStore):
    """Keeps `count` turns and runs with a text of `size`, made when they are read: as many at once as the database."""

    def __init__(self, count: int, size: int) -> None:
        super().__init__()
        self._count, self._text = count, "x" * size
        self.read = 0

    async def turns(self, person: int, before: int | None) -> Sequence[StoredTurn]:
        last = self._count if before is None else before - 1
        self.read += 1
        return [a_turn(number, text=self._text) for number in range(last, max(0, last - 50), -1)]

    async def runs(self, person: int, before: RunPosition | None) -> Sequence[StoredRun]:
        last = self._count if before is None else before[0] - 1
        return [a_run(number, wording=json.dumps([self._text])) for number in range(last, max(0, last - 5), -1)]


@pytest.mark.parametrize(("count", "size"), [(3000, 10), (60, 200_000), (12, 1_000_000)])
async def test_others_get_their_turn_between_slices(monkeypatch: pytest.MonkeyPatch, count: int, size: int) -> None:
    at_once, since, total = list[int](), 0, 0

    def count_bytes(entry: object, *, ensure_ascii: bool = True) -> str:
        nonlocal since, total
        text = json.dumps(entry, ensure_ascii=ensure_ascii)
        since += len(text)
        total += len(text)
        return text

    async def others() -> None:
        nonlocal since
        while True:
            at_once.append(since)
            since = 0
            await asyncio.sleep(0)

    monkeypatch.setattr(slices, "perf_counter", lambda: total * SECONDS_A_BYTE)
    monkeypatch.setattr(export, "json", type("Counted", (), {"dumps": count_bytes, "loads": json.loads}))
    task = asyncio.create_task(others())
    async for _ in export_user_data(LongMemory(count, size), PERSON, {}, 0):
        pass
    task.cancel()
    assert sum(at_once) > count * size
    assert max(at_once) <= slices.SLICE_SECONDS / SECONDS_A_BYTE + 2 * (size + 1000)


async def test_what_is_in_memory_does_not_grow_with_what_is_kept() -> None:
    personal_data = LongMemory(300, 100_000)
    tracemalloc.start()
    sizes = [len(file) async for file in export_user_data(personal_data, PERSON, {}, 0)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(sizes) > 6 * MAX_FILE_BYTES
    assert peak < 3.5 * MAX_FILE_BYTES  # one that is handed over, the next one, and its entries


async def test_no_more_is_read_than_is_handed_over() -> None:
    personal_data = LongMemory(5000, 10_000)
    files = export_user_data(personal_data, PERSON, {}, 0)
    await anext(files)
    await files.aclose()
    assert personal_data.read < 50
