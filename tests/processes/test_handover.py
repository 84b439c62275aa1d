"""A process and its successor, on each database: the first finishes what it is at, and nobody waits in vain."""

import asyncio
import signal

import pytest

from tests.processes.asked import Outcome
from tests.processes.ledger import UNHURRIED
from tests.processes.play import Play
from tests.processes.stored import living

pytestmark = pytest.mark.timeout(180)


async def test_answers_go_on_and_the_next_question_waits_for_its_askers_last(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    person, place = play.servers.place(0)
    await play.ledger.begin(person, place, gate)
    await play.begin(gate, [0] * 3)
    somebody, elsewhere = play.servers.place(0)
    by_command = await play.ledger.ask(
        somebody, elsewhere, gate=gate, send=lambda text: somebody.slash(elsewhere, "ask", wait=False, question=text)
    )
    direct = await play.ledger.ask(somebody, somebody.dm(play.env.app), gate=gate)
    await play.ledger.begun(by_command, direct)
    since = play.now
    await play.fleet.start()
    await play.handed_over(since)
    in_a_row = [await play.ledger.ask(person, place) for _ in range(3)]
    in_a_row.append(await play.ledger.ask(somebody, somebody.dm(play.env.app)))
    await play.ledger.concluded([await play.ask()])
    assert not any(each.requests for each in in_a_row)
    gate.set()
    await play.ends(old)
    await play.check()


async def test_questions_that_wait_in_line_are_answered_by_the_first(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    person, place = play.servers.place(0)
    await play.ledger.begin(person, place, gate)
    waiting = [await play.ledger.ask(person, place) for _ in range(3)]
    await play.env.discord.wait_for(lambda: all(each.messages for each in waiting), UNHURRIED)
    since = play.now
    new = await play.fleet.start()
    await play.handed_over(since)
    waiting += [await play.ledger.ask(person, place) for _ in range(2)]
    gate.set()
    await play.ends(old)
    assert sum("answered by" in line for line in old.out) == 4
    await new.printed("answered by", UNHURRIED, times=2)
    await play.check()


async def test_an_answer_that_does_not_end_is_marked_when_the_time_is_over(play: Play) -> None:
    old = await play.fleet.start(DRAIN_SECONDS="1")
    (asked,) = await play.begin(asyncio.Event())
    asked.may_be = {Outcome.INTERRUPTED}
    await play.fleet.start()
    await play.ends(old)
    assert asked.outcome is Outcome.INTERRUPTED
    await play.check()


async def test_a_third_is_refused_in_one_line_while_the_first_finishes(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    await play.begin(gate)
    since = play.now
    await play.fleet.start()
    await play.handed_over(since)
    third = await play.fleet.launch()
    assert await third.ended(UNHURRIED) == 1
    (line,) = third.err
    assert line.startswith("DATABASE_URL: two processes of this bot already run")
    third.err.clear()
    gate.set()
    await play.ends(old)
    await play.check()


async def test_a_successor_with_a_bad_token_disturbs_nobody(play: Play) -> None:
    old = await play.fleet.start()
    new = await play.fleet.launch(DISCORD_TOKEN="wrong")
    assert await new.ended(UNHURRIED) == 1
    assert "DISCORD_TOKEN" in new.err[0]
    new.err.clear()
    await play.ledger.concluded([await play.ask()])
    assert old.code is None
    await play.check()


async def test_without_a_successor_the_gateway_is_left_at_once(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    person, place = play.servers.place(0)
    await play.ledger.begin(person, place, gate)
    old.send_signal(signal.SIGTERM)
    await play.env.discord.wait_for(lambda: play.watch.connections((0, 1)) == 0, UNHURRIED)
    asked = [await play.ask(), await play.ledger.ask(person, place)]
    gate.set()
    await play.ends(old)
    assert not any(each.messages for each in asked)
    await play.fleet.start()
    await play.check()


async def test_a_signal_to_stop_while_the_successor_joins_hands_over_first(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    await play.begin(gate)
    since, before = play.now, dict(play.watch.readies)
    new = await play.fleet.launch()
    async with asyncio.timeout(UNHURRIED):
        while len(await asyncio.to_thread(living, play.url)) < 2:
            await asyncio.sleep(0.02)
    old.send_signal(signal.SIGTERM)
    await play.fleet.ready(new, 0, before)
    await play.handed_over(since)
    asked = await play.ask()
    gate.set()
    await play.ends(old)
    await play.ledger.concluded([asked])
    play.check_presence(since)
    await play.check()


async def test_another_count_of_shards(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    await play.begin(gate)
    play.fleet.shard_count, before = 2, dict(play.watch.readies)
    new = await play.fleet.launch()
    await play.fleet.ready(new, 0, before)
    since = play.now
    await play.env.discord.wait_for(lambda: play.watch.connections((0, 1)) == 0, UNHURRIED)
    assert play.watch.connections((0, 2)) == play.watch.connections((1, 2)) == 1
    await play.ledger.concluded([await play.ask() for _ in range(4)])
    gate.set()
    await play.ends(old)
    play.check_presence(since)
    await play.check()
