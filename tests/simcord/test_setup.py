"""`/setup` in simcord's Discord: an admin's way to a first answer, a failed trial, and who may not go it."""

import pytest
import simcord

from tests.e2e.setup_cards import KEY, WITHOUT
from tests.simcord.world import World, response

pytestmark = pytest.mark.environment(**WITHOUT)

REFUSAL = "You need **Manage Server** for that. Nothing was changed."


def labels(card: simcord.ResponseMessage) -> list[str]:
    """Return what is on a card's buttons."""
    return [item["label"] for row in card.components for item in row["components"]]


async def choose(world: World, provider: str) -> simcord.ResponseMessage:
    """Open a card, and choose a service on it."""
    card = await world.use(world.admin, "setup")
    return response(await world.admin.select(card, [provider]))


async def enter(
    world: World, card: simcord.ResponseMessage, values: dict[str, str], label: str = "Enter values"
) -> simcord.ResponseMessage:
    """Fill in the form that a button opens, and return the card afterwards."""
    form = await world.admin.click(card, label=label)
    return response(await world.admin.submit_modal(form, values))


async def test_from_nothing_to_a_first_answer_by_way_of_a_failed_trial(world: World) -> None:
    api = world.apis.chatbase
    card = await choose(world, "chatbase")
    card = await enter(world, card, {"api_key": "not-the-right-one", "chatbot_id": api.chatbot_id})
    assert card.content.startswith("⚠️ Chatbase rejected this server's API key.")
    assert labels(card) == ["Try again", "Back"]
    card = await enter(world, card, {"api_key": api.api_key, "chatbot_id": api.chatbot_id}, "Try again")
    assert card.content.startswith("✅ **Chatbase is set up for this server.**")
    assert card.ephemeral
    api.answers("I can help.")
    form = await world.admin.click(card, label="Ask a test question")
    answer = response(await world.admin.submit_modal(form, {"question": "who is there?"}))
    assert answer.ephemeral
    assert answer.content.endswith("I can help.")
    api.answers("It is me.")
    assert (await world.ask(world.alice, "who is there?")).content == "It is me."


async def test_of_tamakos_two_logins_one_is_enough(world: World) -> None:
    api = world.apis.tamako
    card = await choose(world, "tamako")
    values = {"username": api.username, "app_id": api.app_id, "app_secret": api.app_secret}
    card = await enter(world, card, values, "Enter values: Login with an app")
    assert "your first question will tell if they're right." in card.content


async def test_members_set_up_nothing(world: World) -> None:
    await world.allow(world.alice, "setup")
    told = await world.use(world.alice, "setup")
    assert (told.content, told.ephemeral) == (REFUSAL, True)


@pytest.mark.environment(SECRET_KEY="")
async def test_the_key_is_what_lets_a_server_bring_its_own(world: World) -> None:
    card = await world.use(world.admin, "setup")
    assert "`python -m bot new-key`" in card.content
    await world.restart(SECRET_KEY=KEY)
    card = await world.use(world.admin, "setup")
    assert card.content.startswith("**This server has no chatbot of its own yet.**")
