"""A process that is killed at any moment of an answer: the next start leaves truthful channels and a sound database."""

from collections.abc import Awaitable, Callable

import pytest

from sandbox.environment import Environment
from tests.process import kill_points
from tests.process.kill_scenarios import Scenario
from tests.process.process_harness import RESTART_SECONDS, ProcessHarness, database, saved, settled, stored_turns

Moment = Callable[[Scenario], Awaitable[object]]

IN_ONE_MESSAGE: tuple[Moment, ...] = (
    kill_points.before_the_first_text,
    kill_points.first_message_on_its_way,
    kill_points.first_message_being_created,
    kill_points.between_edits,
    kill_points.last_edit_on_its_way,
    kill_points.last_edit_being_made,
)
EVERYWHERE = (*IN_ONE_MESSAGE, kill_points.second_page_being_created)
AGAIN: tuple[Moment, ...] = (
    kill_points.asked_again_and_silent,
    kill_points.asked_again_and_begun,
    kill_points.last_edit_of_a_second_version,
)
"""If the bot is a guest, it cannot write over what it wrote before."""

pytestmark = pytest.mark.timeout(90)


async def _set_up(harness: ProcessHarness) -> None:
    """Bring every moment about, in every kind of place."""
    everywhere: list[Callable[[], Scenario]] = [
        lambda: harness.channel(slash=False),
        lambda: harness.channel(slash=True),
        harness.direct,
        harness.user_install,
    ]
    again = [(moment, open_scenario()) for open_scenario in everywhere[:2] for moment in AGAIN]
    for _, scenario in again:
        await scenario.is_answered()
    waiting = [open_scenario() for open_scenario in everywhere]
    for scenario in waiting:
        await kill_points.waiting_in_line(scenario)
    for moment in EVERYWHERE:
        for open_scenario in everywhere[:2]:
            await moment(open_scenario())
    # A direct message is a channel; and if the bot is a guest, nobody could find a follow-up that was not noted.
    await kill_points.second_page_being_created(harness.direct())
    for moment in IN_ONE_MESSAGE:
        await moment(harness.user_install())
    for moment, scenario in again:
        await moment(scenario)
    for open_scenario in (everywhere[1], everywhere[3]):
        await kill_points.before_the_chat_api_is_asked(open_scenario())
    for scenario in waiting:
        await kill_points.is_told_to_wait(scenario)
    await _set_up_around_the_commit(harness, everywhere)


async def _set_up_around_the_commit(harness: ProcessHarness, everywhere: list[Callable[[], Scenario]]) -> None:
    """Bring about what only a database that takes nothing keeps as it is, which must be the last moments."""
    committing, settling = ([open_scenario() for open_scenario in everywhere] for _ in range(2))
    for scenario in committing:
        await scenario.begin()
    edits = [await kill_points.last_edit_being_made(scenario) for scenario in settling]
    # A place with somebody waiting in line has two answers under way, every other one.
    await saved(harness.env, len(harness.scenarios) + len(everywhere))
    with database(harness.env) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for scenario in committing:
            await scenario.end()
        for edit in edits:
            edit.let_go()
        await harness.kill()


async def test_every_moment(env: Environment) -> None:
    await env.start_bot()
    harness = ProcessHarness(env)
    await _set_up(harness)
    await env.start_bot()
    await harness.is_truthful()
    await settled(env)
    expected = [(f"{scenario.word}?", turn) for scenario in harness.scenarios for turn in scenario.turns]
    assert stored_turns(env) == sorted(expected)
    await _retry_works(env, harness.scenarios[::3])
    assert await env.stop_bot() == 0
    assert not env.discord.unknown_routes
    assert not env.discord.rate_limited


async def _retry_works(env: Environment, scenarios: list[Scenario]) -> None:
    """Press what can be pressed under some of them, and see that it is answered."""
    env.apis.chatbase.clear()
    env.apis.chatbase.answers("Here it is.")
    for scenario in scenarios:
        await scenario.asker.press(scenario.messages[-1], "Retry", wait=False)
    await env.discord.wait_for(lambda: all("Here it is." in scenario.text for scenario in scenarios), RESTART_SECONDS)


async def test_a_kill_while_repairing(env: Environment) -> None:
    """What was being repaired is repaired by the start after that, and nothing is said twice."""
    await env.start_bot()
    harness = ProcessHarness(env)
    caught = [harness.channel(slash=False), harness.channel(slash=True), harness.direct(), harness.user_install()]
    for scenario in caught:
        await scenario.begin()
    await saved(env, len(caught))
    await harness.kill()
    holds = [scenario.hold("begins", final=True, carried_out=index % 2 == 0) for index, scenario in enumerate(caught)]
    await env.start_bot()
    for hold in holds:
        await hold.arrived()
    await harness.kill()
    await env.start_bot()
    await harness.is_truthful()
    await settled(env)
    assert stored_turns(env) == []
