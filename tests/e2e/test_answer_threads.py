"""`/settings threads`: each answer gets a thread, whose conversation begins with it."""

from typing import Any

import pytest

from bot.discord.canvases import thread_start
from bot.streaming.rate_limiter import RateLimiter
from sandbox.discord import BadOption, Channel, ChannelType, Message, Permission
from sandbox.discord.operations.closed_threads import close, lock
from tests.e2e.answer_controls import FINISHED, erase, shown, version
from tests.e2e.stage import Stage, on_sqlite

INTENT = pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
NEEDED = Permission.CREATE_PUBLIC_THREADS | Permission.SEND_MESSAGES_IN_THREADS
STARTS = ("POST", "/channels/{channel_id}/messages/{message_id}/threads")


async def switch(stage: Stage) -> str:
    """Switch threads on in `general`, where the bot may start them and write there; return what is said about it."""
    stage.general.overwrite(stage.app.bot, allow=NEEDED)
    return (await stage.use(stage.admin, "settings threads", channel=stage.general, on=True)).content


async def thread_of(stage: Stage, answer: Message) -> Channel:
    """Return the thread that was started from an answer, once the bot is done with both."""
    await stage.discord.wait_for(lambda: answer.thread)
    await stage.idle()
    assert answer.thread is not None
    return answer.thread


def sent(stage: Stage) -> list[str]:
    """Return the texts of the last request to Chatbase, oldest first."""
    messages: Any = stage.apis.chatbase.received[-1].fields["messages"]
    return [message["content"] for message in messages]


@pytest.mark.parametrize("kind", ["text", "voice"])
async def test_it_is_started_where_discord_py_does_not_know_the_channel(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    await switch(stage)
    if kind == "voice":  # it takes messages, but no threads
        stage.general.type = ChannelType.VOICE
    monkeypatch.setattr(stage.bot, "get_channel", lambda _: None)  # as if another process had its server
    answer = await stage.ask(stage.alice, "where is this?")
    await stage.idle()
    assert (answer.thread is not None) is (kind == "text")


async def test_each_answer_gets_one_that_begins_with_it(any_stage: Stage) -> None:
    stage = any_stage
    await switch(stage)
    stage.apis.chatbase.answers("noted")
    question = await stage.alice.say(stage.general, stage.mention(f"who is {stage.bob.mention}\nin the end?"))
    answer = await stage.answer(question)
    thread = await thread_of(stage, answer)
    assert answer.channel is stage.general
    assert (thread.name, thread.thread and thread.thread.owner) == ("who is @Bob in the end?", stage.app.bot)
    inside = await stage.ask(stage.bob, "and then?", thread)
    assert sent(stage) == ["Alice: who is @Bob\nin the end?", "noted", "Bob: and then?"]
    await stage.idle()
    assert inside.thread is None
    asked = await stage.use(stage.alice, "ask", question="y" * 150)
    assert (await thread_of(stage, asked)).name == "y" * 99 + "…"
    alone = await stage.use(stage.alice, "ask", question="between us", private=True)
    elsewhere = await stage.ask(stage.alice, "elsewhere", stage.other)
    inside = await stage.use(stage.alice, "ask", at=thread, question="inside")
    chat = await stage.ask(stage.alice, "in private", stage.alice.dm(stage.app))
    await stage.idle()
    assert not any(each.thread for each in (alone, elsewhere, inside, chat))
    assert len(stage.guild.threads()) == 2


async def test_it_begins_so_for_everybody_who_has_a_conversation_of_their_own_there(brisk: Stage) -> None:
    stage = brisk
    await switch(stage)
    stage.apis.chatbase.answers("noted")
    await stage.use(stage.admin, "settings conversation", value="personal", channel=stage.general)
    thread = await thread_of(stage, await stage.ask(stage.alice, "what is it?"))
    told = "Thread: what is it?\n\nChatbase wrote:\n> noted\n\nand now?"
    for asker, conversation in (
        (stage.bob, [told]),
        (stage.bob, [told, "noted", "and now?"]),
        (stage.alice, ["what is it?", "noted", "and now?"]),
    ):
        await stage.ask(asker, "and now?", thread)
        assert sent(stage) == conversation
    await stage.use(stage.bob, "history clear", at=thread)
    await stage.ask(stage.bob, "and now?", thread)
    assert sent(stage) == ["Thread: what is it?\n\nand now?"]
    other = await thread_of(stage, await stage.use(stage.alice, "tamako ask", question="and you?"))
    await stage.ask(stage.bob, "well?", other)
    (told_of_it,) = sent(stage)
    assert told_of_it.startswith("Thread: and you?\n\nTamako wrote:\n> ")
    stage.apis.tamako.received.clear()
    await stage.use(stage.admin, "settings provider", provider="tamako", channel=stage.general)
    for asker in (stage.alice, stage.bob, stage.bob):
        await stage.ask(asker, "and now?", thread)
    assert [each.fields["message"] for each in stage.apis.tamako.received] == [told, told, "and now?"]
    await erase(stage, stage.alice, await stage.use(stage.alice, "privacy forget"))
    await stage.use(stage.bob, "history clear", at=thread)
    await stage.ask(stage.bob, "and now?", thread)
    assert stage.apis.tamako.received[-1].fields["message"] == "Thread: what is it?\n\nand now?"


@INTENT
async def test_announcement_channels_have_them_too_and_no_others(stage: Stage) -> None:
    news = stage.guild.add_announcement_channel("news")
    news.overwrite(stage.app.bot, allow=NEEDED)
    await stage.use(stage.admin, "settings threads", channel=news, on=True)
    stage.apis.chatbase.answers("noted")
    thread = await thread_of(stage, await stage.ask(stage.alice, "what is it?", news))
    await stage.answer(await stage.bob.say(thread, "and then?"))
    assert sent(stage) == ["Alice: what is it?", "noted", "Bob: and then?"]
    guild = stage.guild
    for channel in (thread, guild.add_voice_channel("a"), guild.add_stage_channel("b"), guild.add_forum("c")):
        with pytest.raises(BadOption):
            await stage.use(stage.admin, "settings threads", channel=channel, on=True)


@INTENT
async def test_what_is_written_there_needs_no_mention(stage: Stage) -> None:
    assert (await switch(stage)).endswith("You don't have to mention me there.")
    stage.apis.chatbase.answers("noted")
    thread = await thread_of(stage, await stage.ask(stage.alice, "what is it?"))
    first = await stage.answer(await stage.bob.say(thread, "and then?"))
    assert sent(stage)[-1] == "Bob: and then?"
    said = await stage.alice.say(thread, f"{stage.bob.mention} lunch?")
    await stage.bob.say(thread, "sure", reply_to=said)
    close(thread)
    await stage.answer(await stage.alice.say(thread, "well?", reply_to=first, ping=False))
    other = await stage.alice.start_thread(stage.general, "aside")
    await stage.alice.say(other, "not here")
    helped = await stage.use(stage.bob, "help", at=thread)
    assert "- Just write a message. I answer every message here" in helped.content
    await stage.use(stage.admin, "settings channels", value="except", channel=stage.general)
    await stage.alice.say(thread, "not any more")
    await stage.use(stage.bob, "help")
    await stage.use(stage.admin, "settings channels", value="all")
    lock(thread)
    await stage.admin.say(thread, "we closed this one")
    await stage.use(stage.bob, "help")
    await stage.idle()
    assert len(stage.apis.chatbase.received) == 3


@on_sqlite
async def test_so_it_is_after_a_restart_but_not_without_the_intent(resting_stage: Stage) -> None:
    stage = resting_stage
    stage.app.flags |= stage.discord.create_application("any", message_content=True).flags
    stage.apis.chatbase.answers("noted")
    threads: list[Channel] = []
    for intent in ("true", "true", "false"):
        stage.changed["MESSAGE_CONTENT_INTENT"] = intent
        async with stage.running():
            if not threads:
                await switch(stage)
                threads.append(await thread_of(stage, await stage.ask(stage.alice, "what is it?")))
                continue
            close(threads[0])
            said = await stage.alice.say(threads[0], f"just like that, {intent}")
            if intent == "true":
                await stage.answer(said)
            await stage.ask(stage.alice, "with one", threads[0])
    assert sent(stage) == ["what is it?", "noted", "just like that, true", "noted", "with one", "noted", "with one"]


async def test_versions_share_it_and_without_the_answer_it_stays(brisk: Stage) -> None:
    stage = brisk
    await switch(stage)
    for text in ("one", "two", "three", "four", "five"):
        stage.apis.chatbase.answers(text, times=1)
    question = await stage.alice.say(stage.general, stage.mention("what is it?"))
    answer = await stage.answer(question)
    thread = await thread_of(stage, answer)
    await shown(stage, answer, *FINISHED)
    await stage.alice.press(answer, "Retry")
    await version(stage, answer, "2/2")
    await stage.ask(stage.alice, "and now?", thread)
    assert sent(stage) == ["what is it?", "two", "and now?"]
    assert stage.guild.threads() == [thread]
    await stage.alice.delete(question)
    await stage.discord.wait_for(lambda: answer.deleted or None)
    await stage.idle()
    await stage.ask(stage.alice, "still there?", thread)
    assert sent(stage) == ["and now?", "three", "still there?"]
    await erase(stage, stage.alice, await stage.use(stage.alice, "privacy forget"))
    await stage.ask(stage.alice, "and what is left?", thread)
    assert sent(stage)[-1].endswith("and what is left?")
    assert len(sent(stage)) == 1


@pytest.mark.parametrize("missing", [Permission.CREATE_PUBLIC_THREADS, Permission.SEND_MESSAGES_IN_THREADS])
async def test_without_the_permission_the_answer_has_none_and_doctor_says_why(
    stage: Stage, missing: Permission
) -> None:
    await switch(stage)
    stage.general.overwrite(stage.app.bot, allow=NEEDED & ~missing, deny=missing)
    answer = await stage.ask(stage.alice, "what is it?")
    await stage.idle()
    assert answer.thread is None
    told = (await stage.use(stage.admin, "doctor")).content
    title = "Create Public Threads" if missing is Permission.CREATE_PUBLIC_THREADS else "Send Messages in Threads"
    assert f"I'm missing **{title}**" in told
    assert title not in (await stage.use(stage.admin, "doctor", at=stage.other)).content
    assert not stage.discord.unknown_routes


async def test_a_bot_that_is_never_idle_starts_them_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await switch(stage)
    monkeypatch.setattr(thread_start, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(RateLimiter, "is_quiet", lambda *_: False)
    await thread_of(stage, await stage.ask(stage.alice, "what is it?"))


@pytest.mark.parametrize("fault", ["limit", "lost", "429", "deleted", "taken", "late"])
async def test_whatever_fails_the_answer_is_whole_and_the_next_one_too(
    brisk: Stage, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, faults = brisk, brisk.discord.faults
    await switch(stage)
    monkeypatch.setattr(thread_start, "THREAD_SECONDS", 0.1)
    stream, held = stage.apis.chatbase.hold(), stage.discord.hold(lambda _: False)
    question = await stage.alice.say(stage.general, stage.mention("what is it?"))
    await stream.send("It is whole.")
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    match fault:
        case "limit":
            faults.fail_next(*STARTS, 400, 160006)
        case "lost":
            faults.fail_next(*STARTS, 500, times=9)
        case "429":
            faults.rate_limit(*STARTS, 400.0, times=1)
        case "late":
            held = stage.discord.hold(lambda record: (record.method, record.route) == STARTS, carried_out=True)
        case "deleted":
            faults.fail_next(*STARTS, 404, 10008)
        case _:
            await stage.bob.start_thread(stage.general, "mine", message=answer)
    await stream.finish()
    await shown(stage, answer, *FINISHED)
    await stage.idle()
    assert answer.content.startswith("It is whole.")
    assert (answer.thread is not None) == (fault in ("taken", "late"))
    if answer.thread is not None:
        await stage.ask(stage.bob, "and then?", answer.thread)
        assert sent(stage) == ["Alice: what is it?", "It is whole.", "Bob: and then?"]
    faults.clear()
    held.let_go()
    await thread_of(stage, await stage.ask(stage.alice, "what else?"))
    stage.discord.rate_limited.clear()
