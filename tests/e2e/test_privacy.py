"""`/privacy`: what is kept is shown and handed over to its owner alone, and erased without anybody else's words."""

import asyncio
import json
import sys
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import DatabaseUnavailable
from bot.strings.errors import explain
from sandbox.apis.chatbase import messages_of
from sandbox.discord import NotPossible, Person
from sandbox.discord.model.interactions import InteractionType
from sandbox.discord.people.components import find_button
from sandbox.discord.people.interactions import interact
from tests.databases import find_text
from tests.e2e.answer_controls import FINISHED, erase, forget, shown, version
from tests.e2e.answer_steps import begin
from tests.e2e.chatbot_answers import offered, one_button, press_in_vain
from tests.e2e.stage import Stage, on_sqlite

ANSWER = "A chatbot's answer."


def sent(stage: Stage) -> list[str]:
    """Return the texts that the newest request to Chatbase sent, oldest first."""
    return [message.content for message in messages_of(stage.apis.chatbase.received[-1])]


async def exported(stage: Stage, person: Person) -> dict[str, Any]:
    """Return what a person is handed over."""
    told = await stage.use(person, "privacy export")
    assert told.ephemeral
    (file,) = told.attachments
    assert file.filename == f"switchboard-{person.id}-1.json"
    document: dict[str, Any] = json.loads(file.data)
    return document


async def talk(stage: Stage) -> None:
    """Have Alice and Bob ask in one channel, Alice in private too."""
    stage.apis.chatbase.answers(ANSWER)
    await stage.ask(stage.alice, "a first question of Alice's")
    await stage.ask(stage.bob, "a question of Bob's own")
    await stage.ask(stage.alice, "a second question of Alice's")
    await stage.ask(stage.alice, "a question in private", stage.alice.dm(stage.app))
    await stage.idle()  # which message shows an answer is noted after it was shown


async def test_people_are_shown_what_is_kept_about_them_here_and_everywhere(stage: Stage) -> None:
    shown = await stage.use(stage.alice, "privacy show")
    assert "Nothing: no questions" in shown.content
    await talk(stage)
    await stage.use(stage.admin, "settings provider", provider="tamako")
    await stage.use(stage.alice, "history clear")
    shown = await stage.use(stage.alice, "privacy show")
    assert shown.ephemeral
    here, everywhere, time = shown.content.splitlines()[1:4]
    assert here.startswith("- In this server: ")
    assert "2 questions with my answers, and 2 exchanges " in here
    assert "3 questions with my answers, and 3 exchanges " in everywhere
    assert time == "- In this server, I delete everything older than 30 days."
    key = stage.alice.id
    assert f"Tamako `{key}.1`, Stammer.ai `{key}`, ChatBot.com `{key}`." in shown.content
    private = await stage.use(stage.alice, "privacy show", at=stage.alice.dm(stage.app))
    assert private.content.splitlines()[1].startswith("- In direct messages: ")
    assert "1 question with my answers, and 1 exchange " in private.content.splitlines()[1]
    assert "1 question with my answers, and 1 exchange " in (await stage.use(stage.bob, "privacy show")).content


async def test_an_export_holds_all_of_ones_own_and_nothing_of_others(stage: Stage) -> None:
    await talk(stage)
    document = await exported(stage, stage.alice)
    assert document["person"] == str(stage.alice.id)
    assert document["keys"]["tamako"] == str(stage.alice.id)
    questions = ["a question in private", "a second question of Alice's", "a first question of Alice's"]
    turns, answers = ([one for one in document["kept"] if one["kind"] == kind] for kind in ("turn", "answer"))
    assert [entry["question"] for entry in turns] == questions
    assert [entry["question"]["text"] for entry in answers] == questions
    assert [entry["answer"] for entry in turns + answers] == [ANSWER] * 3 + [[ANSWER]] * 3
    for entries in (turns, answers):
        assert [entry["server"] for entry in entries] == [None, str(stage.guild.id), str(stage.guild.id)]
        assert [entry["channel"] for entry in entries][1:] == [str(stage.general.id)] * 2
    shown = [int(message) for entry in answers for message in entry["messages"]]
    assert [stage.discord.state.find_message(stage.general.id, message) for message in shown[1:]] == [
        answer for answer in reversed(stage.by_bot()) if answer.replied_to and answer.replied_to.author is stage.alice
    ]
    assert "Bob" not in json.dumps(document)
    assert (await exported(stage, stage.admin))["kept"] == []


async def test_who_is_forgotten_leaves_the_others_words(any_stage: Stage) -> None:
    stage = any_stage
    await talk(stage)
    before = stage.apis.chatbase.received[-2].user_key
    await stage.use(stage.alice, "tamako ask", question="who am I?")
    await stage.idle()
    told = await forget(stage, stage.alice)
    assert told.ephemeral
    assert not told.components
    assert told.content.startswith("Deleted: ")
    assert "4 questions with my answers, and 3 exchanges " in told.content
    assert "2 conversations continue without your messages." in told.content
    assert (await exported(stage, stage.alice))["kept"] == []
    await stage.ask(stage.bob, "what do you remember?")
    assert sent(stage) == ["a question of Bob's own", ANSWER, "what do you remember?"]
    assert stage.apis.chatbase.received[-1].user_key != before
    await stage.ask(stage.alice, "and in private?", stage.alice.dm(stage.app))
    assert sent(stage) == ["and in private?"]
    for person, key in ((stage.alice, f"{stage.alice.id}.1"), (stage.bob, f"{stage.bob.id}")):
        for provider in ("tamako", "stammer", "chatbot"):
            await stage.use(person, f"{provider} ask", question="who am I?")
            assert getattr(stage.apis, provider).received[-1].user_key == key
    assert (await forget(stage, stage.admin)).content.startswith("There was nothing to delete.")


@pytest.mark.environment(DEFAULT_PROVIDER="chatbot")
async def test_what_buttons_say_is_handed_over_and_forgotten_with_their_answers(any_stage: Stage) -> None:
    stage = any_stage
    for says in ("marmalade", "gooseberry", "elderberry"):
        stage.apis.chatbot.answers(one_button(says), times=1)
    offer = await stage.ask(stage.alice, "what is there?")
    await shown(stage, offer, *FINISHED)
    await stage.alice.press(offer, "Retry")
    await version(stage, offer, "2/2")
    others = await stage.ask(stage.bob, "and for me?")
    answers = [entry["answer"] for entry in (await exported(stage, stage.alice))["kept"]]
    said = [[button["value"] for piece in pieces if "Buttons" in piece for button in piece["Buttons"]["buttons"]]
            for pieces in answers]  # fmt: skip
    assert said == [["gooseberry"], ["marmalade"]]
    assert await find_text(stage.database, "marmalade") == await find_text(stage.database, "gooseberry") == {"texts"}
    await forget(stage, stage.alice)
    assert await find_text(stage.database, "marmalade") == await find_text(stage.database, "gooseberry") == set()
    await press_in_vain(stage, offer)
    await stage.told(await stage.alice.press(others, "Yes"))
    assert stage.apis.chatbot.received[-1].question == "elderberry"


@pytest.mark.environment(DEFAULT_PROVIDER="chatbot")
@pytest.mark.parametrize("again", [False, True], ids=["first", "retry"])
async def test_the_buttons_of_an_answer_under_way_are_shown_and_not_kept(stage: Stage, *, again: bool) -> None:
    come = asyncio.Event()
    if again:
        offer = await stage.ask(stage.alice, "hello")
        await shown(stage, offer, *FINISHED)
    stage.apis.chatbot.answers(replace(one_button("marmalade"), think=come.wait), times=1)
    asked = len(stage.apis.chatbot.received)
    if again:
        await stage.alice.press(offer, "Retry")
    else:
        question = await stage.alice.say(stage.general, stage.mention("what is there?"))
    await stage.apis.chatbot.wait_received(asked + 1)
    await forget(stage, stage.alice)
    come.set()
    if not again:
        offer = await stage.answer(question)
    await stage.discord.wait_for(lambda: offered(offer) == ["Yes"])
    await stage.idle()
    with pytest.raises(NotPossible, match="disabled"):
        await stage.bob.press(offer, "Yes")
    assert await find_text(stage.database, "marmalade") == set()


@pytest.mark.parametrize("before", ["nobody", "alice", "bob"])
async def test_an_answer_under_way_is_shown_and_not_kept(stage: Stage, before: str) -> None:
    stage.apis.chatbase.answers(ANSWER)
    if before != "nobody":
        await stage.ask(stage.alice if before == "alice" else stage.bob, "a question from before")
    stream, question, answer = await begin(stage)
    key = stage.apis.chatbase.received[-1].user_key
    await forget(stage, stage.alice)
    await stream.send(" and ends.")
    await stream.finish()
    assert (await stage.answer(question)).content == answer.content == "It begins and ends."
    await stage.idle()
    assert (await exported(stage, stage.alice))["kept"] == []
    await stage.ask(stage.bob, "what do you remember?")
    remembered = ["a question from before", ANSWER] if before == "bob" else []
    assert sent(stage) == [*remembered, "what do you remember?"]
    assert stage.apis.chatbase.received[-1].user_key != key


@on_sqlite
async def test_the_button_works_after_a_restart(resting_stage: Stage) -> None:
    stage = resting_stage
    async with stage.running():
        await talk(stage)
        asked = await stage.use(stage.alice, "privacy forget")
    async with stage.running():
        assert "3 questions with my answers" in (await erase(stage, stage.alice, asked)).content
        assert (await exported(stage, stage.alice))["kept"] == []


async def test_another_ones_button_erases_nothing(stage: Stage) -> None:
    await talk(stage)
    asked = await stage.use(stage.alice, "privacy forget")
    # Discord shows the button to nobody else; somebody may press it all the same, by other means.
    data = find_button(asked, "Erase")
    pressed = await interact(InteractionType.COMPONENT, stage.bob, stage.general, stage.app, data, source=asked)
    assert pressed.content.startswith("This button deletes someone else's data.")
    assert pressed.ephemeral
    assert [len((await exported(stage, person))["kept"]) for person in (stage.alice, stage.bob)] == [6, 2]


async def test_a_database_that_fails_midway_is_told_and_the_button_stays(stage: Stage) -> None:
    await talk(stage)
    asked = await stage.use(stage.alice, "privacy forget")
    stage.lose("turns")
    for _ in range(2):
        told = await erase(stage, stage.alice, asked)
        assert told.content == (
            "My database failed before everything was deleted. Please press **Erase** again. "
            "It's safe to press it twice."
        )
    for command in ("privacy show", "privacy export", "privacy forget"):
        told = await stage.use(stage.alice, command)
        assert told.content == explain(DatabaseUnavailable())
        assert told.ephemeral


async def test_a_large_export_comes_in_several_files_and_says_where_it_ends(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The cog's module stands in no package: discord.py loads it by itself.
    monkeypatch.setattr(sys.modules["cogs.privacy"], "MAX_FILES", 2)
    monkeypatch.setattr("bot.privacy.export.MAX_FILE_BYTES", 10)
    await talk(stage)
    used = await stage.alice.slash(stage.general, "privacy export")
    first = await used.wait_until()
    second = await used.next_followup()
    last = await used.next_followup(after=second)
    assert first.content.startswith("This is everything")
    assert second.content == "Continued: file 2."
    assert last.content == "I send at most 2 files, so the oldest entries are missing."
    assert all(message.ephemeral for message in (first, second, last))
    kept = [json.loads(message.attachments[0].data)["kept"] for message in (first, second)]
    assert [len(entries) for entries in kept] == [1, 1]
