"""ChatBot.com's buttons in simcord's Discord: pressed by anybody, after a restart, and unknown ones."""

from pathlib import Path

import pytest

from tests.simcord.world import World, response

pytestmark = pytest.mark.environment(DEFAULT_PROVIDER="chatbot")


async def test_a_button_asks_in_the_name_of_its_presser(world: World) -> None:
    welcome = await world.ask(world.alice, "hello")
    pressed = response(await world.bob.click(welcome, label="See the menu"))
    assert pressed.content.startswith("-# bob chose: See the menu\nFresh from the oven.")
    assert not pressed.ephemeral
    assert world.apis.chatbot.received[-1].fields["query"] == "menu"
    assert world.apis.chatbot.received[-1].user_key == str(world.bob.id)
    ordered = response(await world.alice.click(pressed, label="Order Margherita"))
    assert ordered.content.startswith("-# alice chose: Order Margherita\nOrdered!")
    assert world.apis.chatbot.received[-1].user_key == str(world.alice.id)


async def test_buttons_work_after_a_restart(world: World) -> None:
    welcome = await world.ask(world.alice, "hello")
    await world.alice.user.send_dm("hello")
    private = world.last(world.alice.user.dm_channel)
    await world.restart()
    hours = response(await world.bob.click(welcome, label="Opening hours"))
    assert hours.content.startswith("-# bob chose: Opening hours\nWe are open")
    assert world.apis.chatbot.received[-1].user_key == str(world.bob.id)
    menu = response(await world.alice.user.click(private, label="See the menu"))
    assert menu.content.startswith("-# alice chose: See the menu\nFresh from the oven.")


async def test_an_unknown_button_is_explained_to_its_presser_alone(world: World, tmp_path: Path) -> None:
    welcome = await world.ask(world.alice, "hello")
    await world.restart(DATABASE_URL=f"sqlite:///{tmp_path}/another.db")
    pressed = response(await world.bob.click(welcome, label="See the menu"))
    assert pressed.content == "I no longer know this button. Please write your question instead."
    assert pressed.ephemeral
    assert len(world.apis.chatbot.received) == 1


async def test_links_stand_under_the_answer_as_links(world: World) -> None:
    welcome = await world.ask(world.alice, "hello")
    buttons = [button for row in welcome.components for button in getattr(row, "children", [])]
    assert [(button.label, bool(button.url), bool(button.custom_id)) for button in buttons] == [
        ("See the menu", False, True),
        ("Opening hours", False, True),
        ("Website", True, False),
        ("Retry", False, True),
        ("Ask another", False, True),
    ]
