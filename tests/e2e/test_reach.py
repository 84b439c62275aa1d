"""Where, and for whom, a server has the bot answer: elsewhere and to others it says nothing, and refuses commands."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from bot.domain.settings.server_settings import AUTO_REPLY, CHANNELS, EXCEPT, LISTED, ON, ONLY, ROLES
from sandbox.discord import Channel, Message, Person
from sandbox.discord.model.guilds import Role
from tests.e2e.stage import Stage
from tests.e2e.test_database_calls import counted

NOT_HERE = "I don't answer in this channel. Someone with **Manage Server** can change that with `/settings channels`."


async def limit_channels(stage: Stage, value: str | None, *listed: Channel) -> None:
    """Do as `/settings channels` does."""
    settings, server = stage.bot.services.settings, stage.guild.id
    await settings.save("server", server, server, CHANNELS, value)
    for channel in listed:
        await settings.save("channel", server, channel.id, LISTED, ON)


async def limit_roles(stage: Stage, *roles: Role) -> None:
    """Do as `/settings roles` does."""
    value = ",".join(str(role.id) for role in roles) or None
    await stage.bot.services.settings.save("server", stage.guild.id, stage.guild.id, ROLES, value)


async def is_ignored(stage: Stage, *questions: Message) -> bool:
    """Return whether nothing at all came of these questions, though a later one was answered in a direct message."""
    channels: Iterable[Channel] = {question.channel for question in questions}
    await stage.ask(stage.admin, "are you there?", stage.admin.dm(stage.app))
    await stage.idle()
    people = {question.author for question in questions} - {stage.admin}
    dms = [person.dm(stage.app) for person in people if isinstance(person, Person)]
    told = [message for place in (*channels, *dms) for message in stage.by_bot(place)]
    replies = [message for message in told if message.replied_to in questions or message.channel in dms]
    return not replies and not any(channel.is_typing(stage.app.bot) for channel in channels)


async def test_where_the_bot_does_not_answer_mentions_are_ignored_and_commands_refused_privately(stage: Stage) -> None:
    await limit_channels(stage, EXCEPT, stage.general)
    thread = await stage.alice.start_thread(stage.general, "aside")
    questions = [await stage.alice.say(place, stage.mention("anybody here?")) for place in (stage.general, thread)]
    questions.append(await stage.bob.say(stage.general, stage.app.bot.mention))
    assert await is_ignored(stage, *questions)

    for place in (stage.general, thread):
        for command in ("ask", "tamako ask"):
            told = await stage.use(stage.alice, command, at=place, question="and by command?")
            assert (told.content, told.ephemeral) == (NOT_HERE, True)
    form = await stage.alice.use_menu(questions[0], "Ask about this")
    assert (await stage.told(form)).content == NOT_HERE
    assert not stage.apis.tamako.received
    assert (await stage.ask(stage.alice, "and elsewhere?", stage.other)).content
    assert (await stage.ask(stage.alice, "and in private?", stage.alice.dm(stage.app))).content


async def test_only_the_listed_channels_with_their_threads_and_posts(stage: Stage) -> None:
    forum, voice = stage.guild.add_forum("questions"), stage.guild.add_voice_channel("talk")
    await limit_channels(stage, ONLY, forum, voice)
    _, first = await stage.alice.post(forum, "A title", stage.mention("what is it?"))
    assert (await stage.answer(first)).content
    assert (await stage.ask(stage.alice, "and here?", voice)).content
    assert await is_ignored(stage, await stage.alice.say(stage.general, stage.mention("and in general?")))
    await limit_channels(stage, None)
    assert (await stage.ask(stage.alice, "and now?")).content


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_what_is_set_for_a_channel_in_which_the_bot_does_not_answer_says_so(stage: Stage) -> None:
    await limit_channels(stage, EXCEPT, stage.general)
    warning = f"⚠️ I don't answer in {stage.general.mention}, so this has no effect there yet"
    changes: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("auto-reply", {"on": True}, {"on": False}),
        ("threads", {"on": True}, {"on": False}),
        ("provider", {"provider": "tamako"}, {"provider": "default"}),
        ("conversation", {"value": "personal"}, {}),
        ("gender", {"value": "none"}, {}),
    ]
    for command, change, back in changes:
        for channel, options, is_warned in (
            (stage.general, change, True),
            (stage.general, back, False),
            (stage.other, change, False),
        ):
            told = await stage.use(stage.admin, f"settings {command}", channel=channel, **options)
            assert (warning in told.content) == is_warned, told.content


async def test_buttons_below_an_older_answer_ask_nothing_where_the_bot_no_longer_answers(stage: Stage) -> None:
    answer = await stage.ask(stage.alice, "what is it?")
    asked = len(stage.apis.chatbase.received)
    await limit_channels(stage, ONLY, stage.other)
    for button in ("Retry", "Ask another"):
        told = await stage.told(await stage.alice.press(answer, button))
        assert (told.content, told.ephemeral) == (NOT_HERE, True)
    question = answer.replied_to
    assert question is not None
    await stage.alice.edit(question, stage.mention("what was it?"))
    await stage.ask(stage.admin, "are you there?", stage.admin.dm(stage.app))
    assert len(stage.apis.chatbase.received) == asked + 1


async def test_a_form_that_was_open_and_choices_that_were_offered_ask_nothing_either(stage: Stage) -> None:
    offer = await stage.use(stage.alice, "chatbot ask", question="hello")
    asked = await stage.alice.say(stage.general, "what is this?")
    form = await stage.alice.use_menu(asked, "Ask about this")
    questions = len(stage.apis.chatbase.received), len(stage.apis.chatbot.received)
    await limit_channels(stage, ONLY, stage.other)
    for press in (await stage.alice.submit(form, question="well?"), await stage.bob.press(offer, "See the menu")):
        told = await stage.told(press)
        assert (told.content, told.ephemeral) == (NOT_HERE, True)
    assert (len(stage.apis.chatbase.received), len(stage.apis.chatbot.received)) == questions


async def test_what_is_ignored_costs_no_request_and_no_statement(stage: Stage) -> None:
    await limit_channels(stage, ONLY, stage.other)
    thread = await stage.alice.start_thread(stage.general, "aside")
    await limit_roles(stage, stage.guild.add_role("askers"))
    requests = len(stage.discord.requests)
    with counted(stage) as calls:
        for place in (stage.general, thread, stage.other):
            said = await stage.alice.say(place, stage.mention("anybody here?"))
            await stage.alice.edit(said, stage.mention("anybody there?"))
            await stage.alice.say(place, stage.app.bot.mention)
            await stage.alice.say(place, "and you?", reply_to=said)
        heard = asyncio.create_task(
            stage.bot.wait_for("message", check=lambda message: message.author.id == stage.bob.id)
        )
        await asyncio.sleep(0)
        await stage.bob.say(stage.other, stage.mention("the last"))
        await heard
        for _ in range(10):
            await asyncio.sleep(0)
        await stage.idle()
    assert len(stage.discord.requests) == requests
    assert calls.statements == []


async def test_only_people_with_a_role_are_answered_admins_included(stage: Stage) -> None:
    role, other = stage.guild.add_role("askers"), stage.guild.add_role("others")
    await limit_roles(stage, role)
    stage.guild.member(stage.alice).set_roles([role])
    stage.guild.member(stage.bob).set_roles([other])
    ignored = [await person.say(stage.other, stage.mention("and I?")) for person in (stage.bob, stage.admin)]
    answer = await stage.ask(stage.alice, "and I?")
    assert answer.content
    assert await is_ignored(stage, *ignored)
    told = await stage.use(stage.bob, "ask", question="and I?")
    assert told.ephemeral
    assert told.content.startswith(
        f"In this server I only answer people with the role {role.mention}. That goes for admins too."
    )
    told = await stage.told(await stage.admin.press(answer, "Retry"))
    assert told.content.startswith("In this server I only answer")
    assert (await stage.use(stage.alice, "ask", question="and by command?")).content != told.content

    stage.guild.member(stage.bob).set_roles([role])
    assert (await stage.ask(stage.bob, "and now?")).content
    edited = await stage.alice.say(stage.general, "not for you")
    await stage.alice.edit(edited, stage.mention("for you"))
    assert (await stage.answer(edited)).content


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_what_needs_no_mention_obeys_too(stage: Stage) -> None:
    settings, server = stage.bot.services.settings, stage.guild.id
    await settings.save("channel", server, stage.general.id, AUTO_REPLY, ON)
    await limit_roles(stage, stage.guild.add_role("askers"))
    for_all = [await stage.alice.say(stage.general, text) for text in ("overheard", "!ask me", "!help")]
    assert await is_ignored(stage, *for_all)
    await limit_roles(stage)
    await limit_channels(stage, EXCEPT, stage.general)
    assert await is_ignored(stage, *[await stage.alice.say(stage.general, text) for text in ("again", "!help")])


async def test_doctor_says_where_and_for_whom(stage: Stage) -> None:
    async def line() -> str:
        lines = (await stage.use(stage.admin, "doctor")).content.splitlines()
        return next(each for each in lines if "**Where and for whom.**" in each)

    assert (await line()).startswith("✅")
    await limit_channels(stage, EXCEPT, stage.general)
    assert (await line()).startswith("❌ **Where and for whom.** I don't answer in this channel: it's excluded in")
    await limit_channels(stage, ONLY, stage.other)
    await stage.bot.services.settings.save("channel", stage.guild.id, stage.general.id, LISTED, None)
    assert (await line()).startswith("❌ **Where and for whom.** I answer only in the channels that are listed")
    await limit_channels(stage, None)
    role = stage.guild.add_role("askers")
    await limit_roles(stage, role)
    assert (await line()).startswith(f"➖ **Where and for whom.** I answer only people with the role {role.mention}")
    stage.guild.remove_role(role)
    assert (await line()).startswith("❌ **Where and for whom.** I answer nobody: every role chosen")


async def test_what_the_commands_set_takes_effect_at_once(stage: Stage) -> None:
    role = stage.guild.add_role("askers")
    stage.guild.member(stage.alice).set_roles([role])
    await stage.use(stage.admin, "settings channels", value="only", channel=stage.other)
    await stage.use(stage.admin, "settings roles", role=role)
    assert await is_ignored(
        stage,
        await stage.alice.say(stage.general, stage.mention("in general?")),
        await stage.bob.say(stage.other, stage.mention("without the role?")),
    )
    assert (await stage.ask(stage.alice, "here?", stage.other)).content
    await stage.use(stage.admin, "settings channels", value="all")
    await stage.use(stage.admin, "settings roles", role=role, on=False)
    assert (await stage.ask(stage.bob, "and now?", stage.general)).content
