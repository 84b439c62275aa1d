"""Several askers in one channel: answers written at once, one's own in order, and turns in the order of questions."""

from collections.abc import Sequence

import pytest

from bot.answering.queue import queue_notice
from sandbox.apis import HeldStream, Received
from sandbox.apis.chatbase import messages_of
from sandbox.discord import Message, Person
from tests.e2e.answer_controls import controls
from tests.e2e.reader import unnamed, words
from tests.e2e.stage import SIGN, WAITS, Stage, crowd


@pytest.fixture
def told_early(brisk: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Give a stage on which people are told at once that they wait."""
    monkeypatch.setattr(queue_notice, "NOTICE_DELAY", 0.02)
    return brisk


async def begin(stage: Stage, person: Person, text: str) -> tuple[HeldStream, Message]:
    """Have somebody ask, and the request arrive; return the stream of the answer, and the question."""
    stream = stage.apis.chatbase.hold()
    question = await person.say(stage.general, stage.mention(text))
    assert unnamed((await stream.started()).question) == text
    return stream, question


async def end(stage: Stage, stream: HeldStream, question: Message, text: str) -> None:
    """Have an answer end with `text`, and wait until it is shown."""
    await stream.send(text)
    await stream.finish()
    assert (await stage.answer(question)).content.endswith(text)


async def reply_to(stage: Stage, question: Message) -> Message:
    """Return the bot's first message that replies to a question."""
    return await stage.discord.wait_for(
        lambda: next((each for each in stage.by_bot() if each.replied_to is question), None)
    )


def sent(received: Received) -> list[str]:
    """Return all that a request sent, oldest first, without names."""
    return [unnamed(message.content) for message in messages_of(received)]


async def turns_after(stage: Stage) -> Sequence[str]:
    """Return all that goes along with the next question, and hold that the dashboard is whole with it."""
    stage.apis.chatbase.answers("last answer", times=1)
    await stage.ask(stage.admin, "last question")
    received = stage.apis.chatbase.received[-1]
    saved = [unnamed(message.content) for message in stage.apis.chatbase.dashboard[str(received.user_key)]]
    assert saved == [*sent(received), "last answer"]
    return sent(received)[:-1]


def conversations(stage: Stage) -> list[str | None]:
    """Return the conversation id of each request."""
    return [received.user_key for received in stage.apis.chatbase.received]


async def test_three_are_written_at_once_and_the_others_see_how_long_they_wait(told_early: Stage) -> None:
    stage = told_early
    people = crowd(stage, 6)
    begun = [await begin(stage, person, f"question {number}") for number, person in enumerate(people[:3])]
    for number, (stream, question) in enumerate(begun):
        await stream.send(f"answer {number}")
        shown = await reply_to(stage, question)
        await shown.wait_until(f"answer {number}{SIGN}")
    waiting = [await person.say(stage.general, stage.mention(f"waiting {person.name}")) for person in people[3:]]
    for number, question in enumerate(waiting, 1):
        place = await reply_to(stage, question)
        ahead = "1 question" if number == 1 else f"{number} questions"
        assert place.content.startswith(f"{WAITS}: {ahead} ahead of yours (updated <t:")
        assert controls(place) == ["Cancel"]
    assert len(stage.apis.chatbase.received) == 3
    stage.apis.chatbase.answers("at last")
    await begun[1][0].finish()
    for question in waiting:
        assert (await stage.answer(question)).content == "at last"
    for stream, _ in (begun[0], begun[2]):
        await stream.finish()
    await stage.idle()
    asked = [unnamed(each.question) for each in stage.apis.chatbase.received[3:]]
    assert asked == [f"waiting {person.name}" for person in people[3:]]
    assert [each.content for each in stage.by_bot()] == [f"answer {number}" for number in range(3)] + ["at last"] * 3


async def test_commands_are_answered_beside_the_three_and_hold_up_nobody(brisk: Stage) -> None:
    stage = brisk
    people = crowd(stage, 7)
    streams = [stage.apis.chatbase.hold() for _ in range(3)]
    commands = [await person.slash(stage.general, "ask", question=f"by {person.name}") for person in people[:3]]
    for stream in streams:
        await stream.started()
    begun = [await begin(stage, person, f"question {number}") for number, person in enumerate(people[3:6])]
    waiting = await people[6].say(stage.general, stage.mention("waiting"))
    stage.apis.chatbase.answers("at once", times=1)
    beside = await stage.use(stage.alice, "ask", question="beside them all")
    assert words(beside) == "at once"
    assert len(stage.apis.chatbase.received) == 7
    for stream, command in zip(streams, commands, strict=True):
        await stream.send("to a command")
        await stream.finish()
        assert words(await stage.told(command)) == "to a command"
    assert len(stage.apis.chatbase.received) == 7, "an end of theirs is nobody's turn"
    stage.apis.chatbase.answers("at last", times=1)
    for number, (stream, question) in enumerate(begun):
        await end(stage, stream, question, f"answer {number}")
    assert (await stage.answer(waiting)).content == "at last"


async def test_each_askers_own_are_answered_in_order_beside_the_others(brisk: Stage) -> None:
    stage = brisk
    stage.apis.chatbase.answers(lambda received: f"to {unnamed(received.question)}")
    stream, slow = await begin(stage, stage.alice, "alice 0")
    people = (stage.alice, stage.bob, stage.admin)
    questions = [
        await person.say(stage.general, stage.mention(f"{person.name} {number}"))
        for number in range(1, 4)
        for person in people
    ]
    for question in questions:
        if question.author.id != stage.alice.id:
            await stage.answer(question)
    assert not [each for each in stage.apis.chatbase.received[1:] if "alice" in unnamed(each.question)]
    await end(stage, stream, slow, "to alice 0")
    for question in questions:
        text = unnamed(question.content.partition("> ")[2])
        assert (await stage.answer(question)).content == f"to {text}"
    received = stage.apis.chatbase.received
    for person in people:
        own = [text for each in received if (text := unnamed(each.question)).startswith(person.name)]
        assert own == sorted(own)
        for each in received:
            if (text := unnamed(each.question)).startswith(person.name):
                before = [other for other in sent(each)[:-1] if other.startswith(person.name)]
                assert before == own[: own.index(text)]


@pytest.mark.parametrize("ending", [(0, 1, 2), (2, 1, 0), (1, 2, 0)], ids=str)
async def test_a_channels_first_three_are_one_conversation(brisk: Stage, ending: Sequence[int]) -> None:
    stage = brisk
    people = (stage.alice, stage.bob, stage.admin)
    begun = [await begin(stage, person, f"q{number}") for number, person in enumerate(people)]
    assert [sent(each) for each in stage.apis.chatbase.received] == [["q0"], ["q1"], ["q2"]]
    for number in ending:
        await end(stage, *begun[number], f"a{number}")
    assert await turns_after(stage) == ["q0", "a0", "q1", "a1", "q2", "a2"]
    assert len(set(conversations(stage))) == 1


async def ask_old(stage: Stage, person: Person, times: int) -> None:
    """Have somebody ask so many questions, one after another, which are answered "old"."""
    stage.apis.chatbase.answers("old", times=times)
    for number in range(times):
        await stage.ask(person, f"old {number}")


@pytest.mark.environment(HISTORY_MESSAGES="8")
@pytest.mark.parametrize("ending", [(0, 1, 2), (2, 1, 0), (2, 0, 1)], ids=str)
async def test_three_that_begin_a_conversation_over_at_once_are_all_in_the_new_one(
    brisk: Stage, ending: Sequence[int]
) -> None:
    stage = brisk
    await ask_old(stage, stage.alice, 5)
    people = (stage.alice, stage.bob, stage.admin)
    begun = [await begin(stage, person, f"q{number}") for number, person in enumerate(people)]
    assert [sent(each) for each in stage.apis.chatbase.received[5:]] == [
        ["old 4", "old", f"q{each}"] for each in range(3)
    ]
    for number in ending:
        await end(stage, *begun[number], f"a{number}")
    assert await turns_after(stage) == ["old 4", "old", "q0", "a0", "q1", "a1", "q2", "a2"]
    first, *_, second, third, fourth, last = conversations(stage)
    assert second == third == fourth == last != first


@pytest.mark.environment(HISTORY_MESSAGES="8")
async def test_one_that_was_asked_before_the_conversation_began_over_is_kept_in_the_new_one(brisk: Stage) -> None:
    stage = brisk
    await ask_old(stage, stage.bob, 4)
    slow = await begin(stage, stage.alice, "slow")
    for number in (4, 5):
        await end(stage, *await begin(stage, stage.bob, f"old {number}"), "old")
    assert sent(stage.apis.chatbase.received[-1]) == ["old 4", "old", "old 5"]
    await end(stage, *slow, "done")
    assert await turns_after(stage) == ["slow", "done", "old 4", "old", "old 5", "old"]
    assert conversations(stage)[4] == conversations(stage)[0] != conversations(stage)[-1]


@pytest.mark.environment(HISTORY_MESSAGES="8")
@pytest.mark.parametrize("ending", [(0, 1, 2), (0, 2, 1), (2, 1, 0), (1, 0, 2)], ids=str)
async def test_one_that_ends_while_another_begins_the_conversation_over_is_kept_in_the_new_one(
    brisk: Stage, ending: Sequence[int]
) -> None:
    stage = brisk
    await ask_old(stage, stage.bob, 4)
    slow = [await begin(stage, person, f"slow {person.name}") for person in (stage.alice, stage.admin)]
    await end(stage, *await begin(stage, stage.bob, "old 4"), "old")
    over = await begin(stage, stage.bob, "over")
    assert sent(stage.apis.chatbase.received[-1]) == ["old 4", "old", "over"]
    begun = [*slow, over]
    for number in ending:
        await end(stage, *begun[number], f"a{number}")
    turns = ["slow alice", "a0", "slow admin", "a1", "old 4", "old", "over", "a2"]
    assert await turns_after(stage) == turns
    assert conversations(stage)[-1] == conversations(stage)[-2] != conversations(stage)[0]


async def test_a_question_asked_before_a_clear_stays_out_even_if_it_is_answered_later(brisk: Stage) -> None:
    stage = brisk
    slow, quick = [await begin(stage, person, person.name) for person in (stage.alice, stage.bob)]
    await end(stage, *quick, "quick")
    await stage.use(stage.admin, "history clear")
    late = await begin(stage, stage.bob, "late")
    await end(stage, *slow, "slow")
    await end(stage, *late, "late answer")
    assert await turns_after(stage) == ["late", "late answer"]


async def test_a_question_that_waited_sees_what_was_said_meanwhile_and_not_what_still_is(brisk: Stage) -> None:
    stage = brisk
    people = crowd(stage, 4)
    begun = [await begin(stage, person, f"q{number}") for number, person in enumerate(people[:3])]
    stream = stage.apis.chatbase.hold()
    waiting = await people[3].say(stage.general, stage.mention("waiting"))
    again = await people[2].say(stage.general, stage.mention("again"))
    own = stage.apis.chatbase.hold()
    await end(stage, *begun[1], "a1")
    assert sent(await stream.started()) == ["q1", "a1", "waiting"]
    await end(stage, *begun[2], "a2")
    assert sent(await own.started()) == ["q1", "a1", "q2", "a2", "again"]
    await end(stage, own, again, "again answered")
    await end(stage, stream, waiting, "waited")
    await end(stage, *begun[0], "a0")
    turns = ["q0", "a0", "q1", "a1", "q2", "a2", "waiting", "waited", "again", "again answered"]
    assert await turns_after(stage) == turns


@pytest.mark.environment(HISTORY_MESSAGES="8")
async def test_one_that_ends_while_another_begins_the_conversation_over_is_kept_too(brisk: Stage) -> None:
    stage = brisk
    await ask_old(stage, stage.bob, 4)
    slow = await begin(stage, stage.alice, "slow")
    await end(stage, *await begin(stage, stage.bob, "old 4"), "old")
    over = await begin(stage, stage.admin, "over")
    assert sent(stage.apis.chatbase.received[-1]) == ["old 4", "old", "over"]
    await end(stage, *slow, "done")
    await end(stage, *over, "it is")
    assert await turns_after(stage) == ["slow", "done", "old 4", "old", "over", "it is"]
