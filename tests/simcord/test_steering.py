"""The controls under answers in simcord's Discord: pressed by asker, moderator and stranger, and after a restart."""

import discord
import pytest
import simcord

from bot.streaming.live_answer import LiveAnswer
from tests.simcord.world import World, response

NOT_YOURS = "Only the person who asked, or someone with **Manage Messages**, can do that."
MENU = "Why this answer?"


async def begin(world: World) -> discord.Message:
    """Have alice ask, and return the answer, of which "It begins slowly" is written; controls come with an edit."""
    stream = world.apis.chatbase.hold()
    await world.alice.send(world.general, f"{world.me.mention} begin, please")
    await stream.started()
    await stream.send("It begins")
    await world.frames.showing("It begins")
    await stream.send(" slowly")
    await world.frames.showing(" slowly")
    return world.last()


async def have_answered(world: World, *answers: str) -> discord.Message:
    """Have alice ask and press Retry until all the answers were given, and return the message that holds them."""
    for text in answers:
        world.apis.chatbase.answers(text, times=1)
    answer = await world.ask(world.alice, "which one is it?")
    for _ in answers[1:]:
        await world.alice.click(answer, label="Retry")
    return world.last()


def pressable(message: discord.Message) -> list[str]:
    """Return the labels of the buttons that can be pressed."""
    buttons = [button for row in message.components for button in getattr(row, "children", [])]
    return [button.label for button in buttons if not button.disabled]


def counter(message: discord.Message) -> str:
    """Return what stands between the arrows: which version is shown, and who gave it."""
    buttons = [button for row in message.components for button in getattr(row, "children", [])]
    (label,) = (button.label for button in buttons if button.disabled and "/" in button.label)
    return str(label)


async def told(world: World, person: simcord.MemberActor, message: discord.Message, label: str) -> tuple[str, bool]:
    """Return what somebody is told who presses a button, and whether nobody else sees it."""
    said = response(await person.click(message, label=label))
    return said.content, said.ephemeral


async def test_a_running_answer_is_stopped_by_its_asker_or_a_moderator_only(world: World) -> None:
    world.let_flow("chatbase")
    for person in (world.alice, world.moderator):
        answer = await begin(world)
        assert pressable(answer) == ["Stop"]
        assert await told(world, world.bob, answer, "Stop") == (NOT_YOURS, True)
        await person.click(answer, label="Stop")
        await world.env.settle()
        assert world.last().content.startswith("It begins slowly\n-# Stopped.")
        assert "Retry" in pressable(world.last())


async def test_an_answer_is_asked_again_by_its_asker_or_a_moderator_only(world: World) -> None:
    answer = await have_answered(world, "the first", "the second")
    assert answer.content == "the second"
    assert pressable(answer) == ["Retry", "Ask another", "◀"]
    for label in pressable(answer):
        assert await told(world, world.bob, answer, label) == (NOT_YOURS, True)
    world.apis.chatbase.answers("the third", times=1)
    await world.moderator.click(answer, label="Retry")
    assert world.last().id == answer.id
    assert world.last().content == "the third"
    assert world.history_sent() == [["which one is it?"]] * 3


async def test_the_version_shown_last_is_the_one_that_is_remembered(world: World) -> None:
    answer = await have_answered(world, "the first", "the second")
    await world.moderator.click(answer, label="◀")
    assert world.last().content == "the first"
    assert pressable(world.last()) == ["Retry", "Ask another", "▶"]
    world.apis.chatbase.answers("Yes.", times=1)
    await world.ask(world.bob, "are you sure?")
    assert world.history_sent()[-1] == ["alice: which one is it?", "the first", "bob: are you sure?"]


async def test_another_provider_is_asked_by_a_private_choice(world: World) -> None:
    answer = await have_answered(world, "from Chatbase")
    world.apis.tamako.answers("from Tamako")
    offer = response(await world.alice.click(answer, label="Ask another"))
    assert offer.ephemeral
    assert pressable(offer.message) == ["Tamako", "Chatbase v2", "Stammer.ai", "ChatBot.com"]
    await world.alice.click(offer, label="Tamako")
    assert world.last().id == answer.id
    assert world.last().content == "from Tamako"
    assert world.apis.tamako.received[-1].question == "which one is it?"


async def test_versions_say_who_gave_them(world: World) -> None:
    answer = await have_answered(world, "the first", "the second")
    assert counter(world.last()) == "2/2 · Chatbase"
    world.apis.tamako.answers("the third")
    await world.alice.click(response(await world.alice.click(answer, label="Ask another")), label="Tamako")
    assert (world.last().content, counter(world.last())) == ("the third", "3/3 · Tamako")
    await world.alice.click(answer, label="◀")
    assert counter(world.last()) == "2/3 · Chatbase"


async def test_the_controls_work_after_a_restart(world: World) -> None:
    answer = await have_answered(world, "the first", "the second")
    await world.restart()
    for label in pressable(answer):
        assert await told(world, world.bob, answer, label) == (NOT_YOURS, True)
    await world.alice.click(answer, label="◀")
    assert world.last().content == "the first"
    world.apis.chatbase.answers("the third", times=1)
    await world.alice.click(answer, label="Retry")
    assert world.last().content == "the third"
    offer = response(await world.alice.click(answer, label="Ask another"))
    await world.restart()
    world.apis.stammer.answers("the fourth")
    await world.alice.click(offer, label="Stammer.ai")
    assert world.last().content == "the fourth"


async def test_why_an_answer_came_about_is_for_its_asker_and_admins(world: World) -> None:
    answer = await have_answered(world, "the first", "the second")
    await world.restart()
    for person in (world.alice, world.admin):
        why = response(await person.context_menu(world.general, MENU, answer))
        assert why.ephemeral
        assert why.content.startswith("**Chatbase** answered in full. This is version 2 of 2.")
        assert "which one" not in why.content
    for person in (world.bob, world.moderator):
        why = response(await person.context_menu(world.general, MENU, answer))
        assert why.content == "Only the person who asked, or someone with **Manage Server**, can see that."
        assert why.ephemeral
    said = await world.bob.send(world.general, "not an answer")
    assert response(await world.bob.context_menu(world.general, MENU, said)).content.startswith(
        "That isn't one of my answers"
    )


async def test_a_question_that_is_changed_is_asked_again_in_place(world: World) -> None:
    answer = await have_answered(world, "Red.")
    world.apis.chatbase.answers("Blue.")
    await world.alice.edit(question_of(world), f"{world.me.mention} which one is it then?")
    assert (world.last().id, world.last().content) == (answer.id, "Blue.")
    await world.ask(world.alice, "sure?")
    assert world.history_sent()[-1] == ["which one is it then?", "Blue.", "sure?"]


async def test_a_question_that_is_deleted_takes_its_answer_along(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    removing = LiveAnswer.remove_quietly

    async def declared(answer: LiveAnswer) -> None:
        # A removal waits for its turn to write, and simcord holds its clock while anybody waits undeclared.
        await world.env.external_wait(removing(answer), reason="its turn to write")

    monkeypatch.setattr(LiveAnswer, "remove_quietly", declared)
    await have_answered(world, "Red.")
    await world.alice.delete(question_of(world))
    await world.env.advance_time(1)
    assert not world.general.history()
    await world.ask(world.alice, "and now?")
    assert world.history_sent()[-1] == ["and now?"]


def question_of(world: World) -> discord.Message:
    """Return the first message of alice's."""
    return next(message for message in world.general.history() if message.author.id == world.alice.id)
