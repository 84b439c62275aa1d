"""The queue of each channel: the order of turns, its limits, and that nothing is left of tickets that leave early."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.queue.turn_queue import MAX_AT_ONCE, MAX_WAITING, MAX_WAITING_EACH, QueueTicket, TurnQueue
from bot.domain.errors import AskerQueueFull, Cancelled, QueueFull, ShuttingDown
from tests.virtual_time import run_virtual


async def serve(ticket: QueueTicket, done: Callable[[], None], seconds: float = 1.0) -> None:
    """Wait for the ticket's turn, and take some time."""
    async with ticket:
        await asyncio.sleep(seconds)
        done()


async def test_turns_come_in_the_order_in_which_places_were_taken() -> None:
    turn_queue, served = TurnQueue(), list[int]()
    tickets = [turn_queue.join(1, 4711) for _ in range(5)]
    async with asyncio.TaskGroup() as tasks:
        for number in (3, 0, 4, 2, 1):
            tasks.create_task(serve(tickets[number], partial(served.append, number)))
    assert served == [0, 1, 2, 3, 4]
    assert len(turn_queue) == 0


async def test_channels_do_not_wait_for_each_other() -> None:
    turn_queue = TurnQueue()
    async with turn_queue.join(1, 4711), asyncio.timeout(1), turn_queue.join(2, 4711):
        pass


async def test_a_turn_is_waited_for_only_so_long() -> None:
    turn_queue, clock = TurnQueue(), asyncio.get_running_loop().time
    first, second, taken_back = (turn_queue.join(1, 4711) for _ in range(3))
    started = clock()
    assert await first.comes_within(1)
    assert not await second.comes_within(1)
    assert clock() - started == pytest.approx(1)
    asyncio.get_running_loop().call_later(0.5, first.leave)
    assert await second.comes_within(1)
    asyncio.get_running_loop().call_later(0.5, taken_back.reject, Cancelled())
    assert not await taken_back.comes_within(1)
    assert clock() - started == pytest.approx(2)
    with pytest.raises(Cancelled):
        await taken_back.__aenter__()
    second.leave()


async def test_those_are_counted_who_wait_behind_the_one_whose_turn_it_is() -> None:
    turn_queue = TurnQueue()
    assert turn_queue.waiting(1) == 0
    first, *others = [turn_queue.join(1, 4711) for _ in range(3)]
    assert (turn_queue.waiting(1), turn_queue.waiting(2)) == (2, 0)
    for ticket in (first, *others):
        ticket.leave()
    assert turn_queue.waiting(1) == 0


async def test_the_bound_counts_those_who_wait_and_a_free_place_can_be_taken() -> None:
    turn_queue = TurnQueue(max_waiting=2)
    first, second, third = (turn_queue.join(1, 4711) for _ in range(3))
    with pytest.raises(QueueFull) as full:
        turn_queue.join(1, 4711)
    assert full.value.waiting == 2
    third.leave()
    turn_queue.join(1, 4711).leave()
    second.leave()
    first.leave()
    assert len(turn_queue) == 0


async def test_a_bound_of_nobody_takes_one_at_a_time() -> None:
    turn_queue = TurnQueue(max_waiting=0)
    async with turn_queue.join(1, 4711):
        with pytest.raises(QueueFull):
            turn_queue.join(1, 4711)
    async with turn_queue.join(1, 4711):
        pass


async def test_a_question_cancelled_while_it_waits_is_passed_over() -> None:
    turn_queue, served = TurnQueue(), list[str]()
    names = "abc"
    tasks = {name: asyncio.create_task(serve(turn_queue.join(1, 4711), partial(served.append, name))) for name in names}
    await asyncio.sleep(0.5)
    tasks["b"].cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert served == ["a", "c"]
    assert len(turn_queue) == 0


async def test_a_question_cancelled_in_its_turn_passes_it_on() -> None:
    turn_queue, served = TurnQueue(), list[str]()
    first = asyncio.create_task(serve(turn_queue.join(1, 4711), partial(served.append, "first"), 1000))
    second = asyncio.create_task(serve(turn_queue.join(1, 4711), partial(served.append, "second")))
    await asyncio.sleep(0.5)
    first.cancel()
    async with asyncio.timeout(2):
        await second
    assert served == ["second"]
    assert len(turn_queue) == 0


async def test_a_question_cancelled_just_as_its_turn_comes_passes_it_on() -> None:
    turn_queue, served = TurnQueue(), list[str]()
    first = turn_queue.join(1, 4711)
    second = asyncio.create_task(serve(turn_queue.join(1, 4711), partial(served.append, "second")))
    third = asyncio.create_task(serve(turn_queue.join(1, 4711), partial(served.append, "third")))
    await asyncio.sleep(0.5)
    first.leave()
    second.cancel()
    await asyncio.gather(second, third, return_exceptions=True)
    assert served == ["third"]
    assert len(turn_queue) == 0


async def test_closing_sends_those_away_who_wait_and_lets_the_one_in_turn_finish() -> None:
    turn_queue, served = TurnQueue(), list[str]()
    tasks = [asyncio.create_task(serve(turn_queue.join(1, 4711), partial(served.append, name))) for name in "abc"]
    unused = turn_queue.join(1, 4711)
    await asyncio.sleep(0.5)
    turn_queue.close()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(end) for end in ends] == [type(None), ShuttingDown, ShuttingDown]
    assert served == ["a"]
    unused.leave()
    assert len(turn_queue) == 0
    for channel in (1, 2):
        with pytest.raises(ShuttingDown):
            turn_queue.join(channel, 4711)


async def test_a_queue_that_takes_no_more_still_serves_those_who_wait_until_it_rejects_them() -> None:
    turn_queue, served = TurnQueue(), list[str]()
    tasks = [asyncio.create_task(serve(turn_queue.join(1, 4711), partial(served.append, name))) for name in "abcd"]
    turn_queue.close(rejects_waiting=False)
    with pytest.raises(ShuttingDown):
        turn_queue.join(1, 4711)
    await asyncio.gather(*tasks[:2])
    turn_queue.close()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(end) for end in ends] == [type(None)] * 3 + [ShuttingDown]
    assert served == ["a", "b", "c"]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["serve", "leave", "cancel"])), max_size=20), st.booleans()
)
def test_no_line_is_left_behind_and_everybody_else_is_served_in_order(
    visitors: list[tuple[int, str]], closed_early: bool
) -> None:
    run_virtual(visit(visitors, closed_early=closed_early))


async def visit(visitors: list[tuple[int, str]], *, closed_early: bool) -> None:
    """Let everybody come at once; some give up or are cancelled after a while."""
    turn_queue, served = TurnQueue(max_at_once=1), list[int]()
    tickets = [turn_queue.join(channel, asker) for asker, (channel, _) in enumerate(visitors)]
    tasks = []
    for number, ((_, manner), ticket) in enumerate(zip(visitors, tickets, strict=True)):
        if manner != "leave":
            tasks.append(asyncio.create_task(serve(ticket, partial(served.append, number))))
        if manner == "cancel":
            asyncio.get_running_loop().call_later(0.7 * (number % 5), tasks[-1].cancel)
    await asyncio.sleep(1.5)
    for (_, manner), ticket in zip(visitors, tickets, strict=True):
        if manner == "leave":
            ticket.leave()
    if closed_early:
        turn_queue.close()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert len(turn_queue) == 0
    for channel in (1, 2, 3):
        here = [number for number in served if visitors[number][0] == channel]
        assert here == sorted(here)
    if not closed_early:
        assert {number for number, (_, manner) in enumerate(visitors) if manner == "serve"} <= set(served)


def order_of(askers: str) -> str:
    """Return in which order questions that came as in `askers`, while the first was answered, are answered."""
    join = partial(TurnQueue(max_at_once=1).join, 1)
    tickets = [join(ord(asker)) for asker in askers]
    waiting = sorted(tickets[1:], key=lambda ticket: ticket.ahead)
    return askers[0] + "".join(chr(ticket.asker) for ticket in waiting)


@pytest.mark.parametrize(
    ("came", "turns"),
    [
        ("aaaa", "aaaa"),
        ("aaab", "abaa"),
        ("aaabb", "ababa"),
        ("aabbcc", "abcabc"),
        ("abab", "abab"),
        ("aaabcbc", "abcabca"),
    ],
)
async def test_askers_take_turns(came: str, turns: str) -> None:
    assert order_of(came) == turns


async def test_an_asker_who_was_just_answered_goes_behind_those_who_were_not() -> None:
    join = partial(TurnQueue(max_at_once=1).join, 1)
    served = join(1)
    own = [join(1) for _ in range(3)]
    second = join(2)
    served.leave()
    third = join(3)
    assert (second.ahead, own[0].ahead, third.ahead, own[1].ahead, own[2].ahead) == (0, 1, 2, 3, 4)


async def test_one_asker_cannot_fill_the_line() -> None:
    turn_queue = TurnQueue()
    for _ in range(1 + MAX_WAITING_EACH):
        turn_queue.join(1, 4711)
    with pytest.raises(AskerQueueFull) as refused:
        turn_queue.join(1, 4711)
    assert refused.value.waiting == MAX_WAITING_EACH
    turn_queue.join(2, 4711)
    others = [turn_queue.join(1, asker) for asker in range(MAX_WAITING - MAX_WAITING_EACH + MAX_AT_ONCE - 1)]
    places = [0, 0, *range(1, len(others) - 1)]
    assert [other.ahead for other in others] == places, "each goes before the flood"
    with pytest.raises(QueueFull):
        turn_queue.join(1, 999)


async def test_an_asker_who_is_dismissed_is_told_why_and_counts_no_more() -> None:
    turn_queue, locations = TurnQueue(max_at_once=1), list[int]()
    join = partial(turn_queue.join, 1)
    async with join(1):
        first, second = join(2), join(3, locations.append)
        assert first.reject(Cancelled())
        assert not first.reject(ShuttingDown())
        with pytest.raises(Cancelled):
            async with first:
                pass
        assert locations == [2, 1]
    async with second:
        assert not second.reject(Cancelled())
    assert len(turn_queue) == 0


async def test_a_dismissed_ticket_whose_turn_comes_before_it_is_noticed_passes_it_on() -> None:
    turn_queue = TurnQueue(max_at_once=1)
    served, dismissed, last = (turn_queue.join(1, asker) for asker in range(3))
    dismissed.reject(Cancelled())
    served.leave()
    waiting = asyncio.create_task(serve(last, lambda: None))
    with pytest.raises(Cancelled):
        async with dismissed:
            pass
    await waiting
    assert len(turn_queue) == 0


@pytest.mark.parametrize("when", ["before its turn", "in its turn"])
async def test_a_ticket_that_is_dismissed_before_it_gives_its_turn_back_stays_so(when: str) -> None:
    turn_queue = TurnQueue()
    first, second = turn_queue.join(1, 1), turn_queue.join(1, 1)
    other = turn_queue.join(1, 2)
    other.conversation = "the same"
    other.get_ready()
    if when == "before its turn":
        assert second.reject(Cancelled())
    first.leave()
    second.conversation = "the same"
    if when == "in its turn":
        assert not second.reject(Cancelled()), "its turn has come, as far as is known"
    second.get_ready()
    with pytest.raises(Cancelled):
        async with second:
            pass
    other.leave()
    assert len(turn_queue) == 0


class Line:
    """A channel's line as those see it who stand in it: what each was told, and who was called while it waited."""

    def __init__(self, max_at_once: int) -> None:
        self.turn_queue = TurnQueue(max_waiting=12, max_each=5, max_at_once=max_at_once)
        self.max_at_once = max_at_once
        self.tickets: list[QueueTicket] = []
        self.told: dict[int, int] = {}
        self.called: dict[QueueTicket, set[int]] = {}

    def take(self, number: int, asker: int, *, counts: bool = True) -> None:
        """Come, unless there is no room."""
        before = set(self.served)
        moved = partial(self.told.__setitem__, number)
        try:
            ticket = self.turn_queue.join(1, asker, moved, counts=counts)
        except (QueueFull, AskerQueueFull):
            return
        self.tickets.append(ticket)
        assert self.told.setdefault(number, 0) == ticket.ahead
        self.watch(before)

    def leave(self, location: int) -> None:
        """Have the ticket at this place in the line leave, answered or not."""
        before = set(self.served)
        ticket = sorted(self.tickets, key=lambda each: each.ahead)[location % len(self.tickets)]
        promised = {each: each.ahead for each in self.tickets}
        self.tickets.remove(ticket)
        ticket.leave()
        # What waits behind a command of its asker takes part in the rotation only once that has ended.
        if ticket in before and all(each.counts for each in promised):
            for other in self.tickets:
                assert other.ahead >= promised[other] - 1, "one end brings nobody two places forward"
                assert other.ahead <= promised[other], "and nobody back"
        self.watch(before)

    @property
    def served(self) -> list[QueueTicket]:
        """Those whose turn it is."""
        return [ticket for ticket in self.tickets if ticket.ahead == 0]

    def watch(self, before: set[QueueTicket]) -> None:
        """Hold the line to its promises; `before` are those whose turn it was."""
        counting, askers = [each for each in self.served if each.counts], [each.asker for each in self.served]
        assert len(counting) <= self.max_at_once
        assert len(askers) == len(set(askers)), "one asker's are answered one after another"
        new = [each for each in self.served if each not in before]
        for asker in set(askers):
            places = [ticket.ahead for ticket in self.tickets if ticket.asker == asker]
            assert places == sorted(set(places)), "in order"
        for ticket in self.tickets:
            if not ticket.ahead or any(other.asker == ticket.asker for other in self.served):
                continue
            own = [other for other in self.tickets if other.asker == ticket.asker]
            if ticket is own[0]:
                assert ticket.counts, "one that does not count waits for its asker's own alone"
                assert len(counting) == self.max_at_once, "it would have room"
                called = self.called.setdefault(ticket, set())
                assert not called & {each.asker for each in new if each.counts}, "two of one asker's went first"
                called |= {each.asker for each in new if each.counts}


COMINGS = st.lists(
    st.one_of(
        st.integers(0, 5).map(lambda asker: ("take", asker)),
        st.integers(0, 5).map(lambda asker: ("command", asker)),
        st.integers(0, 30).map(lambda location: ("leave", location)),
        st.just(("leave", 0)),
    ),
    max_size=60,
)


@given(COMINGS, st.sampled_from([1, 2, MAX_AT_ONCE]))
def test_nobody_waits_behind_two_of_anothers_and_the_places_told_are_true(
    comings: list[tuple[str, int]], max_at_once: int
) -> None:
    run_virtual(come_and_go(comings, max_at_once))


async def come_and_go(comings: list[tuple[str, int]], max_at_once: int) -> None:
    """Play a channel's line."""
    line = Line(max_at_once)
    for number, (what, which) in enumerate(comings):
        if what != "leave":
            line.take(number, which, counts=what == "take")
        elif line.tickets:
            line.leave(which)
    while line.tickets:
        line.leave(0)
    assert len(line.turn_queue) == 0


def test_twenty_who_wait_are_told_their_places_in_no_time() -> None:
    run_virtual(fill())


async def fill() -> None:
    """Fill a queue with as many askers as it takes."""
    turn_queue = TurnQueue()
    tickets = [turn_queue.join(1, number % 12) for number in range(MAX_WAITING + MAX_AT_ONCE)]
    began = time.process_time()
    tickets[0].leave()
    assert time.process_time() - began < 0.02
    for ticket in tickets[1:]:
        ticket.leave()


class TestThreeAtOnce:
    """Up to three askers' questions are answered at once in a channel."""

    async def test_the_fourth_asker_waits_for_any_of_the_three(self) -> None:
        turn_queue = TurnQueue()
        tickets = [turn_queue.join(1, asker) for asker in range(6)]
        assert [ticket.ahead for ticket in tickets] == [0, 0, 0, 1, 2, 3]
        tickets[1].leave()
        assert [ticket.ahead for ticket in tickets[3:]] == [0, 1, 2]

    async def test_nobodys_own_questions_are_answered_side_by_side(self) -> None:
        turn_queue = TurnQueue()
        own = [turn_queue.join(1, 1) for _ in range(3)]
        other = turn_queue.join(1, 2)
        assert [ticket.ahead for ticket in (*own, other)] == [0, 1, 2, 0]
        other.leave()
        assert [ticket.ahead for ticket in own] == [0, 1, 2]

    async def test_two_who_wait_for_their_own_are_not_ahead_of_each_other(self) -> None:
        turn_queue = TurnQueue()
        tickets = [turn_queue.join(1, asker) for asker in (1, 2, 3, 1, 2)]
        assert [ticket.ahead for ticket in tickets] == [0, 0, 0, 1, 1]
        late = turn_queue.join(1, 4)
        assert [ticket.ahead for ticket in (late, *tickets[3:])] == [1, 2, 2]

    async def test_a_commands_answer_takes_nobodys_place(self) -> None:
        turn_queue = TurnQueue()
        commands = [turn_queue.join(1, asker, counts=False) for asker in range(5)]
        mentions = [turn_queue.join(1, asker) for asker in range(10, 14)]
        assert [ticket.ahead for ticket in (*commands, *mentions)] == [0] * 8 + [1]
        assert turn_queue.join(1, 20, counts=False).ahead == 0

    async def test_a_commands_answer_waits_for_its_askers_own(self) -> None:
        turn_queue = TurnQueue()
        mention, command, after = (turn_queue.join(1, 1, counts=counts) for counts in (True, False, True))
        assert [mention.ahead, command.ahead, after.ahead] == [0, 1, 2]
        mention.leave()
        assert [command.ahead, after.ahead] == [0, 1]

    async def test_room_for_a_question_that_would_not_wait_is_never_short(self) -> None:
        turn_queue = TurnQueue(max_waiting=1)
        for asker in range(4):
            turn_queue.join(1, asker)
        assert not turn_queue.has_room(1, 5)
        turn_queue.join(1, 6, counts=False)
        with pytest.raises(QueueFull):
            turn_queue.join(1, 6, counts=False)


def test_three_hundred_answers_to_commands_make_that_no_dearer() -> None:
    async def cost(answered: int) -> float:
        turn_queue = TurnQueue()
        for asker in range(answered):
            turn_queue.join(1, 1000 + asker, counts=False)
        for asker in range(MAX_AT_ONCE + MAX_WAITING - 1):
            turn_queue.join(1, asker)
        begun = time.process_time()
        turn_queue.join(1, 999)
        return time.process_time() - begun

    few, many = (min(run_virtual(cost(answered)) for _ in range(5)) for answered in (0, 300))
    assert many < 2 * few + 0.005


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["", "x", "y"]), st.lists(st.sampled_from("xy"))), max_size=9)
)
def test_one_at_a_time_in_each_conversation_also_if_tickets_move(
    questions: list[tuple[int, str, list[str]]],
) -> None:
    """Each question has an asker, perhaps a conversation from the beginning, and those that it moves to."""
    answered, inside = list[int](), {"x": 0, "y": 0}

    async def stay(conversation: str) -> None:
        inside[conversation] += 1
        assert inside[conversation] == 1
        await asyncio.sleep(1)
        inside[conversation] -= 1

    async def answer(ticket: QueueTicket, number: int, first: str, others: list[str]) -> None:
        ticket.settle(first or None)
        ticket.get_ready()
        async with ticket:
            await (stay(first) if first else asyncio.sleep(1))
            for conversation in others:
                await ticket.enter(conversation)
                await stay(conversation)
        answered.append(number)

    async def scene() -> None:
        turn_queue = TurnQueue()
        tickets = [turn_queue.join(1, asker) for asker, _, _ in questions]
        async with asyncio.timeout(1000), asyncio.TaskGroup() as tasks:
            for number, (ticket, (_, first, others)) in enumerate(zip(tickets, questions, strict=True)):
                tasks.create_task(answer(ticket, number, first, others))
        assert len(turn_queue) == 0

    run_virtual(scene())
    assert sorted(answered) == list(range(len(questions)))
