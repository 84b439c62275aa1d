"""What tests of `/setup` share: a bot whose host has a key, and an admin's way through the cards."""

from base64 import b64encode
from collections.abc import Mapping

from sandbox.discord import Channel, Interaction, Message, Person
from sandbox.discord.people.components import button_names
from tests.e2e.stage import Stage

KEY = b64encode(b"of a host, thirty-two bytes long").decode()

HOST: tuple[str, ...] = (
    "TAMAKO_USERNAME",
    "TAMAKO_APP_ID",
    "TAMAKO_APP_SECRET",
    "CHATBASE_API_KEY",
    "CHATBASE_CHATBOT_ID",
)
HOST += ("CHATBASE_V2_API_KEY", "CHATBASE_V2_AGENT_ID", "STAMMER_API_TOKEN", "STAMMER_CHATBOT_UUID")
HOST += ("CHATBOT_CLIENT_TOKEN", "CHATBOT_DEVELOPER_TOKEN", "CHATBOT_STORY_ID", "DEFAULT_PROVIDER")
WITHOUT = {"SECRET_KEY": KEY, **dict.fromkeys(HOST, "")}
"""The environment of a host who has a key, and no chatbot. Tamako is asked at its address all the same."""

MENU = "Choose a service"
TRYING = "Trying this at"


async def open_card(stage: Stage, person: Person | None = None, at: Channel | None = None) -> Message:
    """Return the card that somebody, by default the admin, opens."""
    return await stage.use(person or stage.admin, "setup", at=at)


async def changed(stage: Stage, card: Message, before: str) -> Message:
    """Return the card once it says something else, and nothing is being tried."""

    def find() -> Message | None:
        return card if card.content != before and not card.content.startswith(TRYING) else None

    return await stage.discord.wait_for(find, 60)


async def choose(stage: Stage, card: Message, label: str, person: Person | None = None) -> Message:
    """Choose a service, and return the card that tells of it."""
    before = card.content
    await (person or stage.admin).choose(card, MENU, label)
    return await changed(stage, card, before)


async def press(stage: Stage, card: Message, button: str, person: Person | None = None) -> Message:
    """Press a button that changes the card."""
    before = card.content
    await (person or stage.admin).press(card, button)
    return await changed(stage, card, before)


async def send(stage: Stage, card: Message, form: Interaction, fields: Mapping[str, object]) -> Message:
    """Send a form, and return the card that tells how the trial went."""
    before = card.content
    assert isinstance(form.user, Person)
    await form.user.submit(form, fields)
    return await changed(stage, card, before)


async def enter(
    stage: Stage,
    label: str,
    fields: Mapping[str, object],
    *,
    button: str = "Enter values",
    person: Person | None = None,
    at: Channel | None = None,
) -> Message:
    """Go from nothing to a trial of these values, and return the card."""
    card = await choose(stage, await open_card(stage, person, at), label, person)
    form = await (person or stage.admin).press(card, button)
    return await send(stage, card, form, fields)


def chatbase(stage: Stage, **changes: str) -> dict[str, object]:
    """Return what Chatbase's stand-in accepts, by the labels of the form."""
    api = stage.apis.chatbase
    return {"API key": api.api_key, "Chatbot ID": api.chatbot_id, **changes}


def buttons_of(card: Message) -> list[str]:
    """Return the labels of a card's buttons."""
    return button_names(card)


def filled_in(form: Interaction) -> dict[str, str]:
    """Return what is already written in a form that opens, by custom id."""
    assert form.modal is not None
    components = [top["component"] for top in form.modal["components"] if "component" in top]
    return {each["custom_id"]: each["value"] for each in components if each.get("value")}
