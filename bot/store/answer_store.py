"""The journal of answers, as the program asks for it: each method one transaction."""

from collections.abc import Callable, Sequence

from bot.domain.answer import Answer, RunMetrics, RunResult, RunStart, SaveResult, StoredTexts, TurnUpdate
from bot.domain.conversation import NewTurn
from bot.store.engine.transactions import Database
from bot.store.queries.answers import find_answer, find_answer_in, find_answer_to, find_unfinished, load_wording
from bot.store.queries.runs import begin_run, end_run, erase_answer, lose_run, note_messages, settle_run, show_run


class JournalStore:
    """Implements `Journal`. `now` returns the time in whole seconds since 1970 (UTC).

    What only tells the next start what to repair is noted in haste: the sooner it is there, the less a kill hides.
    """

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now

    async def begin(self, asked: RunStart) -> None:
        """Note that a run begins; the first of an answer brings the answer itself."""
        await self._database.note(begin_run, asked, self._now())

    async def note_messages(self, answer: str, messages: Sequence[int]) -> None:
        """Note which messages show the answer now, instead of those noted before."""
        await self._database.note(note_messages, answer, messages)

    async def end(self, answer: str, number: int, ended: RunResult, turn: NewTurn | None) -> SaveResult:
        """Note how a run ended and record its turn, both or neither; the run is recorded then, and not yet done."""
        return await self._database.write(end_run, answer, number, ended, turn, self._now())

    async def settle(self, answer: str, number: int, messages: Sequence[int], figures: RunMetrics) -> None:
        """Note that a run is done and `messages` show it; its token is dropped."""
        await self._database.note(settle_run, answer, number, messages, figures)

    async def lose(self, answer: str, number: int) -> None:
        """Note that a run could not be shown: it is done with the outcome "lost", and its turn is taken back."""
        await self._database.write(lose_run, answer, number)

    async def show(self, answer: str, number: int, reworded: TurnUpdate | None) -> None:
        """Note that the version `number` is shown now; the history keeps it as `reworded`, or nothing of the answer."""
        await self._database.write(show_run, answer, number, reworded)

    async def answer(self, answer: str) -> Answer | None:
        """Return the answer with this id, None where it is not known (any more)."""
        return await self._database.read(find_answer, answer)

    async def answer_to(self, question_id: int) -> Answer | None:
        """Return the answer to the message or interaction with this id, None where there is none."""
        return await self._database.read(find_answer_to, question_id)

    async def answer_in(self, message: int) -> Answer | None:
        """Return the answer that the message with this id shows a part of, None where it shows none."""
        return await self._database.read(find_answer_in, message)

    async def wording(self, answer: str, number: int) -> StoredTexts | None:
        """Return the texts of a run, None where they are not kept (any more)."""
        return await self._database.read(load_wording, answer, number)

    async def unfinished(self) -> Sequence[Answer]:
        """Return every answer with a run that is not done, oldest first."""
        return await self._database.read(find_unfinished)

    async def erase(self, answer: str) -> None:
        """Delete the answer with its runs, texts and turn."""
        await self._database.write(erase_answer, answer)
