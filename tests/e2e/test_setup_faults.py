"""`/setup` while something fails: the database, the provider, time, another admin at the same moment."""

import asyncio
from typing import Any

import pytest

from bot.diagnostics import credential_trial
from bot.discord.setup import open_cards
from bot.providers.chatbase import Chatbase
from sandbox.discord import Interaction, Message, Permission, Person
from sandbox.discord.model.interactions import InteractionType
from sandbox.discord.people.forms import fill_form
from sandbox.discord.people.interactions import interact
from tests.databases import execute
from tests.e2e.setup_cards import (
    TRYING,
    WITHOUT,
    buttons_of,
    changed,
    chatbase,
    choose,
    enter,
    filled_in,
    open_card,
    press,
    send,
)
from tests.e2e.stage import Stage, on_sqlite, open_stage

ALONE = pytest.mark.environment(**WITHOUT)
LOST = "I was restarted meanwhile, and I keep nothing that isn't saved. Please enter all of it once more."
FORGOTTEN = "I no longer know this card: it's over 15 minutes old, or I was restarted. Please use `/setup` again."


def second_admin(stage: Stage) -> Person:
    """Give alice Manage Server too."""
    role = stage.guild.add_role("admins", Permission.MANAGE_GUILD)
    stage.guild.members[stage.alice.id].roles.append(role)
    return stage.alice


async def submit_anyway(form: Interaction, fields: dict[str, object], **large: str) -> Interaction:
    """Send a form as no client of Discord's would: with texts that are longer than it takes."""
    assert form.modal is not None
    assert isinstance(form.user, Person)
    filled = fill_form(form.modal, fields, form.channel)
    for label in filled.data["components"]:
        component = label["component"]
        component["value"] = large.get(component["custom_id"], component.get("value"))
    kind, source = InteractionType.MODAL, form.source
    return await interact(kind, form.user, form.channel, form.application, filled.data, source=source, parent=form)


async def form_of(stage: Stage, label: str = "Chatbase") -> tuple[Message, Interaction]:
    """Return a card, and the form that it opened."""
    card = await choose(stage, await open_card(stage), label)
    return card, await stage.admin.press(card, "Enter values")


@ALONE
async def test_a_database_that_is_gone_saves_nothing_and_that_is_said(stage: Stage) -> None:
    card, form = await form_of(stage)
    stage.lose("credentials")
    card = await send(stage, card, form, chatbase(stage))
    assert card.content.startswith("⚠️ I can't reach my database right now.")
    assert "Nothing was saved" in card.content
    assert buttons_of(card) == ["Try again", "Back"]
    told = await stage.told(await stage.admin.press(card, "Back"))
    assert told.content.startswith("I can't reach my database right now.")


@ALONE
async def test_a_provider_that_says_nothing_is_waited_for_and_then_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credential_trial, "TRIAL_SECONDS", 0.05)
    stage.apis.chatbase.fails("silent")
    card, form = await form_of(stage)
    card = await send(stage, card, form, chatbase(stage))
    assert card.content.startswith("⚠️ Chatbase didn't answer within 0 seconds")
    assert not execute(stage.database, "SELECT 1 FROM credentials")


@ALONE
async def test_discord_is_answered_before_the_trial_and_a_second_one_waits(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = asyncio.Event()
    check = Chatbase.check

    async def slow(provider: Chatbase) -> Any:  # noqa: ANN401 - what the provider says
        await held.wait()
        return await check(provider)

    monkeypatch.setattr(Chatbase, "check", slow)
    card, form = await form_of(stage)
    before = card.content
    await stage.admin.submit(form, chatbase(stage))
    await stage.discord.wait_for(lambda: card.content.startswith(TRYING) or None, 10)
    assert not buttons_of(card)
    told = await stage.told(await stage.admin.submit(form, chatbase(stage)))
    assert told.content.startswith("I'm still trying the values that you sent before.")
    held.set()
    assert (await changed(stage, card, before)).content.startswith("✅")


@ALONE
async def test_a_mistake_of_the_bots_own_repeats_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(provider: Chatbase) -> Any:  # noqa: ANN401
        raise RuntimeError(f"it was {provider.__dict__['_settings'].secrets}")

    monkeypatch.setattr(Chatbase, "check", broken)
    card, form = await form_of(stage)
    card = await send(stage, card, form, chatbase(stage))
    assert card.content.startswith("⚠️ Something went wrong on my side while I tried the values.")
    assert "RuntimeError" in caplog.text
    assert stage.apis.chatbase.api_key not in caplog.text


@ALONE
async def test_what_is_far_too_long_is_refused_without_being_tried(stage: Stage) -> None:
    card, form = await form_of(stage)
    before = card.content
    await submit_anyway(form, chatbase(stage), api_key="k" * 100_000, chatbot_id="b" * 100_000)
    card = await changed(stage, card, before)
    assert card.content.startswith("⚠️ **API key** has 100,000 characters, but at most 1,000 fit.")
    form = await stage.admin.press(card, "Try again")
    assert form.modal is not None
    assert len(form.modal["components"][1]["component"]["value"]) == 100


@ALONE
async def test_of_two_admins_that_save_at_once_the_last_one_is_whole_and_both_cards_say_so(stage: Stage) -> None:
    alice = second_admin(stage)
    cards = [await choose(stage, await open_card(stage, who), "Chatbase", who) for who in (stage.admin, alice)]
    forms = [await who.press(card, "Enter values") for who, card in zip((stage.admin, alice), cards, strict=True)]
    await asyncio.gather(*(send(stage, card, form, chatbase(stage)) for card, form in zip(cards, forms, strict=True)))
    rows = execute(stage.database, "SELECT field, saved_by FROM credentials ORDER BY field")
    (saved_by,) = {row[1] for row in rows}
    assert [row[0] for row in rows] == ["api_key", "chatbot_id"]

    def all_agree() -> bool | None:
        return all(f"by <@{saved_by}>" in card.content for card in cards) or None

    await stage.discord.wait_for(all_agree, 10)


@ALONE
async def test_an_open_card_says_what_another_admin_changed(stage: Stage) -> None:
    alice = second_admin(stage)
    mine = await enter(stage, "Chatbase", chatbase(stage))
    theirs = await choose(stage, await open_card(stage, alice), "Chatbase", alice)
    before = mine.content
    await send(stage, theirs, await alice.press(theirs, "Change"), chatbase(stage))
    mine = await changed(stage, mine, before)
    assert mine.content.startswith("Another admin changed this meanwhile. In force now:\n**Chatbase**: API key and")
    assert f"by {alice.mention}" in mine.content
    before = theirs.content
    await press(stage, await press(stage, mine, "Remove"), "Remove")
    theirs = await changed(stage, theirs, before)
    assert theirs.content.startswith("This server no longer has values for **Chatbase**.")


@ALONE
async def test_a_card_that_was_not_used_for_a_quarter_of_an_hour_is_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, form = await form_of(stage)
    monkeypatch.setattr(open_cards, "KEPT_SECONDS", -1.0)
    for late in (await stage.admin.press(card, "Back"), await stage.admin.submit(form, chatbase(stage))):
        told = await stage.told(late)
        assert (told.content, told.ephemeral) == (FORGOTTEN, True)
    assert not execute(stage.database, "SELECT 1 FROM credentials")


@on_sqlite
async def test_a_card_from_before_a_restart_goes_on(url: str) -> None:
    async with open_stage(url, **WITHOUT) as stage:
        async with stage.running():
            card, form = await form_of(stage)
        async with stage.running():
            card = await send(stage, card, form, chatbase(stage, **{"API key": "wrong"}))
            assert card.content.startswith("⚠️")
            again = await stage.admin.press(card, "Try again")
            assert (filled_in(again), LOST in str(again.modal)) == (
                {"chatbot_id": stage.apis.chatbase.chatbot_id},
                False,
            )
        async with stage.running():
            again = await stage.admin.press(card, "Try again")
            assert (filled_in(again), LOST in str(again.modal)) == ({}, True)
            card = await send(stage, card, again, chatbase(stage))
            assert card.content.startswith("✅")
        async with stage.running():
            card = await press(stage, card, "Back")
            assert (await choose(stage, card, "Chatbase")).content.startswith("**Chatbase**: API key")
            assert (await stage.ask(stage.alice, "is somebody there?")).content
