"""A process that is killed at any moment of an answer: the next start leaves truthful channels and a sound database."""

from collections.abc import Awaitable, Callable

import pytest

from sandbox.environment import Environment
from tests.process import kill_points
from tests.process.kill_scenarios import Scenario
from tests.process.process_harness import RESTART_SECONDS, Theatre, database, journalled, settled, stored_turns

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
"""Where the bot is a guest it cannot write over what it wrote before."""

pytestmark = pytest.mark.timeout(90)


async def _set_up(theatre: Theatre) -> None:
    """Bring every moment about, in every kind of place."""
    everywhere: list[Callable[[], Scenario]] = [
        lambda: theatre.channel(slash=False),
        lambda: theatre.channel(slash=True),
        theatre.direct,
        theatre.abroad,
    ]
    again = [(moment, open_scene()) for open_scene in everywhere[:2] for moment in AGAIN]
    for _, scene in again:
        await scene.is_answered()
    waiting = [open_scene() for open_scene in everywhere]
    for scene in waiting:
        await kill_points.waiting_in_line(scene)
    for moment in EVERYWHERE:
        for open_scene in everywhere[:2]:
            await moment(open_scene())
    # A direct message is a channel; and where the bot is a guest, nobody could find a follow-up that was not noted.
    await kill_points.second_page_being_created(theatre.direct())
    for moment in IN_ONE_MESSAGE:
        await moment(theatre.abroad())
    for moment, scene in again:
        await moment(scene)
    for open_scene in (everywhere[1], everywhere[3]):
        await kill_points.before_the_chat_api_is_asked(open_scene())
    for scene in waiting:
        await kill_points.is_told_to_wait(scene)
    await _set_up_around_the_commit(theatre, everywhere)


async def _set_up_around_the_commit(theatre: Theatre, everywhere: list[Callable[[], Scenario]]) -> None:
    """Bring about what only a database that takes nothing keeps as it is, which must be the last moments."""
    committing, settling = ([open_scene() for open_scene in everywhere] for _ in range(2))
    for scene in committing:
        await scene.begin()
    edits = [await kill_points.last_edit_being_made(scene) for scene in settling]
    # A place with somebody waiting in line has two answers under way, every other one.
    await journalled(theatre.env, len(theatre.scenes) + len(everywhere))
    with database(theatre.env) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for scene in committing:
            await scene.end()
        for edit in edits:
            edit.let_go()
        await theatre.kill()


async def test_every_moment(env: Environment) -> None:
    await env.start_bot()
    theatre = Theatre(env)
    await _set_up(theatre)
    await env.start_bot()
    await theatre.is_truthful()
    await settled(env)
    expected = [(f"{scene.word}?", turn) for scene in theatre.scenes for turn in scene.turns]
    assert stored_turns(env) == sorted(expected)
    await _retry_works(env, theatre.scenes[::3])
    assert await env.stop_bot() == 0
    assert not env.discord.unknown_routes
    assert not env.discord.rate_limited


async def _retry_works(env: Environment, scenes: list[Scenario]) -> None:
    """Press what can be pressed under some of them, and see that it is answered."""
    env.apis.chatbase.clear()
    env.apis.chatbase.answers("Here it is.")
    for scene in scenes:
        await scene.asker.press(scene.messages[-1], "Retry", wait=False)
    await env.discord.wait_for(lambda: all("Here it is." in scene.text for scene in scenes), RESTART_SECONDS)


async def test_a_kill_while_repairing(env: Environment) -> None:
    """What was being repaired is repaired by the start after that, and nothing is said twice."""
    await env.start_bot()
    theatre = Theatre(env)
    caught = [theatre.channel(slash=False), theatre.channel(slash=True), theatre.direct(), theatre.abroad()]
    for scene in caught:
        await scene.begin()
    await journalled(env, len(caught))
    await theatre.kill()
    holds = [scene.hold("begins", final=True, carried_out=index % 2 == 0) for index, scene in enumerate(caught)]
    await env.start_bot()
    for hold in holds:
        await hold.arrived()
    await theatre.kill()
    await env.start_bot()
    await theatre.is_truthful()
    await settled(env)
    assert stored_turns(env) == []
