"""The buttons under answers: what a press asks, in whose name, and for how long they work."""

from dataclasses import replace
from pathlib import Path
from secrets import token_urlsafe

import pytest

from bot.answering.stored_buttons import Tokens
from sandbox.apis import Reply
from sandbox.apis.chatbot_stories import button
from sandbox.discord import NotPossible
from tests.databases import find_text
from tests.e2e.answer_controls import FINISHED, forget, shown, version
from tests.e2e.chatbot_answers import have_answered, offered, one_button, press_in_vain, sent
from tests.e2e.reader import words
from tests.e2e.stage import Stage, on_sqlite, open_stage

CREATE = ("POST", "/channels/{channel_id}/messages")

pytestmark = pytest.mark.environment(DEFAULT_PROVIDER="chatbot")


async def test_a_press_asks_the_buttons_value_and_answers_below_the_message(stage: Stage) -> None:
    welcome = await stage.ask(stage.alice, "hello")
    pressed = await stage.told(await stage.alice.press(welcome, "See the menu"))
    assert sent(stage, "query") == "menu"
    assert sent(stage, "sessionId") == str(stage.alice.id)
    assert pressed.content == "-# Alice chose: See the menu\nFresh from the oven.\nTwo to choose from today:"
    assert pressed.replied_to is welcome
    assert not pressed.ephemeral
    assert not pressed.pinged
    assert offered(pressed) == ["Order Margherita"]
    ordered = await stage.told(await stage.alice.press(pressed, "Order Margherita"))
    assert ordered.content == "-# Alice chose: Order Margherita\nOrdered! It takes about 20 minutes. 🛵"
    assert offered(welcome) == ["See the menu", "Opening hours", "Website"]


async def test_a_goto_button_jumps_in_the_story(stage: Stage) -> None:
    welcome = await stage.ask(stage.alice, "hello")
    pressed = await stage.told(await stage.alice.press(welcome, "Opening hours"))
    assert sent(stage, "goto") == "hours"
    assert sent(stage, "query") is None
    assert pressed.content == "-# Alice chose: Opening hours\nWe are open from noon to 11 pm, every day but Monday."


async def test_a_button_speaks_for_its_presser(stage: Stage) -> None:
    welcome = await stage.ask(stage.alice, "hello")
    await stage.told(await stage.bob.press(welcome, "See the menu"))
    assert sent(stage, "sessionId") == str(stage.bob.id)
    await stage.told(await stage.alice.press(welcome, "Opening hours"))
    assert sent(stage, "sessionId") == str(stage.alice.id)
    assert stage.apis.chatbot.memory.of(str(stage.bob.id)) == ["menu"]


async def test_a_button_works_in_a_channel_that_another_provider_answers(stage: Stage) -> None:
    welcome = await stage.ask(stage.alice, "hello")
    await stage.use(stage.admin, "settings provider", provider="stammer")
    pressed = await stage.told(await stage.alice.press(welcome, "Opening hours"))
    assert words(pressed).startswith("We are open")
    assert not stage.apis.stammer.received


async def test_buttons_work_after_a_restart(resting_stage: Stage) -> None:
    stage = resting_stage
    async with stage.running():
        welcome = await stage.ask(stage.alice, "hello")
        private = await stage.ask(stage.alice, "hello", stage.alice.dm(stage.app))
    async with stage.running():
        for message in (welcome, private):
            hours = await stage.told(await stage.alice.press(message, "Opening hours"))
            assert words(hours).startswith("We are open")
        menu = await stage.told(await stage.bob.press(welcome, "See the menu"))
        assert words(menu).startswith("Fresh from the oven.")
        assert sent(stage, "sessionId") == str(stage.bob.id)


@on_sqlite
async def test_an_unknown_button_is_explained_in_private(resting_stage: Stage, tmp_path: Path) -> None:
    stage = resting_stage
    async with stage.running():
        welcome = await stage.ask(stage.alice, "hello")
    stage.database = f"sqlite:///{tmp_path}/another.db"
    async with stage.running():
        pressed = await stage.told(await stage.alice.press(welcome, "See the menu"))
    assert pressed.content == "I no longer know this button. Please write your question instead."
    assert pressed.ephemeral
    assert len(stage.apis.chatbot.received) == 1


async def test_a_button_of_a_provider_that_is_gone_is_explained_in_private(database_url: str) -> None:
    async with open_stage(database_url) as stage:
        async with stage.running():
            welcome = await stage.use(stage.alice, "chatbot ask", question="hello")
        stage.changed |= {"CHATBOT_CLIENT_TOKEN": "", "CHATBOT_DEVELOPER_TOKEN": ""}
        async with stage.running():
            pressed = await stage.told(await stage.alice.press(welcome, "See the menu"))
        assert pressed.content == "-# chatbot isn't set up here. `/help` lists the chatbots that are."
        assert pressed.ephemeral


async def test_a_value_over_the_limit_is_refused_in_private(stage: Stage) -> None:
    (message,) = await have_answered(
        stage, {"type": "quickReplies", "title": "Choose", "buttons": [button("postback", "Much", "v" * 257)]}
    )
    pressed = await stage.told(await stage.alice.press(message, "Much"))
    assert pressed.content.startswith("-# Your question has 257 characters, but ChatBot.com takes at most 256.")
    assert pressed.ephemeral


async def test_buttons_of_every_spelling_can_be_pressed(stage: Stage) -> None:
    messages = await have_answered(
        stage,
        {"type": "quickReply", "title": "One", "replies": ["A text"]},
        {"type": "quickReplies", "messages": [{"title": "Two", "replies": ["Nested"]}]},
        {"type": "button", "title": "Three", "buttons": [{"type": "postback", "title": "No value"}]},
        {"type": "button", "title": "Four", "buttons": [{"title": "", "value": "No title"}, {"type": "call"}]},
    )
    assert [(message.content, offered(message)) for message in messages] == [
        ("One", ["A text"]),
        ("Two", ["Nested"]),
        ("Three", ["No value"]),
        ("Four", ["No title"]),
    ]
    for message in messages:
        (name,) = offered(message)
        await stage.told(await stage.alice.press(message, name))
        assert sent(stage, "query") == name


async def test_the_buttons_of_a_deleted_question_go_with_it(any_stage: Stage) -> None:
    stage = any_stage
    for says in ("marmalade", "gooseberry"):
        stage.apis.chatbot.answers(one_button(says), times=1)
    question = await stage.alice.say(stage.general, stage.mention("what is there?"))
    offer = await stage.answer(question)
    await shown(stage, offer, *FINISHED)
    await stage.alice.press(offer, "Retry")
    await version(stage, offer, "2/2")
    await stage.alice.delete(question)
    await stage.discord.wait_for(lambda: offer.deleted)
    await stage.idle()
    assert await find_text(stage.database, "marmalade") == await find_text(stage.database, "gooseberry") == set()


async def test_the_buttons_of_an_answer_that_discord_took_only_in_part_are_not_kept(stage: Stage) -> None:
    many = [button("postback", f"T{number}", f"marmalade {number}") for number in range(30)]
    items = [{"type": "quickReplies", "title": "Choose", "buttons": many}]
    stage.apis.chatbot.answers(Reply(fulfillment=items), times=1)
    first = stage.discord.hold(lambda record: (record.method, record.route) == CREATE, carried_out=True)
    question = await stage.alice.say(stage.general, stage.mention("what is there?"))
    await first.arrived()
    stage.discord.fail_next(*CREATE, 403, 50013)
    first.let_go()
    offer = await stage.answer(question)
    await stage.idle()
    assert len(stage.by_bot()) == 1
    assert await find_text(stage.database, "marmalade") == set()
    await press_in_vain(stage, offer, "T0")


async def test_a_guests_buttons_go_with_the_answer(stage: Stage) -> None:
    stage.app.install_for(stage.alice)
    abroad = stage.discord.create_guild("Abroad", stage.bob, stage.alice).add_text_channel("lobby")
    offers = []
    for location in (abroad, stage.discord.create_group(stage.bob, stage.alice, name="friends")):
        stage.apis.chatbot.answers(one_button("marmalade"), times=1)
        offers.append(await stage.use(stage.alice, "ask", at=location, question="what is there?"))
    await stage.idle()
    await stage.told(await stage.bob.press(offers[0], "Yes"))
    assert sent(stage, "query") == "marmalade"
    await stage.idle()
    for person in (stage.alice, stage.bob):
        await forget(stage, person)
    assert await find_text(stage.database, "marmalade") == set()
    for offer in offers:
        await press_in_vain(stage, offer)


async def test_a_button_of_before_works_while_its_answer_is_kept(
    resting_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their ids did not name the answer, and are still under messages in Discord."""
    stage = resting_stage
    monkeypatch.setattr(Tokens, "_put_on", lambda _self, button: replace(button, token=token_urlsafe(12)))
    async with stage.running():
        welcome = await stage.ask(stage.alice, "hello")
        private = await stage.use(stage.alice, "ask", at=stage.alice.dm(stage.app), question="hello")
        await shown(stage, welcome, *FINISHED)
        stage.apis.chatbot.answers("Another.", times=1)
        await stage.alice.press(welcome, "Retry")
        await version(stage, welcome, "2/2")
        await stage.alice.press(welcome, "◀")
        await version(stage, welcome, "1/2")
    monkeypatch.undo()
    async with stage.running():
        for message in (welcome, private):
            hours = await stage.told(await stage.alice.press(message, "Opening hours"))
            assert words(hours).startswith("We are open")
        await forget(stage, stage.alice)
        await press_in_vain(stage, welcome, "Opening hours")


async def test_a_button_that_cannot_be_looked_up_is_explained_in_private(stage: Stage) -> None:
    welcome = await stage.ask(stage.alice, "hello")
    stage.lose("texts")
    pressed = await stage.told(await stage.alice.press(welcome, "See the menu"))
    assert pressed.content == "I can't reach my database right now. Please try again in a minute."
    assert pressed.ephemeral


async def test_buttons_that_cannot_be_kept_are_shown_and_cannot_be_pressed(stage: Stage) -> None:
    stage.lose("texts")
    welcome = await stage.ask(stage.alice, "hello")
    assert offered(welcome) == ["See the menu", "Opening hours", "Website"]
    with pytest.raises(NotPossible, match="disabled"):
        await stage.alice.press(welcome, "See the menu")
