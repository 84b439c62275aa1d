"""Nobody but an admin, on their own card, in their own server, sets up anything; and copied rows are worth nothing."""

import pytest

from sandbox.discord import Channel, Interaction, Message, Permission, Person
from sandbox.discord.model.interactions import InteractionType
from sandbox.discord.people.components import find_button
from sandbox.discord.people.forms import fill_form
from sandbox.discord.people.interactions import interact
from tests.databases import execute
from tests.e2e.setup_cards import MENU, WITHOUT, chatbase, choose, enter, open_card, press
from tests.e2e.stage import Stage
from tests.e2e.test_setup_faults import FORGOTTEN, second_admin

pytestmark = pytest.mark.environment(**WITHOUT)

NOT_ALLOWED = "You need **Manage Server** for that. Nothing was changed."
NOT_YOURS = "Only the person who opened this card can use it. Please use `/setup` yourself."


async def use_id(stage: Stage, person: Person, source: Message, custom_id: str, at: Channel | None = None) -> Message:
    """Press what is not there for this person, and return what they are told."""
    data = {"component_type": 2, "custom_id": custom_id, "id": 1}
    kind, place = InteractionType.COMPONENT, at or source.channel
    return await stage.told(await interact(kind, person, place, stage.app, data, source=source))


async def submit_as(stage: Stage, person: Person, form: Interaction, fields: dict[str, object]) -> Message:
    """Send a form that somebody else opened."""
    assert form.modal is not None
    data = fill_form(form.modal, fields, form.channel).data
    kind = InteractionType.MODAL
    return await stage.told(await interact(kind, person, form.channel, stage.app, data, source=form.source))


def ids_of(card: Message) -> list[str]:
    """Return the custom ids of a card's buttons."""
    found = [find_button(card, label) for label in ("Ask a test question", "Try again", "Change", "Remove", "Back")]
    return [str(each["custom_id"]) for each in found]


def rows(stage: Stage) -> list[tuple[object, ...]]:
    """Return all that is stored of credentials."""
    return [tuple(row) for row in execute(stage.database, "SELECT * FROM credentials ORDER BY 1, 2, 3")]


async def test_a_member_opens_no_card_presses_nothing_and_sends_nothing(stage: Stage) -> None:
    refused = await stage.use(stage.alice, "setup", force=True)
    assert (refused.content, refused.ephemeral) == (NOT_ALLOWED, True)
    card = await enter(stage, "Chatbase", chatbase(stage))
    form = await stage.admin.press(card, "Change")
    before, asked = rows(stage), len(stage.apis.chatbase.received)
    removed = ids_of(card)[3].replace(":remove:", ":removed:")
    for custom_id in (*ids_of(card), removed, ids_of(card)[0].replace(":test:", ":answer:")):
        told = await use_id(stage, stage.alice, card, custom_id)
        assert (told.content, told.ephemeral) == (NOT_ALLOWED, True)
    told = await submit_as(stage, stage.alice, form, chatbase(stage))
    assert (told.content, told.ephemeral) == (NOT_ALLOWED, True)
    assert (rows(stage), len(stage.apis.chatbase.received)) == (before, asked)


async def test_who_loses_manage_server_loses_the_card_too(stage: Stage) -> None:
    listed = await open_card(stage)
    card = await enter(stage, "Chatbase", chatbase(stage))
    forms = [await stage.admin.press(card, button) for button in ("Change", "Ask a test question")]
    before, asked = rows(stage), len(stage.apis.chatbase.received)
    stage.guild.owner = stage.alice
    for role in stage.guild.roles.values():
        role.set_permissions(role.permissions & ~(Permission.MANAGE_GUILD | Permission.ADMINISTRATOR))
    presses = [await stage.admin.choose(listed, MENU, "Tamako")]
    presses += [await stage.admin.press(card, name) for name in ("Try again", "Remove", "Back", "Change")]
    presses += [await stage.admin.submit(forms[0], chatbase(stage)), await stage.admin.submit(forms[1])]
    for used in presses:
        told = await stage.told(used)
        assert (told.content, told.ephemeral) == (NOT_ALLOWED, True)
    assert (rows(stage), len(stage.apis.chatbase.received)) == (before, asked)


async def test_another_admin_uses_their_own_card(stage: Stage) -> None:
    alice = second_admin(stage)
    card = await enter(stage, "Chatbase", chatbase(stage))
    form = await stage.admin.press(card, "Change")
    before = rows(stage)
    for custom_id in ids_of(card):
        assert (await use_id(stage, alice, card, custom_id)).content == NOT_YOURS
    assert (await submit_as(stage, alice, form, chatbase(stage))).content == NOT_YOURS
    assert rows(stage) == before


async def test_a_card_of_one_server_does_nothing_in_another(stage: Stage) -> None:
    guild = stage.discord.create_guild("Elsewhere", stage.admin, stage.bob)
    guild.add_bot(stage.app)
    there = guild.add_text_channel("there")
    card = await enter(stage, "Chatbase", chatbase(stage))
    other = await open_card(stage, at=there)
    assert other.content.startswith("**This server has no chatbot of its own yet.**")
    for custom_id in ids_of(card):
        assert (await use_id(stage, stage.admin, other, custom_id, there)).content == FORGOTTEN
    for forged in ("setup:list:guessed::", ids_of(card)[4].replace(":chatbase:", ":nobody:")):
        assert (await use_id(stage, stage.admin, other, forged, there)).content == FORGOTTEN
    assert {row[0] for row in rows(stage)} == {stage.guild.id}
    stage.apis.chatbase.answers("for this server only")
    asked = len(stage.apis.chatbase.received)
    question = await stage.bob.slash(there, "chatbase ask", question="is somebody there?")
    assert "isn't set up" in (await stage.told(question)).content
    assert len(stage.apis.chatbase.received) == asked


async def test_rows_that_are_copied_to_another_server_cannot_be_read_there(stage: Stage) -> None:
    guild = stage.discord.create_guild("Elsewhere", stage.admin, stage.bob)
    guild.add_bot(stage.app)
    there = guild.add_text_channel("there")
    await enter(stage, "Chatbase", chatbase(stage))
    execute(
        stage.database,
        f"INSERT INTO credentials SELECT {guild.id}, provider, field, value, saved_at, saved_by FROM credentials",
    )
    asked = len(stage.apis.chatbase.received)
    card = await choose(stage, await open_card(stage, at=there), "Chatbase")
    card = await press(stage, card, "Try again")
    assert card.content.startswith("⚠️ I can't read what this server's admins entered for Chatbase.")
    answer = await stage.ask(stage.bob, "is somebody there?", there)
    assert "I can't read what this server's admins entered for Chatbase." in answer.content
    assert len(stage.apis.chatbase.received) == asked


async def test_in_a_direct_message_it_says_where_it_works(stage: Stage) -> None:
    told = await stage.use(stage.admin, "setup", at=stage.admin.dm(stage.app), force=True)
    assert told.content.startswith("`/setup` gives a server its own chatbot. Please use it in a server")


async def test_no_custom_id_holds_more_than_a_token_and_names(stage: Stage) -> None:
    card = await enter(stage, "Chatbase", chatbase(stage))
    for value in chatbase(stage).values():
        assert str(value) not in str([*ids_of(card), card.components])


async def test_what_was_entered_is_in_memory_no_longer_than_it_is_tried(stage: Stage) -> None:
    for key in ("no-such-key", stage.apis.chatbase.api_key):
        await enter(stage, "Chatbase", chatbase(stage, **{"API key": key}))
    cog = stage.bot.get_cog("Setup")
    cards = [card for card in vars(cog)["_cards"].__dict__["_cards"].values() if card.shown is not None]
    assert len(cards) == 2
    kept = [getattr(card.shown, name, None) for card in cards for name in type(card.shown).__slots__]
    assert not any(key in str([*kept, cards]) for key in ("no-such-key", stage.apis.chatbase.api_key))


async def test_where_only_the_commands_are_it_keeps_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.bot, "get_guild", lambda _: None)
    told = await stage.use(stage.admin, "setup")
    assert (told.content.partition(",")[0], told.ephemeral) == ("I'm not a member of this server", True)
    assert not told.components
