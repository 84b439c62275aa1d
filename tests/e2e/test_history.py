"""`/history clear` and `/history show`: who may begin afresh, and what is shown to whom."""

import re

import pytest

from sandbox.apis.chatbase import messages_of
from sandbox.discord import Permission, Person
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage


@pytest.fixture
def moderator(stage: Stage) -> Person:
    """Give a member who may manage messages, and nothing else."""
    person = stage.discord.create_user("moderator")
    stage.guild.add_member(person, stage.guild.add_role("moderators", Permission.MANAGE_MESSAGES))
    return person


def asked(stage: Stage) -> list[str]:
    """Return the texts that the newest request to Chatbase sent, oldest first."""
    return [unnamed(message.content) for message in messages_of(stage.apis.chatbase.received[-1])]


async def test_a_channels_conversation_is_not_any_members_to_clear(stage: Stage) -> None:
    stage.apis.chatbase.answers("noted")
    await stage.ask(stage.alice, "first")
    told = await stage.use(stage.bob, "history clear")
    assert told.content == "You need **Manage Messages** for that. Nothing was changed."
    assert told.ephemeral
    await stage.ask(stage.alice, "second")
    assert asked(stage) == ["first", "noted", "second"]
    assert len(stage.apis.chatbase.dashboard) == 1


async def test_manage_messages_is_enough_to_clear(stage: Stage, moderator: Person) -> None:
    await stage.ask(stage.alice, "first")
    told = await stage.use(moderator, "history clear")
    assert told.content.startswith("This channel's conversation with Chatbase starts over")
    assert told.ephemeral
    await stage.ask(stage.alice, "second")
    assert asked(stage) == ["second"]


async def test_a_channels_own_permissions_count(stage: Stage, moderator: Person) -> None:
    stage.general.overwrite(moderator, deny=Permission.MANAGE_MESSAGES)
    stage.general.overwrite(stage.bob, allow=Permission.MANAGE_MESSAGES)
    assert "Manage Messages" in (await stage.use(moderator, "history clear")).content
    assert "starts over" in (await stage.use(stage.bob, "history clear")).content
    assert "Manage Messages" in (await stage.use(stage.bob, "history clear", at=stage.other)).content


async def test_a_threads_conversation_is_cleared_in_the_thread(stage: Stage, moderator: Person) -> None:
    stage.apis.chatbase.answers("noted")
    thread = await stage.alice.start_thread(stage.general, "aside")
    for location in (stage.general, thread):
        await stage.ask(stage.alice, "first", location)
    assert "Manage Messages" in (await stage.use(stage.alice, "history clear", at=thread)).content
    await stage.use(moderator, "history clear", at=thread)
    await stage.ask(stage.alice, "second", thread)
    assert asked(stage) == ["Thread: aside\n\nsecond"]
    await stage.ask(stage.alice, "second")
    assert asked(stage) == ["first", "noted", "second"]


async def test_a_direct_message_is_ones_own_to_clear(stage: Stage) -> None:
    chat = stage.alice.dm(stage.app)
    await stage.ask(stage.alice, "first", chat)
    told = await stage.use(stage.alice, "history clear", at=chat)
    assert told.content.startswith("Your conversation with Chatbase starts over")
    await stage.ask(stage.alice, "second", chat)
    assert asked(stage) == ["second"]


@pytest.mark.parametrize("provider", ["tamako", "stammer", "chatbot"])
async def test_anybody_may_clear_what_a_provider_remembers_of_them(stage: Stage, provider: str) -> None:
    await stage.use(stage.admin, "settings provider", provider=provider)
    for person in (stage.alice, stage.bob):
        await stage.ask(person, "my cat is called Mog")
    told = await stage.use(stage.bob, "history clear")
    assert told.content.startswith("Your conversation with")
    assert told.ephemeral
    assert "first thing" in (await stage.ask(stage.bob, "what did I say before?")).content
    assert "Mog" in (await stage.ask(stage.alice, "what did I say before?")).content


async def test_show_tells_one_alone_what_would_be_sent(stage: Stage) -> None:
    stage.apis.chatbase.answers("noted, @everyone")
    nothing = await stage.use(stage.alice, "history show")
    assert nothing.content == "Nothing yet. Your next question starts a new conversation with Chatbase."
    await stage.ask(stage.alice, "first")
    await stage.ask(stage.bob, "second")
    shown = await stage.use(stage.alice, "history show")
    assert shown.ephemeral
    assert not shown.visible_to(stage.bob)
    summary, *transcript = shown.content.splitlines()
    assert transcript == [
        "**user:** Alice: first",
        "**assistant:** noted, @everyone",
        "**user:** Bob: second",
        "**assistant:** noted, @everyone",
    ]
    assert summary.startswith("4 messages (55 characters) from this channel would go to Chatbase")
    await stage.ask(stage.alice, "third")
    assert asked(stage)[:-1] == [unnamed(line.partition(" ")[2]) for line in transcript]
    assert f"as conversation `{stage.apis.chatbase.received[-1].user_key}`" in summary


async def test_show_keeps_to_the_place_it_is_asked_in(stage: Stage) -> None:
    thread = await stage.alice.start_thread(stage.general, "aside")
    await stage.ask(stage.alice, "in the channel")
    await stage.ask(stage.alice, "in the thread", thread)
    assert "in the channel" in (await stage.use(stage.bob, "history show")).content
    there = await stage.use(stage.bob, "history show", at=thread)
    assert "in the thread" in there.content
    assert "in the channel" not in there.content
    assert (await stage.use(stage.bob, "history show", at=stage.other)).content.startswith("Nothing yet")


async def test_a_long_history_is_shown_as_a_file(stage: Stage) -> None:
    stage.apis.chatbase.answers("an answer 👋 " * 150)
    await stage.ask(stage.alice, "a question " * 20)
    shown = await stage.use(stage.alice, "history show")
    assert shown.ephemeral
    assert re.fullmatch(r"2 messages \(\d{4} characters\) .*:", shown.content)
    (file,) = shown.attachments
    assert file.filename == "history.md"
    question, answer = asked(stage)[-1], "an answer 👋 " * 150
    assert file.data.decode() == f"**user:** {question}\n**assistant:** {answer}"


@pytest.mark.environment(HISTORY_MESSAGES="2")
async def test_show_keeps_to_the_bounds(stage: Stage) -> None:
    for question in ("first", "second"):
        await stage.ask(stage.alice, question)
    shown = await stage.use(stage.alice, "history show")
    assert "**user:** second" in shown.content
    assert "first" not in shown.content


@pytest.mark.parametrize("provider", ["tamako", "stammer", "chatbot"])
async def test_show_tells_the_key_where_the_provider_remembers(stage: Stage, provider: str) -> None:
    await stage.use(stage.admin, "settings provider", provider=provider)
    await stage.use(stage.alice, "history clear")
    shown = await stage.use(stage.alice, "history show")
    assert f"under the id `{stage.alice.id}.1`" in shown.content
    assert shown.ephemeral
    assert f"under the id `{stage.bob.id}`" in (await stage.use(stage.bob, "history show")).content


async def test_what_was_said_is_shown_only_to_those_who_may_read_it(stage: Stage) -> None:
    await stage.ask(stage.alice, "between us")
    stage.general.overwrite(stage.bob, deny=Permission.READ_MESSAGE_HISTORY)
    told = await stage.use(stage.bob, "history show")
    assert "Read Message History" in told.content
    assert "between us" not in told.content
    assert told.ephemeral
