"""Answers in a few dictionaries, over the conversations whose turns they record; `log` tells what was asked of it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.answer import (
    Answer,
    Outcome,
    Run,
    RunMetrics,
    RunResult,
    RunStart,
    SaveResult,
    State,
    StoredTexts,
    TurnUpdate,
)
from bot.domain.conversation import NewTurn
from bot.domain.provider import Receipt
from bot.domain.stores import AnswerStore, OpenAnswer
from tests.fakes.conversation_store import FakeConversationStore


@dataclass
class _Run:
    asked: RunStart
    state: State = "open"
    outcome: Outcome | None = None
    metrics: RunMetrics = field(default_factory=RunMetrics)
    error: str | None = None
    turn: int | None = None
    wording: str | None = None
    notices: tuple[str, ...] = ()
    follows: int = 0
    owner: str = ""
    receipt: Receipt = field(default_factory=Receipt)

    def told(self) -> Run:
        number, provider, is_version = self.asked.number, self.asked.provider, self.wording is not None
        told = (self.metrics, self.error, self.turn, is_version, self.receipt, self.owner)
        return Run(number, provider, self.state, self.outcome, *told)


class FakeAnswerStore(AnswerStore):
    """A store that refuses everything while its conversations are `down`; while it is `slow` each call waits first.

    `faults` says what the calls of single methods end in, by the names in the `log`.
    """

    def __init__(self, conversations: FakeConversationStore, owner: str = "1") -> None:
        self.owner = owner
        self.slow = 0.0
        self.faults: Mapping[str, Exception] = {}
        self.log: list[str] = []
        self.runs: dict[str, list[_Run]] = {}
        self.messages: dict[str, tuple[int, ...]] = {}
        self.shown: dict[str, int] = {}
        self.claimed_elsewhere = set[int]()
        """Questions that another process answers."""
        self.on_end: Callable[[], None] = lambda: None
        self._conversations = conversations

    def as_stored(self, conversations: FakeConversationStore) -> "FakeAnswerStore":
        """Return another store that holds what this one holds now, over other conversations."""
        copied = FakeAnswerStore(conversations, f"{int(self.owner) + 1}")
        copied.runs = {answer: [replace(run) for run in runs] for answer, runs in self.runs.items()}
        copied.messages, copied.shown = dict(self.messages), dict(self.shown)
        return copied

    def seen_by(self, owner: str) -> "FakeAnswerStore":
        """Return the same store as another process has it."""
        other = FakeAnswerStore(self._conversations, owner)
        other.runs, other.messages, other.shown = self.runs, self.messages, self.shown
        return other

    async def begin(self, asked: RunStart) -> bool:
        await self._reach("begin")
        if asked.question_id in self.claimed_elsewhere:
            return False
        if asked.number > 1 and asked.answer not in self.runs:
            return True
        runs = self.runs.setdefault(asked.answer, [])
        run = self._run(asked.answer, asked.number)
        if run is None:
            runs.append(_Run(asked, owner=self.owner))
        elif run.state == "open":
            run.asked = asked
        return True

    async def change_question(self, answer: str, number: int, wording: str) -> None:
        await self._reach("change")
        run = self._own_run(answer, number)
        if run is not None and run.state == "open":
            run.asked = replace(run.asked, wording=wording)

    async def set_messages(self, answer: str, messages: Sequence[int], before: Sequence[int]) -> None:
        await self._reach("note")
        if answer in self.runs:
            assert tuple(before) == self.messages.get(answer, ())
            self.messages[answer] = tuple(messages)

    async def end(self, answer: str, number: int, ended: RunResult, turn: NewTurn | None) -> SaveResult:
        await self._reach("end")
        self.on_end()
        run = self._run(answer, number)
        if run is None or run.owner != self.owner:
            return SaveResult(is_stored=False, turn=None, is_taken_over=run is not None)
        if ended.wording is not None:
            self._give_up(answer, "" if turn is None else turn.holder or "")
        recorded = self._conversations.put(turn) if turn is not None else None
        run.state, run.outcome, run.error, run.turn = "recorded", ended.outcome, ended.error, recorded
        run.wording, run.notices, run.follows = ended.wording, ended.notices, self.shown.get(answer, 0)
        run.receipt = ended.receipt
        if ended.wording is not None:
            self.shown[answer] = number
            self._hide(answer, but=recorded)
        return SaveResult(is_stored=True, turn=recorded)

    async def mark_done(
        self, answer: str, number: int, messages: Sequence[int], metrics: RunMetrics, before: Sequence[int]
    ) -> None:
        await self._reach("settle")
        if (run := self._own_run(answer, number)) is not None:
            run.state, run.metrics = "done", metrics
            self.messages[answer] = tuple(messages)

    async def mark_lost(self, answer: str, number: int) -> None:
        await self._reach("lose")
        if (run := self._own_run(answer, number)) is None:
            return
        self._give_up(answer)
        lost, run.turn = run.turn, None
        run.state, run.outcome, run.wording = "done", "lost", None
        if self.shown.get(answer) == number:
            self.shown[answer] = run.follows
        if lost is not None and any(other.turn == lost for other in self.runs[answer]):
            self._conversations.hide(lost)
        elif lost is not None:
            self._conversations.drop(lost)

    async def show(self, answer: str, number: int, reworded: TurnUpdate | None) -> None:
        await self._reach("show")
        if answer not in self.runs:
            return
        self.shown[answer] = number
        self._give_up(answer)
        self._hide(answer, but=None if reworded is None else reworded.turn)
        if reworded is not None:
            version = self._run(answer, number)
            receipt = Receipt() if version is None else version.receipt
            self._conversations.reword(reworded.turn, reworded.question, reworded.answer, receipt)

    async def answer(self, answer: str) -> Answer | None:
        await self._reach("answer")
        return self._told(answer) if answer in self.runs else None

    async def answer_to(self, question_id: int) -> Answer | None:
        await self._reach("answer_to")
        found = [answer for answer, runs in self.runs.items() if runs[0].asked.question_id == question_id]
        return self._told(found[-1]) if found else None

    async def answer_in(self, message: int) -> Answer | None:
        await self._reach("answer_in")
        found = [answer for answer, messages in self.messages.items() if message in messages]
        return self._told(found[-1]) if found else None

    async def latest_questions(self, channel: int, askers: Collection[int], since: int) -> Mapping[int, int]:
        await self._reach("latest_questions")
        found = [runs[0].asked for runs in self.runs.values()]
        latest = dict[int, int]()
        for asked in sorted(found, key=lambda each: each.question_id):
            if asked.asker in askers and asked.question_id >= since and asked.location.channel == channel:
                latest[asked.asker] = asked.question_id
        return latest

    async def open_answers(self, channel: int, asker: int | None, owners: Collection[str]) -> Sequence[OpenAnswer]:
        await self._reach("open_answers")
        found = [
            OpenAnswer(run.asked.answer, run.asked.question_id)
            for run in self.unfinished()
            if run.owner in owners and run.asked.location.channel == channel
            if asker in (None, run.asked.asker)
        ]
        return sorted(found, key=lambda each: each.question)

    async def direct_messages(self, limit: int) -> Sequence[int]:
        await self._reach("direct_messages")
        found = [runs[0].asked for runs in self.runs.values()]
        written = [asked for asked in found if asked.location.server is None and asked.by_message]
        latest = sorted(written, key=lambda each: each.question_id, reverse=True)
        return list(dict.fromkeys(asked.location.channel for asked in latest))[:limit]

    async def wording(self, answer: str, number: int) -> StoredTexts | None:
        await self._reach("wording")
        run = self._run(answer, number)
        return None if run is None else StoredTexts(run.asked.provider, run.asked.wording, run.wording, run.notices)

    async def unfinished_owners(self) -> Collection[str]:
        await self._reach("unfinished")
        return {run.owner for run in self.unfinished()} - {self.owner}

    async def take_over(self, owners: Collection[str]) -> Sequence[Answer]:
        await self._reach("take over")
        found = []
        for answer in self.runs:
            numbers = set[int]()
            for run in self.runs[answer]:
                if run.state != "done" and run.owner in owners:
                    run.owner = self.owner
                    numbers.add(run.asked.number)
            told = self._told(answer)
            found.append(replace(told, runs=tuple(run for run in told.runs if run.number in numbers)))
        return [answer for answer in found if answer.runs]

    def unfinished(self) -> Sequence[_Run]:
        """Return the runs that are not done."""
        return [run for runs in self.runs.values() for run in runs if run.state != "done"]

    async def erase(self, answer: str) -> None:
        await self._reach("erase")
        self._give_up(answer, is_erased=True)
        for run in self.runs.pop(answer, []):
            if run.turn is not None:
                self._conversations.drop(run.turn)
        self.messages.pop(answer, None)
        self.shown.pop(answer, None)

    def only(self) -> Answer:
        """Return the one answer that there is."""
        [answer] = self.runs
        return self._told(answer)

    def _told(self, answer: str) -> Answer:
        runs = self.runs[answer]
        asked = runs[0].asked
        return Answer(
            id=answer,
            question_id=asked.question_id,
            by_message=asked.by_message,
            location=asked.location,
            asker=asked.asker,
            shown=self.shown.get(answer, 0),
            messages=self.messages.get(answer, ()),
            runs=tuple(run.told() for run in runs),
            token=next((run.asked.token for run in runs if run.state != "done"), None),
            kind=asked.kind,
        )

    def _run(self, answer: str, number: int) -> _Run | None:
        return next((run for run in self.runs.get(answer, []) if run.asked.number == number), None)

    def _own_run(self, answer: str, number: int) -> _Run | None:
        run = self._run(answer, number)
        return run if run is not None and run.owner == self.owner else None

    def _hide(self, answer: str, *, but: int | None) -> None:
        for run in self.runs[answer]:
            if run.turn is not None and run.turn != but:
                self._conversations.hide(run.turn)

    def _give_up(self, answer: str, holder: str = "", *, is_erased: bool = False) -> None:
        """Give up what providers keep of the answer's conversations, unless its last answer is one of its versions."""
        store, runs = self._conversations, self.runs.get(answer, [])
        versions = {run.receipt.answer_id for run in runs} - {""}
        for run in runs:
            turn = store.turns.get(run.turn or 0) or store.hidden.get(run.turn or 0)
            if turn is None:
                continue
            place = (turn.provider, turn.key)
            remote, held_by = store.remote.get(place), store.holders.get(place)
            is_last = held_by is None and remote is not None and remote.last_answer in versions
            if is_erased or not (held_by == holder or is_last):
                store.give_up(*place)

    async def _reach(self, what: str) -> None:
        self.log.append(what)
        if self.slow:
            await asyncio.sleep(self.slow)
        self._conversations.reach()
        if what in self.faults:
            raise self.faults[what]
