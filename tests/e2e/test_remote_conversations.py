"""Chatbase v2's conversations, which Chatbase keeps: when a question goes on in one, and when another one begins."""

from pathlib import Path

import pytest

from sandbox.apis.agents.unsettled import Status
from sandbox.discord import Channel, Message
from tests.databases import execute
from tests.e2e.answer_controls import controls, forget, version
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage, crowd, open_stage

pytestmark = pytest.mark.environment(DEFAULT_PROVIDER="chatbase-v2")

ANEW = "-# Chatbase v2 couldn't go on from there, so I started a new conversation there"
TOLD = f"{ANEW} with what was said before."


def asked(stage: Stage) -> list[str]:
    """Return where each question went: in which conversation, from 1, 0 for a new one, and whether it was a retry."""
    numbers = {each.id: number for number, each in enumerate(stage.apis.chatbase_v2.conversations, 1)}
    posts = [each for each in stage.apis.chatbase_v2.received if each.method == "POST"]
    retries = ["retry " if each.path.endswith("/retry") else "" for each in posts]
    return [f"{retry}{numbers.get(each.user_key or '', 0)}" for each, retry in zip(posts, retries, strict=True)]


def questions(stage: Stage, conversation: int) -> list[str]:
    """Return what a conversation was asked, counted from 1; what it was told of is in its first question."""
    messages = stage.apis.chatbase_v2.conversations[conversation - 1].messages
    return [unnamed(each.text) for each in messages if each.role == "user"]


def last_line(told: str) -> str:
    """Return the question itself, which comes after what a new conversation is told of."""
    return unnamed(told.rpartition("\n")[2].removeprefix("User: "))


async def talk(stage: Stage, *texts: str, channel: Channel | None = None) -> list[Message]:
    """Have Alice ask one question after another, each answered by itself in capitals; return the answers."""
    stage.apis.chatbase_v2.answers(lambda received: last_line(received.question or "").upper())
    answers = [await stage.ask(stage.alice, text, channel) for text in texts]
    await stage.idle()
    return answers


async def test_a_conversation_goes_on_and_no_two_places_share_one(brisk: Stage) -> None:
    stage = brisk
    await talk(stage, "one", "two")
    await talk(stage, "elsewhere", channel=stage.other)
    await stage.alice.say(stage.alice.dm(stage.app), "in private")
    await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    await stage.idle()
    secret = await stage.use(stage.alice, "ask", question="a secret", private=True)
    assert secret.content.endswith("A SECRET")
    guild = stage.discord.create_guild("Away", stage.admin, stage.alice)
    lobby = guild.add_text_channel("lobby")
    guild.add_bot(stage.app)
    await talk(stage, "far away", channel=lobby)
    await stage.use(stage.alice, "chatbase-v2 ask", question="three")
    assert asked(stage) == ["0", "1", "0", "0", "0", "0", "1"]
    assert [each.user_id for each in stage.apis.chatbase_v2.conversations] == [
        None,
        None,
        None,
        str(stage.alice.id),
        None,
    ]
    assert questions(stage, 1) == ["one", "two", "three"]


async def test_it_survives_the_process_and_is_shown_with_its_beginning(tmp_path: Path) -> None:
    async with open_stage(f"sqlite:///{tmp_path}/bot.db", DEFAULT_PROVIDER="chatbase-v2") as stage:
        stage.hurry()
        async with stage.running():
            await talk(stage, "one")
        async with stage.running():
            shown = await stage.use(stage.alice, "history show")
            (kept,) = stage.apis.chatbase_v2.conversations
            assert shown.content.startswith("Chatbase v2 keeps this conversation itself, since <t:")
            assert f"`{kept.id}`" in shown.content
            assert "one" not in shown.content.replace("conversation", "")
            await talk(stage, "two")
            assert asked(stage) == ["0", "1"]


async def test_retry_replaces_the_last_answer_there_and_cuts_no_other(brisk: Stage) -> None:
    stage = brisk
    first, second, third = await talk(stage, "one", "two", "three")
    await stage.alice.press(third, "Retry")
    await version(stage, third, "2/2")
    assert (asked(stage)[3:], third.content) == (["retry 1"], "THREE")
    await stage.alice.press(second, "Retry")
    await version(stage, second, "2/2")
    assert (asked(stage)[4:], second.content) == (["0"], f"TWO\n{TOLD}")
    assert questions(stage, 1) == ["one", "two", "three"]
    (fourth,) = await talk(stage, "four")
    assert (asked(stage)[5:], fourth.content) == (["0"], "FOUR")
    (told,) = questions(stage, 3)
    assert [word in told for word in ("ONE", "TWO", "THREE")] == [True] * 3
    await stage.alice.press(first, "Retry")
    await version(stage, first, "2/2")
    assert first.content == f"ONE\n{ANEW}."
    await talk(stage, "five", "six")
    assert asked(stage)[6:] == ["0", "0", "5"]


async def test_asking_on_after_leafing_back_begins_another_conversation(brisk: Stage) -> None:
    stage = brisk
    (answer,) = await talk(stage, "one")
    stage.apis.chatbase_v2.answers("Another.", times=1)
    await stage.alice.press(answer, "Retry")
    await version(stage, answer, "2/2")
    await stage.alice.press(answer, "◀")
    await version(stage, answer, "1/2")
    following, last = await talk(stage, "two", "three")
    assert asked(stage) == ["0", "retry 1", "0", "2"]
    assert (following.content, last.content) == (f"TWO\n{TOLD}", "THREE")
    assert "ONE" in questions(stage, 2)[0]
    assert "Another." not in questions(stage, 2)[0]


async def test_after_stop_another_conversation_begins(brisk: Stage) -> None:
    stage = brisk
    await talk(stage, "one")
    stream = stage.apis.chatbase_v2.hold()
    question = await stage.alice.say(stage.general, stage.mention("two"))
    await stream.send("It begins")
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    await stage.alice.press(answer, "Stop")
    await stream.left()
    await stage.finished(answer)
    (following,) = await talk(stage, "three")
    assert (asked(stage), following.content) == (["0", "1", "0"], f"THREE\n{TOLD}")
    assert "two" not in questions(stage, 2)[0]


async def test_a_clear_and_people_who_are_forgotten_begin_another_conversation(brisk: Stage) -> None:
    stage = brisk
    await talk(stage, "one")
    await stage.ask(stage.bob, "mine")
    said = await forget(stage, stage.bob)
    assert "1 conversation continues" in said.content
    (following,) = await talk(stage, "two")
    assert asked(stage) == ["0", "1", "0"]
    assert ("MINE" in questions(stage, 2)[0], "ONE" in questions(stage, 2)[0]) == (False, True)
    assert following.content == "TWO"
    cleared = await stage.use(stage.admin, "history clear")
    assert "Chatbase v2 keeps the old one" in cleared.content
    await talk(stage, "three")
    assert questions(stage, 3) == ["three"]
    account = await stage.use(stage.alice, "privacy show")
    assert "Chatbase v2 keeps each conversation itself" in account.content


async def test_what_somebody_said_who_opted_out_is_not_carried_along(brisk: Stage) -> None:
    stage = brisk
    await talk(stage, "one")
    await stage.ask(stage.bob, "mine")
    account = await stage.use(stage.bob, "privacy show")
    assert "Chatbase v2 keeps each conversation itself, old ones too" in account.content
    out = await stage.use(stage.bob, "privacy opt-out")
    assert "A chatbot that keeps conversations itself keeps those" in out.content
    following, last = await talk(stage, "two", "three")
    assert (following.content, last.content) == ("TWO", "THREE")
    assert asked(stage) == ["0", "1", "0", "2"]
    assert ("MINE" in questions(stage, 2)[0], "ONE" in questions(stage, 2)[0]) == (False, True)
    await stage.use(stage.bob, "ask", question="by command")
    await talk(stage, "four")
    assert asked(stage)[4:] == ["2", "0"]
    assert "by command" not in questions(stage, 3)[0]


@pytest.mark.environment(DEFAULT_PROVIDER="chatbase-v2", HISTORY_MESSAGES="4")
async def test_what_somebody_said_long_ago_who_opted_out_is_left_behind_too(brisk: Stage) -> None:
    stage = brisk
    await stage.ask(stage.bob, "mine")
    await talk(stage, "one", "two", "three", "four")
    assert asked(stage) == ["0", "1", "1", "1", "1"]
    await stage.use(stage.bob, "privacy opt-out")
    await talk(stage, "five", "six")
    assert asked(stage)[5:] == ["0", "2"]
    assert "mine" not in questions(stage, 2)[0]


async def test_a_deleted_and_an_edited_question_begin_another_conversation(brisk: Stage) -> None:
    stage = brisk
    await talk(stage, "one")
    question = await stage.alice.say(stage.general, stage.mention("two"))
    await stage.answer(question)
    await stage.idle()
    await stage.alice.delete(question)
    await stage.discord.wait_for(lambda: len(stage.by_bot()) == 1)
    await stage.idle()
    third = await stage.alice.say(stage.general, stage.mention("three"))
    answer = await stage.answer(third)
    await stage.idle()
    assert ("TWO" in questions(stage, 2)[0], "ONE" in questions(stage, 2)[0]) == (False, True)
    await stage.alice.edit(third, stage.mention("really"))
    await version(stage, answer, "2/2")
    assert answer.content == f"REALLY\n{TOLD}"
    await talk(stage, "four")
    assert asked(stage) == ["0", "1", "0", "0", "3"]
    assert "THREE" not in questions(stage, 3)[0]


async def test_a_conversation_that_chatbase_ended_is_left_and_a_persons_is_not(brisk: Stage) -> None:
    stage = brisk
    await talk(stage, "one")
    kept = stage.apis.chatbase_v2.conversations[0]
    for status in (Status.TAKEN_OVER, Status.PAUSED):
        kept.status = status
        await talk(stage, "hello?")
    kept.status = Status.ONGOING
    await talk(stage, "two")
    assert len(stage.apis.chatbase_v2.conversations) == 1
    kept.status = Status.ENDED
    (following,) = await talk(stage, "three")
    assert following.content == f"THREE\n{TOLD}"
    await talk(stage, "four")
    assert asked(stage)[-1] == "2"


async def test_several_askers_are_answered_in_order_one_at_a_time(brisk: Stage) -> None:
    stage = brisk
    people = crowd(stage, 4)
    streams = [stage.apis.chatbase_v2.hold() for _ in people]
    asking = [await person.say(stage.general, stage.mention(f"q{number}")) for number, person in enumerate(people)]
    other = await stage.use(stage.bob, "chatbase ask", question="not held up")
    assert controls(other) == ["Retry", "Ask another"]
    for number, (stream, question) in enumerate(zip(streams, asking, strict=True)):
        assert unnamed((await stream.started()).question) == f"q{number}"
        await stream.send(f"a{number}")
        await stream.finish()
        assert (await stage.answer(question)).content == f"a{number}"
    await stage.idle()
    assert asked(stage) == ["0", "1", "1", "1"]
    assert stage.apis.chatbase_v2.conversations[0].overlaps == 0
    assert str(stage.apis.chatbase_v2.received[1].fields["message"]).endswith(": q1")


async def test_commands_in_another_chatbots_channel_wait_for_each_other(brisk: Stage) -> None:
    stage = brisk
    await stage.use(stage.admin, "settings provider", provider="chatbase", channel=stage.general)
    streams = [stage.apis.chatbase_v2.hold() for _ in range(2)]
    pressed = [
        await person.slash(stage.general, "chatbase-v2 ask", question="q") for person in (stage.alice, stage.bob)
    ]
    await streams[0].started()
    assert (await stage.ask(stage.admin, "and you?")).content, "another chatbot's are not held up"
    assert len(asked(stage)) == 1
    for stream in streams:
        await stream.started()
        await stream.send("a")
        await stream.finish()
    for interaction in pressed:
        assert (await stage.told(interaction)).content.endswith("a")
    assert asked(stage) == ["0", "1"]


async def test_members_can_have_conversations_of_their_own(brisk: Stage) -> None:
    stage = brisk
    await talk(stage, "one")
    for value, places in (("personal", ["0", "0", "2"]), ("shared", ["1"]), ("personal", ["2"])):
        await stage.use(stage.admin, "settings conversation", value=value)
        before = len(asked(stage))
        for person in (stage.alice, stage.bob, stage.alice)[: len(places)]:
            await stage.ask(person, "q")
        await stage.idle()
        assert asked(stage)[before:] == places
    owners = [each.user_id for each in stage.apis.chatbase_v2.conversations]
    assert owners == [None, str(stage.alice.id), str(stage.bob.id)]


async def test_a_thread_tells_of_itself_once_and_of_the_answer_that_it_began_with(brisk: Stage) -> None:
    stage = brisk
    await stage.use(stage.admin, "settings threads", channel=stage.general, on=True)
    (answer,) = await talk(stage, "one")
    thread = await stage.discord.wait_for(lambda: answer.thread)
    await talk(stage, "two", "three", channel=thread)
    assert asked(stage) == ["0", "0", "2"]
    told = questions(stage, 2)
    assert "ONE" in told[0]
    assert told[1:] == ["three"]


async def test_retention_begins_another_conversation(brisk: Stage) -> None:
    stage = brisk
    await talk(stage, "one", "two")
    execute(stage.database, "UPDATE turns SET recorded_at = 0 WHERE question = 'one'")
    execute(stage.database, "UPDATE answers SET asked_at = 0 WHERE asked_at = (SELECT min(asked_at) FROM answers)")
    await stage.bot.services.privacy._personal_data.expire({}, 1)
    await talk(stage, "three")
    assert asked(stage)[-1] == "0"


async def test_two_processes_never_ask_in_one_conversation_at_once(brisk: Stage) -> None:
    stage, older = brisk, brisk.bot
    await talk(stage, "one")
    async with stage.running() as newer:
        streams = [stage.apis.chatbase_v2.hold() for _ in range(4)]
        asking = [await person.say(stage.general, stage.mention(person.name)) for person in crowd(stage, 4)]
        for stream in streams:
            await stream.started()
            await stream.send("a")
            await stream.finish()
        for question in asking:
            await stage.answer(question)
        for bot in (older, newer):
            await bot.services.answering.active_runs.idle()
        assert len(asked(stage)) == 5
        assert all(each.overlaps == 0 for each in stage.apis.chatbase_v2.conversations)
        await talk(stage, "last", "after")
        assert asked(stage)[-1] != "0"
