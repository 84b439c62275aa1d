"""Threads and forum posts of people: who may open, close, reopen and write, and what their names may be."""

import pytest

from sandbox.discord import Channel, Discord, NotPossible, Permission
from tests.sandbox.discord.conftest import Home


@pytest.fixture
def forum(home: Home) -> Channel:
    """Give a forum."""
    return home.guild.add_forum("help")


def _is_archived(thread: Channel) -> bool:
    return thread.thread is not None and thread.thread.archived


async def test_a_thread_at_a_message_is_the_only_one_there(home: Home) -> None:
    said = await home.alice.say(home.general, "cheese")
    thread = await home.bob.start_thread(home.general, "  About\n cheese ", message=said)
    assert (thread.name, thread.id, said.thread) == ("About cheese", said.id, thread)
    with pytest.raises(NotPossible):
        await home.bob.start_thread(home.general, "again", message=said)


@pytest.mark.parametrize("name", ["", " \n ", "x" * 101])
async def test_a_name_has_1_to_100_characters(home: Home, forum: Channel, name: str) -> None:
    said = await home.alice.say(home.general, "cheese")
    with pytest.raises(NotPossible):
        await home.alice.start_thread(home.general, name, message=said)
    with pytest.raises(NotPossible):
        await home.alice.post(forum, name, "a text")
    assert not home.guild.threads()


async def test_the_owner_closes_and_everybody_reopens(home: Home) -> None:
    thread = await home.bob.start_thread(home.general, "aside")
    await home.bob.close_thread(thread)
    assert _is_archived(thread)
    with pytest.raises(NotPossible):
        await home.bob.close_thread(thread, locked=True)
    await home.alice.reopen_thread(thread)
    assert not _is_archived(thread)
    with pytest.raises(NotPossible):
        await home.alice.reopen_thread(thread)


async def test_a_locked_thread_is_for_moderators(home: Home) -> None:
    thread = await home.bob.start_thread(home.general, "aside")
    await home.alice.close_thread(thread, locked=True)
    with pytest.raises(NotPossible):
        await home.bob.reopen_thread(thread)
    with pytest.raises(NotPossible):
        await home.bob.say(thread, "but")
    await home.alice.reopen_thread(thread)
    await home.alice.say(thread, "what is it?")


async def test_a_post_needs_a_text_and_the_right_to_write(home: Home, forum: Channel, discord: Discord) -> None:
    thread, first = await home.bob.post(forum, "Birds", "  How do they find home? ")
    assert (first.id, first.content, thread.parent) == (thread.id, "How do they find home?", forum)
    for text in ("", " ", "x" * 2001):
        with pytest.raises(NotPossible):
            await home.bob.post(forum, "Birds", text)
    forum.overwrite(home.guild.everyone, deny=Permission.SEND_MESSAGES)
    with pytest.raises(NotPossible):
        await home.bob.post(forum, "Birds", "again")
    assert not discord.state.broken


async def test_automod_reads_names_and_posts(home: Home, forum: Channel) -> None:
    home.guild.blocked_keywords = ("*spam*",)
    for title, text in (("spam", "a"), ("a", "buy spam")):
        with pytest.raises(NotPossible):
            await home.bob.post(forum, title, text)
    with pytest.raises(NotPossible):
        await home.bob.start_thread(home.general, "spam")


async def test_nothing_is_said_in_the_forum_itself(home: Home, forum: Channel) -> None:
    with pytest.raises(NotPossible):
        await home.alice.say(forum, "hello")
    with pytest.raises(NotPossible):
        await home.alice.type(forum)
