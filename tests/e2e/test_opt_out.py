"""`/privacy opt-out`: somebody's messages are neither answered nor passed on, until they opt in again."""

from typing import Any

import pytest

from sandbox.apis.chatbase import messages_of
from sandbox.discord import Person
from tests.databases import execute
from tests.e2e.answer_controls import forget
from tests.e2e.stage import Stage
from tests.e2e.test_database_calls import counted
from tests.e2e.test_privacy import exported
from tests.e2e.test_reach import is_ignored

WITHHELD = "-# I don't pass that person's messages on, so I answered without it."
SECRET = "my cat is called Mog"


async def opt_out(stage: Stage, person: Person, **options: Any) -> str:  # noqa: ANN401 - whatever the command takes
    """Opt out, and return what that person is told."""
    told = await stage.use(person, "privacy opt-out", **options)
    assert told.ephemeral
    return told.content


def sent(stage: Stage) -> str:
    """Return everything that the newest request to Chatbase sent."""
    return "\n".join(message.content for message in messages_of(stage.apis.chatbase.received[-1]))


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_ones_messages_get_no_answer_and_ones_commands_do(stage: Stage) -> None:
    await stage.use(stage.admin, "settings auto-reply", channel=stage.other, on=True)
    answer = await stage.ask(stage.alice, "what is it?")
    assert "Commands and buttons still work" in await opt_out(stage, stage.alice)
    edited = await stage.alice.say(stage.general, "not for you")
    await stage.alice.edit(edited, stage.mention("for you"))
    assert await is_ignored(
        stage,
        edited,
        await stage.alice.say(stage.general, stage.mention("a mention")),
        await stage.alice.say(stage.general, stage.app.bot.mention),
        await stage.alice.say(stage.general, "a reply", reply_to=answer),
        await stage.alice.say(stage.general, "!help"),
        await stage.alice.say(stage.other, "overheard"),
        await stage.alice.say(stage.alice.dm(stage.app), "hello there, in private"),
    )
    told = await stage.use(stage.alice, "ask", question="and by command?")
    assert told.content.startswith("-# Alice asked: and by command?\n")
    assert (await stage.told(await stage.alice.press(answer, "Retry"))).content
    assert (await stage.ask(stage.bob, "and I?")).content
    assert "You've opted in" in await opt_out(stage, stage.alice, on=False)
    assert (await stage.ask(stage.alice, "and now?")).content


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_what_one_wrote_does_not_go_along_with_others_questions(stage: Stage) -> None:
    stage.apis.chatbase.answers("An answer.")
    said = await stage.alice.say(stage.general, stage.mention(SECRET))
    await stage.answer(said)
    elsewhere = await stage.alice.say(stage.other, SECRET)
    quoting = await stage.answer(await stage.bob.say(stage.other, stage.mention("true?"), reply_to=elsewhere))
    assert SECRET in sent(stage)
    await stage.ask(stage.bob, "what do you think?")
    assert SECRET in sent(stage)
    post, first = await stage.alice.post(stage.guild.add_forum("forum"), "Mog's title", SECRET)
    form = await stage.bob.use_menu(said, "Ask about this")
    await opt_out(stage, stage.alice)

    answer = await stage.answer(await stage.bob.say(stage.general, stage.mention("sure?"), reply_to=said))
    assert answer.content.endswith(WITHHELD)
    assert "what do you think?" in sent(stage), "what Bob asked is still part of the conversation"
    assert "Mog" not in sent(stage)
    await stage.ask(stage.bob, "and in the post?", post)
    assert "Mog" not in sent(stage)
    for refused in (
        await stage.bob.submit(form, question="well?"),
        await stage.bob.use_menu(said, "Ask about this"),
        await stage.bob.use_menu(first, "Ask about this"),
    ):
        told = await stage.told(refused)
        assert (told.ephemeral, told.content.startswith("I don't pass that person's messages on")) == (True, True)
    command = await stage.use(stage.alice, "ask", question="a secret by command")
    answer = await stage.answer(await stage.bob.say(stage.general, stage.mention("and this?"), reply_to=command))
    assert answer.content.endswith(WITHHELD)
    assert "a secret by command" not in sent(stage)
    await stage.bob.press(quoting, "Retry")
    await stage.discord.wait_for(lambda: quoting if quoting.content.endswith(WITHHELD) else None)
    assert sent(stage) == "true?"

    await stage.use(stage.alice, "ask", question="what do I remember?")
    assert SECRET in sent(stage), "their own words go along with their own questions"
    await opt_out(stage, stage.alice, on=False)
    await stage.answer(await stage.bob.say(stage.general, stage.mention("and now?"), reply_to=said))
    assert f"Alice wrote:\n> {SECRET}" in sent(stage)


async def test_it_lasts_is_shown_and_handed_over_and_is_not_erased_with_the_rest(any_stage: Stage) -> None:
    stage = any_stage
    assert (await exported(stage, stage.alice))["opted_out"] is False
    assert "`/privacy opt-out` stops that" in (await stage.use(stage.alice, "privacy show")).content
    await stage.ask(stage.alice, SECRET)
    await opt_out(stage, stage.alice, on=True)
    assert "you opted out" in (await stage.use(stage.alice, "privacy show")).content
    assert (await exported(stage, stage.alice))["opted_out"] is True
    assert (await exported(stage, stage.bob))["opted_out"] is False
    await forget(stage, stage.alice)
    assert await is_ignored(stage, await stage.alice.say(stage.general, stage.mention("a mention")))
    row = f"SELECT name, value FROM preferences WHERE scope = 'person' AND target = {stage.alice.id}"
    assert execute(stage.database, row) == [("opt-out", "on")]
    await opt_out(stage, stage.alice, on=False)
    assert not execute(stage.database, row)


async def test_after_a_restart_nothing_of_it_is_read_nor_caught_up_with(resting_stage: Stage) -> None:
    stage = resting_stage
    async with stage.running():
        await stage.ask(stage.alice, "hello", stage.alice.dm(stage.app))
        await opt_out(stage, stage.alice)
    away = [
        await stage.alice.say(place, stage.mention("are you back?"))
        for place in (stage.general, stage.alice.dm(stage.app))
    ]
    other = await stage.bob.say(stage.general, stage.mention("and I?"))
    asked = len(stage.apis.chatbase.received)
    async with stage.running():
        assert (await stage.answer(other)).content
        await stage.idle()
        assert not [each for place in away for each in stage.by_bot(place.channel) if each.replied_to is place]
        assert len(stage.apis.chatbase.received) == asked + 1
        await opt_out(stage, stage.alice, on=False)
    async with stage.running():
        assert (await stage.ask(stage.alice, "and now?")).content


async def test_what_is_ignored_costs_no_statement(stage: Stage) -> None:
    await opt_out(stage, stage.alice)
    with counted(stage) as calls:
        assert await is_ignored_quietly(stage)
    assert calls.statements == []


async def is_ignored_quietly(stage: Stage) -> bool:
    """Return whether nothing comes of a mention, once the bot has heard of it."""
    heard = stage.bot.wait_for("message", check=lambda message: message.author.id == stage.alice.id)
    before = len(stage.by_bot())
    await stage.alice.say(stage.general, stage.mention("hello?"))
    await heard
    await stage.idle()
    return len(stage.by_bot()) == before
