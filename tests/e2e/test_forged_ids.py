"""Custom ids of another server or person: refused in private, with nothing quoted and nothing in the log."""

import logging

import pytest

from sandbox.discord import Channel, Interaction, Message, Person
from sandbox.discord.model.interactions import InteractionType
from sandbox.discord.people.components import find_button
from sandbox.discord.people.forms import fill_form
from sandbox.discord.people.interactions import interact
from tests.e2e.answer_controls import FINISHED, NOT_YOURS, shown, told_alone
from tests.e2e.chatbot_answers import one_button
from tests.e2e.stage import Stage

UNKNOWN = "I no longer know this button. Please write your question instead."


async def elsewhere(stage: Stage, person: Person) -> tuple[Channel, Message]:
    """Return a channel of another server, of which `person` is the owner, and an answer there."""
    guild = stage.discord.create_guild("Elsewhere", person)
    guild.add_bot(stage.app)
    channel = guild.add_text_channel("there")
    question = await person.say(channel, stage.mention("who is there?"))
    return channel, await shown(stage, await stage.answer(question), *FINISHED)


async def press(stage: Stage, person: Person, channel: Channel, source: Message, custom_id: str) -> Interaction:
    """Press a button that is not there."""
    data = {"component_type": 2, "custom_id": custom_id, "id": 1}
    return await interact(InteractionType.COMPONENT, person, channel, stage.app, data, source=source)


async def test_the_ids_of_an_answer_of_another_server(brisk: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage = brisk
    answer = await shown(stage, await stage.ask(stage.alice, "something sweet?"), *FINISHED)
    ids = [str(find_button(answer, label)["custom_id"]) for label in FINISHED]
    name = ids[0].rpartition(":")[2]
    ids += [f"steer:show:{name}:1", f"steer:show:{name}:99", f"steer:ask:{name}:tamako", f"steer:stop:{name}"]
    channel, other = await elsewhere(stage, stage.alice)
    stranger = stage.discord.create_user("stranger")
    assert channel.guild is not None
    channel.guild.add_member(stranger)
    caplog.clear()
    with caplog.at_level(logging.INFO):
        for custom_id in ids[:-1]:
            assert await told_alone(stage, await press(stage, stage.alice, channel, other, custom_id)) == UNKNOWN
            assert await told_alone(stage, await press(stage, stranger, channel, other, custom_id)) == NOT_YOURS
        finished = await told_alone(stage, await press(stage, stage.alice, channel, other, ids[-1]))
        assert finished == "This answer is already finished."
        nonsense = ("steer:show:x:²", "steer:page:x", f"reply:{name}:1:0", "reply:x", "erase:x", "other", "about:x")
        for custom_id in nonsense:
            assert await told_alone(stage, await press(stage, stage.alice, channel, other, custom_id)) == UNKNOWN
    assert len(stage.apis.chatbase.received) == 2
    assert not [each for each in caplog.records if each.levelno > logging.INFO]


async def test_a_page_that_is_not_there(brisk: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage = brisk
    answer = await shown(stage, await stage.ask(stage.alice, "something sweet?"), *FINISHED)
    name = str(find_button(answer, "Retry")["custom_id"]).rpartition(":")[2]
    caplog.clear()
    for number in ("2", "999999999", "9" * 30, "0", "-1", "before", "\u0661"):
        told = await told_alone(
            stage, await press(stage, stage.alice, stage.general, answer, f"steer:show:{name}:{number}")
        )
        assert told in (UNKNOWN, "I no longer have this question. Please ask it again.")
    assert not [each for each in caplog.records if each.levelno > logging.INFO]


async def test_a_button_that_another_servers_answer_offers(brisk: Stage) -> None:
    stage = brisk
    stage.apis.chatbot.answers(one_button("the secret"), times=1)
    asked = await stage.alice.slash(stage.general, "chatbot ask", question="may I?")
    offered = await asked.wait_until("Choose")
    token = str(find_button(offered, "Yes")["custom_id"])
    channel, other = await elsewhere(stage, stage.bob)
    assert await told_alone(stage, await press(stage, stage.bob, channel, other, token)) == UNKNOWN


async def test_a_form_of_somebody_else_or_from_another_channel(stage: Stage) -> None:
    said = await stage.alice.say(stage.general, "the moon is made of cheese")
    form = await stage.bob.use_menu(said, "Ask about this")
    assert form.modal is not None
    data = fill_form(form.modal, {}, stage.general).data
    for person, channel in ((stage.alice, stage.general), (stage.bob, stage.other)):
        sent = await interact(InteractionType.MODAL, person, channel, stage.app, data, parent=form)
        assert sent.content.startswith("I no longer know which message this was about.")
        assert sent.ephemeral
    assert not stage.apis.chatbase.received
    assert (await stage.told(await stage.bob.submit(form))).content  # it is still there for the person who opened it
