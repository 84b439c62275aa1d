"""The menu "Why this answer?": who is told what about an answer, and what is never told."""

import re

from sandbox.discord import Message, Person
from tests.e2e.answer_controls import FINISHED, shown, version
from tests.e2e.answer_steps import begin
from tests.e2e.stage import Stage

MENU = "Why this answer?"


async def why(stage: Stage, person: Person, answer: Message) -> str:
    """Return what a person is told, alone, about an answer."""
    told = await stage.told(await person.use_menu(answer, MENU))
    assert told.ephemeral
    return told.content


async def test_the_asker_and_admins_are_told_figures_and_nobodys_words(brisk: Stage) -> None:
    stage = brisk
    stage.apis.chatbase.answers("Marmalade.", times=1)
    await stage.ask(stage.alice, "something sweet?")
    stream = stage.apis.chatbase.hold()
    question = await stage.alice.say(stage.general, stage.mention("something sour?"))
    await stream.send("Lem")
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    await stream.send("on")
    await answer.wait_until("Lemon")
    reservation = stage.bot.services.answering.active_runs.by_question(question.id)
    assert reservation is not None
    assert reservation.run is not None
    await reservation.run.flush()
    assert (
        await why(stage, stage.alice, answer) == "I'm still writing this answer. Please try again when it's finished."
    )
    await stream.send("s.")
    await stream.finish()
    await shown(stage, answer, *FINISHED)
    await stage.idle()
    for person in (stage.alice, stage.admin):
        told = await why(stage, person, answer)
        first, *lines = told.splitlines()
        assert first == "**Chatbase** answered in full."
        figures = dict(each.removeprefix("- **").split("**: ", 1) for each in lines)
        assert figures.pop("History sent") == "2 messages"
        for figure in ("Waited in line", "First text after", "Finished after"):
            assert re.fullmatch(r"\d+\.\d s", figures.pop(figure)), figure
        assert re.fullmatch(r"[234] \(0 retried\)", figures.pop("Messages and edits"))
        assert not figures
        assert not re.search("sweet|sour|Marmalade|Lemons", told)
    refused = "Only the person who asked, or someone with **Manage Server**, can see that."
    assert await why(stage, stage.bob, answer) == refused
    nothing = "That isn't one of my answers, or I no longer have its details."
    assert await why(stage, stage.alice, question) == nothing


async def test_it_tells_of_the_version_that_is_shown_and_of_what_went_wrong(brisk: Stage) -> None:
    stage = brisk
    answer = await stage.use(stage.alice, "ask", question="hello")
    await shown(stage, answer, *FINISHED)
    offer = await (await stage.alice.press(answer, "Ask another")).wait_until()
    await stage.alice.press(offer, "Tamako")
    await version(stage, answer, "2/2")
    told = await why(stage, stage.alice, answer)
    assert told.startswith("**Tamako** answered in full. This is version 2 of 2.\n")
    assert told.endswith("- **History sent**: none")
    await stage.alice.press(answer, "◀")
    await version(stage, answer, "1/2")
    told = await why(stage, stage.alice, answer)
    assert told.startswith("**Chatbase** answered in full. This is version 1 of 2.\n")
    stage.apis.chatbase.fails("server-error", times=1)
    failed = await stage.ask(stage.alice, "and now?")
    await stage.idle()
    told = await why(stage, stage.alice, failed)
    assert told.startswith("**Chatbase** gave no answer.\n- **Error in the log**: `ServerFault`")
    stream, _, stopped = await begin(stage)
    await shown(stage, stopped, "Stop")
    await stage.alice.press(stopped, "Stop")
    await stream.left()
    await shown(stage, stopped, *FINISHED)
    await stage.idle()
    assert (await why(stage, stage.alice, stopped)).startswith("**Chatbase** was stopped.\n")
