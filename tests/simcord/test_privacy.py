"""`/privacy` in simcord's Discord: shown, handed over and erased for its owner alone, after a restart too."""

import json

import pytest
import simcord

from tests.simcord.world import World, response


async def test_what_is_kept_is_shown_and_handed_over_to_its_owner_alone(world: World) -> None:
    await world.ask(world.alice, "a question of Alice's own")
    await world.ask(world.bob, "a question of Bob's own")
    shown = await world.use(world.alice, "privacy show")
    assert shown.ephemeral
    assert " 1 turn " in shown.content
    handed = await world.use(world.alice, "privacy export")
    assert handed.ephemeral
    (file,) = handed.attachments
    kept = json.loads(await file.read())["kept"]
    assert [entry["question"] for entry in kept if entry["kind"] == "turn"] == ["a question of Alice's own"]
    assert "Bob" not in json.dumps(kept)


async def test_a_press_on_erase_forgets_its_owner_and_nobody_else(world: World) -> None:
    await world.ask(world.alice, "a question of Alice's own")
    world.apis.chatbase.answers("Noted.")
    await world.ask(world.bob, "a question of Bob's own")
    asked = await world.use(world.alice, "privacy forget")
    assert asked.ephemeral
    with pytest.raises(simcord.SetupError):
        await world.bob.click(asked, label="Erase")
    await world.restart()
    await world.alice.click(asked, label="Erase")
    assert asked.content.startswith("Erased: ")
    assert not asked.components
    await world.ask(world.bob, "what do you remember?")
    assert world.history_sent()[-1] == ["a question of Bob's own", "Noted.", "what do you remember?"]
    again = response(await world.alice.slash(world.general, "privacy show"))
    assert "no question of yours" in again.content
