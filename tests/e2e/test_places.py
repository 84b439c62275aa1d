"""Where one can ask besides channels: chats of voice channels and stages, forum posts, threads open and closed."""

import pytest

from sandbox.discord import Channel, ChannelType
from sandbox.discord.operations.threads import join
from tests.e2e.reader import words
from tests.e2e.stage import Stage, on_sqlite


def sent(stage: Stage) -> list[str]:
    """Return the texts of the last request to Chatbase, oldest first."""
    messages = stage.apis.chatbase.received[-1].fields["messages"]
    return [message["content"] for message in messages]  # type: ignore[attr-defined]


def title_of(location: Channel) -> str:
    """Return what the first question in a place begins with: a thread's title, and nothing elsewhere."""
    if location.thread is None or location.parent is None:
        return ""
    return f"{'Forum post' if location.parent.type is ChannelType.FORUM else 'Thread'}: {location.name}\n\n"


@pytest.fixture
async def locations(stage: Stage) -> list[Channel]:
    """Give a place of each kind; of the threads the bot has joined the private one only."""
    thread = await stage.alice.start_thread(stage.general, "aside")
    hidden = await stage.admin.start_thread(stage.general, "among us", private=True)
    join(hidden, stage.app.bot)
    post, _ = await stage.alice.post(stage.guild.add_forum("questions"), "A question", "the first message")
    return [stage.guild.add_voice_channel("lounge"), stage.guild.add_stage_channel("talks"), thread, hidden, post]


async def test_mentions_and_ask_work_everywhere_each_in_a_conversation_of_its_own(
    stage: Stage, locations: list[Channel]
) -> None:
    stage.apis.chatbase.answers("noted")
    for location in locations:
        answer = await stage.ask(stage.admin, f"first in {location.name}", location)
        assert answer.channel is location
        assert sent(stage) == [f"{title_of(location)}first in {location.name}"]
    for location in locations:
        answer = await stage.use(stage.admin, "ask", at=location, question="and then?")
        assert answer.channel is location
        assert sent(stage) == [f"{title_of(location)}first in {location.name}", "noted", "and then?"]


async def test_a_mention_in_the_message_that_opens_a_forum_post_is_answered_in_the_post(stage: Stage) -> None:
    post, first = await stage.alice.post(stage.guild.add_forum("questions"), "A title", stage.mention("what is it?"))
    answer = await stage.answer(first)
    assert answer.channel is post
    assert sent(stage) == ["Forum post: A title\n\nwhat is it?"]


@on_sqlite
async def test_a_thread_that_was_archived_before_the_start_is_opened_by_a_question(resting_stage: Stage) -> None:
    stage = resting_stage
    thread = await stage.alice.start_thread(stage.general, "aside")
    other = await stage.alice.start_thread(stage.general, "beside")
    for each in (thread, other):
        await stage.admin.close_thread(each)
    async with stage.running():
        await stage.use(stage.admin, "settings provider", provider="tamako", channel=stage.general)
        stage.apis.tamako.answers("from tamako")
        assert (await stage.ask(stage.alice, "who?", thread)).content == "from tamako"
        assert words(await stage.use(stage.alice, "ask", at=other, question="who?")) == "from tamako"


async def test_in_a_locked_thread_the_asker_learns_why_there_is_no_answer(stage: Stage) -> None:
    thread = await stage.alice.start_thread(stage.general, "aside")
    await stage.ask(stage.admin, "before", thread)
    await stage.admin.close_thread(thread, locked=True)
    await stage.admin.say(thread, stage.mention("and now?"))
    told = await stage.admin.dm(stage.app).next_message(by=stage.app.bot)
    assert told.content == (
        f"You asked me something in {thread.mention}, but that thread is locked. Ask a moderator to "
        "unlock it, or to give me **Manage Threads**."
    )
    await stage.idle()
    assert "and now?" not in (await stage.use(stage.admin, "history show", at=thread)).content


async def test_a_thread_that_is_closed_in_the_middle_of_an_answer_is_explained_too(stage: Stage) -> None:
    thread = await stage.alice.start_thread(stage.general, "aside")
    stream = stage.apis.chatbase.hold()
    await stage.alice.say(thread, stage.mention("tell me all"))
    await stream.send("It begins")
    await thread.next_message(by=stage.app.bot)
    await stage.admin.close_thread(thread, locked=True)
    await stream.send(" and ends.")
    await stream.finish()
    told = await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    assert told.content == (
        f"You asked me something in {thread.mention}, but that thread is locked. Ask a moderator to unlock it, or "
        "to give me **Manage Threads**."
    )
