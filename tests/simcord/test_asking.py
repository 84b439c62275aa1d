"""Asking in simcord's Discord: by mention, reply, direct message and in threads; what is seen, and whom it pings."""

import discord
import pytest

from tests.simcord.world import World, switchboard

INTENT = pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
SIGN = "▌"


async def test_a_mention_is_answered_as_a_reply_that_grows(world: World) -> None:
    world.let_flow("chatbase")
    stream = world.apis.chatbase.hold()
    question = await world.alice.send(world.general, f"{world.me.mention} count")
    received = await stream.started()
    await stream.send("One,")
    await world.frames.showing("One,")
    await stream.send(" two,")
    await world.frames.showing("two,")
    await stream.send(" three.")
    await stream.finish()
    await world.frames.showing("three.")
    await world.env.settle()
    assert received.question == "count"
    assert [frame.rstrip(f" {SIGN}") for frame in world.frames.texts] == ["One,", "One, two,", "One, two, three."]
    assert [frame.endswith(SIGN) for frame in world.frames.texts] == [True, True, False]
    answer = world.last()
    assert answer.content == "One, two, three."
    assert answer.reference is not None
    assert answer.reference.message_id == question.id


async def test_an_answer_pings_its_asker_and_nobody_it_names(world: World) -> None:
    team = world.guild.create_role("Team", mentionable=True)
    text = f"Hello {world.bob.mention}, {team.mention} and @everyone"
    world.apis.chatbase.answers(text)
    answer = await world.ask(world.alice, "greet them")
    shown = await world.use(world.alice, "ask", question="greet them")
    assert answer.content == text
    assert shown.content == f"-# alice asked: greet them\n{text}"
    for message, pinged in ((answer, [world.alice.id]), (shown, [])):
        stored = world.env.backend.get_message(world.general.id, message.id)
        assert (stored.ping_user_ids, stored.ping_role_ids, stored.mention_everyone) == (pinged, [], False)


async def test_a_direct_message_needs_no_mention(world: World) -> None:
    await world.alice.user.send_dm("just between us")
    answer = world.last(world.alice.user.dm_channel)
    assert answer.author == world.me
    assert world.apis.chatbase.received[-1].question == "just between us"


async def test_everyone_and_other_bots_are_not_answered(world: World) -> None:
    callers = world.guild.create_role("Callers", permissions=discord.Permissions(mention_everyone=True))
    caller = world.guild.add_member(world.env.create_user("caller"), roles=[callers])
    call = await caller.send(world.general, "@everyone @here")
    assert call.mention_everyone
    other_bot = world.guild.add_member(world.env.create_user("other bot", bot=True))
    await other_bot.send(world.general, f"{world.me.mention} hello")
    webhook = world.guild.create_webhook(world.general)
    await webhook.send(f"{world.me.mention} hello")
    assert not world.frames.texts
    assert not world.apis.chatbase.received


async def test_a_reply_to_the_bot_is_a_question(world: World) -> None:
    answer = await world.ask(world.alice, "hello")
    await world.bob.send(world.general, "and then?", reply_to=answer)
    assert [received.question for received in world.apis.chatbase.received] == ["hello", "bob: and then?"]


async def test_a_thread_has_its_parents_provider_and_a_conversation_of_its_own(world: World) -> None:
    await world.use(world.admin, "settings provider", provider="chatbase", channel=world.general)
    await world.use(world.admin, "settings provider", provider="stammer")
    await world.ask(world.alice, "first")
    channel = world.env.bot.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="aside", type=discord.ChannelType.public_thread)
    (thread,) = world.general.threads
    await world.ask(world.alice, "second", thread)
    assert world.history_sent() == [["first"], ["Thread: aside\n\nsecond"]]
    outside, inside = (received.fields["conversationId"] for received in world.apis.chatbase.received)
    assert outside != inside


async def test_texts_that_do_not_mention_the_bot_are_hidden_from_it(world: World) -> None:
    await world.alice.send(world.general, "!ask anybody there?")
    secret = await world.bob.send(world.general, "the quoted secret")
    await world.alice.send(world.general, f"{world.me.mention} what does this say?", reply_to=secret)
    (received,) = world.apis.chatbase.received
    assert received.question == "what does this say?"
    assert "\n-# " in world.last().content
    assert "secret" not in world.last().content


async def test_a_reply_to_a_command_that_hides_its_text_gets_help(world: World) -> None:
    # Discord treats replies to an interaction's response differently from those to a message: its issue tracker, 5395.
    result = await world.alice.slash(world.general, "ask", question="hello")
    assert result.response is not None
    await world.alice.send(world.general, "and then?", reply_to=result.response)
    assert "Mention me with your question" in world.last().content
    assert len(world.apis.chatbase.received) == 1


@INTENT
async def test_with_the_intent_text_commands_and_quotes_are_read(world: World) -> None:
    assert switchboard(world.env).message_content.on
    await world.alice.send(world.general, "!ask anybody there?")
    quoted = await world.bob.send(world.general, "The sky is green.")
    await world.alice.send(world.general, f"{world.me.mention} is that so?", reply_to=quoted)
    first, second = (received.question or "" for received in world.apis.chatbase.received)
    assert first == "anybody there?"
    assert "The sky is green." in second
    assert second.endswith("is that so?")


async def test_where_the_bot_may_not_write_the_asker_is_told_once_in_a_direct_message(world: World) -> None:
    silence = discord.PermissionOverwrite(send_messages=False)
    quiet = world.guild.create_text_channel("quiet", overwrites={world.me: silence})
    for _ in range(2):
        await world.alice.send(quiet, f"{world.me.mention} hello")
    assert world.last(quiet).author != world.me
    (told,) = world.alice.user.dm_channel.history()
    assert quiet.mention in told.content


async def test_a_page_replies_to_the_one_before_if_somebody_wrote_between(world: World) -> None:
    world.let_flow("chatbase")
    stream = world.apis.chatbase.hold()
    await world.alice.send(world.general, f"{world.me.mention} everything, please")
    await stream.started()
    await stream.send("It begins. ")
    await world.frames.showing("It begins.")
    await world.bob.send(world.general, "meanwhile")
    await stream.send("word " * 500)
    await stream.finish()
    await world.frames.showing("word word")
    await world.env.settle()
    _, first, between, second = world.general.history()
    assert [message.author.id for message in (first, between, second)] == [world.me.id, world.bob.id, world.me.id]
    assert second.reference is not None
    assert second.reference.message_id == first.id
    assert world.env.backend.get_message(world.general.id, second.id).ping_user_ids == []
