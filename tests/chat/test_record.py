"""The record of one run: in order, in the background, and whole again after a database that was away for a while."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.answering.run_recorder import RunRecorder
from bot.domain.answer import RunMetrics, RunResult, RunStart, SaveResult
from bot.domain.conversation import NewTurn
from bot.domain.errors import DatabaseUnavailable
from tests.chat.fake_journal import FakeJournal
from tests.chat.fakes import FakeMemory, a_place

ASKED = RunStart("an-id", 1, 77, True, a_place(), 4711, "chatbase", "The question.")
WHOLE = RunResult("whole", '["The answer."]')
TURN = NewTurn("chatbase", 7, 1, 4711, "The question.", "The answer.", "conversation")


class Bench:
    """A journal, and what is needed to keep records in it."""

    def __init__(self) -> None:
        self.memory = FakeMemory()
        self.journal = FakeJournal(self.memory)

    @asynccontextmanager
    async def record(self) -> AsyncIterator[RunRecorder]:
        """Yield a record that has begun, and wait until all of it is written."""
        record = RunRecorder(self.journal, ASKED)
        await asyncio.sleep(0)
        yield record
        await record.close()


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_everything_is_written_in_order_and_nobody_waits_for_it(bench: Bench) -> None:
    bench.journal.slow = 10
    started = asyncio.get_running_loop().time()
    async with bench.record() as record:
        record.reword("Another question.")
        record.note_place([5])
        record.note([6])
        record.note([6, 7])
        record.settle([6, 7], RunMetrics(edits=3))
        assert asyncio.get_running_loop().time() == started
    assert bench.journal.log == ["begin", "begin", "note", "note", "note", "settle"]
    answer = bench.journal.only()
    assert (answer.messages, answer.runs[0].figures.edits) == ((6, 7), 3)


async def test_the_end_waits_until_what_was_before_it_is_written(bench: Bench) -> None:
    bench.journal.slow = 1
    async with bench.record() as record:
        record.note([6])
        assert await record.end(WHOLE, TURN) == SaveResult(journalled=True, turn=1)
        assert bench.journal.log == ["begin", "note", "end"]


async def test_what_tells_the_place_stands_below_what_shows_the_answer_until_something_of_it_does(bench: Bench) -> None:
    record = RunRecorder(bench.journal, ASKED, shown=[1, 2])
    noted = list[tuple[int, ...]]()

    async def wait() -> None:
        await record.close()
        noted.append(bench.journal.only().messages)

    for messages in ([3], [], [4]):
        record.note_place(messages)
        await wait()
    record.note([1])
    await wait()
    assert noted == [(1, 2, 3), (1, 2), (1, 2, 4), (1,)]


async def test_a_beginning_that_was_not_taken_is_made_up_for_at_the_end(bench: Bench) -> None:
    bench.memory.down = True
    async with bench.record() as record:
        record.reword("Another question.")
        record.note([6])
        await record.close()
        bench.memory.down = False
        assert await record.end(WHOLE, TURN) == SaveResult(journalled=True, turn=1)
        record.settle([6], RunMetrics())
    wording = await bench.journal.wording("an-id", 1)
    assert wording is not None
    assert wording.question == "Another question."
    assert (bench.journal.only().messages, bench.journal.only().runs[0].state) == ((6,), "done")


async def test_a_database_that_stays_away_is_told_where_there_is_something_to_remember(bench: Bench) -> None:
    bench.memory.down = True
    async with bench.record() as record:
        assert await record.end(RunResult("failed", None), None) == SaveResult(journalled=False, turn=None)
        with pytest.raises(DatabaseUnavailable):
            await record.end(WHOLE, TURN)
        record.settle([6], RunMetrics())
    bench.memory.down = False
    assert await bench.journal.answer("an-id") is None


LATER: list[Callable[[RunRecorder], None]] = [
    lambda record: record.reword("Another."),
    lambda record: record.note([6]),
    lambda record: record.settle([6], RunMetrics()),
    lambda record: record.lose(),
    lambda record: record.erase(),
]


@pytest.mark.parametrize("change", LATER, ids=["reword", "note", "settle", "lose", "erase"])
@pytest.mark.parametrize("fault", [DatabaseUnavailable(), ZeroDivisionError()], ids=["away", "faulty"])
async def test_what_is_written_in_the_background_may_fail(
    bench: Bench, change: Callable[[RunRecorder], None], fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async with bench.record() as record:
        await record.close()
        bench.journal.faults = dict.fromkeys(["begin", "note", "settle", "lose", "erase"], fault)
        change(record)
    assert ("writing the journal failed" in caplog.text) == isinstance(fault, ZeroDivisionError)


async def test_a_fault_at_the_end_passes_for_a_database_that_is_away(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.journal.faults = {"end": ZeroDivisionError()}
    async with bench.record() as record:
        with pytest.raises(DatabaseUnavailable):
            await record.end(WHOLE, TURN)
    assert "recording an answer failed" in caplog.text
