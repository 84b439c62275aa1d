"""`/settings auto-reply`: every message of a channel is answered, but for those that are meant for somebody else."""

import pytest

from sandbox.discord import Channel, Message, Permission
from sandbox.discord.operations.messaging import Draft, post
from tests.e2e.stage import Stage, on_sqlite

INTENT = pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")


async def switch(stage: Stage, channel: Channel, *, on: bool = True) -> str:
    """Have the admin switch auto-reply on or off in a channel, and return what the bot says to it."""
    told = await stage.use(stage.admin, "settings auto-reply", channel=channel, on=on)
    assert told.ephemeral
    return told.content


def asked(stage: Stage) -> list[str | None]:
    """Return the questions that were sent so far."""
    return [received.question for received in stage.apis.chatbase.received]


def answers(stage: Stage) -> list[Message]:
    """Return what the bot wrote in `general` for everybody."""
    return [message for message in stage.by_bot() if not message.ephemeral]


@INTENT
async def test_every_message_of_the_channel_is_answered_until_that_is_switched_off(stage: Stage) -> None:
    assert (await switch(stage, stage.general)).startswith(f"I now answer every message in {stage.general.mention}")
    first = await stage.answer(await stage.alice.say(stage.general, "first"))
    assert first.pinged == {stage.alice}
    await stage.bob.say(stage.other, "not here")
    await stage.answer(await stage.bob.say(stage.general, "second"))
    assert (await switch(stage, stage.general, on=False)).startswith("I no longer answer every message")
    await stage.alice.say(stage.general, "third")
    await stage.ask(stage.alice, "fourth")
    assert asked(stage) == ["first", "Bob: second", "Alice: fourth"]


@INTENT
async def test_what_keeps_the_bot_from_answering_every_message_is_said(stage: Stage) -> None:
    askers, forum = stage.guild.add_role("askers"), stage.guild.add_forum("questions")
    await stage.use(stage.admin, "settings roles", role=askers)
    limit = f"\nI answer only people with the role <@&{askers.id}>."
    assert (await switch(stage, stage.general)).endswith(limit)
    for channel, denied, missing in (
        (stage.general, Permission.SEND_MESSAGES, "Send Messages"),
        (forum, Permission.SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
    ):
        channel.overwrite(stage.guild.everyone, deny=denied)
        told = await stage.use(stage.admin, "settings auto-reply", channel=channel, on=True)
        assert told.content.endswith(f"{limit}\n⚠️ I can't do that yet: I'm missing **{missing}** there.")
        assert not told.pinged


@INTENT
async def test_what_is_meant_for_somebody_else_is_left_alone(stage: Stage) -> None:
    await switch(stage, stage.general)
    other_bot = stage.discord.create_application("Other")
    stage.guild.add_bot(other_bot)
    team = stage.guild.add_role("team", mentionable=True)
    said = await stage.alice.say(stage.general, f"{stage.bob.mention} lunch?")
    await stage.bob.say(stage.general, "sure", reply_to=said)
    await stage.bob.say(stage.general, f"{team.mention} who else?")
    await stage.admin.say(stage.general, "@everyone news")
    await stage.alice.say(stage.general, attachments=[("cat.png", b"")])
    post(stage.general, other_bot.bot, Draft("beep"))
    await stage.answer(await stage.alice.say(stage.general, f"what does {stage.bob.mention} eat?"))
    assert asked(stage) == ["what does @Bob eat?"]
    assert len(answers(stage)) == 1


@INTENT
async def test_replies_to_the_bot_and_to_oneself_are_answered(stage: Stage) -> None:
    await switch(stage, stage.general)
    question = await stage.alice.say(stage.general, "what is it?")
    answer = await stage.answer(question)
    await stage.answer(await stage.bob.say(stage.general, "and then?", reply_to=answer, ping=False))
    await stage.answer(await stage.alice.say(stage.general, "well?", reply_to=question))
    assert asked(stage) == ["what is it?", "Bob: and then?", "Alice: Alice wrote:\n> what is it?\n\nwell?"]


@INTENT
async def test_a_mention_and_a_text_command_are_answered_once(stage: Stage) -> None:
    await switch(stage, stage.general)
    await stage.ask(stage.alice, "first")
    await stage.answer(await stage.alice.say(stage.general, "!ask second"))
    said = await stage.bob.say(stage.general, f"{stage.admin.mention} the moon is made of cheese")
    await stage.answer(await stage.alice.say(stage.general, stage.mention("is it?"), reply_to=said))
    thread = await stage.alice.start_thread(stage.general, "aside")
    helped = await stage.answer(await stage.alice.say(thread, stage.app.bot.mention))
    assert helped.content.startswith("Just write your question here")
    await stage.idle()
    assert [len(asked(stage)), len(answers(stage))] == [3, 3]
    assert asked(stage)[:2] == ["first", "second"]


@INTENT
async def test_it_holds_in_the_threads_of_a_channel_and_in_the_posts_of_a_forum(stage: Stage) -> None:
    stage.apis.chatbase.answers("noted")
    forum = stage.guild.add_forum("questions")
    await switch(stage, stage.general)
    await switch(stage, forum)
    await stage.answer(await stage.alice.say(stage.general, "in the channel"))
    thread = await stage.alice.start_thread(stage.general, "aside")
    await stage.answer(await stage.bob.say(thread, "in the thread"))
    mine, first = await stage.alice.post(forum, "One question", "in a post")
    await stage.answer(first)
    await stage.answer(await stage.bob.say(mine, "and once more"))
    sent = [received.fields["messages"] for received in stage.apis.chatbase.received]
    assert [[message["content"] for message in each] for each in sent] == [  # type: ignore[attr-defined]
        ["in the channel"],
        ["Thread: aside\n\nin the thread"],
        ["Forum post: One question\n\nin a post"],
        ["Forum post: One question\n\nAlice: in a post", "noted", "Bob: and once more"],
    ]
    shown = await stage.use(stage.admin, "settings show", at=thread)
    assert "- **auto-reply**: `on` (set for this channel)" in shown.content
    helped = await stage.use(stage.bob, "help", at=mine)
    assert "- Just write a message. I answer every message here" in helped.content


async def test_without_the_intent_it_says_what_to_turn_on_and_where(stage: Stage) -> None:
    told = await switch(stage, stage.general)
    for word in (
        "Developer Portal",
        "**Bot**",
        "**Message Content Intent**",
        "`MESSAGE_CONTENT_INTENT=true`",
        "`.env`",
    ):
        assert word in told
    assert told.endswith("Nothing was changed.")
    shown = await stage.use(stage.admin, "settings show")
    assert "- **auto-reply**: `off` (default)" in shown.content
    await stage.alice.say(stage.general, "anybody there?")
    await stage.ask(stage.alice, "hello")
    assert asked(stage) == ["hello"]


@on_sqlite
async def test_it_lasts_over_a_restart_and_rests_while_the_intent_is_off(resting_stage: Stage) -> None:
    stage = resting_stage
    stage.app.flags |= stage.discord.create_application("any", message_content=True).flags
    for number, intent in enumerate(("true", "true", "false")):
        stage.changed["MESSAGE_CONTENT_INTENT"] = intent
        async with stage.running():
            if number == 0:
                await switch(stage, stage.general)
            else:
                await stage.alice.say(stage.general, f"number {number}")
            await stage.ask(stage.alice, "hello")
            shown = await stage.use(stage.admin, "settings show")
            assert "- **auto-reply**: `on` (set for this channel)" in shown.content
            assert ("I can't answer every message" in shown.content) == (intent == "false")
    assert asked(stage) == ["hello", "number 1", "hello", "hello"]


@INTENT
async def test_nobody_is_written_to_where_the_bot_only_overheard_them(stage: Stage) -> None:
    await switch(stage, stage.general)
    stage.general.overwrite(stage.app.bot, deny=Permission.SEND_MESSAGES)
    question = await stage.alice.say(stage.general, "may I?")
    await stage.apis.chatbase.wait_received()
    await stage.idle()
    assert f"question {question.id}: the asker could not be told either" in stage.log.events("bot")
    assert not stage.by_bot(stage.alice.dm(stage.app))
    await stage.alice.say(stage.general, stage.mention("may I now?"))
    await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
