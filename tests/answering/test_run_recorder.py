"""Recording one run: in order, in the background, and completely even if the database does not answer for a while."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.answering.run_recorder import RunRecorder
from bot.domain.answer import RunMetrics, RunResult, RunStart, SaveResult
from bot.domain.conversation import NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import DatabaseUnavailable
from tests.fakes.answer_store import FakeAnswerStore
from tests.fakes.conversation_store import FakeConversationStore
from tests.fakes.providers_and_stores import make_location

ASKED = RunStart("an-id", 1, 77, True, make_location(), 4711, "chatbase", "The question.")
WHOLE = RunResult("whole", '["The answer."]')
TURN = NewTurn("chatbase", 7, ConversationKey(1), 4711, "The question.", "The answer.", "conversation", 1)


class Bench:
    """An answer store, and what is needed to record runs in it."""

    def __init__(self) -> None:
        self.conversations = FakeConversationStore()
        self.answer_store = FakeAnswerStore(self.conversations)

    @asynccontextmanager
    async def record(self) -> AsyncIterator[RunRecorder]:
        """Yield a recorder that has begun, and wait until everything is written."""
        record = RunRecorder(self.answer_store, ASKED)
        await asyncio.sleep(0)
        yield record
        await record.flush()


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_everything_is_written_in_order_and_nobody_waits_for_it(bench: Bench) -> None:
    bench.answer_store.slow = 10
    started = asyncio.get_running_loop().time()
    async with bench.record() as record:
        record.update_question("Another question.")
        record.set_queue_message([5])
        record.set_messages([6])
        record.set_messages([6, 7])
        record.mark_done([6, 7], RunMetrics(edits=3))
        assert asyncio.get_running_loop().time() == started
    assert bench.answer_store.log == ["begin", "change", "note", "note", "note", "settle"]
    answer = bench.answer_store.only()
    assert (answer.messages, answer.runs[0].metrics.edits) == ((6, 7), 3)


async def test_the_end_waits_until_what_was_before_it_is_written(bench: Bench) -> None:
    bench.answer_store.slow = 1
    async with bench.record() as record:
        record.set_messages([6])
        assert await record.end(WHOLE, TURN) == SaveResult(is_stored=True, turn=1)
        assert bench.answer_store.log == ["begin", "note", "end"]


async def test_what_tells_the_place_stands_below_what_shows_the_answer_until_something_of_it_does(bench: Bench) -> None:
    bench.answer_store.messages["an-id"] = (1, 2)
    record = RunRecorder(bench.answer_store, ASKED, shown=[1, 2])
    noted = list[tuple[int, ...]]()

    async def wait() -> None:
        await record.flush()
        noted.append(bench.answer_store.only().messages)

    for messages in ([3], [], [4]):
        record.set_queue_message(messages)
        await wait()
    record.set_messages([1])
    await wait()
    assert noted == [(1, 2, 3), (1, 2), (1, 2, 4), (1,)]


async def test_a_beginning_that_was_not_taken_is_made_up_for_at_the_end(bench: Bench) -> None:
    bench.conversations.down = True
    async with bench.record() as record:
        record.update_question("Another question.")
        record.set_messages([6])
        await record.flush()
        bench.conversations.down = False
        assert await record.end(WHOLE, TURN) == SaveResult(is_stored=True, turn=1)
        record.mark_done([6], RunMetrics())
    wording = await bench.answer_store.wording("an-id", 1)
    assert wording is not None
    assert wording.question == "Another question."
    assert (bench.answer_store.only().messages, bench.answer_store.only().runs[0].state) == ((6,), "done")


async def test_a_database_that_stays_away_is_told_where_there_is_something_to_remember(bench: Bench) -> None:
    bench.conversations.down = True
    async with bench.record() as record:
        assert await record.end(RunResult("failed", None), None) == SaveResult(is_stored=False, turn=None)
        with pytest.raises(DatabaseUnavailable):
            await record.end(WHOLE, TURN)
        record.mark_done([6], RunMetrics())
    bench.conversations.down = False
    assert await bench.answer_store.answer("an-id") is None


LATER: list[Callable[[RunRecorder], None]] = [
    lambda record: record.update_question("Another."),
    lambda record: record.set_messages([6]),
    lambda record: record.mark_done([6], RunMetrics()),
    lambda record: record.mark_lost(),
    lambda record: record.erase(),
]


@pytest.mark.parametrize("change", LATER, ids=["reword", "note", "settle", "lose", "erase"])
@pytest.mark.parametrize("fault", [DatabaseUnavailable(), ZeroDivisionError()], ids=["away", "faulty"])
async def test_what_is_written_in_the_background_may_fail(
    bench: Bench, change: Callable[[RunRecorder], None], fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async with bench.record() as record:
        await record.flush()
        bench.answer_store.faults = dict.fromkeys(["begin", "change", "note", "settle", "lose", "erase"], fault)
        change(record)
    assert ("recording a run failed" in caplog.text) == isinstance(fault, ZeroDivisionError)


async def test_a_fault_at_the_end_passes_for_a_database_that_is_away(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.answer_store.faults = {"end": ZeroDivisionError()}
    async with bench.record() as record:
        with pytest.raises(DatabaseUnavailable):
            await record.end(WHOLE, TURN)
    assert "recording an answer failed" in caplog.text
