"""What people press or open at one process reaches the other, or works there as well."""

import asyncio

import pytest

from sandbox.discord import Person
from sandbox.discord.people.components import button_names
from tests.e2e.setup_cards import KEY, MENU
from tests.processes.asked import Outcome
from tests.processes.ledger import UNHURRIED
from tests.processes.play import Play

pytestmark = pytest.mark.timeout(180)


async def hand_over(play: Play) -> None:
    """Start a successor, and wait until it has all shards."""
    since = play.now
    await play.fleet.start()
    await play.handed_over(since)


async def test_stop_on_an_answer_that_the_first_is_finishing(play: Play) -> None:
    old, gate = await play.fleet.start(), asyncio.Event()
    (asked,) = await play.begin(gate)
    await hand_over(play)
    pressed = await asked.person.press(asked.messages[0], "Stop")
    if play.url.startswith("postgresql"):
        asked.may_be = {Outcome.STOPPED}
        await play.ledger.concluded()
    else:
        told = await pressed.wait_until(timeout=UNHURRIED)
        assert told.ephemeral
        assert "finish" in told.content
    gate.set()
    await play.ends(old)
    await play.check()


async def test_a_form_about_a_message_is_opened_at_the_first_and_sent_to_the_second(play: Play) -> None:
    await play.fleet.start()
    asked = await play.ask()
    await play.ledger.concluded()
    form = await asked.person.use_menu(asked.messages[0], "Ask about this")
    await hand_over(play)
    await play.ledger.ask(asked.person, asked.place, send=lambda text: asked.person.submit(form, {"Question": text}))
    await play.check()


async def test_a_card_of_setup_is_opened_at_the_first_and_used_at_the_second(play: Play) -> None:
    play.env.settings["SECRET_KEY"] = KEY
    await play.fleet.start()
    _, place = play.servers.place(0)
    assert place.guild is not None
    owner = place.guild.owner
    assert isinstance(owner, Person)
    card = await (await owner.slash(place, "setup")).wait_until(timeout=UNHURRIED)
    await hand_over(play)
    before = card.content
    await owner.choose(card, MENU, "Chatbase")
    await play.env.discord.wait_for(lambda: card.content != before, UNHURRIED)
    assert card.content.startswith("**Chatbase**")
    assert button_names(card)
    await play.check()
