"""The whole program over the fakes: Discord, a database and two chat APIs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.answering.active_runs import ArrivingRun, RunningRun
from bot.answering.answer_actions import AnswerActions
from bot.answering.answer_threads import AnswerThreads
from bot.answering.crash_recovery import CrashRecovery
from bot.answering.elsewhere.runs_elsewhere import RunsElsewhere
from bot.answering.service import AnsweringService
from bot.conversation.chatbots import Chatbots
from bot.conversation.history import Bounds
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.domain.answer import Answer
from bot.domain.cluster.predecessors import NO_PREDECESSORS
from bot.domain.cluster.signals import NO_SIGNALS
from bot.domain.controls import AnswerControls, Controls, VersionNav
from bot.domain.fair_use.usage import FinishedRun, UsageMeter
from bot.domain.question import Question
from bot.limits.fair_use import FairUse
from bot.streaming.canvas import CanvasError, Frame, SavedCanvas, StartThread
from bot.streaming.edit_scheduler import EditScheduler
from tests.fakes.answer_store import FakeAnswerStore
from tests.fakes.canvas import FakeCanvas, FakeDiscord, running_scheduler
from tests.fakes.conversation_store import FakeConversationStore
from tests.fakes.keeper import FakeKeeper
from tests.fakes.providers_and_stores import (
    FakeFileLoader,
    FakeProvider,
    FakeServerSettingsStore,
    Script,
    make_question,
)
from tests.fakes.quota_store import FakeQuotaStore
from tests.fakes.run_opener import FakeRunOpener

NOON = 1_800_014_400.0
"""The time for all limits, which does not pass: seconds since 1970 (UTC)."""

CONTROLS = AnswerControls({"chatbase": "Chatbase", "tamako": "Tamako"})


class FakeMeter(UsageMeter):
    """Keeps the runs that were counted."""

    def __init__(self) -> None:
        self.runs: list[FinishedRun] = []

    def count(self, run: FinishedRun) -> None:
        self.runs.append(run)


class FakeThreads:
    """The threads that were started, by channel, message and name; each takes a second, and fails with `fault`.

    With `refusal` the bot knows that it cannot start any.
    """

    def __init__(self) -> None:
        self.started: list[tuple[int, int, str]] = []
        self.fault: CanvasError | None = None
        self.refusal: CanvasError | None = None

    def threads_in(self, channel: int) -> StartThread:
        """Return what starts threads in a channel."""
        if self.refusal is not None:
            raise self.refusal

        async def start(message: int, name: str) -> None:
            await asyncio.sleep(1)
            if self.fault is not None:
                raise self.fault
            self.started.append((channel, message, name))

        return start


@dataclass(frozen=True)
class Harness:
    """The program, with the fakes behind it."""

    service: AnsweringService
    discord: FakeDiscord
    conversations: FakeConversationStore
    answer_store: FakeAnswerStore
    answer_actions: AnswerActions
    scheduler: EditScheduler
    settings: FakeServerSettingsStore
    server_settings: ServerSettings
    stateless: FakeProvider
    """The default: keeps no conversation, so that history is sent to it."""
    stateful: FakeProvider
    """Keeps the conversations itself."""
    keeping: FakeKeeper
    """Keeps each conversation by an id of its own."""
    asked: "list[AskedQuestion]" = field(default_factory=list)
    """What `ask` asked so far."""
    threads: FakeThreads = field(default_factory=FakeThreads)
    meter: FakeMeter = field(default_factory=FakeMeter)
    quotas: FakeQuotaStore = field(default_factory=FakeQuotaStore)

    @property
    def remembered(self) -> list[tuple[str, str]]:
        """The questions and answers that are stored now, oldest first."""
        return [(turn.question, turn.answer) for turn in self.conversations.turns.values()]

    def active_run(self, asking: "AskedQuestion") -> ArrivingRun | RunningRun:
        """Return the run in progress for a question."""
        reservation = self.service.active_runs.by_question(asking.question.id)
        assert reservation is not None
        assert reservation.run is not None
        return reservation.run

    async def answer(self, asking: "AskedQuestion") -> Answer:
        """Return the stored answer to a question."""
        answer = await self.answer_store.answer_to(asking.question.id)
        assert answer is not None
        return answer

    async def answered(self, text: str = "What is it?", *, channel: int = 1, asker: int = 4711) -> "AskedQuestion":
        """Ask a question and wait for its answer."""
        asking = self.ask(text, channel=channel, asker=asker)
        await asking.task
        return asking

    async def retry(
        self, asking: "AskedQuestion", provider: str | None = None, *, answer: Answer | None = None
    ) -> None:
        """Ask again, as somebody who sees the answer as it is now, or as `answer`."""
        await self.answer_actions.retry(answer or await self.answer(asking), provider, asking.canvas)

    async def show_version(self, asking: "AskedQuestion", number: int, *, answer: Answer | None = None) -> None:
        """Show another version, likewise."""
        await self.answer_actions.show_version(answer or await self.answer(asking), number, asking.canvas)

    async def recover(self, open_canvas: Callable[[Answer], SavedCanvas]) -> bool:
        """Repair what was cut off, as the next start does; returns whether nothing is left."""
        interrupted = await self.answer_store.take_over({run.owner for run in self.answer_store.unfinished()})
        recovery = self.crash_recovery()
        return not await recovery.repair(interrupted, open_canvas)

    def crash_recovery(self) -> CrashRecovery:
        """Return what repairs answers."""
        answer_threads = AnswerThreads(self.conversations, self.threads.threads_in)
        return CrashRecovery(self.answer_store, self.scheduler, CONTROLS, self.server_settings, answer_threads)

    def ask(
        self, text: str = "What is it?", *, channel: int = 1, asker: int = 4711, provider: str | None = None
    ) -> "AskedQuestion":
        """Ask a question without waiting for its answer."""
        question, canvas = make_question(text, channel=channel, asker=asker), self.discord.canvas(channel)
        question = replace(question, provider=provider)
        self.asked.append(AskedQuestion(question, canvas, asyncio.create_task(self.service.answer(question, canvas))))
        return self.asked[-1]


@dataclass(frozen=True)
class AskedQuestion:
    """A question, the canvas of its answer, and the task that answers it."""

    question: Question
    canvas: FakeCanvas
    task: asyncio.Task[None]

    @property
    def controls(self) -> Controls | None:
        """The controls under its answer; only its last message may have any."""
        *others, last = self.canvas.frames
        assert [frame.controls for frame in others] == [None] * len(others)
        return last.controls

    @property
    def version_nav(self) -> VersionNav | None:
        """The version buttons under its answer, which must be finished."""
        controls = self.controls
        assert controls is not None
        assert controls.stage == "ended"
        return controls.version_nav


@dataclass(frozen=True)
class CrashedState:
    """What a killed process leaves: its database, and the messages below each question."""

    conversations: FakeConversationStore
    answer_store: FakeAnswerStore
    messages: Mapping[int, Mapping[int, Frame]]


def kill(harness: Harness) -> CrashedState:
    """Return what would be left if the process were killed now; it goes on, but nobody sees that."""
    conversations = harness.conversations.as_stored()
    left = {}
    for asking in harness.asked:
        canvases = [asking.canvas, *asking.canvas.queue_notices]
        messages = {number: frame for canvas in canvases for number, frame in canvas.messages.items()}
        left[asking.question.id] = dict(sorted(messages.items()))
    return CrashedState(conversations, harness.answer_store.as_stored(conversations), left)


@asynccontextmanager
async def running_harness(
    *scripts: Script,
    bounds: Bounds | None = None,
    after: CrashedState | None = None,
    default: str = "chatbase",
    keeping: FakeKeeper | None = None,
    elsewhere: RunsElsewhere | None = None,
) -> AsyncIterator[Harness]:
    """Yield the program, whose first chat API plays `scripts`, one for each question; or the next one `after` it.

    `default` is who answers; `keeping` is the chat API that keeps conversations, if it is not a new one. `elsewhere`
    knows of the answers of processes before this one, if there are any.
    """
    elsewhere = elsewhere or RunsElsewhere(NO_SIGNALS, NO_PREDECESSORS)
    conversations, settings = (
        FakeConversationStore() if after is None else after.conversations,
        FakeServerSettingsStore(),
    )
    stateless = FakeProvider(scripts=list(scripts) or [["An answer."]])
    stateful = FakeProvider(name="tamako", label="Tamako", remembers="people", streams=False)
    keeping = FakeKeeper() if keeping is None else keeping
    providers = {"chatbase": stateless, "tamako": stateful, keeping.name: keeping}
    server_settings = await ServerSettings.load(settings, Chatbots(providers, default))
    prompt_builder = PromptBuilder(conversations, bounds or Bounds(), opted_out=server_settings.opted_out)
    threads, quotas = FakeThreads(), FakeQuotaStore()
    async with running_scheduler() as running:
        answer_store = FakeAnswerStore(conversations) if after is None else after.answer_store
        run_opener = FakeRunOpener(settings, conversations, answer_store)
        meter = FakeMeter()
        service = AnsweringService(
            server_settings,
            run_opener,
            answer_store,
            prompt_builder,
            running.scheduler,
            CONTROLS,
            FakeFileLoader(),
            AnswerThreads(conversations, threads.threads_in),
            meter,
            FairUse(quotas, clock=lambda: NOON),
            elsewhere,
        )
        answer_actions = AnswerActions(service, answer_store, running.scheduler, CONTROLS, server_settings, elsewhere)
        yield Harness(
            service,
            running.discord,
            conversations,
            answer_store,
            answer_actions,
            running.scheduler,
            settings,
            server_settings,
            stateless,
            stateful,
            keeping,
            threads=threads,
            meter=meter,
            quotas=quotas,
        )
        await service.drain(60)
    assert stateless.open == stateful.open == 0
