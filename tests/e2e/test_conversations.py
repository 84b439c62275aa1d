"""Chatbase's conversations: what goes along with a question, under which id, and when a new conversation begins."""

from collections.abc import Sequence

import pytest

from sandbox.apis import Cut, Received, Reply, Status
from sandbox.apis.chatbase import messages_of
from sandbox.discord import Message
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage, on_sqlite, open_stage


def asked(stage: Stage) -> list[str]:
    """Return all that the newest request sent, oldest first, as `role: text`."""
    return [f"{message.role}: {unnamed(message.content)}" for message in messages_of(stage.apis.chatbase.received[-1])]


def history_of(received: Received) -> list[str]:
    """Return the texts that went along with a request's question."""
    return [message.content for message in messages_of(received)[:-1]]


def conversations(stage: Stage) -> list[str | None]:
    """Return the conversation id of each request."""
    return [received.user_key for received in stage.apis.chatbase.received]


def echo(stage: Stage) -> None:
    """Have Chatbase answer `a…` to `q…`."""
    stage.apis.chatbase.answers(lambda received: f"a{unnamed(received.question)[1:]}")


async def ask_by_slash(stage: Stage, questions: Sequence[str]) -> None:
    """Ask one question after another by slash command, which Discord does not count as messages in the channel."""
    for question in questions:
        await stage.use(stage.alice, "ask", question=question)


async def test_history_grows_turn_by_turn_with_each_question(any_stage: Stage) -> None:
    stage = any_stage
    echo(stage)
    first = await stage.ask(stage.alice, "q1")
    assert asked(stage) == ["user: q1"]
    await stage.use(stage.bob, "ask", question="q2")
    assert asked(stage) == ["user: q1", "assistant: a1", "user: q2"]
    await stage.answer(await stage.alice.say(stage.general, "q3", reply_to=first))
    assert asked(stage)[2:] == ["user: q2", "assistant: a2", "user: q3"]
    await stage.use(stage.bob, "chatbase ask", question="q4")
    assert asked(stage)[4:] == ["user: q3", "assistant: a3", "user: q4"]
    assert len(set(conversations(stage))) == 1


async def test_texts_go_out_as_people_wrote_them(stage: Stage) -> None:
    written = f"**Who** is {stage.bob.mention}?\n\n> quoted\n```py\nx = 1\n```\n👩‍👩‍👧 <#{stage.other.id}> @everyone"
    said = "  An *answer*,\n\nwith \\* and <@1> & `code`"
    stage.apis.chatbase.answers(said, times=1)
    await stage.ask(stage.alice, written)
    await stage.answer(await stage.bob.say(stage.general, f"and {stage.app.bot.mention} now?"))
    read = written.replace(stage.bob.mention, "@Bob").replace(stage.other.mention, "#other")
    assert asked(stage) == [f"user: {read}", f"assistant: {said}", "user: and now?"]


async def test_an_answer_of_several_messages_is_remembered_as_one(stage: Stage) -> None:
    long = "\n\n".join(f"Paragraph {number} has a few words to say." for number in range(100))
    stage.apis.chatbase.answers(f"```text\n{long}\n```", times=1)
    await stage.ask(stage.alice, "a long one")
    await stage.ask(stage.alice, "and?")
    assert len(stage.by_bot()) > 2
    assert history_of(stage.apis.chatbase.received[-1]) == ["a long one", f"```text\n{long}\n```"]


@pytest.mark.parametrize(
    ("most", "sizes"),
    [
        ("1", [0, 0, 0]),
        ("3", [0, 2, 2, 2]),
        ("6", [0, 2, 4, 6, 2, 4, 6, 2]),
    ],
)
async def test_history_messages_bounds_what_goes_along(database_url: str, most: str, sizes: list[int]) -> None:
    async with open_stage(database_url, HISTORY_MESSAGES=most) as stage, stage.running():
        echo(stage)
        await ask_by_slash(stage, [f"q{number}" for number in range(len(sizes))])
        hold_bounds(stage, sizes)


@pytest.mark.parametrize(
    ("most", "sizes"),
    # A question and its answer have 10 characters together.
    [
        ("9", [0, 0, 0]),
        ("35", [0, 2, 4, 6, 2, 4]),
    ],
)
async def test_history_chars_bounds_what_goes_along(database_url: str, most: str, sizes: list[int]) -> None:
    async with open_stage(database_url, HISTORY_CHARS=most) as stage, stage.running():
        echo(stage)
        await ask_by_slash(stage, [f"q{number:04}" for number in range(len(sizes))])
        hold_bounds(stage, sizes)


def hold_bounds(stage: Stage, sizes: list[int]) -> None:
    """Hold how many messages went along each time: the latest, in whole turns, and a new id if they got fewer."""
    received = stage.apis.chatbase.received
    assert [len(history_of(each)) for each in received] == sizes
    everything: list[str] = []
    for before, each in zip([None, *received], received, strict=False):
        history = history_of(each)
        assert history == everything[len(everything) - len(history) :]
        everything += [str(each.question), f"a{str(each.question)[1:]}"]
        if before is not None:
            grew = len(history) > len(history_of(before))
            assert (each.user_key == before.user_key) == grew
    # What the dashboard saved under the ids before is still whole: each call overwrites only its own.
    for key in set(conversations(stage)):
        latest = [each for each in received if each.user_key == key][-1]
        answer = f"a{str(latest.question)[1:]}"
        saved = [message.content for message in stage.apis.chatbase.dashboard[str(key)]]
        assert saved == [*history_of(latest), latest.question, answer]


@pytest.mark.environment(HISTORY_CHARS="20")
async def test_a_turn_over_the_bound_stays_out_and_the_next_ones_go_on(stage: Stage) -> None:
    echo(stage)
    stage.apis.chatbase.answers("x" * 100, times=1)
    await ask_by_slash(stage, ["q1", "q2", "q3"])
    assert [history_of(each) for each in stage.apis.chatbase.received] == [[], [], ["q2", "a2"]]
    assert len(set(conversations(stage))) == 2


async def test_each_channel_thread_and_direct_message_has_an_id_of_its_own(stage: Stage) -> None:
    thread = await stage.alice.start_thread(stage.general, "aside")
    locations = [stage.general, stage.other, thread, stage.alice.dm(stage.app), stage.bob.dm(stage.app)]
    for _ in range(2):
        for location in locations:
            person = stage.bob if stage.bob in location.recipients else stage.alice
            await stage.ask(person, "hello", location)
    ids = conversations(stage)
    assert ids[:5] == ids[5:]
    assert len(set(ids)) == 5


async def test_the_conversation_survives_a_restart(resting_stage: Stage) -> None:
    stage = resting_stage
    echo(stage)
    async with stage.running():
        await stage.ask(stage.alice, "q1")
        await stage.ask(stage.bob, "q2")
    async with stage.running():
        await stage.ask(stage.alice, "q3")
    assert asked(stage) == ["user: q1", "assistant: a1", "user: q2", "assistant: a2", "user: q3"]
    assert len(set(conversations(stage))) == 1


@pytest.mark.environment(HISTORY_MESSAGES="2")
@on_sqlite
async def test_a_conversation_that_gave_way_survives_a_restart(resting_stage: Stage) -> None:
    stage = resting_stage
    echo(stage)
    async with stage.running():
        await ask_by_slash(stage, ["q1", "q2", "q3"])
    async with stage.running():
        await ask_by_slash(stage, ["q4"])
    assert asked(stage) == ["user: q3", "assistant: a3", "user: q4"]
    assert len(set(conversations(stage))) == 3


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Status(500), "-# Chatbase is having problems (error 500). Please try again in a few minutes."),
        ("empty", "-# Chatbase returned an empty answer. Try rephrasing your question."),
    ],
    ids=["error 500", "empty"],
)
async def test_a_failed_answer_leaves_nothing(stage: Stage, fault: Status | str, told: str) -> None:
    echo(stage)
    await stage.ask(stage.alice, "q1")
    stage.apis.chatbase.fails(fault, times=1)
    assert (await stage.ask(stage.alice, "q2")).content == told
    await stage.ask(stage.alice, "q3")
    assert asked(stage) == ["user: q1", "assistant: a1", "user: q3"]
    assert len(set(conversations(stage))) == 1


async def test_an_answer_that_broke_off_leaves_nothing(stage: Stage) -> None:
    echo(stage)
    stage.apis.chatbase.answers(Reply(pieces=["Half of ", "it", Cut.RESET]), times=1)
    broken = await stage.ask(stage.alice, "q1")
    assert broken.content == (
        "Half of it\n-# The connection to Chatbase dropped, so this answer is incomplete. Please ask again."
    )
    await stage.ask(stage.alice, "q2")
    assert asked(stage) == ["user: q2"]


async def test_an_answer_that_could_not_be_shown_leaves_nothing(stage: Stage) -> None:
    echo(stage)
    stage.discord.fail_next("POST", "/channels/{channel_id}/messages", 403, code=50013)
    await stage.alice.say(stage.general, stage.mention("q1"))
    await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    await stage.ask(stage.alice, "q2")
    assert asked(stage) == ["user: q2"]


async def test_a_clear_begins_a_new_conversation_under_a_new_id(stage: Stage) -> None:
    echo(stage)
    await stage.ask(stage.alice, "q1")
    await stage.ask(stage.alice, "elsewhere", stage.other)
    cleared = await stage.use(stage.admin, "history clear")
    assert (
        cleared.content
        == "This channel's conversation with Chatbase starts over. What was said before is no longer sent. "
        "`/privacy forget` deletes what I store about you."
    )
    await stage.ask(stage.alice, "q2")
    assert asked(stage) == ["user: q2"]
    await stage.ask(stage.alice, "q3")
    assert asked(stage) == ["user: q2", "assistant: a2", "user: q3"]
    await stage.ask(stage.alice, "still here", stage.other)
    assert len(asked(stage)) == 3
    first, elsewhere, second, third, still = conversations(stage)
    assert first != second == third
    assert elsewhere == still


@pytest.mark.parametrize("earlier", [[], ["q1"]], ids=["first question", "later question"])
async def test_a_clear_keeps_an_answer_under_way_out_of_the_new_conversation(stage: Stage, earlier: list[str]) -> None:
    echo(stage)
    await ask_by_slash(stage, earlier)
    stream = stage.apis.chatbase.hold()
    question = await stage.alice.say(stage.general, stage.mention("under way"))
    await stream.started()
    await stream.send("An answer ")
    await stage.use(stage.admin, "history clear")
    await stream.send("from before.")
    await stream.finish()
    assert (await stage.answer(question)).content == "An answer from before."
    await stage.ask(stage.alice, "q2")
    assert asked(stage) == ["user: q2"]
    assert conversations(stage)[-1] not in conversations(stage)[:-1]
    await stage.ask(stage.alice, "q3")
    assert asked(stage) == ["user: q2", "assistant: a2", "user: q3"]


async def test_a_question_that_waits_behind_another_sees_its_turn(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    asked_first = await stage.alice.say(stage.general, stage.mention("q1"))
    await stream.started()
    asked_second: Message = await stage.alice.say(stage.general, stage.mention("q2"))
    await stream.send("a1")
    await stream.finish()
    await stage.answer(asked_first)
    await stage.answer(asked_second)
    assert asked(stage) == ["user: q1", "assistant: a1", "user: q2"]
