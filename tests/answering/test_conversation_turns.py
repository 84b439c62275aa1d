"""Turns in a conversation that a provider keeps: one at a time, in the order in which they came, and nobody is lost."""

import asyncio
from dataclasses import dataclass, field
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.queue.turn_queue import MAX_AT_ONCE, QueueTicket, TurnQueue
from bot.domain.errors import Cancelled, ShuttingDown
from tests.virtual_time import run_virtual


@dataclass
class Answers:
    """What was answered, in order, and by how many at once in a conversation."""

    turn_queue: TurnQueue = field(default_factory=TurnQueue)
    done: list[str] = field(default_factory=list)
    at_once: dict[str, int] = field(default_factory=dict)
    most: int = 0

    async def answer(
        self, name: str, asker: int, conversation: str | None, *, prepared: float = 0.0, counts: bool = True
    ) -> None:
        """Wait for a turn as a question does: it is prepared meanwhile. An answer takes a second."""
        ticket = self.turn_queue.join(1, asker, counts=counts)
        await asyncio.sleep(prepared)
        ticket.conversation = conversation
        await asyncio.sleep(prepared)
        ticket.get_ready()
        async with ticket:
            at_once = self.at_once[conversation or name] = self.at_once.get(conversation or name, 0) + 1
            self.most = max(self.most, at_once)
            await asyncio.sleep(1)
            self.at_once[conversation or name] -= 1
            self.done.append(name)


async def test_they_are_answered_one_at_a_time_in_the_order_in_which_they_came() -> None:
    answers, started = Answers(), asyncio.get_running_loop().time()
    await asyncio.gather(*(answers.answer(name, asker, "c") for asker, name in enumerate("abcdef")))
    assert (answers.done, answers.most) == (list("abcdef"), 1)
    assert asyncio.get_running_loop().time() - started == pytest.approx(6)
    assert len(answers.turn_queue) == 0


async def test_one_that_takes_longer_to_prepare_keeps_its_place() -> None:
    answers = Answers()
    waits = {"a": 0.4, "b": 0.0, "c": 0.2, "d": 0.0}
    await asyncio.gather(*(answers.answer(name, asker, "c", prepared=waits[name]) for asker, name in enumerate(waits)))
    assert answers.most == 1
    assert answers.done == list("abcd")


async def test_others_in_the_channel_are_answered_meanwhile() -> None:
    answers = Answers()
    await asyncio.gather(
        *(answers.answer(f"kept {asker}", asker, "c") for asker in range(3)),
        *(answers.answer(f"other {asker}", asker, None) for asker in range(10, 14)),
    )
    assert answers.done == ["kept 0", "other 10", "other 11", "kept 1", "other 12", "other 13", "kept 2"]


async def test_answers_to_commands_wait_for_the_conversation_too() -> None:
    answers = Answers()
    await asyncio.gather(*(answers.answer(name, asker, "c", counts=name == "a") for asker, name in enumerate("abc")))
    assert (answers.done, answers.most) == (list("abc"), 1)


async def test_one_askers_second_question_goes_behind_those_of_others() -> None:
    answers = Answers()
    came = [("a1", 1), ("a2", 1), ("b1", 2), ("c1", 3)]
    await asyncio.gather(*(answers.answer(name, asker, "c") for name, asker in came))
    assert answers.done == ["a1", "b1", "c1", "a2"]


async def test_one_that_waits_again_can_be_cancelled_and_is_sent_away_at_the_end() -> None:
    turn_queue = TurnQueue()
    first, second, third, fourth = (turn_queue.join(1, asker) for asker in range(4))
    for ticket in (first, second, third):
        ticket.conversation = "c"
        ticket.get_ready()
    assert [ticket.ahead for ticket in (first, second, third, fourth)] == [0, 1, 2, 0]
    assert second.reject(Cancelled())
    with pytest.raises(Cancelled):
        await second.__aenter__()
    assert third.ahead == 1
    turn_queue.close()
    with pytest.raises(ShuttingDown):
        await third.__aenter__()
    fourth.conversation = "c"
    fourth.get_ready()
    with pytest.raises(ShuttingDown):
        await fourth.__aenter__()
    first.leave()
    assert len(turn_queue) == 0


@dataclass
class Line:
    """A channel's line in which some have to be alone in their conversation, once they know."""

    turn_queue: TurnQueue = field(default_factory=partial(TurnQueue, max_waiting=99, max_each=99))
    tickets: list[QueueTicket] = field(default_factory=list)

    def come(self, asker: int, *, counts: bool) -> None:
        """Join the line."""
        self.tickets.append(self.turn_queue.join(1, asker, counts=counts))

    def prepare(self, which: int, conversation: str | None) -> None:
        """Have one of those that do not know their conversation yet know it."""
        if unknown := [ticket for ticket in self.tickets if not ticket.is_ready]:
            ticket = unknown[which % len(unknown)]
            ticket.conversation = conversation
            ticket.get_ready()

    def leave(self, which: int, *, only_called: bool = False) -> None:
        """Have one leave, answered or not."""
        if leaving := [ticket for ticket in self.tickets if not (only_called and ticket.ahead)]:
            ticket = leaving[which % len(leaving)]
            self.tickets.remove(ticket)
            ticket.leave()

    def check(self) -> None:
        """Hold the line to its promises."""
        called = [ticket for ticket in self.tickets if not ticket.ahead]
        assert len([ticket for ticket in called if ticket.counts]) <= MAX_AT_ONCE
        assert len({ticket.asker for ticket in called}) == len(called)
        begun = [ticket.conversation for ticket in called if ticket.is_ready and ticket.conversation is not None]
        assert len(begun) == len(set(begun)), "each is alone in its conversation"
        assert bool(called) == bool(self.tickets), "somebody is answered while anybody waits"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.integers(0, 5), st.sampled_from([None, "c"])),
        st.tuples(st.just("prepare"), st.integers(0, 9), st.sampled_from([None, "c", "c", "d"])),
        st.tuples(st.just("leave"), st.integers(0, 9), st.none()),
    ),
    max_size=60,
)


@given(STEPS)
def test_nobody_is_lost_and_each_is_alone_in_its_conversation(steps: list[tuple[str, int, str | None]]) -> None:
    run_virtual(play(steps))


async def play(steps: list[tuple[str, int, str | None]]) -> None:
    """Play a line, and have all who are left be answered."""
    line = Line()
    for what, which, kind in steps:
        match what:
            case "come":
                line.come(which, counts=kind is None)
            case "prepare":
                line.prepare(which, kind)
            case _:
                line.leave(which)
        line.check()
    while line.tickets:
        line.prepare(0, "c")
        line.check()
        line.leave(0, only_called=True)
        line.check()
    assert len(line.turn_queue) == 0
