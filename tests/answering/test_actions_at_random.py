"""Everything that people can do with answers, at random and at once: it ends, and what is shown is what is stored."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import Answer
from bot.domain.conversation_key import ConversationKey
from bot.domain.errors import ConnectionLost, DatabaseUnavailable, RateLimited, Refusal
from bot.streaming.canvas import CanvasError, MessageNotFound, Unavailable, WriteForbidden
from bot.streaming.renderer import CURSOR
from tests.fakes.harness import CONTROLS, AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import Script, make_page
from tests.virtual_time import run_virtual

ACTIONS = ["ask", "ask", "stop", "stop", "retry", "other", "turn", "turn", "reword", "withdraw", "clear"]


@dataclass(frozen=True)
class Act:
    """Something that somebody does after a while, to one of the questions there are."""

    after: float
    what: str
    which: int
    channel: int
    asker: int
    number: int


ACTS = st.lists(
    st.builds(
        Act,
        after=st.sampled_from([0.0, 0.01, 0.06, 0.3, 1.0, 2.5, 7.0]),
        what=st.sampled_from(ACTIONS),
        which=st.integers(0, 9),
        channel=st.integers(1, 2),
        asker=st.integers(1, 3),
        number=st.integers(1, 4),
    ),
    min_size=1,
    max_size=25,
)


def script(number: int) -> Script:
    """Return one of a few kinds of answer, each of which says something else."""
    kinds: list[Script] = [
        [0.3, f"Answer {number}", 0.9, " in full."],
        [make_page(f"long{number}"), 1.5, make_page("second"), 0.2, "third"],
        [0.8, ConnectionLost("Chatbase")],
        [f"Half {number}", 1.2, RateLimited("Chatbase", 30)],
        [f"Quick {number}"],
        [],
        [5.0 + number / 50, f"Late {number}", 0.3, "."],
        [6.0],
        [5.2, ConnectionLost("Chatbase")],
    ]
    return kinds[number % len(kinds)]


class Crowd:
    """People who do what `acts` say."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.doing: list[asyncio.Task[None]] = []
        self.deleted: set[int] = set()

    async def play(self, acts: Sequence[Act]) -> None:
        """Do everything, and wait until all that follows from it is over."""
        for act in acts:
            await asyncio.sleep(act.after)
            if act.what == "ask":
                self.harness.ask(f"question {len(self.harness.asked)}", channel=act.channel, asker=act.asker)
            elif self.harness.asked:
                asking = self.harness.asked[act.which % len(self.harness.asked)]
                self.doing.append(asyncio.create_task(self._do(act, asking)))
        async with asyncio.timeout(600):
            await asyncio.gather(*self.doing, *(asking.task for asking in self.harness.asked))

    async def _do(self, act: Act, asking: AskedQuestion) -> None:
        harness = self.harness
        with suppress(Refusal, DatabaseUnavailable, CanvasError):
            if (
                act.what == "stop"
                and (reservation := harness.service.active_runs.by_question(asking.question.id)) is not None
                and reservation.run is not None
            ):
                harness.answer_actions.stop(reservation.run)
            elif act.what == "reword" and asking.question.id not in self.deleted:
                question = replace(asking.question, text=f"changed {act.number}")
                await harness.answer_actions.reask_edited(question, lambda _: asking.canvas)
            elif act.what == "withdraw":
                self.deleted.add(asking.question.id)
                await harness.answer_actions.delete(asking.question.id, lambda _: asking.canvas)
            elif act.what == "clear":
                await harness.conversations.clear_conversation("chatbase", ConversationKey(act.channel))
            elif act.what in ("retry", "other", "turn"):
                answer = await harness.answer_store.answer_to(asking.question.id)
                if answer is None:
                    return
                if act.what == "turn":
                    await harness.show_version(asking, act.number, answer=answer)
                else:
                    await harness.retry(asking, "tamako" if act.what == "other" else None, answer=answer)


@given(ACTS)
def test_what_is_shown_is_what_is_kept(acts: list[Act]) -> None:
    run_virtual(together(acts, faulty=False))


@given(
    ACTS,
    st.lists(st.sampled_from([None, None, WriteForbidden(), MessageNotFound(), Unavailable()]), max_size=12),
    st.booleans(),
)
def test_whatever_fails_it_all_ends(acts: list[Act], faults: list[CanvasError | None], away: bool) -> None:
    run_virtual(together(acts, faulty=True, faults=faults, away=away))


async def together(
    acts: Sequence[Act], *, faulty: bool, faults: Sequence[CanvasError | None] = (), away: bool = False
) -> None:
    """Play `acts`, while Discord fails with `faults` and the database is `away` now and then."""
    async with running_harness(*(script(number) for number in range(60))) as harness:
        harness.answer_store.slow = 0.02
        crowd = Crowd(harness)
        breaking = asyncio.create_task(break_down(harness, list(faults), away=away))
        await crowd.play(acts)
        breaking.cancel()
        harness.conversations.down = False
        assert len(harness.service.active_runs) == 0
        assert harness.service.waiting(1) == harness.service.waiting(2) == 0
        if not faulty:
            await hold(harness, crowd.deleted)


async def break_down(harness: Harness, faults: list[CanvasError | None], *, away: bool) -> None:
    """Have Discord and the database fail now and then."""
    while True:
        for asking in harness.asked:
            if faults and not asking.canvas.faults:
                asking.canvas.faults = [faults.pop(0)]
        harness.conversations.down = away and not harness.conversations.down
        await asyncio.sleep(0.7)


async def hold(harness: Harness, deleted: set[int]) -> None:
    """Hold what is shown to what is kept."""
    seen = list[str]()
    for asking in harness.asked:
        answer = await harness.answer_store.answer_to(asking.question.id)
        assert [aside.texts for aside in asking.canvas.queue_notices if aside.texts] == []
        if asking.question.id in deleted:
            assert (asking.canvas.texts, answer) == ([], None)
        elif answer is not None:
            hold_one(asking, answer)
            seen.append(" ".join(" ".join(asking.canvas.texts).split()))
    for _, text in harness.remembered:
        assert any(shown.startswith(" ".join(text.split())) for shown in seen), "nobody sees what is remembered"


def hold_one(asking: AskedQuestion, answer: Answer) -> None:
    """Check that one answer is shown as it is stored."""
    assert {run.state for run in answer.runs} == {"done"}
    assert answer.messages == tuple(asking.canvas.messages)
    if not asking.canvas.messages:
        assert {run.outcome for run in answer.runs} == {"lost"}, "its turn never came"
        return
    assert not [text for text in asking.canvas.texts if text.endswith(CURSOR)]
    assert asking.controls == CONTROLS.finished(
        answer.id, answer.versions, answer.shown, answer.shown_provider, has_others=True
    )
