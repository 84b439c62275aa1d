"""The queue of each channel: order of arrival, its bound, and nothing left behind by whoever goes early."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.errors import QueueFull, ShuttingDown
from bot.chat.queue import Ticket, Turnstile
from tests.virtual_time import run_virtual


async def serve(ticket: Ticket, done: Callable[[], None], seconds: float = 1.0) -> None:
    """Wait for the ticket's turn, and take some time."""
    async with ticket:
        await asyncio.sleep(seconds)
        done()


async def test_turns_come_in_the_order_in_which_places_were_taken() -> None:
    turnstile, served = Turnstile(), list[int]()
    tickets = [turnstile.take(1, 4711) for _ in range(5)]
    async with asyncio.TaskGroup() as tasks:
        for number in (3, 0, 4, 2, 1):
            tasks.create_task(serve(tickets[number], partial(served.append, number)))
    assert served == [0, 1, 2, 3, 4]
    assert turnstile._lines == {}


async def test_channels_do_not_wait_for_each_other() -> None:
    turnstile = Turnstile()
    async with turnstile.take(1, 4711), asyncio.timeout(1), turnstile.take(2, 4711):
        pass


async def test_the_bound_counts_those_who_wait_and_a_free_place_can_be_taken() -> None:
    turnstile = Turnstile(most_waiting=2)
    first, second, third = (turnstile.take(1, 4711) for _ in range(3))
    with pytest.raises(QueueFull) as full:
        turnstile.take(1, 4711)
    assert full.value.waiting == 2
    third.leave()
    turnstile.take(1, 4711).leave()
    second.leave()
    first.leave()
    assert turnstile._lines == {}


async def test_a_bound_of_nobody_takes_one_at_a_time() -> None:
    turnstile = Turnstile(most_waiting=0)
    async with turnstile.take(1, 4711):
        with pytest.raises(QueueFull):
            turnstile.take(1, 4711)
    async with turnstile.take(1, 4711):
        pass


async def test_whoever_is_cancelled_while_waiting_is_passed_over() -> None:
    turnstile, served = Turnstile(), list[str]()
    names = "abc"
    tasks = {name: asyncio.create_task(serve(turnstile.take(1, 4711), partial(served.append, name))) for name in names}
    await asyncio.sleep(0.5)
    tasks["b"].cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert served == ["a", "c"]
    assert turnstile._lines == {}


async def test_whoever_is_cancelled_in_turn_passes_it_on() -> None:
    turnstile, served = Turnstile(), list[str]()
    first = asyncio.create_task(serve(turnstile.take(1, 4711), partial(served.append, "first"), 1000))
    second = asyncio.create_task(serve(turnstile.take(1, 4711), partial(served.append, "second")))
    await asyncio.sleep(0.5)
    first.cancel()
    async with asyncio.timeout(2):
        await second
    assert served == ["second"]
    assert turnstile._lines == {}


async def test_whoever_is_cancelled_just_as_the_turn_comes_passes_it_on() -> None:
    turnstile, served = Turnstile(), list[str]()
    first = turnstile.take(1, 4711)
    second = asyncio.create_task(serve(turnstile.take(1, 4711), partial(served.append, "second")))
    third = asyncio.create_task(serve(turnstile.take(1, 4711), partial(served.append, "third")))
    await asyncio.sleep(0.5)
    first.leave()
    second.cancel()
    await asyncio.gather(second, third, return_exceptions=True)
    assert served == ["third"]
    assert turnstile._lines == {}


async def test_closing_sends_those_away_who_wait_and_lets_the_one_in_turn_finish() -> None:
    turnstile, served = Turnstile(), list[str]()
    tasks = [asyncio.create_task(serve(turnstile.take(1, 4711), partial(served.append, name))) for name in "abc"]
    unused = turnstile.take(1, 4711)
    await asyncio.sleep(0.5)
    turnstile.close()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(end) for end in ends] == [type(None), ShuttingDown, ShuttingDown]
    assert served == ["a"]
    unused.leave()
    assert turnstile._lines == {}
    for channel in (1, 2):
        with pytest.raises(ShuttingDown):
            turnstile.take(channel, 4711)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["serve", "leave", "cancel"])), max_size=20), st.booleans()
)
def test_no_line_is_left_behind_and_everybody_else_is_served_in_order(
    visitors: list[tuple[int, str]], closed_early: bool
) -> None:
    run_virtual(visit(visitors, closed_early=closed_early))


async def visit(visitors: list[tuple[int, str]], *, closed_early: bool) -> None:
    """Let everybody come at once; some give up or are cancelled after a while."""
    turnstile, served = Turnstile(), list[int]()
    tickets = [turnstile.take(channel, asker) for asker, (channel, _) in enumerate(visitors)]
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
        turnstile.close()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert turnstile._lines == {}
    for channel in (1, 2, 3):
        here = [number for number in served if visitors[number][0] == channel]
        assert here == sorted(here)
    if not closed_early:
        assert {number for number, (_, manner) in enumerate(visitors) if manner == "serve"} <= set(served)
